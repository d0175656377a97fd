//! Every recorded call of upstream's log tools, replayed: the answer, and the AWS calls.

#[path = "support/logs.rs"]
mod logs;
#[path = "support/replay.rs"]
mod replay;

use aws_testing::{AwsStandIn, Reply};
use replay::{Answer, Calls, Different};
use serde_json::json;

const TOOLS: &[&str] = &[
    "describe_log_groups",
    "analyze_log_group",
    "execute_log_insights_query",
    "get_logs_insight_query_results",
    "cancel_logs_insight_query",
    "execute_cwl_insights_batch",
    "recommend_indexes_loggroup",
    "recommend_indexes_account",
];

const DIFFERENT: &[Different] = &[
    Different {
        name: "describe_log_groups.2",
        answer: Answer::Is(
            r#"{ "log_group_metadata": [{ "logGroupName": "/app/a", "creationTime": "2026-11-21T01:56:50.983000+00:00",
                "retentionInDays": 7, "metricFilterCount": 0, "storedBytes": 0, "kmsKeyId": null, "dataProtectionStatus": null,
                "inheritedProperties": [], "logGroupClass": "STANDARD",
                "logGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:/app/a" }],
                "saved_queries": [
                    { "logGroupNames": ["/app/a"], "name": "by-name", "queryString": "fields @message", "logGroupPrefixes": [] },
                    { "logGroupNames": [], "name": "by-prefix", "logGroupPrefixes": ["/app/"],
                        "queryString": "SOURCE logGroups(namePrefix: ['/app/']) | fields @message" }],
                "message": "<prose 88 chars>" }"#,
        ),
        calls: Calls::Same,
    },
    Different {
        name: "execute_log_insights_query.4",
        answer: Answer::Fails(
            "invalid_arguments: exactly one of `log_group_names` and `log_group_identifiers` is needed; `describe_log_groups` lists names",
        ),
        calls: Calls::Same,
    },
    Different {
        name: "execute_log_insights_query.5",
        answer: Answer::Fails(
            "aws_not_found: `logs:StartQuery` for log group `/nope` in region `us-east-1` failed: ResourceNotFoundException: Log group '/nope' does not exist (request id 00000000-0000-0000-0000-000000000001)\nhint: check the name, and that it is in region `us-east-1` of this account",
        ),
        calls: Calls::Same,
    },
    Different {
        name: "execute_log_insights_query.2",
        answer: Answer::Is(
            r#"{ "result": { "queryId": "11111111-aaaa-bbbb-cccc-000000000001", "status": "Polling Timeout",
                "message": "<prose 178 chars>", "results": [],
                "statistics": { "recordsMatched": 1, "recordsScanned": 10, "bytesScanned": 1000 } } }"#,
        ),
        calls: Calls::Same,
    },
    Different {
        name: "get_logs_insight_query_results.1",
        answer: Answer::Fails(
            "query_failed: query `11111111-aaaa-bbbb-cccc-000000000001` in region `us-east-1` failed; AWS gives no reason\nhint: run it again, over a shorter time or fewer log groups",
        ),
        calls: Calls::Same,
    },
    Different {
        name: "execute_cwl_insights_batch.2",
        answer: Answer::Fails(
            "aws_not_found: none of the 1 queries succeeded. The first failure: `logs:StartQuery` for log group `/nope` in region `us-east-1` failed: ResourceNotFoundException: Log group '/nope' does not exist (request id 00000000-0000-0000-0000-000000000001)\nhint: check the name, and that it is in region `us-east-1` of this account",
        ),
        calls: Calls::Same,
    },
    Different {
        name: "execute_cwl_insights_batch.4",
        answer: Answer::Is(
            r#"{ "summary": { "total_log_groups": 1, "total_regions": 1, "total_chunks": 1, "successful_chunks": 1,
                "retried_chunks": 0, "re_chunked": 0, "failed_chunks": 0, "total_records_returned": 1, "warnings": [] },
                "results": [{ "host": "a", "hits": "20000", "_region": "us-east-1", "_logGroups": "/app/a" }] }"#,
        ),
        calls: Calls::Are(&[
            (
                "logs:StartQuery",
                r#"{ "logGroupNames": ["/app/a"], "startTime": 1735689600, "endTime": 1735696800, "queryString": "stats count(*) as hits by host", "limit": 1 }"#,
            ),
            (
                "logs:GetQueryResults",
                r#"{ "queryId": "11111111-aaaa-bbbb-cccc-000000000001" }"#,
            ),
        ]),
    },
    Different {
        name: "recommend_indexes_loggroup.1",
        answer: Answer::Is(
            r#"{ "recommendations": [
                { "field_name": "orderId", "score": 0.8275, "action": "CREATE_INDEX", "query_count": 2, "filter_equality_count": 2,
                    "score_breakdown": { "frequency_score": 1, "filter_equality_score": 1, "scan_volume_score": 0, "cardinality_score": 0.85 } },
                { "field_name": "status", "score": 0.5505, "action": "CREATE_INDEX", "query_count": 1, "filter_equality_count": 1,
                    "score_breakdown": { "frequency_score": 0.5, "filter_equality_score": 1, "scan_volume_score": 0, "cardinality_score": 0.003 } }],
                "already_indexed": [{ "field_name": "region", "query_count": 1, "source": "LOG_GROUP" }], "fields_not_found": [],
                "queries_analyzed": 2, "unique_queries": 2, "time_range_days": 30,
                "log_group": "arn:aws:logs:us-east-1:123456789012:log-group:/app/a:*", "warnings": [] }"#,
        ),
        calls: Calls::Are(&[
            (
                "logs:DescribeQueries",
                r#"{ "logGroupName": "/app/a", "status": "Complete", "maxResults": 1000 }"#,
            ),
            (
                "logs:DescribeIndexPolicies",
                r#"{ "logGroupIdentifiers": ["arn:aws:logs:us-east-1:123456789012:log-group:/app/a"] }"#,
            ),
            (
                "logs:DescribeLogGroups",
                r#"{ "logGroupNamePrefix": "/app/a" }"#,
            ),
            (
                "logs:StartQuery",
                r#"{ "logGroupIdentifiers": ["arn:aws:logs:us-east-1:123456789012:log-group:/app/a"], "startTime": 0, "endTime": 0, "limit": 1,
                    "queryString": "stats count_distinct(orderId) as card_0, count_distinct(status) as card_1 | limit 1" }"#,
            ),
            (
                "logs:GetQueryResults",
                r#"{ "queryId": "11111111-aaaa-bbbb-cccc-000000000001" }"#,
            ),
        ]),
    },
    Different {
        name: "recommend_indexes_account.1",
        answer: Answer::Is(
            r#"{ "log_group_results": [{
                "recommendations": [{ "field_name": "orderId", "score": 1, "action": "CREATE_INDEX", "query_count": 2, "filter_equality_count": 2,
                    "score_breakdown": { "frequency_score": 1, "filter_equality_score": 1, "scan_volume_score": 0, "cardinality_score": null } }],
                "already_indexed": [{ "field_name": "status", "query_count": 1, "source": "ACCOUNT" }], "fields_not_found": [],
                "queries_analyzed": 2, "unique_queries": 2, "time_range_days": 30, "log_group": "/app/a", "warnings": [] }],
                "total_log_groups_analyzed": 3, "total_queries_analyzed": 4, "time_range_days": 30, "warnings": [] }"#,
        ),
        calls: Calls::Same,
    },
];

