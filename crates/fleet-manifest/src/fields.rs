//! The keys of one map: unknown and repeated ones are reported, the others handed out by name.

use std::collections::HashMap;
use std::rc::Rc;

use crate::node::{Entry, Node, Value, shorten};
use crate::problem::{Position, Problems, closest};

/// What people write for a key that has another name here.
const OTHER_NAMES: [(&str, &str); 12] = [
    ("arch", "architecture"),
    ("command_line", "command"),
    ("concurrency", "reserved_concurrency"),
    ("cpu", "architecture"),
    ("crate", "server"),
    ("environment", "env"),
    ("memory_mb", "memory"),
    ("memory_size", "memory"),
    ("security_group_ids", "security_groups"),
    ("subnet_ids", "subnets"),
    ("timeout_seconds", "timeout"),
    ("title", "name"),
];

/// The entries of a map whose keys are text, each key once.
pub(crate) fn entries(node: &Node, what: &str, problems: &mut Problems) -> Vec<(String, Entry)> {
    let Value::Map {
        entries: written, ..
    } = &node.value
    else {
        if !node.is_null() {
            problems.push(
                node.position,
                format!("{what} must be a map, found {}", node.describe()),
                "write `key: value` lines, indented below it",
            );
        }
        return Vec::new();
    };
    let mut first: HashMap<String, usize> = HashMap::new();
    let mut read = Vec::new();
    for entry in written {
        let position = entry.key.position;
        let Some(key) = entry.key.scalar().map(str::to_owned) else {
            problems.push(
                position,
                format!(
                    "a key in {what} must be text, found {}",
                    entry.key.describe()
                ),
                "write the key as plain text followed by `:`",
            );
            continue;
        };
        if key == "<<" {
            problems.push(
                position,
                "merge keys (`<<`) are not supported",
                "put what servers share under `defaults`, or write it out",
            );
            continue;
        }
        if let Some(line) = first.get(&key) {
            problems.push(
                position,
                format!("`{}` is written twice in {what}", shorten(&key)),
                format!("keep one of the two; the first is in line {line}"),
            );
            continue;
        }
        first.insert(key.clone(), position.line);
        read.push((key, entry.clone()));
    }
    read
}

/// A map with a fixed set of keys.
pub(crate) struct Fields {
    entries: Vec<(String, Entry)>,
}

/// One key of [`Fields`] and its value.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) key: &'static str,
    pub(crate) key_position: Position,
    pub(crate) node: Rc<Node>,
}

impl Field {
    /// Where the value is, or the key when there is no value.
    pub(crate) fn position(&self) -> Position {
        if self.node.is_null() {
            self.key_position
        } else {
            self.node.position
        }
    }
}

impl Fields {
    /// Reads a map and reports keys that are not among `known`.
    pub(crate) fn read(
        node: &Node,
        what: &str,
        known: &[&'static str],
        problems: &mut Problems,
    ) -> Self {
        let entries = entries(node, what, problems);
        for (key, entry) in &entries {
            if known.contains(&key.as_str()) {
                continue;
            }
            let other_name = OTHER_NAMES
                .iter()
                .find(|(written, meant)| written == key && known.contains(meant))
                .map(|(_, meant)| *meant);
            let hint = match other_name.or_else(|| closest(key, known.iter().copied())) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("the keys here are {}", backticked(known)),
            };
            problems.push(
                entry.key.position,
                format!("unknown key `{}` in {what}", shorten(key)),
                hint,
            );
        }
        Self { entries }
    }

    /// The field, when the file has it, with or without a value.
    pub(crate) fn written(&self, key: &'static str) -> Option<Field> {
        let (_, entry) = self.entries.iter().find(|(written, _)| written == key)?;
        Some(Field {
            key,
            key_position: entry.key.position,
            node: Rc::clone(&entry.value),
        })
    }

    /// The field, when the file has a value for it.
    pub(crate) fn get(&self, key: &'static str) -> Option<Field> {
        self.written(key).filter(|field| !field.node.is_null())
    }
}

/// `a`, `b`, `c`.
pub(crate) fn backticked(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}
