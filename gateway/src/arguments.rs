//! Validates a call's arguments as the gateway does before it invokes a target.
//!
//! A Lambda target's schema knows five keywords (`type`, `properties`, `required`, `items`,
//! `description`), so this is the whole of a validator. The texts are those of recorded responses.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// First line of the text that lists what is wrong with the arguments.
const PREFIX: &str =
    "ValidationException - Parameter validation failed: Invalid request parameters:";

/// A tool's input schema, in the form that a Lambda target may have.
#[derive(Debug)]
pub(crate) struct InputSchema {
    kind: Kind,
    /// Sorted by name.
    properties: Vec<(String, InputSchema)>,
    required: Vec<String>,
    items: Option<Box<InputSchema>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
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

/// What happens to arguments that the schema does not declare.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Undeclared {
    /// They reach the function, which may refuse them.
    #[default]
    Pass,
    /// They are a violation, as for a schema with `additionalProperties: false`.
    Refuse,
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

    /// The text that refuses `arguments`, or `None` when they fit.
    pub(crate) fn refusal(&self, arguments: &Value, undeclared: Undeclared) -> Option<String> {
        let mut lines = String::new();
        self.check(arguments, &mut Path::default(), undeclared, &mut lines);
        (!lines.is_empty()).then(|| format!("{PREFIX}{lines}"))
    }

    fn check(&self, value: &Value, path: &mut Path, undeclared: Undeclared, lines: &mut String) {
        let found = Kind::of(value);
        if !self.kind.allows(found, value) {
            let (path, found, expected) = (path.pointer(), found.name(), self.kind.name());
            line(
                lines,
                format_args!("Field '{path}' has invalid type: {found} found, {expected} expected"),
            );
            return;
        }
        match value {
            Value::Object(members) => self.check_members(members, path, undeclared, lines),
            Value::Array(elements) => {
                let Some(items) = &self.items else { return };
                for (index, element) in elements.iter().enumerate() {
                    path.within(&index.to_string(), |path| {
                        items.check(element, path, undeclared, lines)
                    });
                }
            }
            _ => {}
        }
    }

