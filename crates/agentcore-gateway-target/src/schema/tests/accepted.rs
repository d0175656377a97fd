//! What holds of every lowered schema. `fuzz/` checks the same.

use serde_json::Value;

use super::Lowered;

/// More than any of the gateway's quotas.
const SIZE_LIMIT_BYTES: usize = 64 * 1024 * 1024;

/// Lowers a schema twice, and panics at the first thing that does not hold.
pub(super) fn check(schema: &Value, lower: fn(&Value) -> Lowered) {
    let lowered = Value::Object(lower(schema).schema);
    assert_eq!(problem(&lowered, ""), None);
    assert_eq!(lowered["type"], "object");
    assert!(lowered["properties"].is_object());
    assert!(lowered.to_string().len() < SIZE_LIMIT_BYTES);
    let again = Value::Object(lower(&lowered).schema);
    assert_eq!(again, lowered, "lowered twice");
}

/// What the gateway would refuse, at any level.
fn problem(schema: &Value, path: &str) -> Option<String> {
    let Some(object) = schema.as_object() else {
        return Some(format!("{path}: not an object"));
    };
    for keyword in object.keys() {
        if !["type", "properties", "required", "items", "description"].contains(&keyword.as_str()) {
            return Some(format!("{path}: {keyword}"));
        }
    }
    let kind = object.get("type").and_then(Value::as_str).unwrap_or("none");
    if !["string", "number", "object", "array", "boolean", "integer"].contains(&kind) {
        return Some(format!("{path}: type {kind}"));
    }
    if object
        .get("description")
        .is_some_and(|text| !text.is_string())
    {
        return Some(format!("{path}: description"));
    }
    let names = object
        .get("properties")
        .map(|names| names.as_object().expect("an object"));
    for required in object
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let name = required.as_str().unwrap_or_default();
        if !names.is_some_and(|names| names.contains_key(name)) {
            return Some(format!("{path}: requires {required}"));
        }
    }
    match (kind, object.get("items")) {
        ("array", Some(items)) => return problem(items, &format!("{path}/items")),
        ("array", None) => return Some(format!("{path}: no items")),
        (_, Some(_)) => return Some(format!("{path}: items of no array")),
        (_, None) => {}
    }
    let mut members = names.into_iter().flatten();
    members.find_map(|(name, member)| problem(member, &format!("{path}/{name}")))
}
