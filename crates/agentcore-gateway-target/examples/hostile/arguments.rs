//! Arguments of a tool: by its schema, beside it, and against it.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use crate::json::{json, object, one_of, quoted, scalar, string, text};

/// A tool that may be called.
#[derive(Debug, Clone)]
pub(crate) struct Tool {
    pub(crate) name: String,
    /// Its arguments' schema.
    pub(crate) schema: Value,
    /// Arguments that are known to fit.
    pub(crate) example: Option<Value>,
}

/// Arguments that are an object, mostly one that the tool reads on.
pub(crate) fn arguments(tool: &Tool) -> BoxedStrategy<String> {
    let example = tool
        .example
        .clone()
        .unwrap_or_else(|| Value::Object(Default::default()));
    let known: Vec<(String, BoxedStrategy<String>)> = tool.schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, schema)| (quoted(name), value(schema, 3)))
        .collect();
    let by_schema = known
        .into_iter()
        .map(|(name, value)| {
            (Just(name), prop_oneof![6 => value, 1 => json()])
                .prop_map(Some)
                .boxed()
        })
        .map(|member| prop_oneof![3 => member, 1 => Just(None)].boxed())
        .collect::<Vec<_>>();
    let extra = proptest::option::weighted(0.1, (string(), json()));
    let fitting = (by_schema, extra).prop_map(|(members, extra)| {
        let members: Vec<_> = members.into_iter().flatten().chain(extra).collect();
        object(&members)
    });
    prop_oneof![
        2 => Just(example.to_string()),
        8 => fitting,
        1 => json(),
    ]
    .boxed()
}

/// A value that a schema asks for, as far as its types go.
fn value(schema: &Value, depth: usize) -> BoxedStrategy<String> {
    if let Some(values) = schema["enum"]
        .as_array()
        .filter(|values| !values.is_empty())
    {
        let values: Vec<String> = values.iter().map(Value::to_string).collect();
        return prop_oneof![4 => select(values), 1 => scalar()].boxed();
    }
    match schema["type"].as_str() {
        Some("string") => text().prop_map(|text| quoted(&text)).boxed(),
        Some("integer" | "number") => prop_oneof![
            3 => (-3..200_i64).prop_map(|number| number.to_string()),
            1 => scalar(),
        ]
        .boxed(),
        Some("boolean") => one_of(&["true", "false"]).boxed(),
        Some("array") if depth > 0 => {
            let items = proptest::collection::vec(value(&schema["items"], depth - 1), 0..4);
            items
                .prop_map(|items| format!("[{}]", items.join(",")))
                .boxed()
        }
        Some("object") if depth > 0 => {
            let members = schema["properties"].as_object().into_iter().flatten();
            let members: Vec<_> = members
                .map(|(name, schema)| (Just(quoted(name)), value(schema, depth - 1)))
                .collect();
            members.prop_map(|members| object(&members)).boxed()
        }
        _ => scalar(),
    }
}