    fn check_members(
        &self,
        members: &Map<String, Value>,
        path: &mut Path,
        undeclared: Undeclared,
        lines: &mut String,
    ) {
        for name in self
            .required
            .iter()
            .filter(|name| !members.contains_key(*name))
        {
            // One line a field, and at the top level the bare name: so in every recorded text.
            let field = path.field(name);
            line(lines, format_args!("Missing required field(s): '{field}'"));
        }
        for (name, value) in members {
            let declared = self
                .properties
                .binary_search_by(|(property, _)| property.as_str().cmp(name));
            match declared.ok().and_then(|index| self.properties.get(index)) {
                Some((_, schema)) => {
                    path.within(name, |path| schema.check(value, path, undeclared, lines))
                }
                None if undeclared == Undeclared::Refuse => {
                    let field = path.field(name);
                    line(
                        lines,
                        format_args!(
                            "additionalProperties validation failed: property '{field}' is not defined \
                             in the schema and the schema does not allow additional properties"
                        ),
                    );
                }
                None => {}
            }
        }
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

fn line(lines: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a `String` cannot fail.
    let _ = write!(lines, "\n- {text}");
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

    fn of(value: &Value) -> Self {
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

    fn allows(self, found: Self, value: &Value) -> bool {
        match self {
            Self::Number => matches!(found, Self::Number | Self::Integer),
            // JSON Schema counts 1.0 as an integer.
            Self::Integer => {
                found == Self::Integer || value.as_f64().is_some_and(|number| number.fract() == 0.0)
            }
            _ => self == found,
        }
    }

    fn name(self) -> &'static str {
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

/// A JSON pointer (RFC 6901) that grows and shrinks with the walk.
#[derive(Default)]
struct Path(String);

impl Path {
    fn within(&mut self, step: &str, check: impl FnOnce(&mut Self)) {
        let length = self.0.len();
        self.0.push('/');
        self.0.push_str(&step.replace('~', "~0").replace('/', "~1"));
        check(self);
        self.0.truncate(length);
    }

    fn pointer(&self) -> &str {
        if self.0.is_empty() { "/" } else { &self.0 }
    }

    /// The member `name` of the object here: the bare name at the top level, else its pointer.
    fn field(&self, name: &str) -> String {
        if self.0.is_empty() {
            name.to_owned()
        } else {
            format!("{}/{name}", self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schema() -> InputSchema {
        InputSchema::read(&json!({
            "type": "object",
            "description": "an order",
            "properties": {
                "amount_cents": {"type": "integer", "description": "what it costs"},
                "ratio": {"type": "number"},
                "note": {"type": "string"},
                "express": {"type": "boolean"},
                "tags": {"type": "array", "items": {"type": "string"}},
                "anything": {"type": "array"},
                "a/b": {"type": "string"},
                "buyer": {
                    "type": "object",
                    "properties": {"name": {"type": "string"}, "ages": {"type": "array", "items": {"type": "integer"}}},
                    "required": ["name"]
                }
            },
            "required": ["amount_cents", "note"]
        }))
        .unwrap()
    }

    fn lines(mut arguments: Value, undeclared: Undeclared) -> Vec<String> {
        let valid = json!({"amount_cents": 5, "note": "n"});
        for (name, value) in valid.as_object().unwrap() {
            arguments
                .as_object_mut()
                .unwrap()
                .entry(name)
                .or_insert(value.clone());
        }
        let Some(text) = schema().refusal(&arguments, undeclared) else {
            return Vec::new();
        };
        let (prefix, lines) = text.split_once('\n').unwrap();
        assert_eq!(
            prefix,
            "ValidationException - Parameter validation failed: Invalid request parameters:"
        );
        lines.lines().map(str::to_owned).collect()
    }

    #[test]
    fn arguments_that_fit_are_not_refused() {
        for arguments in [
            json!({}),
            json!({"amount_cents": -3, "ratio": 1, "express": false}),
            json!({"amount_cents": 18446744073709551615_u64, "ratio": 0.5}),
            json!({"amount_cents": 2.0}),
            json!({"tags": [], "anything": [1, "a", null]}),
            json!({"buyer": {"name": "x", "ages": [1, 2]}}),
        ] {
            assert_eq!(
                lines(arguments.clone(), Undeclared::Refuse),
                [""; 0],
                "{arguments}"
            );
        }
    }

    #[test]
    fn a_wrong_type_names_the_field_and_both_types() {
        for (arguments, expected) in [
            (
                json!({"amount_cents": "5"}),
                "- Field '/amount_cents' has invalid type: string found, integer expected",
            ),
            (
                json!({"amount_cents": 1.5}),
                "- Field '/amount_cents' has invalid type: number found, integer expected",
            ),
            (
                json!({"note": null}),
                "- Field '/note' has invalid type: null found, string expected",
            ),
            (
                json!({"note": 1}),
                "- Field '/note' has invalid type: integer found, string expected",
            ),
            (
                json!({"ratio": "1"}),
                "- Field '/ratio' has invalid type: string found, number expected",
            ),
            (
                json!({"express": 0}),
                "- Field '/express' has invalid type: integer found, boolean expected",
            ),
            (
                json!({"tags": {}}),
                "- Field '/tags' has invalid type: object found, array expected",
            ),
            (
                json!({"tags": ["a", 2]}),
                "- Field '/tags/1' has invalid type: integer found, string expected",
            ),
            (
                json!({"buyer": []}),
                "- Field '/buyer' has invalid type: array found, object expected",
            ),
            (
                json!({"buyer": {"name": "x", "ages": [true]}}),
                "- Field '/buyer/ages/0' has invalid type: boolean found, integer expected",
            ),
            (
                json!({"a/b": 1}),
                "- Field '/a~1b' has invalid type: integer found, string expected",
            ),
        ] {
            assert_eq!(
                lines(arguments.clone(), Undeclared::Pass),
                [expected],
                "{arguments}"
            );
        }
    }

    #[test]
    fn every_missing_field_has_its_own_line() {
        let refusal = schema().refusal(&json!({}), Undeclared::Pass).unwrap();
        let expected = "ValidationException - Parameter validation failed: Invalid request parameters:\
                        \n- Missing required field(s): 'amount_cents'\n- Missing required field(s): 'note'";
        assert_eq!(refusal, expected);
        assert_eq!(
            lines(json!({"buyer": {}}), Undeclared::Pass),
            ["- Missing required field(s): '/buyer/name'"]
        );
    }

    #[test]
    fn undeclared_arguments_pass_unless_they_are_refused() {
        assert_eq!(lines(json!({"extra": 1}), Undeclared::Pass), [""; 0]);
        assert_eq!(
            lines(json!({"extra": 1}), Undeclared::Refuse),
            [
                "- additionalProperties validation failed: property 'extra' is not defined in the schema \
              and the schema does not allow additional properties"
            ]
        );
    }

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
