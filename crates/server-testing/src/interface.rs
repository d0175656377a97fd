//! Compares a server's tools with the facts of the upstream server, argument by argument.

use std::collections::BTreeSet;

use rmcp::model::Tool;
use serde_json::Value;

/// Keywords that ours has to have where upstream has them.
const KEPT: &[&str] = &[
    "additionalProperties",
    "enum",
    "maxItems",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
];

/// What differs, and how much was compared, so that a test can see that it compared everything.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// One line each, sorted: `tool.argument: what`.
    pub differences: Vec<String>,
    /// Tools of the facts.
    pub tools: usize,
    /// Arguments of the facts, of all tools.
    pub arguments: usize,
    /// Members of upstream's output schemas, of all tools.
    pub results: usize,
}

/// Two schemas, and the documents that their references point into.
#[derive(Clone, Copy)]
struct Pair<'a> {
    wanted: &'a Value,
    wanted_root: &'a Value,
    offered: &'a Value,
    offered_root: &'a Value,
}

impl Comparison {
    /// Compares tools with `facts`: an object with `tools`, each with `name`, `input_schema`,
    /// `output_schema` and `annotations` (both may be null).
    ///
    /// A branch for `null` counts as optional, an integer as a number, and an empty default as none.
    /// An argument that upstream does not have is a difference.
    ///
    /// # Panics
    ///
    /// When the facts do not have that form.
    pub fn new(tools: &[Tool], facts: &Value) -> Self {
        let mut comparison = Self::default();
        let facts = facts["tools"].as_array().expect("the facts list tools");
        for fact in facts {
            let name = fact["name"]
                .as_str()
                .expect("a tool of the facts has a name");
            match tools.iter().find(|tool| tool.name == name) {
                Some(tool) => comparison.tool(name, fact, tool),
                None => comparison.differs(name, "missing"),
            }
        }
        for tool in tools {
            if !facts.iter().any(|fact| fact["name"] == *tool.name) {
                comparison.differs(&tool.name, "not upstream's");
            }
        }
        comparison.tools = facts.len();
        comparison.differences.sort();
        comparison
    }

    fn tool(&mut self, name: &str, fact: &Value, tool: &Tool) {
        let tool = serde_json::to_value(tool).expect("a tool is JSON");
        self.described(name, &tool);
        for (hint, value) in fact["annotations"].as_object().into_iter().flatten() {
            if tool["annotations"][hint] != *value {
                self.differs(name, format!("{hint} is not {value}"));
            }
        }
        let (wanted, offered) = (&fact["input_schema"], &tool["inputSchema"]);
        for argument in members(wanted) {
            if let Some(offered) = offered["properties"].get(argument) {
                self.described(&format!("{name}.{argument}"), offered);
            }
        }
        self.arguments += members(wanted).count();
        self.schema(
            name,
            Pair {
                wanted,
                wanted_root: wanted,
                offered,
                offered_root: offered,
            },
        );
        let (wanted, offered) = (&fact["output_schema"], &tool["outputSchema"]);
        if !wanted.is_null() {
            self.results += members(wanted).count();
            let pair = Pair {
                wanted,
                wanted_root: wanted,
                offered,
                offered_root: offered,
            };
            self.schema(&format!("{name} result"), pair);
        }
    }

    fn schema(&mut self, place: &str, pair: Pair<'_>) {
        let pair = pair.resolved();
        let (wanted, offered) = (
            kinds(pair.wanted, pair.wanted_root),
            kinds(pair.offered, pair.offered_root),
        );
        // Upstream leaves some types open; ours may say what it takes.
        if !wanted.is_empty() && wanted != offered {
            self.differs(place, format!("type {offered:?}, want {wanted:?}"));
        }
        let default = &pair.wanted["default"];
        if !is_empty(default) && pair.offered["default"] != *default {
            self.differs(
                place,
                format!("default {}, want {default}", pair.offered["default"]),
            );
        }
        for keyword in KEPT {
            let (wanted, offered) = (pair.wanted_keyword(keyword), pair.offered_keyword(keyword));
            // `additionalProperties: true` is what a schema without the keyword says.
            let stated = !wanted.is_null() && *wanted != Value::Bool(true);
            if stated && wanted != offered {
                self.differs(place, format!("{keyword} {offered}, want {wanted}"));
            }
        }
        let (wanted, offered) = (pair.wanted_keyword("items"), pair.offered_keyword("items"));
        if !wanted.is_null() {
            self.schema(
                &format!("{place}[]"),
                Pair {
                    wanted,
                    offered,
                    ..pair
                },
            );
        }
        self.members(place, pair);
    }

