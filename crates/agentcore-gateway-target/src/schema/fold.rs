//! Keywords as sentences.

use rmcp::model::JsonObject;
use serde_json::Value;

/// A value longer than this is cut: a description is for reading.
const VALUE_LIMIT: usize = 200;

/// Formats that only give the width of a number, as Rust's generators do.
const WIDTHS: [&str; 15] = [
    "int", "int8", "int16", "int32", "int64", "int128", "uint", "uint8", "uint16", "uint32",
    "uint64", "uint128", "usize", "float", "double",
];

/// The sentences for what a schema says beside its five keywords, each with the keywords that it
/// covers, in a fixed order. A sentence is empty when `described` has it already.
pub(super) fn sentences(schema: &JsonObject, described: &str) -> Vec<(Vec<&'static str>, String)> {
    let mut all = Vec::new();
    let mut say = |keywords: &[&'static str], text: String| all.push((keywords.to_vec(), text));
    if let Some(Value::Array(values)) = schema.get("enum")
        && !values.is_empty()
    {
        say(&["enum"], format!("One of: {}.", list(values)));
    }
    if let Some(value) = schema.get("const") {
        say(&["const"], format!("Always {}.", shown(value)));
    }
    range(schema, &mut say);
    let counted = [
        ("minLength", "maxLength", "character"),
        ("minItems", "maxItems", "item"),
        ("minProperties", "maxProperties", "member"),
    ];
    for (min, max, unit) in counted {
        count(schema, [min, max], unit, &mut say);
    }
    if schema.get("uniqueItems") == Some(&Value::Bool(true)) {
        say(&["uniqueItems"], "No item twice.".to_owned());
    }
    if let Some(step) = schema.get("multipleOf").filter(|step| step.is_number()) {
        say(&["multipleOf"], format!("A multiple of {step}."));
    }
    if let Some(Value::String(pattern)) = schema.get("pattern") {
        say(&["pattern"], format!("Pattern: `{}`.", cut(pattern)));
    }
    if let Some(Value::String(format)) = schema.get("format")
        && !WIDTHS.contains(&format.as_str())
    {
        say(&["format"], format!("Format: {}.", cut(format)));
    }
    if let Some(value) = schema.get("default")
        && !value.is_null()
    {
        let sentence = match says_default(described, value) {
            true => String::new(),
            false => format!("Default: {}.", shown(value)),
        };
        say(&["default"], sentence);
    }
    if let Some(Value::Array(values)) = schema.get("examples")
        && !values.is_empty()
    {
        say(&["examples"], format!("Examples: {}.", list(values)));
    }
    if schema.get("deprecated") == Some(&Value::Bool(true)) {
        say(&["deprecated"], "Deprecated.".to_owned());
    }
    all
}

/// Whether the author's own words give the default already, as doc comments often do.
fn says_default(described: &str, value: &Value) -> bool {
    let value = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    described.to_lowercase().contains("default") && described.contains(&value)
}

fn range(schema: &JsonObject, say: &mut impl FnMut(&[&'static str], String)) {
    let number = |keyword| schema.get(keyword).filter(|value| value.is_number());
    let low = number("minimum");
    let high = number("maximum");
    match (low, high) {
        (Some(low), Some(high)) => {
            say(&["minimum", "maximum"], format!("From {low} to {high}."));
        }
        (Some(low), None) => say(&["minimum"], format!("At least {low}.")),
        (None, Some(high)) => say(&["maximum"], format!("At most {high}.")),
        (None, None) => {}
    }
    if let Some(low) = number("exclusiveMinimum") {
        say(&["exclusiveMinimum"], format!("More than {low}."));
    }
    if let Some(high) = number("exclusiveMaximum") {
        say(&["exclusiveMaximum"], format!("Less than {high}."));
    }
}

fn count(
    schema: &JsonObject,
    [min, max]: [&'static str; 2],
    unit: &str,
    say: &mut impl FnMut(&[&'static str], String),
) {
    let number = |keyword| schema.get(keyword).and_then(Value::as_u64);
    let units = |count| {
        if count == 1 {
            unit.to_owned()
        } else {
            format!("{unit}s")
        }
    };
    match (number(min), number(max)) {
        (Some(low), Some(high)) if low == high => {
            say(&[min, max], format!("Exactly {low} {}.", units(low)));
        }
        (Some(low), Some(high)) => say(&[min, max], format!("{low} to {high} {}.", units(high))),
        (Some(low), None) => say(&[min], format!("At least {low} {}.", units(low))),
        (None, Some(high)) => say(&[max], format!("At most {high} {}.", units(high))),
        (None, None) => {}
    }
}

/// `` `a`, `b` ``
pub(super) fn list(values: &[Value]) -> String {
    let shown: Vec<String> = values.iter().map(shown).collect();
    shown.join(", ")
}

/// A value as a description shows it: in backticks, text without quotation marks.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{}`", cut(text)),
        other => format!("`{}`", cut(&other.to_string())),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(VALUE_LIMIT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
