//! The interface is upstream's: names, types, required-ness, defaults. By the rules of the shared
//! comparison: a nullable branch counts as optional, a default that is empty counts as none.

use std::collections::BTreeSet;

use aws_pricing_server::Server;
use serde_json::{Value, json};

/// Arguments that upstream does not have: files sent with the call instead of a path.
const ADDED: [&str; 2] = [
    "analyze_cdk_project.files: not upstream's",
    "analyze_terraform_project.files: not upstream's",
];

fn upstream() -> Value {
    serde_json::from_str(include_str!("fixtures/upstream.json")).expect("facts")
}

/// The schema with its reference followed.
fn resolved<'a>(schema: &'a Value, root: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => root
            .pointer(reference.trim_start_matches('#'))
            .expect("a definition"),
        None => schema,
    }
}

fn branches(schema: &Value) -> impl Iterator<Item = &Value> {
    ["anyOf", "oneOf", "allOf"]
        .into_iter()
        .filter_map(|keyword| schema[keyword].as_array())
        .flatten()
}

/// JSON types, `null` left out, integers as numbers.
fn kinds(schema: &Value, root: &Value) -> BTreeSet<String> {
    let schema = resolved(schema, root);
    let mut found: BTreeSet<String> = branches(schema).flat_map(|b| kinds(b, root)).collect();
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

fn names(list: &Value) -> BTreeSet<&str> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// Differences of one schema's properties, one line each; and how many properties were compared.
fn compare(place: &str, theirs: &Value, ours: &Value) -> (Vec<String>, usize) {
    let mut differences = Vec::new();
    let properties = theirs["properties"].as_object().expect("properties");
    for (name, their) in properties {
        let our = &ours["properties"][name];
        if our.is_null() {
            differences.push(format!("{place}.{name}: missing"));
            continue;
        }
        if our["description"].as_str().is_none_or(str::is_empty) {
            differences.push(format!("{place}.{name}: no description"));
        }
        let (want, have) = (kinds(their, theirs), kinds(our, ours));
        if want != have {
            differences.push(format!("{place}.{name}: type {have:?}, want {want:?}"));
        }
        let default = &their["default"];
        if !default.is_null() && *default != json!("") && our["default"] != *default {
            differences.push(format!("{place}.{name}: default {}", our["default"]));
        }
    }
    for bound in ["minimum", "maximum", "minLength"] {
        for (name, their) in properties {
            let our = &ours["properties"][name];
            if !our.is_null() && !their[bound].is_null() && their[bound] != our[bound] {
                differences.push(format!("{place}.{name}: {bound} {}", our[bound]));
            }
        }
    }
    let known = properties
        .keys()
        .map(String::as_str)
        .collect::<BTreeSet<_>>();
    let have = ours["properties"].as_object().into_iter().flatten();
    for name in have
        .map(|(name, _)| name)
        .filter(|name| !known.contains(name.as_str()))
    {
        differences.push(format!("{place}.{name}: not upstream's"));
    }
    if names(&theirs["required"]) != names(&ours["required"]) {
        differences.push(format!("{place}: required {}", ours["required"]));
    }
    (differences, properties.len())
}

#[test]
fn there_are_no_differences() {
    let tools = Server::tools().list_all();
    let (mut differences, mut arguments, mut results, mut members) = (Vec::new(), 0, 0, 0);
    let facts = upstream();
    let theirs = facts["tools"].as_array().expect("tools");
    for their in theirs {
        let name = their["name"].as_str().expect("a name");
        let Some(our) = tools.iter().find(|tool| tool.name == name) else {
            differences.push(format!("{name}: missing"));
            continue;
        };
        if our.description.as_deref().is_none_or(str::is_empty) {
            differences.push(format!("{name}: no description"));
        }
        let our = serde_json::to_value(our).expect("a tool");
        let (theirs, ours) = (&their["input_schema"], &our["inputSchema"]);
        let input = compare(name, theirs, ours);
        let place = format!("{name} result");
        let output = compare(&place, &their["output_schema"], &our["outputSchema"]);
        differences.extend(input.0.into_iter().chain(output.0));
        arguments += input.1;
        results += output.1;
        for (definition, their) in theirs["$defs"].as_object().into_iter().flatten() {
            let place = format!("{name} {definition}");
            let nested = compare(&place, their, &ours["$defs"][definition]);
            differences.extend(nested.0);
            members += nested.1;
        }
    }
    assert_eq!(differences, ADDED);
    assert_eq!(
        (tools.len(), theirs.len(), arguments, results, members),
        (9, 9, 28, 9, 6)
    );
}

/// The comparison itself must see what it is for.
#[test]
fn a_changed_interface_is_noticed() {
    let their = &upstream()["tools"][2]["input_schema"];
    let ours = json!({
        "properties": {
            "service_code": { "type": "integer", "description": "d" },
            "region": { "type": ["string", "null", "array"] },
            "max_results": { "type": "integer", "description": "d", "default": 10 },
            "extra": { "type": "string", "description": "d" }
        },
        "required": []
    });
    let (differences, compared) = compare("t", their, &ours);
    assert_eq!(compared, 7);
    assert_eq!(
        differences,
        [
            "t.filters: missing",
            "t.max_allowed_characters: missing",
            "t.max_results: default 10",
            "t.next_token: missing",
            "t.output_options: missing",
            "t.region: no description",
            "t.service_code: type {\"number\"}, want {\"string\"}",
            "t.max_results: minimum null",
            "t.max_results: maximum null",
            "t.extra: not upstream's",
            "t: required []",
        ]
    );
}
