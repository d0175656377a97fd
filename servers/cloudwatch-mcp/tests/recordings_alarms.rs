//! Every recorded call of upstream's alarm tools, replayed: the answer, and the AWS calls.

#[path = "support/logs.rs"]
mod logs;
#[path = "support/replay.rs"]
mod replay;

use aws_testing::Reply;
use replay::{Answer, Calls, Different};
use serde_json::json;

const TOOLS: &[&str] = &["get_active_alarms", "get_alarm_history"];

/// `AlarmTypes`: without it AWS answers no history of composite alarms.
const DIFFERENT: &[Different] = &[
    Different {
        name: "get_alarm_history.1",
        answer: Answer::Is(
            r#"{ "result": {
                "alarm_details": { "alarm_name": "cpu-high", "alarm_description": "d", "alarm_type": "MetricAlarm", "current_state": "ALARM",
                    "metric_name": "CPUUtilization", "namespace": "AWS/EC2", "dimensions": [{ "Name": "InstanceId", "Value": "i-1" }],
                    "threshold": 80, "comparison_operator": "GreaterThanThreshold", "evaluation_periods": 2, "period": 60,
                    "statistic": "Average", "alarm_rule": null },
                "history_items": [
                    { "alarm_name": "cpu-high", "alarm_type": "MetricAlarm", "timestamp": "2025-01-01T00:00:00Z", "history_item_type": "StateUpdate",
                        "history_summary": "Alarm updated from OK to ALARM", "old_state": "OK", "new_state": "ALARM", "state_reason": "r1" },
                    { "alarm_name": "cpu-high", "alarm_type": "MetricAlarm", "timestamp": "2024-12-31T23:33:20Z", "history_item_type": "StateUpdate",
                        "history_summary": "Alarm updated from OK to ALARM", "old_state": "OK", "new_state": "ALARM", "state_reason": "r1" }],
                "time_range_suggestions": [
                    { "start_time": "2024-12-31T23:50:00Z", "end_time": "2025-01-01T00:02:00Z", "reason": "<prose 127 chars>" },
                    { "start_time": "2024-12-31T23:23:20Z", "end_time": "2024-12-31T23:35:20Z", "reason": "<prose 127 chars>" },
                    { "start_time": "2024-12-31T23:23:20Z", "end_time": "2025-01-01T00:02:00Z", "reason": "<prose 113 chars>" }],
                "has_more_results": false, "message": null } }"#,
        ),
        calls: Calls::Are(&[
            (
                "cloudwatch:DescribeAlarmHistory",
                r#"{ "AlarmName": "cpu-high", "AlarmTypes": ["CompositeAlarm", "MetricAlarm"], "StartDate": 1735603200, "EndDate": 1735776000, "HistoryItemType": "StateUpdate" }"#,
            ),
            (
                "cloudwatch:DescribeAlarms",
                r#"{ "AlarmNames": ["cpu-high"], "AlarmTypes": ["CompositeAlarm", "MetricAlarm"] }"#,
            ),
        ]),
    },
    Different {
        name: "get_alarm_history.2",
        answer: Answer::Fails(
            "alarm_not_found: alarm `ghost` does not exist in region `us-east-1`\nhint: check the name, whose case matters, and the region; `get_active_alarms` lists alarms that are on",
        ),
        calls: Calls::Are(&[
            (
                "cloudwatch:DescribeAlarmHistory",
                r#"{ "AlarmName": "ghost", "AlarmTypes": ["CompositeAlarm", "MetricAlarm"], "StartDate": 0, "EndDate": 0, "HistoryItemType": "StateUpdate" }"#,
            ),
            (
                "cloudwatch:DescribeAlarms",
                r#"{ "AlarmNames": ["ghost"], "AlarmTypes": ["CompositeAlarm", "MetricAlarm"] }"#,
            ),
        ]),
    },
];

#[tokio::test]
async fn every_recorded_call_gives_the_recorded_result_or_a_listed_better_one() {
    let replayed = replay::of(TOOLS);
    let mut listed = 0;
    for recording in &replayed {
        let aws = logs::start().await;
        if recording.setup == "one composite alarm active" {
            let alarms =
                json!({ "MetricAlarms": [], "CompositeAlarms": [logs::composite_alarm()] });
            aws.on("cloudwatch:DescribeAlarms", Reply::ok(alarms));
        }
        let server = logs::server(&aws);
        let ignored: &[&str] = match recording.name.as_str() {
            // As of now.
            "get_alarm_history.2" => &["StartDate", "EndDate"],
            _ => &[],
        };
        listed += usize::from(replay::replay(&server, &aws, recording, DIFFERENT, ignored).await);
    }
    assert_eq!((replayed.len(), listed), (5, DIFFERENT.len()));
    replay::check_listed(DIFFERENT, &replayed);
}
