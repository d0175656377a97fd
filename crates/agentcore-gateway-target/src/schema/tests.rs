mod accepted;

use proptest::prelude::*;
use serde_json::{Map, json};

use super::*;

/// The lowered schema of one member, and whether it stayed required.
fn member(schema: Value) -> (Value, bool) {
    let whole = json!({ "type": "object", "properties": { "m": schema }, "required": ["m"] });
    let lowered = lower(&whole).schema;
    let required = lowered.get("required").is_some();
    (lowered["properties"]["m"].clone(), required)
}

fn described(schema: Value) -> String {
    let (member, _) = member(schema);
    member["description"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn keywords_become_sentences() {
    let cases = [
        (
            json!({ "type": "string", "enum": ["a", "b"] }),
            "One of: `a`, `b`.",
        ),
        (json!({ "const": 7 }), "Always `7`."),
        (
            json!({ "type": "integer", "minimum": 1, "maximum": 9 }),
            "From 1 to 9.",
        ),
        (
            json!({ "type": "integer", "format": "uint32", "minimum": 0 }),
            "At least 0.",
        ),
        (
            json!({ "type": "number", "exclusiveMinimum": 0.5 }),
            "More than 0.5.",
        ),
        (
            json!({ "type": "string", "minLength": 1 }),
            "At least 1 character.",
        ),
        (
            json!({ "type": "string", "minLength": 3, "maxLength": 3 }),
            "Exactly 3 characters.",
        ),
        (
            json!({ "type": "array", "maxItems": 5, "uniqueItems": true }),
            "At most 5 items. No item twice.",
        ),
        (
            json!({ "type": "string", "pattern": "^a+$" }),
            "Pattern: `^a+$`.",
        ),
        (
            json!({ "type": "string", "format": "date-time" }),
            "Format: date-time.",
        ),
        (
            json!({ "type": "boolean", "default": false }),
            "Default: `false`.",
        ),
        (json!({ "type": "string", "default": null }), ""),
        (
            json!({ "type": "string", "description": "Sort by", "default": "name" }),
            "Sort by. Default: `name`.",
        ),
        (
            json!({ "type": "integer", "description": "Lines. Default: 20.", "default": 20 }),
            "Lines. Default: 20.",
        ),
        (
            json!({ "type": "object", "additionalProperties": { "type": "integer" } }),
            "Values: an integer.",
        ),
    ];
    for (schema, expected) in cases {
        assert_eq!(described(schema.clone()), expected, "{schema}");
    }
}

#[test]
fn null_makes_a_member_optional() {
    let string = json!({ "type": "string" });
    let schemas = [
        json!({ "type": ["string", "null"] }),
        json!({ "type": ["null", "string"] }),
        json!({ "anyOf": [{ "type": "string" }, { "type": "null" }] }),
        json!({ "oneOf": [{ "const": null }, { "type": "string" }] }),
    ];
    for schema in schemas {
        assert_eq!(member(schema.clone()), (string.clone(), false), "{schema}");
    }
    assert_eq!(member(string.clone()), (string, true));
    let (nothing, required) = member(json!({ "type": "null" }));
    assert_eq!((nothing, required), (json!({ "type": "string" }), false));
}

#[test]
fn alternatives_are_one_schema() {
    let constants = json!({ "oneOf": [
        { "const": "asc", "description": "Smallest first." },
        { "const": "desc", "type": "string" }
    ] });
    let (lowered, _) = member(constants);
    let text = "One of: `asc` (Smallest first), `desc`.";
    assert_eq!(lowered, json!({ "type": "string", "description": text }));

    let first = json!({ "anyOf": [
        { "type": "string" },
        { "type": "array", "items": { "type": "string" } }
    ] });
    let text = "Or instead: an array of string.";
    assert_eq!(
        member(first).0,
        json!({ "type": "string", "description": text })
    );

    let objects = json!({ "oneOf": [
        { "type": "object", "properties": { "by": { "const": "id" }, "id": { "type": "integer" } }, "required": ["by", "id"] },
        { "type": "object", "properties": { "by": { "const": "name" }, "name": { "type": "string" } }, "required": ["by", "name"] }
    ] });
    let expected = json!({
        "type": "object",
        "description": "Either `by` = `id`, `id`; or `by` = `name`, `name`.",
        "properties": {
            "by": { "type": "string", "description": "One of: `id`, `name`." },
            "id": { "type": "integer" },
            "name": { "type": "string" }
        },
        "required": ["by"]
    });
    assert_eq!(member(objects).0, expected);

    let sets = json!({
        "type": "object",
        "properties": { "a": { "type": "string" }, "b": { "type": "string" } },
        "anyOf": [{ "required": ["a"] }, { "required": ["b"] }]
    });
    assert_eq!(described(sets), "At least one is required of: `a`, `b`.");
}

#[test]
fn all_of_is_merged() {
    let schema = json!({ "allOf": [
        { "type": "object", "properties": { "a": { "type": "number" } }, "required": ["a"] },
        { "properties": { "a": { "type": "integer", "minimum": 1 }, "b": { "type": "string" } }, "required": ["b"] }
    ] });
    let expected = json!({
        "type": "object",
        "properties": { "a": { "type": "integer", "description": "At least 1." }, "b": { "type": "string" } },
        "required": ["a", "b"]
    });
    assert_eq!(member(schema).0, expected);
}

#[test]
fn references_are_inlined_and_endless_ones_cut() {
    let schema = json!({
        "type": "object",
        "properties": { "tree": { "$ref": "#/$defs/Node", "description": "The tree." } },
        "$defs": { "Node": {
            "type": "object",
            "description": "A node.",
            "properties": { "children": { "type": "array", "items": { "$ref": "#/$defs/Node" } } }
        } }
    });
    let lowered = lower(&schema);
    let expected = json!({
        "type": "object",
        "properties": { "tree": {
            "type": "object",
            "description": "The tree.",
            "properties": { "children": {
                "type": "array",
                "items": { "type": "object", "description": "Of the same form again as `Node`." }
            } }
        } }
    });
    assert_eq!(Value::Object(lowered.schema), expected);
    let cut = lowered
        .changes
        .iter()
        .find(|change| change.action == Action::Cut)
        .unwrap();
    assert_eq!(cut.path, "/properties/tree/properties/children/items");
}

#[test]
fn references_that_fan_out_end() {
    let mut definitions = Map::new();
    for level in 0..40 {
        let next = json!({ "$ref": format!("#/$defs/L{}", level + 1) });
        let both = json!({ "type": "object", "properties": { "a": next, "b": next } });
        definitions.insert(format!("L{level}"), both);
    }
    definitions.insert("L40".to_owned(), json!({ "type": "string" }));
    let lowered = lower(&json!({ "$ref": "#/$defs/L0", "$defs": definitions }));
    assert!(
        lowered
            .changes
            .iter()
            .any(|change| change.action == Action::Cut)
    );
    assert!(json!(lowered.schema).to_string().len() < 1_000_000);
}

#[test]
fn the_top_is_an_object_whatever_it_was() {
    let empty = json!({ "type": "object", "properties": {} });
    for schema in [
        json!({}),
        json!(true),
        json!(null),
        json!({ "properties": 7 }),
    ] {
        assert_eq!(Value::Object(lower(&schema).schema), empty, "{schema}");
    }
    let text = json!(lower(&json!({ "type": "array", "items": {} })).schema);
    let declared =
        json!({ "type": "object", "properties": {}, "description": "Declared as `array`." });
    assert_eq!(text, declared);
}

#[test]
fn changes_name_place_keyword_and_action() {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Input",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "a/b": { "type": ["string", "null"], "maxLength": 5 },
            "list": { "type": "array", "items": {} }
        }
    });
    let changes = lower(&schema).changes;
    insta::assert_json_snapshot!(changes);
}

