//! The tools as a client sees them: compared with upstream's interface, argument by argument, and
//! kept as snapshots.

use filesystem_server::Server;
use serde_json::json;
use server_testing::{Comparison, SmokeCall, check_hints};

#[test]
fn there_are_no_differences() {
    let facts = serde_json::from_str(include_str!("fixtures/interface.json")).expect("facts");
    let expected = Comparison {
        differences: vec![],
        tools: 14,
        arguments: 25,
        results: 14,
    };
    assert_eq!(
        Comparison::new(&Server::tools().list_all(), &facts),
        expected
    );
}

#[test]
fn tool_schemas() {
    for tool in Server::tools().list_all() {
        let json = serde_json::to_value(&tool).expect("a tool is JSON");
        insta::assert_json_snapshot!(tool.name.as_ref(), json);
    }
}

#[test]
fn hints_are_explicit_and_one_call_is_harmless() {
    let expected = SmokeCall {
        tool: "list_allowed_directories".to_owned(),
        arguments: json!({}),
    };
    assert_eq!(check_hints(&Server::tools().list_all()), expected);
}
