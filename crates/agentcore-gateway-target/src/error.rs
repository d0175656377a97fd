//! One form for every failure that a tool reports: `code: message`.

use std::error::Error;
use std::fmt::Write as _;

use rmcp::model::{CallToolResponse, CallToolResult, ContentBlock};
use serde_json::Value;

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
/// This is the one place that logs a tool's failure, with its whole chain of sources.
pub fn tool_failure<E: ToolError + ?Sized>(error: &E) -> CallToolResponse {
    let code = error.code();
    tracing::warn!(
        error.code = code,
        error.chain = chain(error.source()),
        "tool call failed: {code}"
    );
    let mut result = CallToolResult::error(vec![ContentBlock::text(format!("{code}: {error}"))]);
    result.structured_content = error.details();
    result.into()
}

/// `outer: inner: innermost` of everything below the error that is shown.
fn chain(mut source: Option<&(dyn Error + 'static)>) -> String {
    let mut text = String::new();
    while let Some(error) = source {
        let separator = if text.is_empty() { "" } else { ": " };
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{separator}{error}");
        source = error.source();
    }
    text
}
