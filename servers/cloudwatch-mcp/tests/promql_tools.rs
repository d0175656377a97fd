//! PromQL on the wire: signed requests, answers, failures.

#[path = "support/metrics.rs"]
mod metrics;

use aws_testing::{AwsStandIn, Reply};
use serde_json::{Value, json};
use server_testing::{call, text};

const PROMQL: &str = "cloudwatch:PromQL";

fn success(data: Value) -> Reply {
    Reply::ok(json!({ "status": "success", "data": data }))
}

async fn ask(aws: &AwsStandIn, tool: &str, arguments: Value) -> Value {
    call(&metrics::server(aws), tool, arguments).await
}

fn pairs(query: &[(String, String)]) -> Vec<(&str, &str)> {
    query
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

#[tokio::test]
async fn a_query_is_signed_for_monitoring_in_its_region() {
    let aws = metrics::start().await;
    let series = json!([{ "metric": { "a": "b" }, "value": [1.5, "NaN"] }]);
    aws.on(
        PROMQL,
        success(json!({ "resultType": "vector", "result": series })),
    );
    let query = "sum by (\"@resource.service.name\") ({\"http.server.active_requests\"}) + 1 & é";
    let arguments =
        json!({ "query": query, "time": "2025-01-01T00:00:00+02:00", "region": "eu-west-1" });
    let answer = ask(&aws, "execute_promql_query", arguments).await;
    assert_eq!(
        answer["structuredContent"],
        json!({ "resultType": "vector", "result": series })
    );
    let request = &aws.requests()[0];
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("GET", "/api/v1/query")
    );
    assert_eq!(
        (request.region.as_str(), request.access_key.as_str()),
        ("eu-west-1", "AKIDEXAMPLE")
    );
    let authorization = request.header("authorization").expect("signed");
    assert!(
        authorization.contains("/eu-west-1/monitoring/aws4_request"),
        "{authorization}"
    );
    assert_eq!(
        pairs(&request.query),
        [("query", query), ("time", "2025-01-01T00:00:00+02:00")]
    );
}

#[tokio::test]
async fn a_range_passes_all_that_it_was_given() {
    let aws = metrics::start().await;
    let matrix =
        json!({ "resultType": "matrix", "result": [{ "metric": {}, "values": [[1, "2"]] }] });
    aws.on(PROMQL, success(matrix.clone()));
    let arguments =
        json!({ "query": "up", "start": "1", "end": "2025-01-01T00:00:00Z", "step": "5m" });
    let answer = ask(&aws, "execute_promql_range_query", arguments).await;
    assert_eq!(answer["structuredContent"], matrix);
    let request = &aws.requests()[0];
    assert_eq!(request.path, "/api/v1/query_range");
    assert_eq!(
        pairs(&request.query),
        [
            ("query", "up"),
            ("start", "1"),
            ("end", "2025-01-01T00:00:00Z"),
            ("step", "5m")
        ]
    );
}

#[tokio::test]
async fn a_long_query_is_posted() {
    let aws = metrics::start().await;
    aws.on(
        PROMQL,
        success(json!({ "resultType": "scalar", "result": [1, "2"] })),
    );
    let query = format!("vector(1) + {}", "1 + ".repeat(2_000));
    let answer = ask(&aws, "execute_promql_query", json!({ "query": query })).await;
    let scalar = json!({ "resultType": "scalar", "result": [{ "metric": {}, "value": [1, "2"] }] });
    assert_eq!(answer["structuredContent"], scalar);
    let request = &aws.requests()[0];
    assert_eq!((request.method.as_str(), request.query.len()), ("POST", 0));
    assert!(
        request
            .body
            .as_str()
            .expect("a form")
            .starts_with("query=vector%281%29%20%2B%201")
    );
}

