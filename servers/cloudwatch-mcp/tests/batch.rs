//! One query over many log groups and regions.

#[path = "support/logs.rs"]
mod logs;

use std::time::{Duration, Instant};

use agentcore_gateway_target::Deadline;
use aws_testing::{AwsRequest, Reply};
use serde_json::{Value, json};
use server_testing::call;

fn over(mut arguments: Value) -> Value {
    arguments["start_time"] = json!("2025-01-01T00:00:00Z");
    arguments["end_time"] = json!("2025-01-01T02:00:00Z");
    arguments
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