/// What the recording's setup says beyond what is the same for all.
fn set_up(aws: &AwsStandIn, name: &str) {
    let hello = [
        ("@timestamp", "2025-01-01 00:00:00.000"),
        ("@message", "hello"),
        ("@ptr", "p"),
    ];
    let reply = match name {
        "execute_log_insights_query.2" => logs::state("Running"),
        "get_logs_insight_query_results.1" => logs::state("Failed"),
        "analyze_log_group.1" => logs::patterns(),
        "execute_cwl_insights_batch.4" => Reply::ok(json!({
            "status": "Complete", "statistics": { "recordsMatched": 20000.0, "recordsScanned": 20000.0, "bytesScanned": 1.0 },
            "results": [[{ "field": "host", "value": "a" }, { "field": "hits", "value": "20000" }]]
        })),
        "recommend_indexes_loggroup.1" => {
            logs::complete(&[&[("card_0", "850"), ("card_1", "3"), ("card_2", "3")]])
        }
        _ => logs::complete(&[&hello]),
    };
    aws.on("logs:GetQueryResults", reply);
}

#[tokio::test]
async fn every_recorded_call_gives_the_recorded_result_or_a_listed_better_one() {
    let replayed = replay::of(TOOLS);
    let mut listed = 0;
    for recording in &replayed {
        // Each has its own: request ids are numbered.
        let aws = logs::start().await;
        set_up(&aws, &recording.name);
        let server = logs::server(&aws);
        let ignored: &[&str] = match recording.name.as_str() {
            // As of now.
            "recommend_indexes_loggroup.1" => &["startTime", "endTime"],
            _ => &[],
        };
        listed += usize::from(replay::replay(&server, &aws, recording, DIFFERENT, ignored).await);
    }
    assert_eq!((replayed.len(), listed), (15, DIFFERENT.len()));
    replay::check_listed(DIFFERENT, &replayed);
}
