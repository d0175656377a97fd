//! One log line per invocation, without arguments, results or secrets.

use std::sync::Arc;
use std::time::Duration;

use invocation_trace::Trace;

use super::answer::{Outcome, OutcomeKind};
use super::event::Kind;
use super::metrics::Metrics;
use crate::failure::shortened;

/// What is known of an invocation before it is answered.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) request_id: String,
    /// The gateway's id of the MCP message.
    pub(super) message_id: Option<String>,
    pub(super) trace: Option<Trace>,
    pub(super) kind: Kind,
    pub(super) tool: Option<String>,
    /// Whether this is the process's first invocation.
    pub(super) cold: bool,
    /// `None` when nobody asked for metrics.
    pub(super) metrics: Option<Arc<Metrics>>,
}

impl Record {
    /// Says how the invocation ended, and how long it took until there was an answer.
    pub(super) fn ended(&self, outcome: Outcome, duration: Duration) {
        self.log(outcome, duration);
        if let (Some(metrics), Some(tool)) = (&self.metrics, &self.tool) {
            metrics.count(tool, outcome.kind, duration, &self.request_id);
        }
    }

    fn log(&self, outcome: Outcome, duration: Duration) {
        let duration_ms = milliseconds(duration);
        let tool = self.tool.as_deref().map(shortened);
        let trace_id = self.trace.as_ref().and_then(Trace::id);
        // The level is part of an event's static description, so there are two of them.
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    request.id = self.request_id,
                    message.id = self.message_id,
                    trace.id = trace_id,
                    tool,
                    kind = self.kind.as_str(),
                    duration_ms,
                    outcome = outcome.kind.as_str(),
                    error.code = outcome.code,
                    cold = self.cold,
                    "invocation answered in {duration_ms} ms: {}",
                    outcome.kind.as_str()
                )
            };
        }
        match outcome.kind {
            OutcomeKind::Ok => line!(info),
            _ => line!(warn),
        }
    }
}

/// To a microsecond, as a number that reads well.
#[expect(clippy::cast_precision_loss, reason = "exact for 285 years")]
pub(super) fn milliseconds(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1000.0
}
