//! A Cloud Control request under way or done, as tools answer it.

use aws_sdk_cloudcontrol::types::{HookProgressEvent, OperationStatus, ProgressEvent};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde::Serialize;
use serde_json::Value;

use crate::resource;

/// The state of a request. Names and order as upstream has them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Progress {
    /// `PENDING`, `IN_PROGRESS`, `SUCCESS`, `FAILED`, `CANCEL_IN_PROGRESS` or `CANCEL_COMPLETE`.
    pub(crate) status: String,
    pub(crate) resource_type: String,
    pub(crate) is_complete: bool,
    pub(crate) request_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) identifier: Option<String>,
    /// The resource's properties, when AWS tells them.
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_info: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<String>,
    /// AWS's own explanation; of a hook, when one failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status_message: Option<String>,
}

impl Progress {
    pub(crate) fn new(event: &ProgressEvent, hooks: &[HookProgressEvent]) -> Self {
        let status = event.operation_status();
        Self {
            status: status.map_or("UNKNOWN", OperationStatus::as_str).to_owned(),
            resource_type: event.type_name().unwrap_or_default().to_owned(),
            is_complete: status.is_some_and(is_final),
            request_token: event.request_token().unwrap_or_default().to_owned(),
            identifier: event.identifier().map(str::to_owned),
            resource_info: event.resource_model().map(resource::properties),
            error_code: event.error_code().map(|code| code.as_str().to_owned()),
            event_time: event.event_time().map(iso_8601),
            retry_after: event.retry_after().map(iso_8601),
            status_message: failed_hook(hooks).or(event.status_message()).map(one_line),
        }
    }

    /// Whether it ended, and not well.
    pub(crate) fn is_failure(&self) -> bool {
        self.is_complete && self.status != OperationStatus::Success.as_str()
    }
}

fn is_final(status: &OperationStatus) -> bool {
    matches!(
        status,
        OperationStatus::Success | OperationStatus::Failed | OperationStatus::CancelComplete
    )
}

fn failed_hook(hooks: &[HookProgressEvent]) -> Option<&str> {
    hooks
        .iter()
        .filter(|hook| {
            matches!(
                hook.hook_status(),
                Some("HOOK_COMPLETE_FAILED" | "HOOK_FAILED")
            )
        })
        .find_map(HookProgressEvent::hook_status_message)
}

/// `2025-01-01T00:00:05Z`, with microseconds when there is a fraction, as Python writes it.
fn iso_8601(time: &DateTime) -> String {
    let micros = time.subsec_nanos() / 1_000;
    let whole = DateTime::from_secs(time.secs()).fmt(Format::DateTime);
    let whole = whole.unwrap_or_else(|_| time.secs().to_string());
    match micros {
        0 => whole,
        micros => format!("{}.{micros:06}Z", whole.trim_end_matches('Z')),
    }
}

/// Text from elsewhere: no control characters, a bounded length.
pub(crate) fn one_line(text: &str) -> String {
    const LONGEST: usize = 2_000;
    let cleaned = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut cleaned: String = cleaned.take(LONGEST).collect();
    if text.chars().nth(LONGEST).is_some() {
        cleaned.push('…');
    }
    cleaned.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_complete_when_it_will_not_change_any_more() {
        for (status, complete, failure) in [
            ("PENDING", false, false),
            ("IN_PROGRESS", false, false),
            ("CANCEL_IN_PROGRESS", false, false),
            ("SUCCESS", true, false),
            ("FAILED", true, true),
            ("CANCEL_COMPLETE", true, true),
            ("SOMETHING_NEW", false, false),
        ] {
            let event = ProgressEvent::builder()
                .operation_status(status.into())
                .build();
            let progress = Progress::new(&event, &[]);
            assert_eq!(
                (
                    progress.status.as_str(),
                    progress.is_complete,
                    progress.is_failure()
                ),
                (status, complete, failure)
            );
        }
    }

    #[test]
    fn a_failed_hook_explains_more_than_the_event() {
        let event = ProgressEvent::builder().status_message("event\n").build();
        let hook = |status: &str, message: &str| {
            HookProgressEvent::builder()
                .hook_status(status)
                .hook_status_message(message)
                .build()
        };
        let said = |hooks: &[HookProgressEvent]| Progress::new(&event, hooks).status_message;
        assert_eq!(said(&[]).as_deref(), Some("event"));
        let good = hook("HOOK_COMPLETE_SUCCEEDED", "fine");
        assert_eq!(said(std::slice::from_ref(&good)).as_deref(), Some("event"));
        for status in ["HOOK_COMPLETE_FAILED", "HOOK_FAILED"] {
            let bad = hook(status, "no");
            assert_eq!(
                said(&[good.clone(), bad]).as_deref(),
                Some("no"),
                "{status}"
            );
        }
    }

    #[test]
    fn times_have_microseconds_only_when_they_need_them() {
        assert_eq!(
            iso_8601(&DateTime::from_secs_f64(0.5)),
            "1970-01-01T00:00:00.500000Z"
        );
        assert_eq!(
            iso_8601(&DateTime::from_secs(1_735_689_605)),
            "2025-01-01T00:00:05Z"
        );
    }
}
