//! `ExecuteRangeQuery`: exactly what is sent, and what is refused before.

use serde_json::json;
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer};

use crate::{NOBODY, failure, good, server, success};

#[tokio::test]
async fn the_range_is_sent_as_it_is_written() {
    let data = json!({ "resultType": "matrix", "result": [
        { "metric": { "job": "j" }, "values": [[1_769_846_400, "1"], [1_769_846_415.5, "NaN"]] }
    ]});
    let prometheus = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/api/v1/query_range"))
        .and(query_param("query", "rate(x[5m])"))
        .and(query_param("start", "2026-01-31T08:00:00Z"))
        .and(query_param("end", "1769850000"))
        .and(query_param("step", "1m30s"))
        .respond_with(success(&data))
        .expect(1)
        .mount(&prometheus)
        .await;
    let server = server(&[("PROMETHEUS_URL", &prometheus.uri())], NOBODY);
    let arguments = json!({
        "query": "rate(x[5m])", "start": "2026-01-31T08:00:00Z", "end": "1769850000", "step": "1m30s"
    });
    let result = server_testing::call(&server, "ExecuteRangeQuery", arguments).await;
    assert_eq!(good(&result)["result"], data);
    assert_eq!(
        server_testing::text(&result),
        "{\n  \"resultType\": \"matrix\",\n  \"result\": [\n    {\n      \"metric\": {\n        \"job\": \"j\"\n      },\n      \"values\": [\n        [\n          1769846400,\n          \"1\"\n        ],\n        [\n          1769846415.5,\n          \"NaN\"\n        ]\n      ]\n    }\n  ]\n}"
    );
}

#[tokio::test]
async fn ranges_that_cannot_be_meant_are_refused() {
    let server = server(&[("PROMETHEUS_URL", NOBODY)], NOBODY);
    for (start, end, step, text) in [
        (
            "2026-01-31T08:00:00Z",
            "1769846399",
            "15s",
            "invalid_arguments: `end` (1769846399) lies before `start` (2026-01-31T08:00:00Z)",
        ),
        (
            "1",
            "2",
            "0",
            "invalid_arguments: `step`: \"0\" is not a step; write seconds (`15`) or a duration (`30s`, `5m`, `1h30m`, `1d`), greater than zero",
        ),
        (
            "-5m",
            "2",
            "1",
            "invalid_arguments: `start`: \"-5m\" is not a time; write RFC 3339 with a zone (`2026-01-31T08:00:00Z`) or Unix seconds (`1769846400.5`)",
        ),
    ] {
        let arguments = json!({ "query": "up", "start": start, "end": end, "step": step });
        let result = server_testing::call(&server, "ExecuteRangeQuery", arguments).await;
        assert_eq!(failure(&result), text);
    }
}
