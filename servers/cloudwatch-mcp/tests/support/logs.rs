//! Logs and alarms as the recordings describe them.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::time::{SystemTime, UNIX_EPOCH};

use agentcore_gateway_target::{Deadline, handle};
use aws_testing::{AwsRequest, AwsStandIn, Reply, timestamp};
use cloudwatch_mcp_server::Server;
use rmcp::model::{ClientJsonRpcMessage, GetExtensions as _, JsonRpcMessage};
use serde_json::{Value, json};

/// The id of every query, where a test says nothing else.
pub(crate) const QUERY: &str = "11111111-aaaa-bbbb-cccc-000000000001";

/// 2026-11-21T01:56:50.983Z
const CREATED: i64 = 1_795_226_210_983;

const ANOMALY_FIRST: i64 = 1_795_222_611_060;
const ANOMALY_LAST: i64 = 1_795_224_411_060;
const DETECTOR: &str = "arn:aws:logs:us-east-1:123456789012:anomaly-detector:d1";
const GROUP: &str = "arn:aws:logs:us-east-1:123456789012:log-group:/app/a";

pub(crate) async fn start() -> AwsStandIn {
    let aws = AwsStandIn::start().await;
    aws.by("logs:DescribeLogGroups", groups)
        .on("logs:DescribeQueryDefinitions", saved_queries())
        .on(
            "logs:ListLogAnomalyDetectors",
            Reply::ok(json!({ "anomalyDetectors": [{
                "anomalyDetectorArn": DETECTOR, "detectorName": "det", "anomalyDetectorStatus": "ANALYZING"
            }] })),
        )
        .on("logs:ListAnomalies", Reply::ok(json!({ "anomalies": [anomaly()] })))
        .by("logs:StartQuery", started)
        .on("logs:GetQueryResults", complete(&[&[("@timestamp", "2025-01-01 00:00:00.000"), ("@message", "hello"), ("@ptr", "p")]]))
        .on("logs:StopQuery", Reply::ok(json!({ "success": true })))
        .by("logs:DescribeQueries", past_queries)
        .on(
            "logs:DescribeIndexPolicies",
            Reply::ok(json!({ "indexPolicies": [{ "policyDocument": "{\"Fields\":[\"region\"]}", "source": "LOG_GROUP" }] })),
        )
        .on(
            "logs:DescribeAccountPolicies",
            Reply::ok(json!({ "accountPolicies": [{ "policyDocument": "{\"Fields\":[\"status\"]}" }] })),
        )
        .by("cloudwatch:DescribeAlarms", alarms)
        .by("cloudwatch:DescribeAlarmHistory", history);
    aws
}

/// A server with the region of the recordings.
pub(crate) fn server(aws: &AwsStandIn) -> Server {
    Server::new(
        aws.clients()
            .variables(&[("AWS_DEFAULT_REGION", "us-east-1")]),
    )
}

/// Calls a tool in an invocation with a deadline.
pub(crate) async fn call_until(
    server: &Server,
    tool: &str,
    arguments: Value,
    deadline: Deadline,
) -> Value {
    let message = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": tool, "arguments": arguments }
    });
    let mut message: ClientJsonRpcMessage = serde_json::from_value(message).expect("a request");
    if let JsonRpcMessage::Request(request) = &mut message {
        request.request.extensions_mut().insert(deadline);
    }
    let reply = handle(server.clone(), message).await.expect("an answer");
    serde_json::to_value(reply).expect("JSON")["result"].take()
}

/// The result of a query with these rows.
pub(crate) fn complete(rows: &[&[(&str, &str)]]) -> Reply {
    let rows: Vec<Vec<Value>> = rows
        .iter()
        .map(|row| {
            row.iter()
                .map(|(field, value)| json!({ "field": field, "value": value }))
                .collect()
        })
        .collect();
    Reply::ok(json!({ "status": "Complete", "statistics": statistics(), "results": rows }))
}

/// The result of a query in this state, without rows.
pub(crate) fn state(status: &str) -> Reply {
    Reply::ok(json!({ "status": status, "statistics": statistics(), "results": [] }))
}

fn statistics() -> Value {
    json!({ "recordsMatched": 1.0, "recordsScanned": 10.0, "bytesScanned": 1000.0 })
}

/// The result of both pattern queries.
pub(crate) fn patterns() -> Reply {
    complete(&[&[
        ("@pattern", "GET <*>"),
        ("@sampleCount", "10"),
        ("@tokens", "[]"),
        ("@visualization", "{}"),
        (
            "@logSamples",
            "[{\"timestamp\":1,\"message\":\"GET /a\"},{\"timestamp\":2,\"message\":\"GET /b\"}]",
        ),
    ]])
}

pub(crate) fn missing_group() -> Reply {
    Reply::error(
        400,
        "ResourceNotFoundException",
        "Log group '/nope' does not exist",
    )
}

fn started(request: &AwsRequest) -> Reply {
    let groups = request.body["logGroupNames"].to_string();
    match groups.contains("/nope") {
        true => missing_group(),
        false => Reply::ok(json!({ "queryId": QUERY })),
    }
}

fn group(name: &str, retention: Value, created: i64) -> Value {
    json!({
        "logGroupName": name, "creationTime": created, "retentionInDays": retention, "metricFilterCount": 0,
        "storedBytes": 0, "logGroupClass": "STANDARD",
        "arn": format!("arn:aws:logs:us-east-1:123456789012:log-group:{name}:*"),
        "logGroupArn": format!("arn:aws:logs:us-east-1:123456789012:log-group:{name}")
    })
}

