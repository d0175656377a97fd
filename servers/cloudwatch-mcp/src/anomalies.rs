//! What the anomaly detectors of a log group have found.

use std::collections::BTreeMap;

use agentcore_gateway_target::ToolError as _;
use aws_sdk_cloudwatchlogs::types::{Anomaly, AnomalyDetector, SuppressionState};
use futures_util::StreamExt as _;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use crate::aws_call;
use crate::error::CloudWatchError;
use crate::insights::Insights;
use crate::names::LogGroupArn;
use crate::time::{Time, TimeRange};

/// Detectors whose anomalies are asked for at the same time.
const DETECTORS: usize = 4;

/// Detectors and anomalies of a log group.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct LogAnomalyResults {
    /// Detectors that watch the group.
    anomaly_detectors: Vec<LogAnomalyDetector>,
    /// Their anomalies in that time, without suppressed ones.
    anomalies: Vec<LogAnomaly>,
    /// Why they could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// A detector. Names as AWS has them.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct LogAnomalyDetector {
    /// Its ARN.
    anomaly_detector_arn: String,
    /// Its name.
    detector_name: String,
    /// What it does now: `ANALYZING`, `TRAINING`.
    anomaly_detector_status: String,
}

/// An anomaly. Names as AWS has them.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct LogAnomaly {
    /// The detector that found it.
    anomaly_detector_arn: String,
    /// The log groups that it is in.
    log_group_arn_list: Vec<String>,
    /// When it was first seen, ISO 8601.
    first_seen: String,
    /// When it was last seen, ISO 8601.
    last_seen: String,
    /// In AWS's words.
    description: String,
    /// `HIGH`, `MEDIUM` or `LOW`.
    priority: String,
    /// A regular expression for its messages.
    pattern_regex: String,
    /// The pattern, with `<*>` for what varies.
    pattern_string: String,
    /// One message: `timestamp`, ISO 8601, and `message`.
    log_samples: Vec<BTreeMap<String, String>>,
    /// By time, ISO 8601, how many messages.
    #[schemars(schema_with = "counts")]
    histogram: BTreeMap<String, i64>,
}

fn counts(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "object", "additionalProperties": { "type": "integer" } })
}

impl LogAnomalyResults {
    /// None, and why.
    pub(crate) fn failed(error: &CloudWatchError) -> Self {
        Self {
            anomaly_detectors: Vec::new(),
            anomalies: Vec::new(),
            message: Some(format!("{}: {error}", error.code())),
        }
    }
}

/// The unsuppressed anomalies of a group that were seen in a time.
pub(crate) async fn find(
    insights: &Insights,
    arn: &LogGroupArn,
    range: TimeRange,
) -> Result<LogAnomalyResults, CloudWatchError> {
    let detectors = detectors(insights, arn).await?;
    let arns: Vec<String> = detectors
        .iter()
        .filter_map(|detector| detector.anomaly_detector_arn.clone())
        .collect();
    let mut pages = futures_util::stream::iter(arns)
        .map(|detector| async move { anomalies(insights, &detector).await })
        .buffered(DETECTORS);
    let mut found = Vec::new();
    while let Some(anomalies) = pages.next().await {
        let here = anomalies?
            .into_iter()
            .filter(|anomaly| is_about(anomaly, arn, range));
        found.extend(here.map(LogAnomaly::from));
    }
    Ok(LogAnomalyResults {
        anomaly_detectors: detectors
            .into_iter()
            .map(LogAnomalyDetector::from)
            .collect(),
        anomalies: found,
        message: None,
    })
}

fn is_about(anomaly: &Anomaly, arn: &LogGroupArn, range: TimeRange) -> bool {
    let names_it = anomaly
        .log_group_arn_list
        .iter()
        .any(|listed| listed.strip_suffix(":*").unwrap_or(listed) == arn.as_str());
    names_it
        && anomaly.first_seen <= range.end.millis()
        && anomaly.last_seen >= range.start.millis()
}

async fn detectors(
    insights: &Insights,
    arn: &LogGroupArn,
) -> Result<Vec<AnomalyDetector>, CloudWatchError> {
    let subject = Some(format!("log group `{arn}`"));
    let call = insights
        .session
        .call("logs:ListLogAnomalyDetectors", subject);
    let mut found = Vec::new();
    let mut next_token: Option<String> = None;
    loop {
        let request = insights
            .client
            .list_log_anomaly_detectors()
            .filter_log_group_arn(arn.as_str())
            .set_next_token(next_token);
        let page = aws_call::run(insights.deadline, call.clone(), request.send()).await?;
        found.extend(page.anomaly_detectors.unwrap_or_default());
        next_token = page.next_token.filter(|token| !token.is_empty());
        if next_token.is_none() {
            return Ok(found);
        }
    }
}

async fn anomalies(insights: &Insights, detector: &str) -> Result<Vec<Anomaly>, CloudWatchError> {
    let subject = Some(format!("anomaly detector `{detector}`"));
    let call = insights.session.call("logs:ListAnomalies", subject);
    let mut found = Vec::new();
    let mut next_token: Option<String> = None;
    loop {
        let request = insights
            .client
            .list_anomalies()
            .anomaly_detector_arn(detector)
            .suppression_state(SuppressionState::Unsuppressed)
            .set_next_token(next_token);
        let page = aws_call::run(insights.deadline, call.clone(), request.send()).await?;
        found.extend(page.anomalies.unwrap_or_default());
        next_token = page.next_token.filter(|token| !token.is_empty());
        if next_token.is_none() {
            return Ok(found);
        }
    }
}

impl From<AnomalyDetector> for LogAnomalyDetector {
    fn from(detector: AnomalyDetector) -> Self {
        Self {
            anomaly_detector_arn: detector.anomaly_detector_arn.unwrap_or_default(),
            detector_name: detector.detector_name.unwrap_or_default(),
            anomaly_detector_status: detector
                .anomaly_detector_status
                .map(|status| status.as_str().to_owned())
                .unwrap_or_default(),
        }
    }
}

impl From<Anomaly> for LogAnomaly {
    fn from(anomaly: Anomaly) -> Self {
        let samples = anomaly.log_samples.into_iter().take(1).map(|sample| {
            BTreeMap::from([
                (
                    "timestamp".to_owned(),
                    sample.timestamp.map(iso).unwrap_or_default(),
                ),
                ("message".to_owned(), sample.message.unwrap_or_default()),
            ])
        });
        let histogram = anomaly.histogram.into_iter().map(|(time, count)| {
            let time = time.parse().map_or(time, iso);
            (time, count)
        });
        Self {
            anomaly_detector_arn: anomaly.anomaly_detector_arn,
            log_group_arn_list: anomaly.log_group_arn_list,
            first_seen: iso(anomaly.first_seen),
            last_seen: iso(anomaly.last_seen),
            description: anomaly.description,
            priority: anomaly.priority.unwrap_or_default(),
            pattern_regex: anomaly.pattern_regex.unwrap_or_default(),
            pattern_string: anomaly.pattern_string,
            log_samples: samples.collect(),
            histogram: histogram.collect(),
        }
    }
}

fn iso(millis: i64) -> String {
    Time::from_millis(millis).map_or_else(|| millis.to_string(), Time::with_offset)
}