    fn members(&mut self, place: &str, pair: Pair<'_>) {
        let Some(wanted) = pair.wanted["properties"].as_object() else {
            return;
        };
        for (name, wanted) in wanted {
            let place = format!("{place}.{name}");
            match pair.offered["properties"].get(name) {
                Some(offered) => self.schema(
                    &place,
                    Pair {
                        wanted,
                        offered,
                        ..pair
                    },
                ),
                None => self.differs(&place, "missing"),
            }
        }
        for name in members(pair.offered).filter(|name| !wanted.contains_key(*name)) {
            self.differs(&format!("{place}.{name}"), "not upstream's");
        }
        let (wanted, offered) = (required(pair.wanted), required(pair.offered));
        if wanted != offered {
            self.differs(place, format!("required {offered:?}, want {wanted:?}"));
        }
    }

    fn described(&mut self, place: &str, schema: &Value) {
        if schema["description"].as_str().is_none_or(str::is_empty) {
            self.differs(place, "no description");
        }
    }

    fn differs(&mut self, place: &str, what: impl std::fmt::Display) {
        self.differences.push(format!("{place}: {what}"));
    }
}

impl<'a> Pair<'a> {
    fn resolved(self) -> Self {
        Self {
            wanted: resolved(self.wanted, self.wanted_root),
            offered: resolved(self.offered, self.offered_root),
            ..self
        }
    }

    fn wanted_keyword(self, keyword: &str) -> &'a Value {
        find(self.wanted, self.wanted_root, keyword)
    }

    fn offered_keyword(self, keyword: &str) -> &'a Value {
        find(self.offered, self.offered_root, keyword)
    }
}

/// The schema with its reference followed.
pub(crate) fn resolved<'a>(schema: &'a Value, root: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => {
            let target = root.pointer(reference.trim_start_matches('#'));
            resolved(target.expect("a reference leads somewhere"), root)
        }
        None => schema,
    }
}

fn branches(schema: &Value) -> impl Iterator<Item = &Value> {
    let keywords = ["anyOf", "oneOf", "allOf"].into_iter();
    keywords
        .filter_map(|keyword| schema[keyword].as_array())
        .flatten()
}

/// A keyword of the schema, or of one of its branches; null without one.
fn find<'a>(schema: &'a Value, root: &'a Value, keyword: &str) -> &'a Value {
    let schema = resolved(schema, root);
    match schema.get(keyword) {
        Some(value) => value,
        None => branches(schema)
            .map(|branch| find(branch, root, keyword))
            .find(|value| !value.is_null())
            .unwrap_or(&Value::Null),
    }
}

/// JSON types, `null` left out, integers as numbers.
fn kinds(schema: &Value, root: &Value) -> BTreeSet<String> {
    let schema = resolved(schema, root);
    let mut found: BTreeSet<String> = branches(schema)
        .flat_map(|branch| kinds(branch, root))
        .collect();
    match &schema["type"] {
        Value::String(kind) => found.extend([kind.clone()]),
        Value::Array(list) => {
            found.extend(list.iter().filter_map(Value::as_str).map(str::to_owned))
        }
        _ => {}
    }
    if found.remove("integer") {
        found.insert("number".to_owned());
    }
    found.remove("null");
    found
}

fn members(schema: &Value) -> impl Iterator<Item = &str> {
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties.map(|(name, _)| name.as_str())
}

