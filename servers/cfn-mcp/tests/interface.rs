//! The interface is upstream's: names, types, required-ness, defaults.

use std::collections::BTreeSet;

use cfn_mcp_server::Server;
use serde_json::{Value, json};
use server_testing::{Comparison, SmokeCall, check_hints};

/// Arguments of ours that upstream lacks. Each is optional, and a row of the README's table.
const ADDED: &[&str] = &[
    "delete_resource.dry_run",
    "list_resources.max_items",
    "list_resources.next_token",
    "list_resources.resource_model",
    "update_resource.dry_run",
];

fn upstream() -> Value {
    serde_json::from_str(include_str!("fixtures/upstream.json")).expect("facts")
}

fn names(list: &Value) -> BTreeSet<&str> {
    let names = list.as_array().into_iter().flatten();
    names.filter_map(Value::as_str).collect()
}

#[test]
fn there_are_no_differences_but_the_added_arguments() {
    let added = ADDED.iter().map(|name| format!("{name}: not upstream's"));
    let expected = Comparison {
        differences: added.collect(),
        tools: 8,
        arguments: 27,
        results: 0,
    };
    assert_eq!(
        Comparison::new(&Server::tools().list_all(), &upstream()),
        expected
    );
}

#[test]
fn hints_are_explicit_and_one_call_is_harmless() {
    let expected = SmokeCall {
        tool: "get_resource_schema_information".to_owned(),
        arguments: json!({"resource_type": "AWS::S3::Bucket"}),
    };
    assert_eq!(check_hints(&Server::tools().list_all()), expected);
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