#[tokio::test]
async fn names_and_values_are_sorted_and_selectors_stay_apart() {
    let aws = metrics::start().await;
    aws.on(PROMQL, success(json!(["b", "a"])));
    let selectors = json!(["{\"x\"}", "up{a=\"1,2\"}"]);
    let arguments = json!({ "label_name": "@resource.service.name", "match": selectors, "start": "1", "end": "2" });
    let values = ask(&aws, "get_promql_label_values", arguments).await;
    assert_eq!(values["structuredContent"], json!({ "values": ["a", "b"] }));
    let labels = ask(&aws, "get_promql_labels", json!({ "match": null })).await;
    assert_eq!(labels["structuredContent"], json!({ "labels": ["a", "b"] }));
    aws.on(PROMQL, success(json!([{ "__name__": "x", "a": "b" }])));
    let series = ask(&aws, "get_promql_series", json!({ "match": selectors })).await;
    assert_eq!(
        series["structuredContent"],
        json!({ "series": [{ "__name__": "x", "a": "b" }] })
    );
    let requests = aws.requests();
    let paths: Vec<&str> = requests
        .iter()
        .map(|request| request.path.as_str())
        .collect();
    assert_eq!(
        paths,
        [
            "/api/v1/label/%40resource.service.name/values",
            "/api/v1/labels",
            "/api/v1/series"
        ]
    );
    let both = [("match[]", "{\"x\"}"), ("match[]", "up{a=\"1,2\"}")];
    assert_eq!(
        pairs(&requests[0].query),
        [both[0], both[1], ("start", "1"), ("end", "2")]
    );
    assert_eq!(
        (pairs(&requests[1].query), pairs(&requests[2].query)),
        (vec![], both.to_vec())
    );
}

#[tokio::test]
async fn a_wrong_query_is_refused_once_and_clearly() {
    let aws = metrics::start().await;
    let body = json!({ "status": "error", "errorType": "bad_data", "error": "parse error:\nunexpected \"}\"" });
    aws.on(
        PROMQL,
        Reply::raw(400, "application/json", body.to_string()),
    );
    let answer = ask(&aws, "execute_promql_query", json!({ "query": "up}" })).await;
    assert_eq!(
        text(&answer),
        "promql_rejected: CloudWatch refuses the request: bad_data: parse error: unexpected \"}\""
    );
    assert_eq!(aws.requests().len(), 1);
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_what_may_not_is_not() {
    let aws = metrics::start().await;
    let vector = json!({ "resultType": "vector", "result": [] });
    let slow = || Reply::error(400, "ThrottlingException", "Rate exceeded");
    let down = || Reply::error(503, "ServiceUnavailable", "later");
    aws.in_turn(PROMQL, [slow(), down(), success(vector.clone())]);
    let answer = ask(&aws, "execute_promql_query", json!({ "query": "up" })).await;
    assert_eq!(answer["structuredContent"], vector);
    assert_eq!(aws.take_requests().len(), 3);

    aws.on(PROMQL, down());
    let answer = ask(&aws, "execute_promql_query", json!({ "query": "up" })).await;
    assert!(text(&answer).starts_with("aws_service_error: "), "{answer}");
    assert_eq!(aws.take_requests().len(), 3);

    for (reply, expected) in [
        (
            Reply::error(403, "AccessDeniedException", "not allowed"),
            "aws_access_denied: `cloudwatch:GetMetricData` for PromQL in region `us-east-1` failed: AccessDeniedException: not allowed",
        ),
        (
            Reply::raw(
                503,
                "application/json",
                r#"{"status":"error","errorType":"timeout","error":"too slow"}"#,
            ),
            "promql_failed: CloudWatch could not answer the request: timeout: too slow\nhint: ask for less",
        ),
        (
            Reply::raw(200, "text/html", "<p>proxy</p>"),
            "aws_unreadable_answer: ",
        ),
        (
            Reply::raw(302, "text/plain", "elsewhere").header("location", "http://evil.example/"),
            "aws_invalid_request: ",
        ),
        (
            Reply::raw(
                200,
                "application/json",
                format!("\"{}\"", "x".repeat(1_000_000)),
            ),
            "result_too_large: the answer is larger than 1000000 bytes",
        ),
    ] {
        aws.on(PROMQL, reply);
        let answer = ask(&aws, "execute_promql_query", json!({ "query": "up" })).await;
        assert!(text(&answer).starts_with(expected), "{answer}\n{expected}");
        assert_eq!(aws.take_requests().len(), 1, "{expected}");
    }
}

#[tokio::test]
async fn wrong_arguments_are_told_before_anything_is_sent() {
    let aws = metrics::start().await;
    for (tool, arguments, expected) in [
        (
            "get_promql_series",
            json!({ "match": [] }),
            "invalid_arguments: `match` is empty; give at least one selector",
        ),
        (
            "get_promql_label_values",
            json!({ "label_name": "a b" }),
            "invalid_arguments: `label_name`: \"a b\" is not a label name; write one like `job`",
        ),
        (
            "execute_promql_query",
            json!({ "query": "up", "profile_name": "nobody" }),
            "aws_profile_not_found: profile `nobody`",
        ),
    ] {
        let answer = ask(&aws, tool, arguments).await;
        assert!(text(&answer).starts_with(expected), "{answer}");
    }
    assert!(aws.requests().is_empty());
}
