//! Failures of a call that are the adapter's to report, in the form of every tool error.

use std::time::Duration;

use crate::access::Access;
use crate::error::ToolError;
use crate::settings::{ACCESS, TOOLS_EXCLUDE, TOOLS_INCLUDE};

/// What is kept of an invocation to answer it, after a tool has had its time.
pub(crate) const RESERVE: Duration = Duration::from_millis(500);

/// The most that a Lambda function may return, in bytes: 6 MB.
///
/// Lambda itself refuses above 6,291,556; the rest is left to its framing.
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
pub(crate) const RESPONSE_LIMIT_BYTES: usize = 6 * 1024 * 1024;

/// Names of tools come from outside; neither a log line nor an answer is a place for a long one.
const NAME_LIMIT: usize = 128;

/// More known tools than this are not spelled out in an error text.
const NAMES_SHOWN: usize = 50;

/// Why a call did not give the tool's own answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallFailure {
    #[error("this server has no tool `{tool}`; it has {}", list(known))]
    UnknownTool { tool: String, known: Vec<String> },
    #[error(
        "`{tool}` needs access `{needed}` and this server allows `{allowed}`; to allow it, set `{ACCESS}={needed}` or start the server with `--access {needed}`"
    )]
    AccessDenied {
        tool: String,
        needed: Access,
        allowed: Access,
    },
    #[error(
        "`{tool}` is turned off: it is named in `{TOOLS_EXCLUDE}`; to allow it, remove it there"
    )]
    Excluded { tool: String },
    #[error(
        "`{tool}` is turned off: it is not named in `{TOOLS_INCLUDE}`; to allow it, add it there"
    )]
    NotIncluded { tool: String },
    #[error("the arguments of a tool must be a JSON object, and these are {found}")]
    Arguments { found: String },
    #[error(
        "`{tool}` stopped unexpectedly. This is a defect of the server, not of the request; its log has the place"
    )]
    Panic { tool: String },
    #[error(
        "`{tool}` was still running after {}, all the time it had ({} of the invocation are kept for this answer); ask for less at once, or raise the function's timeout",
        seconds(*had), seconds(RESERVE)
    )]
    Deadline { tool: String, had: Duration },
    #[error(
        "`{tool}` was not started: {} of the invocation were left, and the last {} are kept for the answer; call again",
        seconds(*left), seconds(RESERVE)
    )]
    TooLate { tool: String, left: Duration },
    #[error(
        "`{tool}` answered with {} bytes ({:.1} MB), and Lambda returns at most {} ({} MB); ask for less: fewer items, a narrower range or filter, or a page at a time",
        grouped(*size_bytes), megabytes(*size_bytes), grouped(RESPONSE_LIMIT_BYTES), RESPONSE_LIMIT_BYTES / 1024 / 1024
    )]
    TooLarge { tool: String, size_bytes: usize },
    #[error("{message} (MCP error {code})")]
    Protocol { code: i32, message: String },
    #[error("`{tool}` asked for {wanted}, which needs a client that stays connected")]
    Conversation { tool: String, wanted: &'static str },
}

impl ToolError for CallFailure {
    fn code(&self) -> &'static str {
        match self {
            Self::UnknownTool { .. } => "unknown_tool",
            Self::AccessDenied { .. } | Self::Excluded { .. } | Self::NotIncluded { .. } => {
                "access_denied"
            }
            Self::Arguments { .. } => "invalid_arguments",
            Self::Panic { .. } => "internal_error",
            Self::Deadline { .. } | Self::TooLate { .. } => "deadline_exceeded",
            Self::TooLarge { .. } => "response_too_large",
            Self::Protocol { .. } => "protocol_error",
            Self::Conversation { .. } => "not_supported",
        }
    }
}

/// `` `a`, `b` and 3 more``; `none` of nothing.
pub(crate) fn list(names: &[String]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    let shown: Vec<String> = names
        .iter()
        .take(NAMES_SHOWN)
        .map(|name| format!("`{name}`"))
        .collect();
    match names.len().saturating_sub(NAMES_SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// A name, or as much of it as is worth repeating.
pub(crate) fn shortened(name: &str) -> &str {
    match name.char_indices().nth(NAME_LIMIT) {
        Some((end, _)) => &name[..end],
        None => name,
    }
}

fn seconds(time: Duration) -> String {
    let ms = time.as_millis();
    if ms < 1000 {
        return format!("{ms} ms");
    }
    format!("{:.1} s", time.as_secs_f64())
}

#[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
fn megabytes(size_bytes: usize) -> f64 {
    size_bytes as f64 / (1024.0 * 1024.0)
}

/// `7,340,032`: sizes this long are misread without separators.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_say_what_was_wrong_and_what_would_be_right() {
        let tool = || "export".to_owned();
        let failures = [
            CallFailure::UnknownTool {
                tool: tool(),
                known: vec!["a".to_owned(), "b".to_owned()],
            },
            CallFailure::AccessDenied {
                tool: tool(),
                needed: Access::ReadWrite,
                allowed: Access::ReadOnly,
            },
            CallFailure::Excluded { tool: tool() },
            CallFailure::NotIncluded { tool: tool() },
            CallFailure::Arguments {
                found: "an array".to_owned(),
            },
            CallFailure::Panic { tool: tool() },
            CallFailure::Deadline {
                tool: tool(),
                had: Duration::from_millis(29_500),
            },
            CallFailure::TooLate {
                tool: tool(),
                left: Duration::from_millis(120),
            },
            CallFailure::TooLarge {
                tool: tool(),
                size_bytes: 7_340_032,
            },
            CallFailure::Protocol {
                code: -32603,
                message: "broken".to_owned(),
            },
            CallFailure::Conversation {
                tool: tool(),
                wanted: "input",
            },
        ];
        let texts: Vec<String> = failures
            .iter()
            .map(|failure| format!("{}: {failure}", failure.code()))
            .collect();
        insta::assert_snapshot!(texts.join("\n"));
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        assert_eq!(shortened("read_file"), "read_file");
        let name = "é".repeat(NAME_LIMIT + 1);
        assert_eq!(shortened(&name).chars().count(), NAME_LIMIT);
    }

    #[test]
    fn numbers_are_grouped_by_three() {
        let texts = [0, 999, 1000, 6_291_456].map(grouped);
        assert_eq!(texts, ["0", "999", "1,000", "6,291,456"]);
    }

    #[test]
    fn a_long_list_is_cut() {
        let names: Vec<String> = (0..52).map(|index| format!("t{index}")).collect();
        assert!(
            list(&names).ends_with("`t49` and 2 more"),
            "{}",
            list(&names)
        );
    }
}
