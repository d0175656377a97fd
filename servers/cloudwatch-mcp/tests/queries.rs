//! Logs Insights queries: waiting, deadlines, ends.

#[path = "support/logs.rs"]
mod logs;

use std::time::{Duration, Instant};

use agentcore_gateway_target::Deadline;
use aws_testing::{AwsRequest, Reply};
use serde_json::{Value, json};
use server_testing::{call, text};

fn over(mut arguments: Value) -> Value {
    arguments["start_time"] = json!("2025-01-01T00:00:00Z");
    arguments["end_time"] = json!("2025-01-01T02:00:00Z");
    arguments
}

fn query() -> Value {
    over(json!({ "log_group_names": ["/app/a"], "query_string": "fields a" }))
}

fn starts(requests: &[AwsRequest]) -> Vec<&AwsRequest> {
    requests
        .iter()
        .filter(|request| request.operation == "StartQuery")
        .collect()
}

#[tokio::test]
async fn a_query_is_waited_for_through_errors_that_pass() {
    let aws = logs::start().await;
    aws.in_turn(
        "logs:GetQueryResults",
        [
            logs::state("Scheduled"),
            Reply::error(400, "ThrottlingException", "slow down"),
            Reply::error(500, "ServiceUnavailableException", "oh"),
            logs::complete(&[&[("a", "1")]]),
        ],
    );
    let result = call(&logs::server(&aws), "execute_log_insights_query", query()).await;
    let result = &result["structuredContent"]["result"];
    assert_eq!(
        (&result["status"], &result["results"]),
        (&json!("Complete"), &json!([{ "a": "1" }]))
    );
}

#[tokio::test]
async fn the_deadline_ends_the_waiting_and_the_query_can_be_gone_on_with() {
    let aws = logs::start().await;
    aws.on("logs:GetQueryResults", logs::state("Running"));
    let server = logs::server(&aws);
    // Far less than the 30 seconds that it would wait, far more than a start takes.
    let deadline = Deadline::at(Instant::now() + Duration::from_secs(3));
    let result = logs::call_until(&server, "execute_log_insights_query", query(), deadline).await;
    assert!(
        deadline.remaining() > Some(Duration::ZERO),
        "answered too late"
    );
    let answer = &result["structuredContent"]["result"];
    assert_eq!(
        (&answer["queryId"], &answer["status"]),
        (&json!(logs::QUERY), &json!("Polling Timeout"))
    );
    let message = answer["message"].as_str().expect("a message");
    assert!(message.contains("`get_logs_insight_query_results` with `query_id` `11111111-aaaa-bbbb-cccc-000000000001`, `region` `us-east-1` for"), "{message}");
    aws.on("logs:GetQueryResults", logs::complete(&[&[("a", "1")]]));
    let rest = call(
        &server,
        "get_logs_insight_query_results",
        json!({ "query_id": logs::QUERY, "region": "us-east-1" }),
    )
    .await;
    assert_eq!(
        rest["structuredContent"]["result"]["results"],
        json!([{ "a": "1" }])
    );
}

#[tokio::test]
async fn a_query_that_does_not_become_complete_is_an_error_with_its_id() {
    for (status, expected) in [
        (
            "Failed",
            "query_failed: query `11111111-aaaa-bbbb-cccc-000000000001` in region `us-east-1` failed",
        ),
        (
            "Cancelled",
            "query_cancelled: query `11111111-aaaa-bbbb-cccc-000000000001` in region `us-east-1` was cancelled",
        ),
        (
            "Timeout",
            "query_timed_out: query `11111111-aaaa-bbbb-cccc-000000000001` in region `us-east-1` ran for 60 minutes",
        ),
    ] {
        let aws = logs::start().await;
        aws.on("logs:GetQueryResults", logs::state(status));
        let result = call(&logs::server(&aws), "execute_log_insights_query", query()).await;
        assert_eq!(result["isError"], true);
        assert!(text(&result).starts_with(expected), "{result}");
        let answer = &result["structuredContent"]["result"];
        assert_eq!(
            (&answer["queryId"], &answer["status"]),
            (&json!(logs::QUERY), &json!(status))
        );
    }
}

#[tokio::test]
async fn a_query_that_was_started_keeps_its_id_when_its_state_cannot_be_read() {
    let aws = logs::start().await;
    aws.on(
        "logs:GetQueryResults",
        Reply::error(400, "AccessDeniedException", "no"),
    );
    let result = call(&logs::server(&aws), "execute_log_insights_query", query()).await;
    assert!(
        text(&result).starts_with("aws_access_denied: `logs:GetQueryResults` for query"),
        "{result}"
    );
    assert_eq!(
        result["structuredContent"]["result"]["queryId"],
        logs::QUERY
    );
}

