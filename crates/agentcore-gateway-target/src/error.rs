//! One form for every failure that a tool reports: `code: message`.

use std::cell::Cell;
use std::error::Error;
use std::fmt::Write as _;

use rmcp::model::{CallToolResponse, CallToolResult, ContentBlock};
use serde_json::Value;

tokio::task_local! {
    /// The code of the failure that the current call ended with: it goes to the log line of the
    /// invocation, where the text of the failure must not.
    static CODE: Cell<Option<&'static str>>;
}

/// Runs a call, and says which code it failed with, if it did in this task.
pub(crate) async fn with_code<F: Future>(call: F) -> (F::Output, Option<&'static str>) {
    CODE.scope(Cell::new(None), async {
        let output = call.await;
        (output, CODE.with(Cell::take))
    })
    .await
}

/// Records the code of the call's failure. Outside of [`with_code`] nobody asks for it.
pub(crate) fn note_code(code: &'static str) {
    let _ = CODE.try_with(|noted| noted.set(Some(code)));
}

/// A failure that the caller of a tool is told about.
///
/// `Display` is what the caller reads: what was wrong, with the caller's own input, and what would
/// be right. Sources of the error are logged and never shown, so hosts, ARNs and upstream text
/// belong there unless the caller needs them.
pub trait ToolError: Error + 'static {
    /// Stable, machine-readable name of the failure in `snake_case`. Never reused or renamed.
    fn code(&self) -> &'static str;

    /// Fields for `structuredContent`, where clients expect some even of a failed call.
    fn details(&self) -> Option<Value> {
        None
    }
}

/// The result of a failed tool call: `isError`, with the text `code: message`.
///
/// This is the one place that logs a tool's failure, with its whole chain of sources. (One without
/// sources has nothing to add to the log line of its invocation, which names the code.)
pub fn tool_failure<E: ToolError + ?Sized>(error: &E) -> CallToolResponse {
    failure_result(error).into()
}

/// [`tool_failure`], as the result itself.
pub(crate) fn failure_result<E: ToolError + ?Sized>(error: &E) -> CallToolResult {
    let code = error.code();
    note_code(code);
    match chain(error.source()) {
        causes if causes.is_empty() => {
            tracing::debug!(error.code = code, "tool call failed: {code}")
        }
        causes => tracing::warn!(
            error.code = code,
            error.chain = causes,
            "tool call failed: {code}"
        ),
    }
    let mut result = CallToolResult::error(vec![ContentBlock::text(format!("{code}: {error}"))]);
    result.structured_content = error.details();
    result
}

/// An error with everything below it.
pub(crate) fn with_causes(error: &impl Error) -> String {
    match chain(error.source()) {
        causes if causes.is_empty() => error.to_string(),
        causes => format!("{error}: {causes}"),
    }
}

/// `outer: inner: innermost` of everything below the error that is shown.
pub(crate) fn chain(mut source: Option<&(dyn Error + 'static)>) -> String {
    let mut text = String::new();
    while let Some(error) = source {
        let separator = if text.is_empty() { "" } else { ": " };
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{separator}{error}");
        source = error.source();
    }
    text
}
