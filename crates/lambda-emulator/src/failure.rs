//! Payloads of calls that failed, in Lambda's words.

use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;

use crate::{Outcome, runtime_api::RESPONSE_LIMIT};

/// The process ended, with this text of [`exit_text`](crate::exit::exit_text).
pub(crate) fn exited(request_id: &str, status: String) -> (Bytes, Outcome) {
    let reason = match status.as_str() {
        "exit status 0" => "Runtime exited without providing a reason".to_owned(),
        status => format!("Runtime exited with error: {status}"),
    };
    let outcome = Outcome::Exited(status);
    (
        failure(
            &outcome,
            &format!("RequestId: {request_id} Error: {reason}"),
        ),
        outcome,
    )
}

/// The process was killed because of its memory.
pub(crate) fn out_of_memory(request_id: &str) -> (Bytes, Outcome) {
    let message =
        format!("RequestId: {request_id} Error: Runtime exited with error: signal: killed");
    (
        failure(&Outcome::OutOfMemory, &message),
        Outcome::OutOfMemory,
    )
}

/// The process was killed because of the time.
pub(crate) fn timed_out(request_id: &str, timeout: Duration) -> (Bytes, Outcome) {
    let message = format!(
        "RequestId: {request_id} Error: Task timed out after {:.2} seconds",
        timeout.as_secs_f64()
    );
    (failure(&Outcome::TimedOut, &message), Outcome::TimedOut)
}

/// The answer was larger than Lambda returns.
pub(crate) fn too_large() -> (Bytes, Outcome) {
    let message = format!(
        "Response payload size exceeded maximum allowed payload size ({RESPONSE_LIMIT} bytes)."
    );
    (
        failure(&Outcome::ResponseTooLarge, &message),
        Outcome::ResponseTooLarge,
    )
}

/// The payload of a call that failed, with its members in AWS's order.
fn failure(outcome: &Outcome, message: &str) -> Bytes {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Failure<'a> {
        error_type: Option<&'a str>,
        error_message: &'a str,
    }
    let failure = Failure {
        error_type: outcome.error_type(),
        error_message: message,
    };
    serde_json::to_vec(&failure)
        .expect("two strings are JSON")
        .into()
}
