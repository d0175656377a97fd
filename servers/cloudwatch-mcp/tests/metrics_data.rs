//! `get_metric_data` on the wire: what is sent, and what becomes of the answers.

#[path = "support/metrics.rs"]
mod metrics;

use aws_testing::{AwsStandIn, Reply};
use metrics::{FIRST, result};
use serde_json::{Value, json};
use server_testing::{call, text};

async fn get(aws: &AwsStandIn, arguments: Value) -> Value {
    call(&metrics::server(aws), "get_metric_data", arguments).await
}

fn latency(more: Value) -> Value {
    let mut arguments = json!({
        "namespace": "Custom/App", "metric_name": "Latency",
        "start_time": "2026-11-21T00:56:00Z", "end_time": "2026-11-21T01:56:00Z"
    });
    for (name, value) in more.as_object().expect("arguments") {
        arguments[name] = value.clone();
    }
    arguments
}

#[tokio::test]
async fn metrics_insights_is_asked_in_sql() {
    let aws = metrics::start().await;
    let more = json!({
        "dimensions": [{ "name": "Svc", "value": "web" }], "schema_dimension_keys": ["Svc", "Az"],
        "group_by_dimension": "Az", "order_by_statistic": "MAX", "sort_order": "DESC", "limit": "5",
        "statistic": "Maximum", "target_datapoints": "10"
    });
    let answer = get(&aws, latency(more)).await;
    assert_ne!(answer["isError"], true, "{answer}");
    let sql = r#"SELECT MAX("Latency") FROM SCHEMA("Custom/App", "Svc", "Az") WHERE "Svc" = 'web' GROUP BY "Az" ORDER BY MAX() DESC LIMIT 5"#;
    assert_eq!(
        aws.requests()[0].body["MetricDataQueries"],
        json!([{ "Id": "m1", "Expression": sql, "Period": 360, "ReturnData": true }])
    );
}

#[tokio::test]
async fn all_pages_are_read_and_groups_stay_apart() {
    let aws = metrics::start().await;
    let page = |points: [i64; 2], next: Value| {
        Reply::ok(json!({
            "MetricDataResults": [
                result("m1", "a", vec![(FIRST + points[0], 1.0)]),
                result("m1", "b", vec![(FIRST + points[1], 2.0)]),
            ],
            "NextToken": next, "Messages": [{ "Code": "c", "Value": "v" }]
        }))
    };
    aws.in_turn(
        "cloudwatch:GetMetricData",
        [page([60, 60], json!("t")), page([0, 120], Value::Null)],
    );
    let answer = get(&aws, latency(json!({ "limit": 2 }))).await;
    let at = |time: &str, value: f64| json!({ "timestamp": time, "value": value });
    assert_eq!(
        answer["structuredContent"],
        json!({
            "metricDataResults": [
                { "id": "m1", "label": "a", "statusCode": "Complete", "messages": [],
                  "datapoints": [at("2026-11-21T01:41:00Z", 1.0), at("2026-11-21T01:42:00Z", 1.0)] },
                { "id": "m1", "label": "b", "statusCode": "Complete", "messages": [],
                  "datapoints": [at("2026-11-21T01:42:00Z", 2.0), at("2026-11-21T01:43:00Z", 2.0)] }
            ],
            "messages": [{ "code": "c", "value": "v" }, { "code": "c", "value": "v" }]
        })
    );
    assert_eq!(aws.requests()[1].body["NextToken"], "t");
}

