//! The interface is upstream's: names, types, required-ness, defaults, results.

use std::collections::BTreeSet;

use agentcore_gateway_target::{Access, ToolDefinition};
use cloudwatch_mcp_server::Server;
use serde_json::{Value, json};
use server_testing::{Comparison, SmokeCall, check_hints};

/// What ours adds. Each is a row of the README's table.
const ADDED: &[&str] = &[
    "analyze_log_group result.log_anomaly_results.message: not upstream's",
    "describe_log_groups result.message: not upstream's",
    "describe_log_groups.log_group_class: enum [\"STANDARD\",\"INFREQUENT_ACCESS\",\"DELIVERY\"], want [\"STANDARD\",\"INFREQUENT_ACCESS\"]",
    "execute_cwl_insights_batch result.pending_queries: not upstream's",
    "execute_promql_query result.warnings: not upstream's",
    "execute_promql_range_query result.warnings: not upstream's",
    "get_logs_insight_query_results.max_items: not upstream's",
    "get_logs_insight_query_results.next_token: not upstream's",
    "get_promql_label_values result.warnings: not upstream's",
    "get_promql_labels result.warnings: not upstream's",
    "get_promql_series result.warnings: not upstream's",
    "get_recommended_metric_alarms result.recommendations[].threshold.sensitivity: not upstream's",
    "get_recommended_metric_alarms result.recommendations[].threshold.staticValue: not upstream's",
];

fn upstream() -> Value {
    serde_json::from_str(include_str!("fixtures/upstream.json")).expect("facts")
}

#[test]
fn there_are_no_differences_but_what_is_added() {
    let comparison = Comparison::new(&Server::tools().list_all(), &upstream());
    assert_eq!(comparison.differences, ADDED);
    assert_eq!(comparison.tools, 19);
    assert_eq!((comparison.arguments, comparison.results), (108, 41));
}

#[test]
fn hints_are_explicit_and_one_call_is_harmless() {
    let SmokeCall { tool, .. } = check_hints(&Server::tools().list_all());
    assert_eq!(tool, "get_metric_metadata");
}

/// A query that is started, or stopped, changes nothing that anyone has; AWS says so as well.
#[test]
fn every_tool_is_there_with_read_only_access() {
    for tool in Server::tools().list_all() {
        assert_eq!(Access::of(&tool), Access::ReadOnly, "{}", tool.name);
    }
}

#[test]
fn everything_added_is_explained_in_the_readme() {
    let readme = include_str!("../README.md");
    for added in ADDED {
        let (place, _) = added.split_once(": ").expect("a place");
        let tool = place.split([' ', '.']).next().expect("a tool");
        let member = place.rsplit('.').next().expect("a member");
        let has = |line: &&str, name: &str| line.contains(&format!("`{name}`"));
        let mut rows = readme.lines().filter(|line| line.starts_with('|'));
        assert!(
            rows.any(|line| has(&line, tool) && has(&line, member)),
            "{added}"
        );
    }
}

/// Every action that upstream's facts name is declared; what ours adds is checked in `iam.rs`.
#[test]
fn the_actions_of_the_facts_are_declared() {
    let tools = Server::tools().list_all();
    let names = |list: &Value| -> BTreeSet<String> {
        let names = list.as_array().into_iter().flatten();
        names.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    for their in upstream()["tools"].as_array().expect("tools") {
        let tool = tools
            .iter()
            .find(|tool| tool.name == *their["name"].as_str().expect("a name"));
        let meta = &tool.expect("the tool").meta.as_ref().expect("meta").0;
        let ours = names(meta.get("mcp-fleet/iam").unwrap_or(&json!([])));
        let missing: Vec<String> = names(&their["iam_actions"])
            .difference(&ours)
            .cloned()
            .collect();
        assert_eq!(missing, Vec::<String>::new(), "{}", their["name"]);
    }
}

/// The gateway takes five keywords: what it cannot take is folded, and no argument is lost.
#[test]
fn every_tool_can_be_lowered_for_the_gateway() {
    for tool in Server::tools().list_all() {
        let (definition, _) = ToolDefinition::lower(&tool);
        let arguments = |schema: &serde_json::Map<String, Value>| {
            let properties = schema["properties"].as_object().expect("properties");
            properties.keys().cloned().collect::<Vec<_>>()
        };
        assert_eq!(
            arguments(&definition.input_schema),
            arguments(&tool.input_schema),
            "{}",
            tool.name
        );
    }
}

#[test]
fn tool_schemas() {
    for tool in Server::tools().list_all() {
        insta::assert_json_snapshot!(tool.name.as_ref(), tool);
    }
}
