//! YAML as a tree in which every node knows its place.

use std::collections::HashMap;
use std::rc::Rc;

use granit_parser::{Event, Marker, Options, Parser, ScalarStyle, Span, Tag};

use crate::problem::{Position, Problems};

#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) position: Position,
    pub(crate) value: Value,
}

/// Scalars keep the text that the file has: `1.10` stays `1.10`.
#[derive(Debug)]
pub(crate) enum Value {
    Null,
    Bool(String),
    Number(String),
    Text(String),
    List(Vec<Rc<Node>>),
    Map { entries: Vec<Entry>, block: bool },
}

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: Rc<Node>,
    pub(crate) value: Rc<Node>,
}

impl Node {
    /// What the node is, for "found …".
    pub(crate) fn describe(&self) -> String {
        match &self.value {
            Value::Null => "nothing".to_owned(),
            Value::Bool(text) => format!("the truth value `{text}`"),
            Value::Number(text) => format!("the number `{text}`"),
            Value::Text(text) => format!("the text `{}`", shorten(text)),
            Value::List(_) => "a list".to_owned(),
            Value::Map { .. } => "a map".to_owned(),
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// The text of a string, number or truth value.
    pub(crate) fn scalar(&self) -> Option<&str> {
        match &self.value {
            Value::Bool(text) | Value::Number(text) | Value::Text(text) => Some(text),
            Value::Null | Value::List(_) | Value::Map { .. } => None,
        }
    }
}

/// Text as it is shown in a message: one line, not long.
pub(crate) fn shorten(text: &str) -> String {
    const SHOWN: usize = 60;
    let line: String = text.escape_debug().take(SHOWN + 1).collect();
    if line.chars().count() > SHOWN {
        let cut: String = line.chars().take(SHOWN).collect();
        format!("{cut}…")
    } else {
        line
    }
}

/// Reads one YAML document.
///
/// # Errors
///
/// The one mistake in the syntax after which nothing more can be read.
pub(crate) fn parse(file: &str, text: &str) -> Result<Rc<Node>, Problems> {
    Builder::default().build(text).map_err(|mistake| {
        let mut problems = Problems::new(file);
        problems.push(mistake.position, mistake.message, mistake.hint);
        problems
    })
}

struct Mistake {
    position: Position,
    message: String,
    hint: &'static str,
}

/// A collection whose end has not been read.
enum Open {
    List {
        position: Position,
        anchor: usize,
        items: Vec<Rc<Node>>,
    },
    Map {
        position: Position,
        anchor: usize,
        block: bool,
        key: Option<Rc<Node>>,
        entries: Vec<Entry>,
    },
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, Rc<Node>>,
    root: Option<Rc<Node>>,
}

impl Builder {
    fn build(mut self, text: &str) -> Result<Rc<Node>, Mistake> {
        let mut options = Options::default();
        options.set_emit_comments(false);
        for event in Parser::new_from_str_with_options(text, options) {
            let (event, span) = event.map_err(|error| Mistake {
                position: position(*error.marker()),
                message: format!("not YAML: {}", error.info()),
                hint: "check the indentation, quotes and brackets at this place",
            })?;
            self.take(event, span)?;
        }
        Ok(self.root.unwrap_or_else(|| {
            Rc::new(Node {
                position: Position { line: 1, column: 1 },
                value: Value::Null,
            })
        }))
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Mistake> {
        let position = position(span.start);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar(&text, style, tag.as_deref(), position)?;
                self.finish(Node { position, value }, anchor)
            }
            Event::SequenceStart(_, anchor, tag) => {
                refuse_tag(tag.as_deref(), "seq", position)?;
                self.open.push(Open::List {
                    position,
                    anchor,
                    items: Vec::new(),
                });
                Ok(())
            }
            Event::MappingStart(style, anchor, tag) => {
                refuse_tag(tag.as_deref(), "map", position)?;
                self.open.push(Open::Map {
                    position,
                    anchor,
                    block: style == granit_parser::StructureStyle::Block,
                    key: None,
                    entries: Vec::new(),
                });
                Ok(())
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List {
                    position,
                    anchor,
                    items,
                }) => self.finish(
                    Node {
                        position,
                        value: Value::List(items),
                    },
                    anchor,
                ),
                Some(Open::Map {
                    position,
                    anchor,
                    block,
                    entries,
                    ..
                }) => self.finish(
                    Node {
                        position,
                        value: Value::Map { entries, block },
                    },
                    anchor,
                ),
                None => Ok(()),
            },
            Event::Alias(id) => match self.anchors.get(&id) {
                Some(node) => {
                    let node = Rc::clone(node);
                    self.place(node)
                }
                None => Err(Mistake {
                    position,
                    message: "an alias inside its own anchor".to_owned(),
                    hint: "write the value out",
                }),
            },
            Event::DocumentStart(..) if self.root.is_some() => Err(second_document(position)),
            _ => Ok(()),
        }
    }