#[tokio::test]
async fn what_came_is_kept_when_a_later_page_fails() {
    let aws = metrics::start().await;
    let first =
        json!({ "MetricDataResults": [result("m1", "a", vec![(FIRST, 1.0)])], "NextToken": "t" });
    let throttled = Reply::error(400, "ThrottlingException", "Rate exceeded");
    aws.in_turn(
        "cloudwatch:GetMetricData",
        [Reply::ok(first.clone()), throttled],
    );
    let answer = get(&aws, latency(json!({}))).await;
    let content = &answer["structuredContent"];
    assert_eq!(
        content["metricDataResults"][0]["datapoints"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    assert_eq!(content["messages"][0]["code"], "Incomplete");
    let message = content["messages"][0]["value"].as_str().expect("text");
    assert!(
        message.contains("ThrottlingException: Rate exceeded"),
        "{message}"
    );

    let denied = Reply::error(400, "AccessDeniedException", "no");
    aws.in_turn("cloudwatch:GetMetricData", [Reply::ok(first), denied]);
    let answer = get(&aws, latency(json!({}))).await;
    assert!(
        text(&answer).starts_with(
            "aws_access_denied: `cloudwatch:GetMetricData` for metric `Custom/App/Latency`"
        ),
        "{answer}"
    );
}

#[tokio::test]
async fn a_repeated_token_ends_the_reading() {
    let aws = metrics::start().await;
    aws.on(
        "cloudwatch:GetMetricData",
        Reply::ok(json!({ "MetricDataResults": [], "NextToken": "same" })),
    );
    assert_ne!(get(&aws, latency(json!({}))).await["isError"], true);
    assert_eq!(aws.requests().len(), 2);
}

#[tokio::test]
async fn an_answer_that_is_too_large_says_how_to_ask_for_less() {
    let aws = metrics::start().await;
    let many = (0..30_001).map(|step| (FIRST + step * 60, 1.0)).collect();
    aws.on(
        "cloudwatch:GetMetricData",
        metrics::results(&[result("m1", "a", many)]),
    );
    let answer = get(&aws, latency(json!({}))).await;
    assert_eq!(
        text(&answer),
        "invalid_arguments: the answer would have more than 30000 data points\nhint: ask for a shorter time, a smaller `target_datapoints` or a larger `period`, or for fewer series with `limit`"
    );
}

#[tokio::test]
async fn old_data_is_asked_for_in_periods_that_are_kept() {
    let aws = metrics::start().await;
    let old = json!({ "start_time": "2020-01-01T00:00:00", "end_time": "2020-01-01T01:00:00" });
    get(&aws, latency(old.clone())).await;
    assert_eq!(
        aws.take_requests()[0].body["MetricDataQueries"][0]["MetricStat"]["Period"],
        3_600
    );
    let stat = json!({ "namespace": "N", "metric_name": "M", "statistic": "p99.9", "period": 60 });
    let mut fine = old;
    fine["queries"] = json!([
        { "id": "a", "metric_stat": stat, "return_data": false },
        { "id": "b", "expression": "a / 2", "period": "3600" }
    ]);
    let answer = get(&aws, fine).await;
    assert_eq!(
        answer["structuredContent"]["messages"],
        json!([{ "code": "PeriodTooShort", "value": "`a` has a period of 60 s; of data this old CloudWatch keeps one value per 3600 s" }])
    );
    let queries = &aws.requests()[0].body["MetricDataQueries"];
    assert_eq!(queries[0]["MetricStat"]["Stat"], "p99.9");
    assert_eq!(
        (&queries[0]["ReturnData"], &queries[1]["Period"]),
        (&json!(false), &json!(3600))
    );
}

#[tokio::test]
async fn wrong_arguments_are_told_before_anything_is_sent() {
    let aws = metrics::start().await;
    let query = |more: Value| json!({ "queries": more });
    let stat = json!({ "namespace": "N", "metric_name": "M", "statistic": "AVG" });
    for (arguments, expected) in [
        (
            json!({}),
            "`namespace` and `metric_name` are needed, or `queries`",
        ),
        (
            json!({ "namespace": "N" }),
            "`namespace` and `metric_name` are needed, or `queries`",
        ),
        (
            query(json!([])),
            "`queries` is empty; give at least one, or `namespace` and `metric_name`",
        ),
        (
            latency(query(json!([{ "id": "a", "expression": "1" }]))),
            "give either `queries`, or `namespace` and `metric_name`",
        ),
        (
            query(json!([{ "id": "a" }])),
            "`queries`: \"a\" has neither `metric_stat` nor `expression`; give one of them",
        ),
        (
            query(json!([{ "id": "a", "metric_stat": stat, "expression": "1" }])),
            "`queries`: \"a\" has both `metric_stat` and `expression`; give one of them",
        ),
        (
            query(json!([{ "id": "A", "expression": "1" }])),
            "`queries`: the id \"A\" must be a lower-case letter, then letters, digits and `_`, at most 255 in all",
        ),
        (
            query(json!([{ "id": "a", "expression": "1" }, { "id": "a", "expression": "2" }])),
            "`queries`: the id \"a\" is there twice",
        ),
        (
            query(json!([{ "id": "a", "expression": "1", "period": 7 }])),
            "the period 7 of \"a\" must be 1, 5, 10, 20 or 30 seconds, or whole minutes: 60, 300, 3600",
        ),
        (
            query(json!([{ "id": "a", "expression": "1", "return_data": false }])),
            "`queries`: none has `return_data`, so there would be no answer",
        ),
        (
            latency(json!({ "target_datapoints": 0 })),
            "`target_datapoints` is 0; it must be from 1 to 30000",
        ),
        (
            latency(json!({ "end_time": "2026-11-21T00:56:00Z" })),
            "`end_time` 2026-11-21T00:56:00Z must be after `start_time` 2026-11-21T00:56:00Z",
        ),
    ] {
        let answer = get(&aws, arguments).await;
        assert_eq!(text(&answer), format!("invalid_arguments: {expected}"));
    }
    assert!(aws.requests().is_empty());
}
