//! Metrics of tool calls, as lines in CloudWatch's Embedded Metric Format, which Lambda's log turns into metrics.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use std::io::{self, Write as _};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::answer::OutcomeKind;
use super::record::milliseconds;
use crate::guarded::KnownTools;

/// Where the metrics of one server's tools go.
#[derive(Debug)]
pub(super) struct Metrics {
    namespace: String,
    known: KnownTools,
}

impl Metrics {
    pub(super) fn new(namespace: String, known: KnownTools) -> Self {
        Self { namespace, known }
    }

    /// Counts a call, unless the tool's name is only what a caller made up: each new value of a dimension is a new metric,
    /// and has its price.
    pub(super) fn count(
        &self,
        tool: &str,
        outcome: OutcomeKind,
        duration: Duration,
        request_id: &str,
    ) {
        if !self.known.contains(tool) {
            return;
        }
        let line = self.line(tool, outcome, duration, request_id);
        // In one write, so that no other line comes between. Nobody is left to tell when stdout is closed.
        let _ = io::stdout().write_all(format!("{line}\n").as_bytes());
    }

    fn line(
        &self,
        tool: &str,
        outcome: OutcomeKind,
        duration: Duration,
        request_id: &str,
    ) -> Value {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now_ms = now.map_or(0, |now| u64::try_from(now.as_millis()).unwrap_or(u64::MAX));
        json!({
            "_aws": {
                "Timestamp": now_ms,
                "CloudWatchMetrics": [{
                    "Namespace": self.namespace,
                    "Dimensions": [["ToolName", "Outcome"]],
                    "Metrics": [
                        { "Name": "ToolExecutions", "Unit": "Count" },
                        { "Name": "ToolExecutionTime", "Unit": "Milliseconds" },
                    ],
                }],
            },
            "ToolName": tool,
            "Outcome": outcome.as_str(),
            "ToolExecutions": 1,
            "ToolExecutionTime": milliseconds(duration),
            // No dimension: for finding the invocation again.
            "request.id": request_id,
        })
    }
}
