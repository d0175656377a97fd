//! Schemas as sets of keywords: several into one.

use rmcp::model::JsonObject;
use serde_json::{Value, json};

/// What both say: `all_of` of a schema and one more.
pub(super) fn all_of(into: &mut JsonObject, more: JsonObject) {
    for (keyword, value) in more {
        let Some(old) = into.get_mut(&keyword) else {
            into.insert(keyword, value);
            continue;
        };
        if *old == value {
            continue;
        }
        match (keyword.as_str(), old, value) {
            ("properties", Value::Object(old), Value::Object(more)) => {
                for (name, schema) in more {
                    match old.get_mut(&name) {
                        Some(known) if *known == schema => {}
                        Some(known) => *known = json!({ "allOf": [known.take(), schema] }),
                        None => {
                            old.insert(name, schema);
                        }
                    }
                }
            }
            ("required", Value::Array(old), Value::Array(more)) => {
                for name in more {
                    if !old.contains(&name) {
                        old.push(name);
                    }
                }
            }
            ("enum", Value::Array(old), Value::Array(more))
                if old.iter().any(|value| more.contains(value)) =>
            {
                old.retain(|value| more.contains(value));
            }
            ("type", old, more) => narrow(old, more),
            // The first to say it is the nearest to where it is used.
            _ => {}
        }
    }
}

/// What two types have in common, if that can be said.
fn narrow(old: &mut Value, more: Value) {
    match (&*old, &more) {
        (Value::Array(types), Value::String(_)) if types.contains(&more) => *old = more,
        (Value::Array(types), Value::Array(others)) => {
            let both: Vec<Value> = types
                .iter()
                .filter(|t| others.contains(t))
                .cloned()
                .collect();
            if !both.is_empty() {
                *old = Value::Array(both);
            }
        }
        (Value::String(known), Value::String(other)) if known == "number" && other == "integer" => {
            *old = more;
        }
        _ => {}
    }
}

/// What any of several objects may hold: the members of all, required where all require them.
pub(super) fn any_of_objects(branches: Vec<JsonObject>) -> JsonObject {
    let mut properties = JsonObject::new();
    let mut required: Option<Vec<Value>> = None;
    for mut branch in branches {
        if let Some(Value::Object(members)) = branch.remove("properties") {
            for (name, schema) in members {
                match properties.get_mut(&name) {
                    Some(known) if *known == schema => {}
                    Some(known) => *known = either(known.take(), schema),
                    None => {
                        properties.insert(name, schema);
                    }
                }
            }
        }
        let needed = match branch.remove("required") {
            Some(Value::Array(needed)) => needed,
            _ => Vec::new(),
        };
        required = Some(match required {
            None => needed,
            Some(known) => known.into_iter().filter(|n| needed.contains(n)).collect(),
        });
    }
    let mut object = JsonObject::new();
    object.insert("type".to_owned(), json!("object"));
    object.insert("properties".to_owned(), Value::Object(properties));
    object.insert(
        "required".to_owned(),
        Value::Array(required.unwrap_or_default()),
    );
    object
}

/// One schema or the other, without nesting alternatives in alternatives.
fn either(known: Value, other: Value) -> Value {
    match known {
        Value::Object(mut object) if object.len() == 1 && object.contains_key("anyOf") => {
            if let Some(Value::Array(branches)) = object.get_mut("anyOf")
                && !branches.contains(&other)
            {
                branches.push(other);
            }
            Value::Object(object)
        }
        known => json!({ "anyOf": [known, other] }),
    }
}