fn required(schema: &Value) -> BTreeSet<&str> {
    let names = schema["required"].as_array().into_iter().flatten();
    names.filter_map(Value::as_str).collect()
}

fn is_empty(default: &Value) -> bool {
    match default {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rmcp::model::{Tool, ToolAnnotations};
    use serde_json::{Value, json};

    use super::Comparison;

    fn facts() -> Value {
        json!({"tools": [{
            "name": "find",
            "annotations": {"readOnlyHint": true},
            "input_schema": {
                "properties": {
                    "text": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": null},
                    "limit": {"type": "integer", "default": 10, "maximum": 100},
                    "order": {"$ref": "#/$defs/Order"},
                    "filters": {"type": "array", "items": {"$ref": "#/$defs/Filter"}},
                },
                "required": ["order"],
                "$defs": {
                    "Order": {"type": "string", "enum": ["up", "down"]},
                    "Filter": {"type": "object", "properties": {"field": {"type": "string"}}, "required": ["field"]},
                },
                "type": "object",
            },
            "output_schema": {"type": "object", "properties": {"found": {"type": "array"}}, "required": ["found"]},
        }]})
    }

    fn tool(input: Value, output: Value) -> Tool {
        let object = |schema: Value| Arc::new(schema.as_object().expect("an object").clone());
        Tool::new("find", "Finds.", object(input))
            .with_raw_output_schema(object(output))
            .annotate(ToolAnnotations::new().read_only(true))
    }

    #[test]
    fn the_same_interface_in_other_words_has_no_differences() {
        let tool = tool(
            json!({
                "properties": {
                    "text": {"type": ["string", "null"], "description": "d"},
                    "limit": {"type": "number", "default": 10, "maximum": 100, "minimum": 1, "description": "d"},
                    "order": {"type": "string", "enum": ["up", "down"], "description": "d"},
                    "filters": {
                        "anyOf": [
                            {"type": "array", "items": {"type": "object", "properties": {"field": {"type": "string"}}, "required": ["field"]}},
                            {"type": "null"},
                        ],
                        "description": "d",
                    },
                },
                "required": ["order"],
                "type": "object",
                "additionalProperties": false,
            }),
            json!({"type": "object", "properties": {"found": {"type": "array"}}, "required": ["found"]}),
        );
        let expected = Comparison {
            differences: vec![],
            tools: 1,
            arguments: 4,
            results: 1,
        };
        assert_eq!(Comparison::new(&[tool], &facts()), expected);
    }

    #[test]
    fn every_change_of_the_interface_is_noticed() {
        let mut tool = tool(
            json!({
                "properties": {
                    "text": {"type": "integer"},
                    "limit": {"type": "integer", "default": 20, "description": "d"},
                    "order": {"type": "string", "enum": ["up"], "description": "d"},
                    "filters": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}, "description": "d"},
                    "extra": {"type": "string"},
                },
                "required": ["text"],
                "type": "object",
            }),
            json!({"type": "object", "properties": {}}),
        );
        tool.annotations = None;
        tool.description = None;
        let mut more = tool.clone();
        more.name = "more".into();
        let comparison = Comparison::new(&[tool, more], &facts());
        assert_eq!(
            comparison.differences,
            [
                "find result.found: missing",
                "find result: required {}, want {\"found\"}",
                "find.extra: not upstream's",
                "find.filters[].field: missing",
                "find.filters[].name: not upstream's",
                "find.filters[]: required {}, want {\"field\"}",
                "find.limit: default 20, want 10",
                "find.limit: maximum null, want 100",
                "find.order: enum [\"up\"], want [\"up\",\"down\"]",
                "find.text: no description",
                "find.text: type {\"number\"}, want {\"string\"}",
                "find: no description",
                "find: readOnlyHint is not true",
                "find: required {\"text\"}, want {\"order\"}",
                "more: not upstream's",
            ]
        );
    }

    #[test]
    fn a_missing_tool_is_noticed() {
        assert_eq!(
            Comparison::new(&[], &facts()).differences,
            ["find: missing"]
        );
    }
}