#[tokio::test]
async fn arguments_that_do_not_fit_each_other_are_refused_before_anything_is_sent() {
    let aws = logs::start().await;
    let server = logs::server(&aws);
    let arn = |region: &str| format!("arn:aws:logs:{region}:123456789012:log-group:/app/a");
    let backwards = json!({
        "log_group_names": ["/app/a"], "query_string": "fields a",
        "start_time": "2025-01-02", "end_time": "2025-01-01"
    });
    for (arguments, expected) in [
        (
            over(json!({ "log_group_names": ["a b"], "query_string": "fields a" })),
            "`log_group_names[0]`: \"a b\" is not a log group name",
        ),
        (
            over(json!({ "log_group_names": ["a"], "query_string": " " })),
            "`query_string`: the query is empty",
        ),
        (
            over(json!({ "log_group_names": ["a"], "query_string": "x", "limit": 0 })),
            "`limit` is 0; it must be from 1 to 100000",
        ),
        (
            over(json!({ "log_group_names": vec!["a"; 51], "query_string": "x" })),
            "a query takes at most 50 log groups",
        ),
        (
            over(
                json!({ "log_group_identifiers": [arn("eu-west-1"), arn("us-east-1")], "query_string": "x" }),
            ),
            "a log group ARN is of region `us-east-1`, and `eu-west-1` is asked for as well",
        ),
        (
            over(
                json!({ "log_group_names": ["a"], "log_group_identifiers": ["b"], "query_string": "x" }),
            ),
            "`log_group_names` and `log_group_identifiers` are both given",
        ),
        (
            backwards,
            "`end_time` 2025-01-01T00:00:00Z must be after `start_time` 2025-01-02T00:00:00Z",
        ),
    ] {
        let result = call(&server, "execute_log_insights_query", arguments).await;
        let prefix = format!("invalid_arguments: {expected}");
        assert!(text(&result).starts_with(&prefix), "{result}");
    }
    assert_eq!(aws.requests().len(), 0);
}

#[tokio::test]
async fn an_arn_names_the_region_and_a_query_may_name_its_source() {
    let aws = logs::start().await;
    let server = logs::server(&aws);
    let arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/app/a:*";
    for arguments in [
        over(json!({ "log_group_identifiers": [arn], "query_string": "fields a" })),
        over(
            json!({ "query_string": "SOURCE logGroups(namePrefix: ['/app']) | fields a", "region": "eu-west-1" }),
        ),
    ] {
        let result = call(&server, "execute_log_insights_query", arguments).await;
        assert_ne!(result["isError"], true, "{result}");
    }
    let requests = aws.requests();
    let starts = starts(&requests);
    assert_eq!(
        (starts[0].region.as_str(), starts[1].region.as_str()),
        ("eu-west-1", "eu-west-1")
    );
    assert_eq!(
        starts[0].body["logGroupIdentifiers"],
        json!(["arn:aws:logs:eu-west-1:123456789012:log-group:/app/a"])
    );
    assert_eq!(starts[1].body.get("logGroupNames"), None);
}

#[tokio::test]
async fn a_part_of_an_analysis_that_fails_does_not_cost_the_others() {
    let aws = logs::start().await;
    aws.on(
        "logs:ListLogAnomalyDetectors",
        Reply::error(400, "AccessDeniedException", "no"),
    )
    .on("logs:GetQueryResults", logs::patterns());
    let arguments =
        over(json!({ "log_group_arn": "arn:aws:logs:us-east-1:123456789012:log-group:/app/a" }));
    let server = logs::server(&aws);
    let result = call(&server, "analyze_log_group", arguments.clone()).await;
    let answer = &result["structuredContent"];
    assert_eq!(answer["top_patterns"]["results"][0]["@pattern"], "GET <*>");
    let message = answer["log_anomaly_results"]["message"]
        .as_str()
        .expect("a message");
    assert!(
        message.starts_with("aws_access_denied: `logs:ListLogAnomalyDetectors`"),
        "{message}"
    );
    aws.on(
        "logs:StartQuery",
        Reply::error(400, "AccessDeniedException", "no"),
    );
    let result = call(&server, "analyze_log_group", arguments).await;
    assert!(
        text(&result).starts_with("aws_access_denied: `logs:StartQuery`"),
        "{result}"
    );
}
