//! Checks a call's arguments as the gateway does before it invokes a target.

use serde_json::{Map, Value};

use crate::schema::{InputSchema, Kind};
use crate::violations::{Step, Texts, ValidationTexts, Violation};

/// What happens to arguments that the schema does not declare.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Undeclared {
    /// They reach the function, which may refuse them.
    #[default]
    Pass,
    /// They are a violation, as for a schema with `additionalProperties: false`.
    Refuse,
}

/// How arguments are checked, and how a client is told.
#[derive(Clone, Copy, Debug, Default)]
pub struct Validation {
    /// Arguments that the schema does not declare.
    pub undeclared: Undeclared,
    /// The words.
    pub texts: ValidationTexts,
}

/// The text that refuses `arguments`, or `None` when they fit `schema`.
pub(crate) fn refusal(
    schema: &InputSchema,
    arguments: &Value,
    rules: Validation,
) -> Option<String> {
    let mut walk = Walk {
        undeclared: rules.undeclared,
        path: Vec::new(),
        texts: Texts::new(rules.texts),
    };
    walk.check(schema, arguments);
    walk.texts.finish()
}

struct Walk<'a> {
    undeclared: Undeclared,
    /// From the arguments to the value that is looked at.
    path: Vec<Step<'a>>,
    texts: Texts,
}

impl<'a> Walk<'a> {
    fn check(&mut self, schema: &InputSchema, value: &'a Value) {
        let found = Kind::of(value);
        if !schema.kind.allows(found, value) {
            let expected = schema.kind;
            self.texts
                .add(&self.path, &Violation::Type { found, expected });
            return;
        }
        match value {
            Value::Object(members) => self.check_members(schema, members),
            Value::Array(elements) => {
                let Some(items) = &schema.items else { return };
                for (index, element) in elements.iter().enumerate() {
                    self.within(Step::Index(index), items, element);
                }
            }
            _ => {}
        }
    }

    fn check_members(&mut self, schema: &InputSchema, members: &'a Map<String, Value>) {
        for name in schema
            .required
            .iter()
            .filter(|name| !members.contains_key(*name))
        {
            self.texts.add(&self.path, &Violation::Missing(name));
        }
        for (name, value) in members {
            let declared = schema
                .properties
                .binary_search_by(|(property, _)| property.as_str().cmp(name));
            match declared.ok().and_then(|index| schema.properties.get(index)) {
                Some((_, property)) => self.within(Step::Member(name), property, value),
                None if self.undeclared == Undeclared::Refuse => {
                    self.texts.add(&self.path, &Violation::Undeclared(name));
                }
                None => {}
            }
        }
    }

    fn within(&mut self, step: Step<'a>, schema: &InputSchema, value: &'a Value) {
        self.path.push(step);
        self.check(schema, value);
        self.path.pop();
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
        let rules = Validation {
            undeclared,
            ..Validation::default()
        };
        let valid = json!({"amount_cents": 5, "note": "n"});
        for (name, value) in valid.as_object().unwrap() {
            arguments
                .as_object_mut()
                .unwrap()
                .entry(name)
                .or_insert(value.clone());
        }
        let Some(text) = refusal(&schema(), &arguments, rules) else {
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
        let refusal = refusal(&schema(), &json!({}), Validation::default()).unwrap();
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
    fn the_texts_of_january_2026_can_be_had() {
        let rules = Validation {
            undeclared: Undeclared::Refuse,
            texts: ValidationTexts::JsonSchemaException,
        };
        let arguments = json!({"note": null, "tags": ["a", 2], "buyer": {"x": 1}, "_meta": {}});
        let expected = "JsonSchemaException - Parameter validation failed: Invalid request parameters:\
                        \n- $: required property 'amount_cents' not found\
                        \n- $: property '_meta' is not defined in the schema and the schema does not allow additional properties\
                        \n- $.buyer: required property 'name' not found\
                        \n- $.buyer: property 'x' is not defined in the schema and the schema does not allow additional properties\
                        \n- $.note: null found, string expected\
                        \n- $.tags[1]: integer found, string expected";
        assert_eq!(refusal(&schema(), &arguments, rules).unwrap(), expected);
    }
}
