//! The bytes that an invocation returns.

use http::StatusCode;
use rmcp::ErrorData;
use rmcp::model::{CallToolResult, JsonRpcMessage, RequestId, ServerJsonRpcMessage, ServerResult};
use serde::Serialize;
use serde_json::Value;

use super::http::json_answer;
use super::stream::whole_stream;
use crate::error::failure_result;
use crate::failure::{CallFailure, RESPONSE_LIMIT_BYTES};
use crate::settings::{HttpResponse, ResultMode};

/// How an invocation wants to be answered.
#[derive(Debug, Clone)]
pub(super) enum Form {
    /// With the result of a tool.
    Tool(ResultMode),
    /// With a JSON-RPC response: to the call of a tool, or to another method.
    Message { id: RequestId, is_call: bool },
    /// With an HTTP response that holds such a response.
    Http {
        id: RequestId,
        is_call: bool,
        response: HttpResponse,
    },
}

/// How an invocation ended, for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) kind: OutcomeKind,
    pub(super) code: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OutcomeKind {
    /// The tool, or the method, did what it was asked to.
    Ok,
    /// The caller got a result with `isError`.
    ToolError,
    /// The caller got a JSON-RPC error.
    ProtocolError,
    /// The event was none that this crate knows.
    Unrecognised,
}

impl OutcomeKind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::ToolError => "tool_error",
            Self::ProtocolError => "protocol_error",
            Self::Unrecognised => "unrecognised",
        }
    }
}

impl Form {
    /// A tool's result, or the failure that stands for one that is too large.
    pub(super) fn result(&self, tool: &str, result: CallToolResult) -> (Vec<u8>, OutcomeKind) {
        let outcome = match result.is_error {
            Some(true) => OutcomeKind::ToolError,
            _ => OutcomeKind::Ok,
        };
        self.within_limit(tool, self.encode(result), outcome)
    }

    /// The response to a JSON-RPC message.
    pub(super) fn message(
        &self,
        tool: &str,
        message: &ServerJsonRpcMessage,
    ) -> (Vec<u8>, OutcomeKind) {
        let outcome = match message {
            JsonRpcMessage::Response(response) => match &response.result {
                ServerResult::CallToolResult(result) if result.is_error == Some(true) => {
                    OutcomeKind::ToolError
                }
                _ => OutcomeKind::Ok,
            },
            _ => OutcomeKind::ProtocolError,
        };
        self.within_limit(tool, bytes(message), outcome)
    }

    /// A failure that is this crate's to report.
    pub(super) fn failure(&self, failure: &CallFailure) -> (Vec<u8>, OutcomeKind) {
        if let Self::Http { response, .. } = self {
            let (message, outcome) = self.message_form().failure(failure);
            let answer = match response {
                HttpResponse::Buffered => bytes(&json_answer(StatusCode::OK, &message)),
                HttpResponse::Streaming => whole_stream(StatusCode::OK, &message),
            };
            return (answer, outcome);
        }
        let result = failure_result(failure);
        match self {
            Self::Message { id, is_call: false } => {
                let error = ErrorData::internal_error(failure.to_string(), None);
                let message = ServerJsonRpcMessage::error(error, Some(id.clone()));
                (bytes(&message), OutcomeKind::ProtocolError)
            }
            _ => (self.encode(result), OutcomeKind::ToolError),
        }
    }

    /// Whether its bytes are sent as a stream.
    pub(super) fn streams(&self) -> bool {
        let streaming = HttpResponse::Streaming;
        matches!(self, Self::Http { response, .. } if *response == streaming)
    }

    /// The form of the message inside an HTTP response.
    pub(super) fn message_form(&self) -> Self {
        match self {
            Self::Http { id, is_call, .. } => Self::Message {
                id: id.clone(),
                is_call: *is_call,
            },
            other => other.clone(),
        }
    }

    fn encode(&self, mut result: CallToolResult) -> Vec<u8> {
        // Tells results of MCP 2026-07-28 apart, which was not agreed on here.
        result.result_type = None;
        match self {
            // A failure keeps its shape: nothing else says that it is one.
            Self::Tool(ResultMode::Payload) if result.is_error != Some(true) => {
                bytes(&payload(result))
            }
            Self::Tool(_) => bytes(&result),
            Self::Message { id, .. } | Self::Http { id, .. } => {
                let result = ServerResult::CallToolResult(result);
                bytes(&ServerJsonRpcMessage::response(result, id.clone()))
            }
        }
    }

