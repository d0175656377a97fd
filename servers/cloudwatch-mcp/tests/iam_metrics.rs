//! Every tool of metrics and PromQL declares the IAM actions of the calls that it makes, and no
//! others.

#[path = "support/metrics.rs"]
mod metrics;

use aws_testing::{IamCheck, Reply, assert_iam};
use cloudwatch_mcp_server::Server;
use serde_json::json;

#[tokio::test]
async fn what_is_declared_is_what_is_called() {
    let aws = metrics::start().await;
    let server = metrics::server(&aws);
    let mut check = IamCheck::new().authorised_by("cloudwatch:PromQL", &metrics::PROMQL_ACTIONS);
    let metric = json!({ "namespace": "Custom/App", "metric_name": "Cyc" });
    for (tool, arguments) in [
        ("get_metric_data", metric.clone()),
        ("analyze_metric", metric.clone()),
        ("get_recommended_metric_alarms", metric.clone()),
        ("get_metric_metadata", metric.clone()),
    ] {
        let result = check.call(&server, &aws, tool, arguments).await;
        assert_ne!(result["isError"], true, "{tool}: {result}");
    }
    let query = json!({ "resultType": "vector", "result": [] });
    for (tool, arguments, data) in [
        (
            "execute_promql_query",
            json!({ "query": "up" }),
            query.clone(),
        ),
        (
            "execute_promql_range_query",
            json!({ "query": "up", "start": "0", "end": "9", "step": "1" }),
            query.clone(),
        ),
        ("get_promql_labels", json!({}), json!([])),
        (
            "get_promql_label_values",
            json!({ "label_name": "job" }),
            json!([]),
        ),
        ("get_promql_series", json!({ "match": ["up"] }), json!([])),
    ] {
        let answer = json!({ "status": "success", "data": data });
        aws.on("cloudwatch:PromQL", Reply::ok(answer));
        let result = check.call(&server, &aws, tool, arguments).await;
        assert_ne!(result["isError"], true, "{tool}: {result}");
    }
    let ours = |name: &str| name.contains("metric") || name.contains("promql");
    let tools: Vec<_> = Server::tools()
        .list_all()
        .into_iter()
        .filter(|tool| ours(&tool.name))
        .collect();
    assert_eq!(tools.len(), 9);
    assert_iam(&tools, &check);
    assert_eq!(check.operations().len(), 2);
}
