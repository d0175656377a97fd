//! The input schema of a Lambda target's tool.
//!
//! It knows five keywords: `type`, `properties`, `required`, `items`, `description`.

use serde_json::{Map, Value};

/// A tool's input schema, in the form that a Lambda target may have.
#[derive(Debug)]
pub(crate) struct InputSchema {
    pub(crate) kind: Kind,
    /// Sorted by name.
    pub(crate) properties: Vec<(String, InputSchema)>,
    pub(crate) required: Vec<String>,
    pub(crate) items: Option<Box<InputSchema>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    String,
    Number,
    Integer,
    Boolean,
    Array,
    Object,
    /// Only ever found, never expected.
    Null,
}

/// A schema that a Lambda target may not have.
#[derive(Debug, thiserror::Error)]
#[error("input schema at `{path}`: {problem}")]
pub(crate) struct SchemaError {
    path: String,
    problem: String,
}

impl InputSchema {
    /// Reads a tool's schema.
    ///
    /// # Errors
    ///
    /// When it is not an object schema, or has a keyword that the gateway's `SchemaDefinition` has not.
    pub(crate) fn read(schema: &Value) -> Result<Self, SchemaError> {
        let schema = Self::read_at(schema, "")?;
        if schema.kind != Kind::Object {
            return Err(SchemaError::new(
                "",
                "the type of a tool's input must be `object`",
            ));
        }
        Ok(schema)
    }

    fn read_at(schema: &Value, path: &str) -> Result<Self, SchemaError> {
        let Value::Object(schema) = schema else {
            return Err(SchemaError::new(path, "a schema must be an object"));
        };
        let unknown = |key: &&String| {
            !matches!(
                key.as_str(),
                "type" | "properties" | "required" | "items" | "description"
            )
        };
        if let Some(key) = schema.keys().find(unknown) {
            return Err(SchemaError::new(
                path,
                format!("a Lambda target has no keyword `{key}`"),
            ));
        }
        let kind = match schema
            .get("type")
            .map(|kind| (kind, kind.as_str().and_then(Kind::read)))
        {
            Some((_, Some(kind))) => kind,
            Some((kind, None)) => {
                return Err(SchemaError::new(path, format!("`type` cannot be {kind}")));
            }
            None => return Err(SchemaError::new(path, "`type` is missing")),
        };
        let mut properties = Vec::new();
        for (name, property) in members(schema, path)? {
            properties.push((
                name.clone(),
                Self::read_at(property, &format!("{path}/properties/{name}"))?,
            ));
        }
        properties.sort_by(|(a, _), (b, _)| a.cmp(b));
        let required = match schema.get("required") {
            None => Vec::new(),
            Some(names) => serde_json::from_value(names.clone())
                .map_err(|_| SchemaError::new(path, "`required` must be a list of names"))?,
        };
        let items = match schema.get("items") {
            None => None,
            Some(items) => Some(Box::new(Self::read_at(items, &format!("{path}/items"))?)),
        };
        Ok(Self {
            kind,
            properties,
            required,
            items,
        })
    }
}

fn members<'a>(
    schema: &'a Map<String, Value>,
    path: &str,
) -> Result<impl Iterator<Item = (&'a String, &'a Value)>, SchemaError> {
    match schema.get("properties") {
        None => Ok(None.into_iter().flatten()),
        Some(Value::Object(properties)) => Ok(Some(properties).into_iter().flatten()),
        Some(_) => Err(SchemaError::new(path, "`properties` must be an object")),
    }
}

impl SchemaError {
    fn new(path: &str, problem: impl Into<String>) -> Self {
        let path = if path.is_empty() { "/" } else { path };
        Self {
            path: path.to_owned(),
            problem: problem.into(),
        }
    }
}

impl Kind {
    fn read(name: &str) -> Option<Self> {
        [
            Self::String,
            Self::Number,
            Self::Integer,
            Self::Boolean,
            Self::Array,
            Self::Object,
        ]
        .into_iter()
        .find(|kind| kind.name() == name)
    }

    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(number) if number.is_f64() => Self::Number,
            Value::Number(_) => Self::Integer,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }

    pub(crate) fn allows(self, found: Self, value: &Value) -> bool {
        match self {
            Self::Number => matches!(found, Self::Number | Self::Integer),
            // JSON Schema counts 1.0 as an integer.
            Self::Integer => {
                found == Self::Integer || value.as_f64().is_some_and(|number| number.fract() == 0.0)
            }
            _ => self == found,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Array => "array",
            Self::Object => "object",
            Self::Null => "null",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_schema_that_no_lambda_target_can_have_is_refused() {
        for (schema, message) in [
            (json!([]), "input schema at `/`: a schema must be an object"),
            (json!({}), "input schema at `/`: `type` is missing"),
            (
                json!({"type": "string"}),
                "input schema at `/`: the type of a tool's input must be `object`",
            ),
            (
                json!({"type": ["object"]}),
                "input schema at `/`: `type` cannot be [\"object\"]",
            ),
            (
                json!({"type": "object", "additionalProperties": false}),
                "input schema at `/`: a Lambda target has no keyword `additionalProperties`",
            ),
            (
                json!({"type": "object", "properties": {"a": {"type": "string", "enum": ["x"]}}}),
                "input schema at `/properties/a`: a Lambda target has no keyword `enum`",
            ),
            (
                json!({"type": "object", "properties": {"a": {"type": "null"}}}),
                "input schema at `/properties/a`: `type` cannot be \"null\"",
            ),
            (
                json!({"type": "object", "properties": {"a": {"type": "array", "items": {}}}}),
                "input schema at `/properties/a/items`: `type` is missing",
            ),
            (
                json!({"type": "object", "required": "a"}),
                "input schema at `/`: `required` must be a list of names",
            ),
            (
                json!({"type": "object", "properties": []}),
                "input schema at `/`: `properties` must be an object",
            ),
        ] {
            assert_eq!(InputSchema::read(&schema).unwrap_err().to_string(), message);
        }
    }
}
