//! Logs Insights queries: waiting, deadlines, ends, batches.

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

fn batch(groups: &[&str], regions: &[&str], query: &str) -> Value {
    over(json!({ "log_group_names": groups, "regions": regions, "query_string": query }))
}

/// As many rows as a query finds, in one result.
fn full(value: &str) -> Reply {
    let row = json!([{ "field": "a", "value": value }]);
    Reply::ok(json!({ "status": "Complete", "results": vec![row; 10_000] }))
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
async fn a_batch_cuts_the_time_when_a_query_has_as_many_rows_as_it_can() {
    let aws = logs::start().await;
    aws.by("logs:StartQuery", |request| {
        Reply::ok(json!({ "queryId": format!("q-{}-{}", request.body["startTime"], request.body["endTime"]) }))
    })
    .by("logs:GetQueryResults", |request| match request.body["queryId"].as_str() {
        Some("q-1735689600-1735696800") => full("whole"),
        Some("q-1735689600-1735693200") => logs::complete(&[&[("a", "early")]]),
        Some("q-1735693201-1735696800") => logs::complete(&[&[("a", "late")]]),
        other => Reply::error(400, "ResourceNotFoundException", other.unwrap_or_default()),
    });
    let server = logs::server(&aws);
    for (query, expected) in [
        ("fields a", ["late", "early"]),
        ("fields a | sort @timestamp asc", ["early", "late"]),
    ] {
        let result = call(
            &server,
            "execute_cwl_insights_batch",
            batch(&["/app/a"], &["us-east-1"], query),
        )
        .await;
        let answer = &result["structuredContent"];
        let rows: Vec<&str> = answer["results"]
            .as_array()
            .expect("rows")
            .iter()
            .filter_map(|row| row["a"].as_str())
            .collect();
        assert_eq!(rows, expected, "{query}");
        let summary = &answer["summary"];
        assert_eq!(
            (
                &summary["total_chunks"],
                &summary["re_chunked"],
                &summary["successful_chunks"]
            ),
            (&json!(1), &json!(1), &json!(1))
        );
        assert_eq!(summary["warnings"], json!([]));
    }
}

#[tokio::test]
async fn a_batch_never_cuts_aggregates_or_queries_that_say_how_many_rows_they_want() {
    for (query, limit, warnings) in [
        ("stats count(*) by a", None, 1),
        ("fields a | dedup a", None, 1),
        ("fields a | limit 10000", None, 0),
        ("fields a", Some(10_000), 0),
    ] {
        let aws = logs::start().await;
        aws.on("logs:GetQueryResults", full("x"));
        let mut arguments = batch(&["/app/a"], &["us-east-1"], query);
        arguments["limit"] = json!(limit);
        let result = call(&logs::server(&aws), "execute_cwl_insights_batch", arguments).await;
        let summary = &result["structuredContent"]["summary"];
        assert_eq!(starts(&aws.requests()).len(), 1, "{query}");
        assert_eq!(summary["total_records_returned"], 10_000, "{query}");
        assert_eq!(
            summary["warnings"].as_array().map(Vec::len),
            Some(warnings),
            "{summary}"
        );
    }
}

#[tokio::test]
async fn what_fails_in_a_batch_costs_only_its_own_rows_and_is_named() {
    let aws = logs::start().await;
    aws.by("logs:StartQuery", |request| match request.region.as_str() {
        "eu-west-1" => Reply::error(400, "AccessDeniedException", "no"),
        _ if request.body["logGroupNames"].to_string().contains("/nope") => logs::missing_group(),
        _ => Reply::ok(json!({ "queryId": logs::QUERY })),
    });
    let arguments = batch(
        &["/app/a", "/nope"],
        &["us-east-1", "eu-west-1"],
        "fields a",
    );
    let result = call(&logs::server(&aws), "execute_cwl_insights_batch", arguments).await;
    assert_ne!(result["isError"], true, "{result}");
    let answer = &result["structuredContent"];
    assert_eq!(answer["results"][0]["_region"], "us-east-1");
    assert_eq!(answer["results"][0]["_logGroups"], "/app/a");
    let summary = &answer["summary"];
    assert_eq!(
        (
            &summary["successful_chunks"],
            &summary["failed_chunks"],
            &summary["retried_chunks"]
        ),
        (&json!(1), &json!(1), &json!(1))
    );
    let warnings: Vec<&str> = summary["warnings"]
        .as_array()
        .expect("warnings")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(
        warnings[0],
        "us-east-1, `/nope`: does not exist there; the other log groups were asked"
    );
    assert!(warnings[1].starts_with("eu-west-1, `/app/a`, `/nope`: `logs:StartQuery` for log group `/app/a` and 1 more in region `eu-west-1` failed: AccessDeniedException"), "{warnings:?}");
}

#[tokio::test]
async fn a_batch_sends_again_what_aws_is_too_busy_for() {
    let aws = logs::start().await;
    aws.in_turn(
        "logs:StartQuery",
        [
            Reply::error(400, "LimitExceededException", "too many queries"),
            Reply::ok(json!({ "queryId": logs::QUERY })),
        ],
    );
    let result = call(
        &logs::server(&aws),
        "execute_cwl_insights_batch",
        batch(&["/app/a"], &["us-east-1"], "fields a"),
    )
    .await;
    let summary = &result["structuredContent"]["summary"];
    assert_eq!(
        (&summary["successful_chunks"], &summary["retried_chunks"]),
        (&json!(1), &json!(1)),
        "{result}"
    );
}

#[tokio::test]
async fn a_batch_takes_50_groups_at_a_time_and_each_once() {
    let aws = logs::start().await;
    let names: Vec<String> = (0..120)
        .map(|number| format!("/g/{}", number % 60))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let result = call(
        &logs::server(&aws),
        "execute_cwl_insights_batch",
        batch(&names, &["us-east-1", "us-east-1"], "fields a"),
    )
    .await;
    let summary = &result["structuredContent"]["summary"];
    assert_eq!(
        (
            &summary["total_log_groups"],
            &summary["total_regions"],
            &summary["total_chunks"]
        ),
        (&json!(60), &json!(1), &json!(2))
    );
    let requests = aws.requests();
    let mut sizes: Vec<Option<usize>> = starts(&requests)
        .iter()
        .map(|start| start.body["logGroupNames"].as_array().map(Vec::len))
        .collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [Some(10), Some(50)]);
}

#[tokio::test]
async fn queries_of_a_batch_that_are_not_complete_in_time_can_be_fetched_later() {
    let aws = logs::start().await;
    aws.by("logs:GetQueryResults", |request| {
        match request.region.as_str() {
            "eu-west-1" => logs::state("Running"),
            _ => logs::complete(&[&[("a", "1")]]),
        }
    });
    let deadline = Deadline::at(Instant::now() + Duration::from_secs(3));
    let arguments = batch(&["/app/a"], &["us-east-1", "eu-west-1"], "fields a");
    let result = logs::call_until(
        &logs::server(&aws),
        "execute_cwl_insights_batch",
        arguments,
        deadline,
    )
    .await;
    let answer = &result["structuredContent"];
    assert_eq!(
        answer["pending_queries"],
        json!([{ "queryId": logs::QUERY, "region": "eu-west-1", "logGroups": ["/app/a"] }])
    );
    assert_eq!(answer["summary"]["total_records_returned"], 1);
    assert_eq!(answer["summary"]["failed_chunks"], 0);
    assert!(
        aws.requests()
            .iter()
            .all(|request| request.operation != "StopQuery")
    );
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
