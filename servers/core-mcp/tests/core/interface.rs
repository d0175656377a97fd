//! The interface is upstream's: name, types, required-ness, result.

use core_mcp_server::Server;
use serde_json::json;
use server_testing::{Comparison, SmokeCall, check_hints};

#[test]
fn there_are_no_differences() {
    let facts = serde_json::from_str(include_str!("../fixtures/upstream.json")).expect("facts");
    let expected = Comparison {
        differences: vec![],
        tools: 1,
        arguments: 0,
        results: 1,
    };
    assert_eq!(
        Comparison::new(&Server::tools().list_all(), &facts),
        expected
    );
}

#[test]
fn hints_are_explicit_and_one_call_is_harmless() {
    let expected = SmokeCall {
        tool: "prompt_understanding".to_owned(),
        arguments: json!({}),
    };
    assert_eq!(check_hints(&Server::tools().list_all()), expected);
}
