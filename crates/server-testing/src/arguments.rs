//! Arguments made from a tool's own schema: good ones, nearly good ones, hostile ones.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use crate::hostile;
use crate::interface::resolved;

/// Where schemas that contain themselves end.
const DEEPEST: usize = 5;

/// What a test knows of good values, by the name of the argument or member: `("path", ["a.txt"])`.
/// The examples in a schema's descriptions (`` `us-east-1` ``) are known anyway.
pub type Words = BTreeMap<&'static str, Vec<String>>;

/// [`Words`] of a table.
pub fn words(table: &[(&'static str, &[&str])]) -> Words {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    table
        .iter()
        .map(|(name, words)| (*name, owned(words)))
        .collect()
}

/// Arguments for a tool with this input schema. Most have the form that it states, so that what
/// lies behind the schema is reached; some lack a member, have one more, or one of another type.
///
/// # Panics
///
/// When the schema is not that of an object.
pub fn arguments_for(schema: &Value, words: &Words) -> BoxedStrategy<Value> {
    assert_eq!(schema["type"], "object", "{schema}");
    let maker = Maker {
        root: schema,
        words,
    };
    let good = maker.object(schema, 0);
    let with_more =
        (good.clone(), hostile::text(), hostile::json()).prop_map(|(mut good, name, value)| {
            good[name] = value;
            good
        });
    let with_less = (good.clone(), any::<prop::sample::Index>()).prop_map(|(mut good, index)| {
        if let Value::Object(members) = &mut good
            && !members.is_empty()
        {
            let name = members.keys().nth(index.index(members.len())).cloned();
            name.and_then(|name| members.remove(&name));
        }
        good
    });
    prop_oneof![16 => good, 1 => with_more, 1 => with_less].boxed()
}

struct Maker<'a> {
    root: &'a Value,
    words: &'a Words,
}

impl Maker<'_> {
    /// A member's value: once in a while one that the schema does not allow.
    fn member(&self, name: &str, schema: &Value, depth: usize) -> BoxedStrategy<Value> {
        let good = self.value(name, schema, depth);
        prop_oneof![24 => good, 1 => hostile::json()].boxed()
    }

    fn value(&self, name: &str, schema: &Value, depth: usize) -> BoxedStrategy<Value> {
        let examples = examples(schema);
        let schema = resolved(schema, self.root);
        if depth > DEEPEST {
            return Just(Value::Null).boxed();
        }
        if let Some(values) = schema["enum"].as_array() {
            return select(values.clone()).boxed();
        }
        if !schema["const"].is_null() {
            return Just(schema["const"].clone()).boxed();
        }
        let branches: Vec<&Value> = ["anyOf", "oneOf"]
            .iter()
            .filter_map(|keyword| schema[*keyword].as_array())
            .flatten()
            .collect();
        if !branches.is_empty() {
            let branches = branches
                .into_iter()
                .map(|branch| self.value(name, branch, depth + 1));
            return union(branches);
        }
        match &schema["type"] {
            Value::String(kind) => self.of_kind(kind, name, schema, &examples, depth),
            Value::Array(kinds) => union(
                kinds
                    .iter()
                    .filter_map(Value::as_str)
                    .map(|kind| self.of_kind(kind, name, schema, &examples, depth)),
            ),
            _ => hostile::json().boxed(),
        }
    }

    fn of_kind(
        &self,
        kind: &str,
        name: &str,
        schema: &Value,
        examples: &[String],
        depth: usize,
    ) -> BoxedStrategy<Value> {
        match kind {
            "string" => {
                let known = self.words.get(name).into_iter().flatten();
                // What a test knows is better than what a description mentions.
                let known: Vec<String> = known.cloned().collect();
                let words = if known.is_empty() {
                    examples.to_vec()
                } else {
                    known
                };
                text(words).prop_map(Value::String).boxed()
            }
            "integer" => hostile::integer(&schema["minimum"], &schema["maximum"]),
            "number" => {
                let whole = hostile::integer(&schema["minimum"], &schema["maximum"]);
                prop_oneof![whole, any::<f64>().prop_map(|number| json!(number))].boxed()
            }
            "boolean" => any::<bool>().prop_map(Value::Bool).boxed(),
            "array" => {
                let items = self.member(name, &schema["items"], depth + 1);
                vec(items, 0..4).prop_map(Value::Array).boxed()
            }
            "object" => self.object(schema, depth),
            _ => Just(Value::Null).boxed(),
        }
    }

    fn object(&self, schema: &Value, depth: usize) -> BoxedStrategy<Value> {
        let Some(properties) = schema["properties"].as_object() else {
            let members = vec((hostile::text(), hostile::json()), 0..4);
            return members
                .prop_map(|members| members.into_iter().collect())
                .boxed();
        };
        let required = schema["required"].as_array();
        let required = |name: &String| required.is_some_and(|names| names.contains(&json!(name)));
        let members: Vec<BoxedStrategy<Option<(String, Value)>>> = properties
            .iter()
            .map(|(name, schema)| {
                let value = self.member(name, schema, depth + 1);
                let name_of = name.clone();
                let member = value.prop_map(move |value| (name_of.clone(), value));
                match required(name) {
                    true => member.prop_map(Some).boxed(),
                    false => weighted(0.4, member).boxed(),
                }
            })
            .collect();
        members
            .prop_map(|members| Value::Object(members.into_iter().flatten().collect::<Map<_, _>>()))
            .boxed()
    }
}

