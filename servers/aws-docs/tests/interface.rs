//! The interface is upstream's: names, types, required-ness, defaults, bounds, results.

use aws_docs_server::{Partition, Server};
use serde_json::{Value, json};
use server_testing::{Comparison, SmokeCall, check_hints};

/// The facts of one partition's tools.
fn facts(partition: &str) -> Value {
    let mut facts: Value =
        serde_json::from_str(include_str!("fixtures/upstream.json")).expect("facts");
    let tools = facts["tools"].as_array_mut().expect("tools");
    let of_china = |tool: &Value| {
        tool["gated_by"]
            .as_str()
            .expect("a gate")
            .ends_with("=aws-cn")
    };
    tools.retain(|tool| of_china(tool) == (partition == "aws-cn"));
    facts
}

#[test]
fn there_are_no_differences() {
    for (partition, name, tools, arguments, results) in [
        (Partition::Aws, "aws", 5, 15, 14),
        (Partition::China, "aws-cn", 2, 3, 2),
    ] {
        let expected = Comparison {
            differences: Vec::new(),
            tools,
            arguments,
            results,
        };
        let offered = Server::tools_of(partition).list_all();
        assert_eq!(Comparison::new(&offered, &facts(name)), expected, "{name}");
        assert_eq!(offered.len(), tools, "{name}");
    }
    assert_eq!(Server::tools().list_all().len(), 6);
}

#[test]
fn hints_are_explicit_and_one_call_is_harmless() {
    let expected = SmokeCall {
        tool: "read_documentation".to_owned(),
        arguments: json!({
            "url": "https://docs.aws.amazon.com/lambda/latest/dg/welcome.html",
            "max_length": 500,
        }),
    };
    for tools in [
        Server::tools(),
        Server::tools_of(Partition::Aws),
        Server::tools_of(Partition::China),
    ] {
        assert_eq!(check_hints(&tools.list_all()), expected);
    }
}

/// The gateway checks arguments against the lowered schema, where a type is one word.
#[test]
fn schemas_and_results() {
    for tool in Server::tools().list_all() {
        insta::assert_json_snapshot!(tool.name.as_ref(), tool);
    }
}
