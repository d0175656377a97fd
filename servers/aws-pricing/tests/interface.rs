//! The interface is upstream's: names, types, required-ness, defaults, bounds, results.

use aws_pricing_server::Server;
use serde_json::json;
use server_testing::{Comparison, SmokeCall, check_hints};

/// Files can be sent with the call instead of a path, and a report is answered, never written: both
/// are rows of the README's table.
const DIFFERENT: [&str; 3] = [
    "analyze_cdk_project.files: not upstream's",
    "analyze_terraform_project.files: not upstream's",
    "generate_cost_report: readOnlyHint is not false",
];

#[test]
fn there_are_no_differences_but_those_of_the_readme() {
    let facts = serde_json::from_str(include_str!("fixtures/upstream.json")).expect("facts");
    let expected = Comparison {
        differences: DIFFERENT.map(str::to_owned).to_vec(),
        tools: 9,
        arguments: 28,
        results: 9,
    };
    assert_eq!(
        Comparison::new(&Server::tools().list_all(), &facts),
        expected
    );
}

#[test]
fn hints_are_explicit_and_one_call_is_harmless() {
    let expected = SmokeCall {
        tool: "get_bedrock_patterns".to_owned(),
        arguments: json!({}),
    };
    assert_eq!(check_hints(&Server::tools().list_all()), expected);
}