    pub(super) fn within_limit(
        &self,
        tool: &str,
        bytes: Vec<u8>,
        outcome: OutcomeKind,
    ) -> (Vec<u8>, OutcomeKind) {
        if bytes.len() <= RESPONSE_LIMIT_BYTES {
            return (bytes, outcome);
        }
        self.failure(&CallFailure::TooLarge {
            tool: tool.to_owned(),
            size_bytes: bytes.len(),
        })
    }
}

/// What a result holds, without MCP around it: the structured content, else the text (parsed where
/// it is a JSON object or array), else the content blocks.
fn payload(result: CallToolResult) -> Value {
    if let Some(content) = result.structured_content {
        return content;
    }
    let texts: Option<Vec<&str>> = result
        .content
        .iter()
        .map(|block| block.as_text().map(|text| text.text.as_str()))
        .collect();
    let Some(texts) = texts else {
        return serde_json::to_value(&result.content).unwrap_or_default();
    };
    if let [text] = texts.as_slice()
        && text.trim_start().starts_with(['{', '['])
        && let Ok(value) = serde_json::from_str(text)
    {
        return value;
    }
    Value::String(texts.join("\n"))
}

/// JSON of what has only strings for keys, which cannot fail.
pub(super) fn bytes(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("results have string keys only, and no writer that fails")
}

#[cfg(test)]
mod tests {
    use rmcp::model::ContentBlock;
    use serde_json::json;

    use super::*;

    fn text(text: &str) -> CallToolResult {
        CallToolResult::success(vec![ContentBlock::text(text)])
    }

    fn rendered(form: &Form, result: CallToolResult) -> Value {
        serde_json::from_slice(&form.result("x", result).0).expect("JSON")
    }

    #[test]
    fn mode_mcp_returns_the_result_itself() {
        let answer = rendered(&Form::Tool(ResultMode::Mcp), text("hi"));
        let expected = json!({ "content": [{ "type": "text", "text": "hi" }], "isError": false });
        assert_eq!(answer, expected);
    }

    #[test]
    fn mode_payload_returns_what_is_in_it() {
        let structured = CallToolResult::structured(json!({ "a": 1 }));
        let image = CallToolResult::success(vec![ContentBlock::image("AA==", "image/png")]);
        let two = CallToolResult::success(vec![ContentBlock::text("a"), ContentBlock::text("b")]);
        let cases = [
            (structured, json!({ "a": 1 })),
            (text("hi"), json!("hi")),
            (text("42"), json!("42")),
            (text("[1, 2]"), json!([1, 2])),
            (text("[not JSON"), json!("[not JSON")),
            (two, json!("a\nb")),
            (
                image,
                json!([{ "type": "image", "data": "AA==", "mimeType": "image/png" }]),
            ),
            (CallToolResult::success(vec![]), json!("")),
        ];
        for (result, expected) in cases {
            assert_eq!(rendered(&Form::Tool(ResultMode::Payload), result), expected);
        }
    }

    #[test]
    fn mode_payload_keeps_a_failure_recognisable() {
        let failed = CallToolResult::error(vec![ContentBlock::text("not_found: no")]);
        let answer = rendered(&Form::Tool(ResultMode::Payload), failed);
        let content = json!([{ "type": "text", "text": "not_found: no" }]);
        assert_eq!(answer, json!({ "content": content, "isError": true }));
    }

    #[test]
    fn the_limit_is_on_the_bytes_that_are_returned() {
        let form = Form::Tool(ResultMode::Payload);
        // Two bytes more as JSON: the quotes.
        let fits = "x".repeat(RESPONSE_LIMIT_BYTES - 2);
        assert_eq!(form.result("x", text(&fits)).0.len(), RESPONSE_LIMIT_BYTES);
        let (answer, outcome) = form.result("export", text(&format!("{fits}x")));
        assert_eq!(outcome, OutcomeKind::ToolError);
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        let text = answer["content"][0]["text"].as_str().unwrap();
        let start = "response_too_large: `export` answered with 6,291,457 bytes (6.0 MB)";
        assert!(text.starts_with(start), "{text}");
        assert_eq!(answer["isError"], true);
    }
}
