//! The interface is upstream's: names, types, required-ness, defaults. By the rules of the shared
//! comparison: a nullable branch counts as optional, a default that is empty counts as none.

use std::collections::BTreeSet;

use cfn_mcp_server::Server;
use serde_json::{Value, json};

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
    let known = properties
        .keys()
        .map(String::as_str)
        .collect::<BTreeSet<_>>();
    let have = ours["properties"].as_object().expect("properties");
    for name in have.keys().filter(|name| !known.contains(name.as_str())) {
        differences.push(format!("{place}.{name}: not upstream's"));
    }
    if names(&theirs["required"]) != names(&ours["required"]) {
        differences.push(format!("{place}: required {}", ours["required"]));
    }
    (differences, properties.len())
}

/// Arguments of ours that upstream lacks. Each is optional, and a row of the README's table.
const ADDED: &[&str] = &[
    "delete_resource.dry_run",
    "list_resources.max_items",
    "list_resources.next_token",
    "list_resources.resource_model",
    "update_resource.dry_run",
];

#[test]
fn there_are_no_differences() {
    let tools = Server::tools().list_all();
    let (mut differences, mut arguments) = (Vec::new(), 0);
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
        assert_eq!(their["output_schema"], Value::Null, "{name}");
        let our = serde_json::to_value(our).expect("a tool");
        let (found, compared) = compare(name, &their["input_schema"], &our["inputSchema"]);
        differences.extend(found);
        arguments += compared;
    }
    let (added, differences): (Vec<String>, Vec<String>) = differences
        .into_iter()
        .partition(|difference| difference.ends_with(": not upstream's"));
    assert_eq!(differences, Vec::<String>::new());
    let expected: Vec<String> = ADDED
        .iter()
        .map(|name| format!("{name}: not upstream's"))
        .collect();
    let mut added = added;
    added.sort();
    assert_eq!(added, expected);
    assert_eq!((tools.len(), theirs.len(), arguments), (8, 8, 27));
}

#[test]
fn every_added_argument_is_explained_in_the_readme() {
    let readme = include_str!("../README.md");
    for name in ADDED {
        let (tool, argument) = name.split_once('.').expect("tool.argument");
        let row = |line: &&str| line.starts_with('|') && line.contains(&format!("`{argument}`"));
        assert!(
            readme
                .lines()
                .filter(row)
                .any(|line| line.contains(&format!("`{tool}`"))),
            "{name}"
        );
    }
}

/// Every action that upstream's facts name is declared; what ours adds is checked in `iam.rs`.
#[test]
fn the_actions_of_the_facts_are_declared() {
    let tools = Server::tools().list_all();
    let mut compared = 0;
    for their in upstream()["tools"].as_array().expect("tools") {
        let tool = tools
            .iter()
            .find(|tool| tool.name == *their["name"].as_str().expect("a name"));
        let meta = &tool.expect("the tool").meta.as_ref().expect("meta").0;
        let ours = names(&meta["mcp-fleet/iam"]);
        for action in names(&their["iam_actions"]) {
            assert!(ours.contains(action), "{}: {action}", their["name"]);
            compared += 1;
        }
    }
    assert_eq!(compared, 10);
}

/// The comparison itself must see what it is for.
#[test]
fn a_changed_interface_is_noticed() {
    let facts = upstream();
    let their = &facts["tools"][7]["input_schema"];
    let ours = json!({
        "properties": {
            "template_name": { "type": "integer", "description": "d" },
            "resources": { "type": ["array", "null"] },
            "output_format": { "type": "string", "description": "d", "default": "JSON" },
            "deletion_policy": { "type": "string", "description": "d", "default": "RETAIN" },
            "update_replace_policy": { "type": "string", "description": "d", "default": "RETAIN" },
            "template_id": { "type": "string", "description": "d" },
            "region": { "type": "string", "description": "d" },
            "extra": { "type": "string", "description": "d" }
        },
        "required": ["region"]
    });
    let (mut differences, compared) = compare("t", their, &ours);
    differences.sort();
    assert_eq!(compared, 8);
    assert_eq!(
        differences,
        [
            "t.extra: not upstream's",
            "t.output_format: default \"JSON\"",
            "t.resources: no description",
            "t.save_to_file: missing",
            "t.template_name: type {\"number\"}, want {\"string\"}",
            "t: required [\"region\"]",
        ]
    );
}
