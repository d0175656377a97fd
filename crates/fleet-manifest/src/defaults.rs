//! Reads `defaults`, and what an entry may say in their place.

use std::str::FromStr;

use crate::fields::{Field, Fields, backticked};
use crate::node::{Node, shorten};
use crate::problem::{Problems, closest};
use crate::scalars::{line, whole_number};
use crate::server::{Access, Architecture};

/// What people write for a value that has another name here.
const OTHER_VALUES: [(&str, &str); 8] = [
    ("aarch64", "arm64"),
    ("amd64", "x86_64"),
    ("graviton", "arm64"),
    ("read", "read-only"),
    ("write", "read-write"),
    ("x64", "x86_64"),
    ("x86", "x86_64"),
    ("x86-64", "x86_64"),
];

/// What an entry need not say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Defaults {
    pub(crate) architecture: Architecture,
    pub(crate) memory_mb: u32,
    pub(crate) timeout_seconds: u32,
    pub(crate) access: Access,
}

impl Default for Defaults {
    fn default() -> Self {
        Self {
            architecture: Architecture::Arm64,
            memory_mb: 256,
            timeout_seconds: 60,
            access: Access::ReadOnly,
        }
    }
}

impl Defaults {
    pub(crate) fn read(&mut self, node: &Node, problems: &mut Problems) {
        let known = ["architecture", "memory", "timeout", "access"];
        let fields = Fields::read(node, "`defaults`", &known, problems);
        *self = self.overridden(&fields, problems);
    }

    /// The same settings where an entry has its own.
    pub(crate) fn overridden(self, fields: &Fields, problems: &mut Problems) -> Self {
        let mut read = self;
        if let Some(field) = fields.written("architecture") {
            let known: Vec<&str> = Architecture::ALL.iter().map(|one| one.as_str()).collect();
            read.architecture = one_of(&field, &known, problems).unwrap_or(self.architecture);
        }
        if let Some(field) = fields.written("memory") {
            let memory = whole_number(&field, 128..=10_240, " of MB", problems);
            read.memory_mb = memory.unwrap_or(self.memory_mb);
        }
        if let Some(field) = fields.written("timeout") {
            let timeout = whole_number(&field, 1..=900, " of seconds", problems);
            read.timeout_seconds = timeout.unwrap_or(self.timeout_seconds);
        }
        if let Some(field) = fields.written("access") {
            let known: Vec<&str> = Access::ALL.iter().map(|one| one.as_str()).collect();
            read.access = one_of(&field, &known, problems).unwrap_or(self.access);
        }
        read
    }
}

fn one_of<T: FromStr>(field: &Field, known: &[&str], problems: &mut Problems) -> Option<T> {
    let text = line(field, problems)?;
    if let Ok(value) = text.parse() {
        return Some(value);
    }
    let other_name = OTHER_VALUES
        .iter()
        .find(|(written, _)| *written == text.to_lowercase())
        .map(|(_, meant)| *meant);
    let meant = other_name.or_else(|| closest(&text.replace(' ', "-"), known.iter().copied()));
    let hint = match meant {
        Some(meant) => format!("did you mean `{meant}`? Known are {}", backticked(known)),
        None => format!("write one of {}", backticked(known)),
    };
    problems.push(
        field.position(),
        format!("`{}` is not a value of `{}`", shorten(&text), field.key),
        hint,
    );
    None
}
