//! CloudWatch metrics and PromQL, as the recordings describe them and as tests want them.

#![allow(dead_code, reason = "each test uses some of it")]

use std::f64::consts::TAU;

use aws_testing::{AwsRequest, AwsStandIn, Reply, timestamp};
use cloudwatch_mcp_server::Server;
use serde_json::{Value, json};

/// 2026-11-21T01:41:00Z, the first value of the recordings.
pub(crate) const FIRST: i64 = 1_795_225_260;

pub(crate) const PROMQL_ACTIONS: [&str; 2] = ["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"];

pub(crate) async fn start() -> AwsStandIn {
    let aws = AwsStandIn::start().await;
    script(&aws);
    aws
}

/// Metrics for a stand-in that may have more.
pub(crate) fn script(aws: &AwsStandIn) {
    aws.by("cloudwatch:GetMetricData", metric_data);
    for path in [
        "query",
        "query_range",
        "series",
        "labels",
        "label/{name}/values",
    ] {
        let path = format!("/api/v1/{path}");
        aws.route("cloudwatch", "GET", &path, "PromQL");
        aws.route("cloudwatch", "POST", &path, "PromQL");
    }
}

/// A server with the region of the recordings.
pub(crate) fn server(aws: &AwsStandIn) -> Server {
    Server::new(
        aws.clients()
            .variables(&[("AWS_DEFAULT_REGION", "us-east-1")]),
    )
}

/// A result as CloudWatch answers it: newest first.
pub(crate) fn result(id: &str, label: &str, mut points: Vec<(i64, f64)>) -> Value {
    points.reverse();
    let times: Vec<Value> = points
        .iter()
        .map(|(time, _)| timestamp(*time as f64))
        .collect();
    let values: Vec<f64> = points.iter().map(|(_, value)| *value).collect();
    json!({ "Id": id, "Label": label, "StatusCode": "Complete", "Timestamps": times, "Values": values })
}

pub(crate) fn results(results: &[Value]) -> Reply {
    Reply::ok(json!({ "MetricDataResults": results, "Messages": [] }))
}

/// Two weeks of five-minute values that repeat every day.
pub(crate) fn daily() -> Vec<(i64, f64)> {
    let value = |step: i64| 100.0 + 10.0 * (TAU * step as f64 / 288.0).sin();
    (0..4_032)
        .map(|step| (FIRST + step * 300, value(step)))
        .collect()
}

/// Values without any pattern: the same on every machine.
pub(crate) fn noise(count: i64) -> Vec<(i64, f64)> {
    let mut state: u64 = 7;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / f64::from(1_u32 << 24)
    };
    (0..count)
        .map(|step| (FIRST + step * 60, 100.0 * next()))
        .collect()
}

/// By the name of the metric: `Latency` has three values, `Cyc` two weeks of a daily cycle, `Noise`
/// 2000 values without pattern, anything else none. Expressions have none, as in moto.
fn metric_data(request: &AwsRequest) -> Reply {
    let queries = request.body["MetricDataQueries"]
        .as_array()
        .expect("queries");
    let answers: Vec<Value> = queries
        .iter()
        .map(|query| {
            let id = query["Id"].as_str().expect("an id");
            let stat = &query["MetricStat"];
            let name = stat["Metric"]["MetricName"].as_str().unwrap_or_default();
            let default = format!("{name} {}", stat["Stat"].as_str().unwrap_or_default());
            let label = query["Label"].as_str().unwrap_or(&default);
            let points = match name {
                "Latency" => vec![(FIRST, 115.0), (FIRST + 300, 110.0), (FIRST + 600, 105.0)],
                "Cyc" => daily(),
                "Noise" | "Duration" => noise(2_000),
                _ => Vec::new(),
            };
            result(id, label, points)
        })
        .collect();
    results(&answers)
}
