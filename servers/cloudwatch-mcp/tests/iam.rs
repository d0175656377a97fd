//! Every tool of logs and alarms declares the IAM actions of the calls that it makes, and no
//! others.

#[path = "support/logs.rs"]
mod logs;

use std::time::{Duration, Instant};

use agentcore_gateway_target::Deadline;
use aws_testing::{IamCheck, Reply, assert_iam};
use cloudwatch_mcp_server::Server;
use serde_json::{Value, json};

const ARN: &str = "arn:aws:logs:us-east-1:123456789012:log-group:/app/a";

/// Tools of metrics and PromQL, which have a file of their own.
fn is_metrics(tool: &str) -> bool {
    tool.contains("metric") || tool.contains("promql")
}

fn over(mut arguments: Value) -> Value {
    arguments["start_time"] = json!("2025-01-01T00:00:00Z");
    arguments["end_time"] = json!("2025-01-01T01:00:00Z");
    arguments
}

#[tokio::test]
async fn what_is_declared_is_what_is_called() {
    let aws = logs::start().await;
    let server = logs::server(&aws);
    let mut check = IamCheck::new();
    for (tool, arguments) in [
        ("describe_log_groups", json!({})),
        ("analyze_log_group", over(json!({ "log_group_arn": ARN }))),
        (
            "execute_log_insights_query",
            over(json!({ "log_group_identifiers": [ARN], "query_string": "fields a" })),
        ),
        (
            "get_logs_insight_query_results",
            json!({ "query_id": logs::QUERY }),
        ),
        (
            "cancel_logs_insight_query",
            json!({ "query_id": logs::QUERY }),
        ),
        (
            "execute_cwl_insights_batch",
            over(
                json!({ "log_group_names": ["/app/a", "/nope"], "regions": ["us-east-1"], "query_string": "fields a" }),
            ),
        ),
        (
            "recommend_indexes_loggroup",
            json!({ "log_group_identifier": "/app/a" }),
        ),
        ("recommend_indexes_account", json!({})),
        ("get_active_alarms", json!({})),
        ("get_alarm_history", json!({ "alarm_name": "cpu-high" })),
        (
            "get_alarm_history",
            json!({ "alarm_name": "comp", "include_component_alarms": true }),
        ),
    ] {
        let result = check.call(&server, &aws, tool, arguments).await;
        assert_ne!(result["isError"], true, "{tool}: {result}");
    }
    stopped(&mut check).await;
    let tools: Vec<_> = Server::tools()
        .list_all()
        .into_iter()
        .filter(|tool| !is_metrics(&tool.name))
        .collect();
    assert_eq!(tools.len(), 10);
    assert_iam(&tools, &check);
    assert_eq!(check.operations().len(), 12);
}

/// Queries that nobody could fetch are stopped: halves of a time, counts of values.
async fn stopped(check: &mut IamCheck) {
    let aws = logs::start().await;
    let server = logs::server(&aws);
    let row = json!([{ "field": "a", "value": "1" }]);
    let full = json!({ "status": "Complete", "results": vec![row; 10_000] });
    aws.in_turn(
        "logs:GetQueryResults",
        std::iter::once(Reply::ok(full)).chain(std::iter::repeat_n(logs::state("Running"), 50)),
    );
    let batch = over(json!({
        "log_group_names": ["/app/a"], "regions": ["us-east-1"], "query_string": "fields a", "max_timeout": 2
    }));
    let result = check
        .call(&server, &aws, "execute_cwl_insights_batch", batch)
        .await;
    assert_eq!(
        result["structuredContent"]["summary"]["total_records_returned"],
        10_000
    );
    let slow = logs::start().await;
    slow.on("logs:GetQueryResults", logs::state("Running"));
    let arguments = json!({ "log_group_identifier": "/app/a" });
    let soon = Deadline::at(Instant::now() + Duration::from_secs(2));
    let server = logs::server(&slow);
    let result = logs::call_until(&server, "recommend_indexes_loggroup", arguments, soon).await;
    assert!(
        result.to_string().contains("counting took too long"),
        "{result}"
    );
    check.note("recommend_indexes_loggroup", &slow.take_requests());
}
