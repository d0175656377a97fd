//! The published interface against upstream's facts: no difference, argument by argument.

use git_repo_server::Server;
use serde_json::json;
use server_testing::{Comparison, SmokeCall, check_hints};

#[test]
fn there_are_no_differences() {
    let facts = serde_json::from_str(include_str!("fixtures/interface.json")).expect("facts");
    let expected = Comparison {
        differences: vec![],
        tools: 12,
        arguments: 28,
        results: 0,
    };
    assert_eq!(
        Comparison::new(&Server::tools().list_all(), &facts),
        expected
    );
}

#[test]
fn hints_are_explicit_and_one_call_is_harmless() {
    let expected = SmokeCall {
        tool: "git_status".to_owned(),
        arguments: json!({"repo_path": "."}),
    };
    assert_eq!(check_hints(&Server::tools().list_all()), expected);
}