fn groups(request: &AwsRequest) -> Reply {
    let prefix = request.body["logGroupNamePrefix"]
        .as_str()
        .unwrap_or_default();
    let all = [
        group("/app/a", json!(7), CREATED),
        group("/app/b", Value::Null, CREATED + 9),
    ];
    let found: Vec<&Value> = all
        .iter()
        .filter(|group| {
            group["logGroupName"]
                .as_str()
                .is_some_and(|name| name.starts_with(prefix))
        })
        .collect();
    Reply::ok(json!({ "logGroups": found }))
}

fn saved_queries() -> Reply {
    Reply::ok(json!({ "queryDefinitions": [
        { "name": "by-name", "queryString": "fields @message", "logGroupNames": ["/app/a"] },
        { "name": "by-prefix", "queryString": "SOURCE logGroups(namePrefix: ['/app/']) | fields @message" },
        { "name": "other", "queryString": "fields @message", "logGroupNames": ["/other"] }
    ] }))
}

fn anomaly() -> Value {
    json!({
        "anomalyId": "a", "patternId": "p", "anomalyDetectorArn": DETECTOR, "patternString": "err <*>",
        "patternRegex": "err .*", "priority": "HIGH", "firstSeen": ANOMALY_FIRST, "lastSeen": ANOMALY_LAST,
        "description": "50% increase", "active": true, "state": "Active",
        "histogram": { ANOMALY_FIRST.to_string(): 5 },
        "logSamples": [{ "timestamp": ANOMALY_FIRST, "message": "err 1" }, { "timestamp": ANOMALY_LAST, "message": "err 2" }],
        "patternTokens": [], "logGroupArnList": [GROUP]
    })
}

/// Queries of the last two days: three of them over one group, among them an old one that no
/// longer counts.
fn past_queries(request: &AwsRequest) -> Reply {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970")
        .as_millis();
    let now = i64::try_from(now).expect("before the year 292 million");
    let query = |group: &str, text: &str, days: i64| {
        json!({
            "queryLanguage": "CWLI", "queryString": text, "status": "Complete", "logGroupName": group,
            "createTime": now - days * 86_400_000
        })
    };
    let all = [
        query(
            "/app/a",
            "fields userId | filter orderId = 'x' and status = 500",
            0,
        ),
        query(
            "/app/a",
            "filter orderId = 'y' | stats count(*) by region",
            1,
        ),
        query("/app/a", "filter forgotten = 1", 31),
        query("/app/b", "fields msg", 2),
        query("/app/c", "fields @message | limit 5", 2),
    ];
    let group = request.body["logGroupName"].as_str();
    let found: Vec<&Value> = all
        .iter()
        .filter(|query| group.is_none_or(|group| query["logGroupName"] == group))
        .collect();
    Reply::ok(json!({ "queries": found }))
}

/// Its time is between two milliseconds: the SDK cuts off what is behind them.
fn cpu_alarm() -> Value {
    json!({
        "AlarmName": "cpu-high", "AlarmDescription": "d", "StateValue": "ALARM", "StateReason": "synthetic",
        "MetricName": "CPUUtilization", "Namespace": "AWS/EC2", "Statistic": "Average",
        "Dimensions": [{ "Name": "InstanceId", "Value": "i-1" }], "Threshold": 80.0, "Period": 60,
        "EvaluationPeriods": 2, "ComparisonOperator": "GreaterThanThreshold",
        "StateUpdatedTimestamp": timestamp(1_795_226_211.047_1)
    })
}

fn memory_alarm() -> Value {
    json!({
        "AlarmName": "mem-high", "StateValue": "ALARM", "StateReason": "synthetic", "MetricName": "Mem",
        "Namespace": "Custom", "Dimensions": [], "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold",
        "StateUpdatedTimestamp": timestamp(1_795_226_211.059_1)
    })
}

/// The composite alarm of the recordings.
pub(crate) fn composite_alarm() -> Value {
    json!({
        "AlarmName": "comp", "StateValue": "ALARM", "StateReason": "x",
        "AlarmRule": "ALARM(\"cpu-high\") OR (NOT OK(mem-high) AND ALARM(mem-high))",
        "StateUpdatedTimestamp": timestamp(1_735_689_600.0)
    })
}

fn alarms(request: &AwsRequest) -> Reply {
    let names = request.body["AlarmNames"].as_array();
    let asked = |alarm: &Value| names.is_none_or(|names| names.contains(&alarm["AlarmName"]));
    let metric: Vec<Value> = [cpu_alarm(), memory_alarm()]
        .into_iter()
        .filter(asked)
        .collect();
    // Listed by name only: in the recordings the other two are alone.
    let composite: Vec<Value> = [composite_alarm()]
        .into_iter()
        .filter(|alarm| names.is_some() && asked(alarm))
        .collect();
    Reply::ok(json!({ "MetricAlarms": metric, "CompositeAlarms": composite }))
}

fn history(request: &AwsRequest) -> Reply {
    let item = |seconds: f64| {
        json!({
            "AlarmName": "cpu-high", "AlarmType": "MetricAlarm", "Timestamp": timestamp(seconds),
            "HistoryItemType": "StateUpdate", "HistorySummary": "Alarm updated from OK to ALARM",
            "HistoryData": "{\"version\":\"1.0\",\"oldState\":{\"stateValue\":\"OK\"},\"newState\":{\"stateValue\":\"ALARM\",\"stateReason\":\"r1\"}}"
        })
    };
    match request.body["AlarmName"].as_str() {
        Some("cpu-high") => Reply::ok(json!({
            "AlarmHistoryItems": [item(1_735_689_600.0), item(1_735_688_000.0)]
        })),
        _ => Reply::ok(json!({ "AlarmHistoryItems": [] })),
    }
}
