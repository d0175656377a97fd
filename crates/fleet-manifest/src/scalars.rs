//! Values of one type each, or what is wrong with them.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use crate::fields::Field;
use crate::node::{Node, Value, shorten};
use crate::problem::{Position, Problems};

/// Text that is not empty, on one line.
pub(crate) fn line(field: &Field, problems: &mut Problems) -> Option<String> {
    let key = field.key;
    match &field.node.value {
        Value::Text(text) if text.trim().is_empty() => {
            problems.push(
                field.position(),
                format!("`{key}` is empty"),
                "write text on one line",
            );
            None
        }
        Value::Text(text) if text.trim_end().chars().any(char::is_control) => {
            problems.push(
                field.position(),
                format!("`{key}` has a line break or another control character"),
                "write text on one line",
            );
            None
        }
        Value::Text(text) => Some(text.trim().to_owned()),
        Value::Null => {
            problems.push(
                field.position(),
                format!("`{key}` has no value"),
                "write text on one line",
            );
            None
        }
        _ => {
            let hint = match field.node.scalar() {
                Some(text) => format!("put it in quotes: `{key}: \"{text}\"`"),
                None => "write text on one line".to_owned(),
            };
            problems.push(
                field.position(),
                format!("`{key}` must be text, found {}", field.node.describe()),
                hint,
            );
            None
        }
    }
}

/// A whole number in `range`; `unit` is as in "of seconds", or empty.
pub(crate) fn whole_number(
    field: &Field,
    range: RangeInclusive<u32>,
    unit: &str,
    problems: &mut Problems,
) -> Option<u32> {
    let (key, low, high) = (field.key, range.start(), range.end());
    let hint = if *high == u32::MAX {
        format!("write a whole number{unit}, {low} or more")
    } else {
        format!("write a whole number{unit} from {low} to {high}")
    };
    let (number, message) = match &field.node.value {
        Value::Number(text) => {
            let number = integer(text).and_then(|number| u32::try_from(number).ok());
            (
                number.filter(|number| range.contains(number)),
                format!("`{key}` is {}", shorten(text)),
            )
        }
        Value::Null => (None, format!("`{key}` has no value")),
        _ => (
            None,
            format!(
                "`{key}` must be a whole number, found {}",
                field.node.describe()
            ),
        ),
    };
    if number.is_none() {
        problems.push(field.position(), message, hint);
    }
    number
}

fn integer(text: &str) -> Option<i64> {
    if let Some(digits) = text.strip_prefix("0x") {
        i64::from_str_radix(digits, 16).ok()
    } else if let Some(digits) = text.strip_prefix("0o") {
        i64::from_str_radix(digits, 8).ok()
    } else {
        text.parse().ok()
    }
}

/// A list of strings with their places. What is not a string is reported and left out.
pub(crate) fn texts(field: &Field, problems: &mut Problems) -> Vec<(Position, String)> {
    texts_of(field.key, field.position(), &field.node, problems)
}

/// [`texts`] for a key that is not known beforehand; `position` is where a wrong value is reported.
pub(crate) fn texts_of(
    key: &str,
    position: Position,
    node: &Node,
    problems: &mut Problems,
) -> Vec<(Position, String)> {
    let Value::List(items) = &node.value else {
        problems.push(
            position,
            format!(
                "`{}` must be a list, found {}",
                shorten(key),
                node.describe()
            ),
            format!("write `{}: [one, two]`", shorten(key)),
        );
        return Vec::new();
    };
    let mut read = Vec::new();
    for item in items {
        match &item.value {
            Value::Text(text) => read.push((item.position, text.clone())),
            _ => problems.push(
                item.position,
                format!(
                    "`{}` holds texts only, found {}",
                    shorten(key),
                    item.describe()
                ),
                quoting(item),
            ),
        }
    }
    read
}

fn quoting(node: &Node) -> String {
    match node.scalar() {
        Some(text) => format!("put it in quotes: `\"{text}\"`"),
        None => "write text, in quotes where YAML would read something else".to_owned(),
    }
}

/// Reports every text that is in the list a second time and returns the first ones.
pub(crate) fn distinct(
    texts: Vec<(Position, String)>,
    key: &str,
    problems: &mut Problems,
) -> Vec<(Position, String)> {
    let mut seen = HashSet::new();
    let mut kept = Vec::new();
    for (position, text) in texts {
        if seen.insert(text.clone()) {
            kept.push((position, text));
        } else {
            problems.push(
                position,
                format!("`{}` is in `{}` twice", shorten(&text), shorten(key)),
                "keep one",
            );
        }
    }
    kept
}