/// Words as they are, words that are no longer right, and text that never was.
fn text(words: Vec<String>) -> BoxedStrategy<String> {
    if words.is_empty() {
        return hostile::text().boxed();
    }
    let word = select(words);
    let joined = (word.clone(), select(hostile::PIECES), word.clone())
        .prop_map(|(a, piece, b)| format!("{a}{piece}{b}"));
    prop_oneof![
        6 => word.clone(),
        2 => (word, hostile::change()).prop_map(|(word, change)| change.of(&word)),
        1 => joined,
        2 => hostile::text(),
    ]
    .boxed()
}

/// What a description puts between backticks.
fn examples(schema: &Value) -> Vec<String> {
    let description = schema["description"].as_str().unwrap_or_default();
    let quoted = description.split('`').skip(1).step_by(2);
    quoted.map(str::to_owned).collect()
}

fn union(branches: impl IntoIterator<Item = BoxedStrategy<Value>>) -> BoxedStrategy<Value> {
    let branches: Vec<_> = branches.into_iter().collect();
    prop::strategy::Union::new(branches).boxed()
}

#[cfg(test)]
mod tests {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;

    use super::*;

    #[test]
    fn arguments_have_every_form_that_is_allowed_and_some_that_are_not() {
        let schema = json!({
            "type": "object",
            "required": ["path"],
            "properties": {
                "path": { "type": "string", "description": "Such as `a/b`." },
                "count": { "type": ["integer", "null"], "minimum": 1, "maximum": 9 },
                "tree": { "$ref": "#/$defs/Tree" },
            },
            "$defs": { "Tree": {
                "type": "object",
                "properties": { "order": { "enum": ["up", "down"] }, "below": { "type": "array", "items": { "$ref": "#/$defs/Tree" } } },
            } },
        });
        let words = words(&[("path", &["known.txt"])]);
        let strategy = arguments_for(&schema, &words);
        let mut runner = TestRunner::deterministic();
        let made: Vec<Value> = (0..2_000)
            .map(|_| strategy.new_tree(&mut runner).unwrap().current())
            .collect();
        type Fact = (&'static str, fn(&Value) -> bool);
        let facts: [Fact; 9] = [
            ("a known word", |made| made["path"] == "known.txt"),
            ("a changed one", |made| {
                made["path"]
                    .as_str()
                    .is_some_and(|path| path.len() == 10 && path.contains("known"))
            }),
            ("a missing one", |made| made.get("path").is_none()),
            ("another type", |made| made["path"].is_object()),
            ("the least", |made| made["count"] == 1),
            ("too few", |made| made["count"] == 0),
            ("null", |made| made.get("count") == Some(&Value::Null)),
            ("a tree", |made| made["tree"]["below"][0]["order"] == "up"),
            ("one more", |made| {
                made.as_object().is_some_and(|made| made.len() == 4)
            }),
        ];
        for (what, is_so) in facts {
            assert!(made.iter().any(is_so), "{what}");
        }
    }
}