/// Anything that could stand where a schema should: well-formed, odd and broken.
fn schemas() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|flag| json!(flag)),
        (-5..5_i64).prop_map(|number| json!(number)),
        Just(json!(1.5)),
        prop_oneof![
            Just("string"),
            Just("object"),
            Just("null"),
            Just("x"),
            Just(""),
            Just("#"),
            Just("#/$defs/A"),
            Just("#/properties/a"),
            Just("uint32"),
            Just("Ends."),
        ]
        .prop_map(|text| json!(text)),
    ];
    let keyword = prop_oneof![
        Just("type"),
        Just("properties"),
        Just("required"),
        Just("items"),
        Just("description"),
        Just("enum"),
        Just("const"),
        Just("default"),
        Just("$ref"),
        Just("$defs"),
        Just("A"),
        Just("a"),
        Just("anyOf"),
        Just("oneOf"),
        Just("allOf"),
        Just("prefixItems"),
        Just("additionalProperties"),
        Just("minimum"),
        Just("maxLength"),
        Just("minItems"),
        Just("format"),
        Just("pattern"),
        Just("title"),
        Just("not"),
        Just("examples"),
        Just("deprecated"),
        Just("uniqueItems"),
    ];
    scalar.prop_recursive(5, 60, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            proptest::collection::vec((keyword.clone(), inner), 0..6).prop_map(|members| {
                let members = members
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value));
                Value::Object(members.collect())
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2 * ProptestConfig::default().cases, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_in_the_gateway_accepts_what_comes_out(schema in schemas()) {
        accepted::check(&schema, lower);
    }
}
