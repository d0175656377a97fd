//! From what a target returned to the `tools/call` result that the client sees.

use rmcp::model::{CallToolResult, ContentBlock};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::chain::Chain;
use crate::invoke::{Failure, Returned};
use crate::jsonrpc::json;

/// What a client is told of a failure when the gateway does not debug.
const GENERIC: &str = "InternalServerException - An internal error occurred. Please retry later.";

/// What becomes of a function's return value. Which of the two the service does with a return value in
/// the shape of a `CallToolResult` is not documented (`docs/limits.md`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ResultMode {
    /// The whole return value as JSON text in one text block.
    #[default]
    Wrap,
    /// A `CallToolResult` goes to the client as it is; anything else is wrapped.
    Passthrough,
}

/// Whether clients are told why a call failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ExceptionLevel {
    /// Only that it failed. The gateway's own log says why.
    #[default]
    None,
    /// The reason, in the text and in `_meta.debug`.
    Debug,
}

impl ResultMode {
    /// As written on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wrap => "wrap",
            Self::Passthrough => "passthrough",
        }
    }
}

impl ExceptionLevel {
    /// As written on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Debug => "debug",
        }
    }
}

/// The result for what a target returned.
///
/// # Errors
///
/// When the return value is not JSON.
pub(crate) fn returned(returned: &Returned, mode: ResultMode) -> Result<String, serde_json::Error> {
    let (payload, may_pass) = match returned {
        Returned::Value(payload) => (payload, mode == ResultMode::Passthrough),
        Returned::ToolResult(payload) => (payload, true),
    };
    let value: &RawValue = serde_json::from_slice(payload)?;
    if may_pass && is_tool_result(value) {
        return Ok(value.get().to_owned());
    }
    Ok(match serde_json::from_str::<String>(value.get()) {
        Ok(text) => text_result(text, false),
        Err(_) => text_result(value.get(), false),
    })
}

/// Whether a client would accept `value` as the result of a tool call.
fn is_tool_result(value: &RawValue) -> bool {
    // rmcp takes a result without content for complete; the protocol wants the member.
    #[derive(Deserialize)]
    struct HasContent {
        #[serde(rename = "content")]
        _content: serde::de::IgnoredAny,
    }
    serde_json::from_str::<HasContent>(value.get()).is_ok()
        && serde_json::from_str::<CallToolResult>(value.get()).is_ok()
}

/// The result that refuses a call before it reaches the target.
pub(crate) fn refused(text: String) -> String {
    text_result(text, true)
}

/// The result for a target that failed.
pub(crate) fn failed(failure: &Failure, level: ExceptionLevel) -> String {
    match level {
        ExceptionLevel::None => text_result(GENERIC, true),
        ExceptionLevel::Debug => {
            let text = format!("InternalServerException - {}", Chain(failure));
            let mut result = CallToolResult::error(vec![ContentBlock::text(text.clone())]);
            let debug = serde_json::json!({"type": "text", "text": text});
            result.meta = serde_json::from_value(serde_json::json!({ "debug": debug })).ok();
            without_result_type(result)
        }
    }
}

fn text_result(text: impl Into<String>, is_error: bool) -> String {
    let content = vec![ContentBlock::text(text)];
    without_result_type(if is_error {
        CallToolResult::error(content)
    } else {
        CallToolResult::success(content)
    })
}

/// `resultType` came with protocol 2026-07-28; earlier versions do not know it.
fn without_result_type(mut result: CallToolResult) -> String {
    result.result_type = None;
    json(&result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn value(payload: &[u8], mode: ResultMode) -> Result<String, serde_json::Error> {
        returned(&Returned::Value(Bytes::copy_from_slice(payload)), mode)
    }

    fn wrap(payload: &'static str) -> String {
        value(payload.as_bytes(), ResultMode::Wrap).unwrap()
    }

    fn pass(payload: &'static str) -> String {
        value(payload.as_bytes(), ResultMode::Passthrough).unwrap()
    }

    #[test]
    fn the_result_of_an_mcp_server_passes_in_every_mode() {
        let result = r#"{"content":[],"isError":true}"#;
        let server = Returned::ToolResult(Bytes::from_static(result.as_bytes()));
        assert_eq!(returned(&server, ResultMode::Wrap).unwrap(), result);
    }

    #[test]
    fn wrap_makes_the_whole_return_value_one_text() {
        for (payload, text) in [
            (
                r#"{"statusCode":200,"body":"b"}"#,
                r#"{\"statusCode\":200,\"body\":\"b\"}"#,
            ),
            (r#"{"statusCode":500}"#, r#"{\"statusCode\":500}"#),
            (
                r#"{"content":[],"isError":true}"#,
                r#"{\"content\":[],\"isError\":true}"#,
            ),
            (
                r#"{"z":1.50,"a":10000000000000000000000}"#,
                r#"{\"z\":1.50,\"a\":10000000000000000000000}"#,
            ),
            ("[1, 2]", "[1, 2]"),
            ("null", "null"),
            (r#""a\tb""#, r"a\tb"),
            (r#""""#, ""),
        ] {
            let expected =
                format!(r#"{{"content":[{{"type":"text","text":"{text}"}}],"isError":false}}"#);
            assert_eq!(wrap(payload), expected);
        }
    }

    #[test]
    fn passthrough_keeps_a_tool_result_to_the_byte() {
        for result in [
            r#"{"content":[],"isError":true}"#,
            r#"{"isError":false, "content":[{"type":"text","text":"t"}], "structuredContent":{"b":1,"a":2}}"#,
            r#"{"content":[{"type":"image","data":"AA==","mimeType":"image/png"}]}"#,
        ] {
            assert_eq!(pass(result), result);
        }
    }

    #[test]
    fn passthrough_wraps_what_no_client_would_accept() {
        for payload in [
            r#"{"structuredContent":{}}"#,
            r#"{"isError":true}"#,
            r#"{"content":"text"}"#,
            r#"{"content":[{"type":"text"}]}"#,
            r#"{"content":[{"type":"hologram"}]}"#,
            "7",
            r#""text""#,
        ] {
            assert_eq!(pass(payload), wrap(payload));
        }
    }

    #[test]
    fn what_is_not_json_is_an_error() {
        for payload in ["", "<html>", "{", "{} {}", "\u{feff}{}"] {
            value(payload.as_bytes(), ResultMode::Wrap).unwrap_err();
        }
        value(b"\"\xff\"", ResultMode::Wrap).unwrap_err();
    }

    #[test]
    fn a_failure_is_generic_unless_the_gateway_debugs() {
        let failure = Failure::Function {
            function: "mcp-server-f".to_owned(),
            kind: "Sandbox.Timedout".to_owned(),
            message: "Task timed out after 3.00 seconds".to_owned(),
        };
        assert_eq!(
            failed(&failure, ExceptionLevel::None),
            r#"{"content":[{"type":"text","text":"InternalServerException - An internal error occurred. Please retry later."}],"isError":true}"#
        );
        let text = "InternalServerException - Lambda function `mcp-server-f` failed: Sandbox.Timedout: Task timed out after 3.00 seconds";
        assert_eq!(
            failed(&failure, ExceptionLevel::Debug),
            format!(
                r#"{{"content":[{{"type":"text","text":"{text}"}}],"isError":true,"_meta":{{"debug":{{"text":"{text}","type":"text"}}}}}}"#
            )
        );
    }
}
