//! `ExecuteQuery`: exactly what is sent, and what of the answer is passed on.

use serde_json::{Value, json};
use wiremock::matchers::{header, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::{NOBODY, empty_vector, failure, good, query_answered_with, server, success};

/// Calls the tool, which must send exactly one request; returns its path and raw query.
async fn sent(arguments: Value) -> String {
    let prometheus = MockServer::start().await;
    Mock::given(method("GET"))
        .and(header("accept", "application/json"))
        .respond_with(empty_vector())
        .expect(1)
        .mount(&prometheus)
        .await;
    let server = server(&[("PROMETHEUS_URL", &prometheus.uri())], NOBODY);
    good(&server_testing::call(&server, "ExecuteQuery", arguments).await);
    let requests = prometheus.received_requests().await.expect("recorded");
    let url = &requests[0].url;
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}

#[tokio::test]
async fn query_and_time_are_sent_as_they_are_written() {
    for (arguments, expected) in [
        (json!({ "query": "up" }), "/api/v1/query?query=up"),
        (
            json!({ "query": "a{b=\"c d\"} + 1", "time": "2026-01-31T10:00:00+02:00" }),
            "/api/v1/query?query=a%7Bb%3D%22c%20d%22%7D%20%2B%201&time=2026-01-31T10%3A00%3A00%2B02%3A00",
        ),
        (
            json!({ "query": "up", "time": 1_769_846_400.5 }),
            "/api/v1/query?query=up&time=1769846400.5",
        ),
        (
            json!({ "query": "up", "time": null, "workspace_id": null, "region": null, "profile": null }),
            "/api/v1/query?query=up",
        ),
    ] {
        assert_eq!(sent(arguments).await, expected);
    }
}

#[tokio::test]
async fn promql_is_not_filtered() {
    let query = "up{a=~\"http://x|/etc/passwd|file://y\"} ; && || ` $( ${";
    let encoded = sent(json!({ "query": query })).await;
    let url = url::Url::parse(&format!("http://h{encoded}")).unwrap();
    let pairs: Vec<_> = url.query_pairs().collect();
    assert_eq!(pairs, [("query".into(), query.into())]);
}

#[tokio::test]
async fn values_that_are_no_numbers_survive() {
    let data = json!({ "resultType": "vector", "result": [
        { "metric": { "a": "x" }, "value": [1_795_225_922.007, "NaN"] },
        { "metric": { "a": "y" }, "value": [1_795_225_922, "+Inf"] },
        { "metric": {}, "value": [1_795_225_922, "-Inf"] },
    ]});
    let result = query_answered_with(success(&data), 1).await;
    assert_eq!(good(&result)["result"], data);
    let text = server_testing::text(&result);
    assert!(
        text.starts_with("{\n  \"resultType\": \"vector\",\n  \"result\": [\n"),
        "{text}"
    );
    assert!(text.contains("1795225922.007,\n        \"NaN\""), "{text}");
    assert!(text.contains("1795225922,\n        \"+Inf\""), "{text}");
}

#[tokio::test]
async fn warnings_reach_the_caller() {
    let body = json!({
        "status": "success", "warnings": ["partial answer"],
        "data": { "resultType": "vector", "result": [] }
    });
    let result = query_answered_with(ResponseTemplate::new(200).set_body_json(body), 1).await;
    assert_eq!(
        good(&result)["result"]["warnings"],
        json!(["partial answer"])
    );
}

#[tokio::test]
async fn wrong_arguments_are_refused_before_anything_is_sent() {
    let server = server(&[("PROMETHEUS_URL", NOBODY)], NOBODY);
    for (arguments, starts) in [
        (
            json!({ "query": " " }),
            "invalid_arguments: `query`: the query is empty",
        ),
        (
            json!({ "query": "up", "time": "now" }),
            "invalid_arguments: `time`: \"now\" is not a time",
        ),
        (
            json!({ "query": "up", "time": "1769846400000" }),
            "invalid_arguments: `time`: \"1769846400000\" lies after the year 9999; Unix time is in seconds here, not in milliseconds",
        ),
        (
            json!({ "query": "up", "region": "x.evil.example/" }),
            "invalid_arguments: `region`: \"x.evil.example/\" is not an AWS region",
        ),
        (
            json!({ "query": "up", "workspace_id": "../x" }),
            "invalid_arguments: `workspace_id`: \"../x\" is not a workspace id",
        ),
        (json!({ "query": "up", "extra": 1 }), "invalid_arguments: "),
    ] {
        let result = server_testing::call(&server, "ExecuteQuery", arguments.clone()).await;
        assert!(
            failure(&result).starts_with(starts),
            "{arguments}: {}",
            failure(&result)
        );
    }
}