    fn finish(&mut self, node: Node, anchor: usize) -> Result<(), Mistake> {
        let node = Rc::new(node);
        if anchor != 0 {
            self.anchors.insert(anchor, Rc::clone(&node));
        }
        self.place(node)
    }

    /// Hands a complete node to the collection it is in.
    fn place(&mut self, node: Rc<Node>) -> Result<(), Mistake> {
        match self.open.last_mut() {
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { key, entries, .. }) => match key.take() {
                Some(key) => entries.push(Entry { key, value: node }),
                None => *key = Some(node),
            },
            None if self.root.is_some() => return Err(second_document(node.position)),
            None => self.root = Some(node),
        }
        Ok(())
    }
}

fn second_document(position: Position) -> Mistake {
    Mistake {
        position,
        message: "a second document starts here".to_owned(),
        hint: "keep the whole fleet in one document, without a `---` line in the middle",
    }
}

fn position(marker: Marker) -> Position {
    Position {
        line: marker.line().max(1),
        column: marker.col() + 1,
    }
}

fn refuse_tag(tag: Option<&Tag>, allowed: &str, position: Position) -> Result<(), Mistake> {
    match tag {
        Some(tag) if !tag.is_yaml_core_schema_tag(allowed) => Err(Mistake {
            position,
            message: format!("the tag `{}` means nothing here", shorten(&tag.original())),
            hint: "write the value without a tag; put text in quotes",
        }),
        _ => Ok(()),
    }
}

fn scalar(
    text: &str,
    style: ScalarStyle,
    tag: Option<&Tag>,
    position: Position,
) -> Result<Value, Mistake> {
    refuse_tag(tag, "str", position)?;
    let owned = text.to_owned();
    if style != ScalarStyle::Plain || tag.is_some() {
        return Ok(Value::Text(owned));
    }
    // The core schema of YAML 1.2: `no` and `on` are text.
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => Value::Bool(owned),
        _ if is_number(text) => Value::Number(owned),
        _ => Value::Text(owned),
    })
}

fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(hexadecimal) = text.strip_prefix("0x") {
        return !hexadecimal.is_empty() && hexadecimal.bytes().all(|b| b.is_ascii_hexdigit());
    }
    if let Some(octal) = text.strip_prefix("0o") {
        return !octal.is_empty() && octal.bytes().all(|b| matches!(b, b'0'..=b'7'));
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let exponent_is_number =
        exponent.is_none_or(|text| digits(text.strip_prefix(['-', '+']).unwrap_or(text)));
    let mantissa_is_number = match mantissa.split_once('.') {
        Some(("", fraction)) => digits(fraction),
        Some((whole, fraction)) => digits(whole) && (fraction.is_empty() || digits(fraction)),
        None => digits(mantissa),
    };
    mantissa_is_number && exponent_is_number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_core_schema() {
        for number in [
            "0", "-1", "+7", "007", "0x1F", "0o17", "1.5", ".5", "1.", "1e9", "-.inf", ".nan",
        ] {
            assert!(is_number(number), "{number}");
        }
        for text in [
            "", "-", ".", "1_000", "0x", "0o8", "1.2.3", "e5", "1e", "no", "12:30",
        ] {
            assert!(!is_number(text), "{text}");
        }
    }
}
