//! How mounted servers are offered, called and described.

use rmcp::ServerHandler;
use serde_json::{Value, json};
use server_testing::{call, text};

use crate::support::{ask, name, tools, with};

async fn guidance(roles: &[&str]) -> String {
    let result = call(&with(roles), "prompt_understanding", json!({})).await;
    text(&result).to_owned()
}

/// Each tool of `inner` is listed with the prefix, and is otherwise the same.
async fn assert_offered<S: ServerHandler + Clone>(role: &str, prefix: &str, inner: S) {
    let offered = tools(&with(&[role])).await;
    for mut tool in tools(&inner).await {
        let shown = format!("{prefix}_{}", name(&tool));
        let found = offered.iter().find(|tool| name(tool) == shown);
        tool["name"] = Value::from(shown);
        if let Some(meta) = tool["_meta"].as_object_mut() {
            meta.remove("mcp-fleet/smoke");
        }
        assert_eq!(found, Some(&tool));
        let shown = name(&tool);
        let got = with(&[role]).get_tool(shown);
        assert_eq!(serde_json::to_value(got).expect("a tool is JSON"), tool);
    }
}

#[tokio::test]
async fn schemas_hints_access_and_actions_stay() {
    let none: [String; 0] = [];
    let cfn = cfn_mcp_server::Server::from_env(&none).expect("defaults");
    assert_offered("ci-cd-devops", "cfn", cfn).await;
    let frontend = frontend_mcp_server::Server::from_env(&none).expect("defaults");
    assert_offered("frontend-dev", "frontend", frontend).await;
    let pricing = aws_pricing_server::Server::from_env(&none).expect("defaults");
    assert_offered("finops", "pricing", pricing).await;
    let listed = tools(&with(&["monitoring-observability", "ci-cd-devops"])).await;
    let with_smoke = listed
        .iter()
        .filter(|tool| !tool["_meta"]["mcp-fleet/smoke"].is_null());
    let with_smoke: Vec<&str> = with_smoke.map(name).collect();
    assert_eq!(with_smoke, ["prompt_understanding"]);
    let query = listed
        .iter()
        .find(|tool| name(tool) == "prometheus_ExecuteQuery");
    let query = query.expect("the tool");
    assert!(
        query["_meta"]["mcp-fleet/iam"]
            .to_string()
            .contains("aps:QueryMetrics"),
        "{query}"
    );
}

#[tokio::test]
async fn calls_and_failures_pass_through() {
    let server = with(&["finops", "frontend-dev", "monitoring-observability"]);
    let topic = json!({"topic": "troubleshooting"});
    let result = call(&server, "frontend_GetReactDocsByTopic", topic.clone()).await;
    let frontend = frontend_mcp_server::Server::from_env(&[]).expect("no settings");
    let direct = call(&frontend, "GetReactDocsByTopic", topic).await;
    assert_eq!(result, direct);

    let direct = aws_pricing_server::Server::from_env(&[]).expect("defaults");
    for arguments in [json!({}), json!({"service_code": 7}), json!({"nothing": 1})] {
        let result = call(&server, "pricing_get_pricing", arguments.clone()).await;
        assert_eq!(result["isError"], true);
        assert_eq!(result, call(&direct, "get_pricing", arguments).await);
    }
    let range = json!({"query": "up", "start": "soon", "end": "later", "step": "1m"});
    let result = call(&server, "prometheus_ExecuteRangeQuery", range).await;
    assert_eq!(result["isError"], true);
    assert!(text(&result).contains("is not a time"), "{}", text(&result));
}

#[tokio::test]
async fn a_prefix_that_is_not_mounted_is_an_unknown_tool() {
    let server = with(&["frontend-dev"]);
    for tool in [
        "pricing_get_pricing",
        "frontend_",
        "frontendGetReactDocsByTopic",
        "_x",
    ] {
        let params = json!({"name": tool, "arguments": {}});
        let reply = ask(&server, "tools/call", params).await;
        assert_eq!(reply["error"]["code"], -32602, "{tool}: {reply}");
        assert_eq!(server.get_tool(tool), None);
    }
}

#[tokio::test]
async fn the_guidance_says_what_is_mounted_and_what_is_missing() {
    let text = guidance(&["finops"]).await;
    let mounted =
        "- `cloudwatch_*`: the tools of cloudwatch-mcp\n- `pricing_*`: the tools of aws-pricing\n";
    assert!(text.contains(mounted), "{text}");
    assert!(
        text.contains("also stand for `cost_explorer`, `billing_cost_management`, for which"),
        "{text}"
    );
    let text = guidance(&["messaging-events"]).await;
    assert!(
        text.contains("\n- nothing\n") && text.contains("`sns_sqs`, `mq`"),
        "{text}"
    );
    let text = guidance(&[]).await;
    assert!(text.contains("No role is set"), "{text}");
}

#[tokio::test]
async fn the_guidance_is_short_and_names_the_fleets_servers() {
    let many = [
        "finops",
        "frontend-dev",
        "analytics-warehouse",
        "dev-tools",
        "monitoring-observability",
        "serverless-architecture",
        "solutions-architect",
    ];
    for roles in [&[][..], &many] {
        let text = guidance(roles).await;
        assert!(text.len() <= 8_192, "{} bytes", text.len());
        assert!(
            !text.contains("@generated") && !text.contains(['{', '}']),
            "{text}"
        );
    }
    let text = guidance(&[]).await;
    let listed = include_str!("../../src/fleet/guide.md");
    for server in listed.lines().filter(|line| line.starts_with("**")) {
        assert!(text.contains(server), "{server}");
    }
}

#[tokio::test]
async fn the_instructions_of_mounted_servers_are_passed_on() {
    let of = |roles| with(roles).get_info().instructions.expect("instructions");
    assert!(!of(&[]).contains("_*"), "{}", of(&[]));
    let both = of(&["monitoring-observability"]);
    assert!(both.contains("\n\n`prometheus_*`: Reads metrics"), "{both}");
    assert!(both.contains("\n\n`cloudwatch_*`: "), "{both}");
}

/// Without asking it: its stored list is in the program.
#[test]
fn a_remote_servers_tools_are_known_offline() {
    let list = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../handlers/aws-knowledge/tools.json"
    );
    let in_fleet = std::path::Path::new(list).is_file();
    let server = with(&["aws-foundation"]);
    let tool = server.get_tool("aws_knowledge_list_regions");
    assert_eq!(tool.is_some(), in_fleet);
}
