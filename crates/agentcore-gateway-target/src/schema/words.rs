//! What alternatives have to say, in words, and what a schema is about.

use rmcp::model::JsonObject;
use serde_json::{Value, json};

use super::fold::{list, shown};
use super::lowering::Flat;

/// The values that a schema of constants allows.
pub(super) fn values(keywords: &JsonObject) -> Option<Vec<Value>> {
    match (keywords.get("const"), keywords.get("enum")) {
        (Some(value), _) => Some(vec![value.clone()]),
        (None, Some(Value::Array(values))) if !values.is_empty() => Some(values.clone()),
        _ => None,
    }
}

pub(super) fn is_null(keywords: &JsonObject) -> bool {
    keywords.get("type").is_some_and(|kind| kind == "null")
        || values(keywords).is_some_and(|values| values.iter().all(Value::is_null))
}

pub(super) fn kind_of_values(keywords: &JsonObject) -> Value {
    let kind = implied(keywords).unwrap_or("string");
    keywords.get("type").cloned().unwrap_or_else(|| json!(kind))
}

/// `` One of: `a` (what it means), `b`. ``
pub(super) fn constants(branches: &[Flat]) -> String {
    let each: Vec<String> = branches
        .iter()
        .map(|branch| {
            let values = values(&branch.keywords).unwrap_or_default();
            let meaning = branch.keywords.get("description").and_then(Value::as_str);
            match (values.as_slice(), meaning) {
                // What several have in common does not tell them apart.
                ([value], Some(meaning)) => {
                    let meaning = meaning.trim().trim_end_matches('.');
                    format!("{} ({meaning})", shown(value))
                }
                _ => list(&values),
            }
        })
        .collect();
    format!("One of: {}.", each.join(", "))
}

pub(super) fn required_sets(keyword: &str, branches: &[Flat]) -> String {
    let sets: Vec<String> = branches
        .iter()
        .map(|branch| {
            let names = branch.keywords.get("required").and_then(Value::as_array);
            let names = names.map_or_else(String::new, |names| list(names));
            names.replace(", ", " and ")
        })
        .filter(|names| !names.is_empty())
        .collect();
    let how_many = match keyword {
        "oneOf" => "Exactly one",
        _ => "At least one",
    };
    format!("{how_many} is required of: {}.", sets.join(", "))
}

/// `` Either `a`, `b`; or `a`, `c`. ``
pub(super) fn members_of_each(branches: &[Flat]) -> String {
    let each: Vec<String> = branches
        .iter()
        .map(|branch| {
            let members = branch.keywords.get("properties").and_then(Value::as_object);
            let names: Vec<String> = members
                .into_iter()
                .flatten()
                .map(|(name, schema)| match schema.get("const") {
                    Some(value) => format!("`{name}` = {}", shown(value)),
                    None => format!("`{name}`"),
                })
                .collect();
            names.join(", ")
        })
        .collect();
    format!("Either {}.", each.join("; or "))
}

/// A schema in a few words.
pub(super) fn summary(flat: &Flat) -> String {
    if let Some(text) = flat.keywords.get("description").and_then(Value::as_str) {
        return text.trim().trim_end_matches('.').to_owned();
    }
    if let Some(values) = values(&flat.keywords) {
        return list(&values);
    }
    let kind = flat.keywords.get("type").and_then(Value::as_str);
    match kind.or_else(|| implied(&flat.keywords)) {
        Some("array") => {
            let items = flat
                .keywords
                .get("items")
                .and_then(|items| items.get("type"));
            match items.and_then(Value::as_str) {
                Some(items) => format!("an array of {items}"),
                None => "an array".to_owned(),
            }
        }
        Some(kind @ ("object" | "integer")) => format!("an {kind}"),
        Some(kind) => format!("a {kind}"),
        None => "any value".to_owned(),
    }
}

/// The type that keywords are about.
pub(super) fn implied(keywords: &JsonObject) -> Option<&'static str> {
    if let Some(values) = values(keywords) {
        let mut kinds = values.iter().filter_map(|value| match value {
            Value::String(_) => Some("string"),
            Value::Bool(_) => Some("boolean"),
            Value::Number(number) if number.is_f64() => Some("number"),
            Value::Number(_) => Some("integer"),
            Value::Array(_) => Some("array"),
            Value::Object(_) => Some("object"),
            Value::Null => None,
        });
        return kinds.next();
    }
    const ABOUT: [(&str, &[&str]); 4] = [
        (
            "object",
            &[
                "properties",
                "required",
                "additionalProperties",
                "patternProperties",
                "minProperties",
                "maxProperties",
            ],
        ),
        (
            "array",
            &[
                "items",
                "prefixItems",
                "minItems",
                "maxItems",
                "uniqueItems",
            ],
        ),
        ("string", &["minLength", "maxLength", "pattern", "format"]),
        (
            "number",
            &[
                "minimum",
                "maximum",
                "exclusiveMinimum",
                "exclusiveMaximum",
                "multipleOf",
            ],
        ),
    ];
    let about = ABOUT
        .iter()
        .find(|(_, about)| about.iter().any(|keyword| keywords.contains_key(*keyword)));
    about.map(|(kind, _)| *kind)
}

pub(super) fn append(text: &mut String, sentence: &str) {
    if text.contains(sentence) {
        return;
    }
    if !text.is_empty() {
        let ended = text.trim_end().ends_with(['.', '!', '?', ':', ';']);
        let trimmed = text.trim_end().len();
        text.truncate(trimmed);
        text.push_str(if ended { " " } else { ". " });
    }
    text.push_str(sentence);
}

/// A name as a part of a JSON Pointer.
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
