//! Good answers: structured content, and the same as indented JSON.

use rmcp::ErrorData;
use rmcp::handler::server::tool::IntoCallToolResult;
use rmcp::model::{CallToolResponse, CallToolResult, ContentBlock};
use serde::Serialize;
use serde_json::{Value, json};

/// A good answer.
#[derive(Debug)]
pub(crate) struct Answer {
    text: String,
    structured: Value,
}

impl Answer {
    /// An object, and the same as indented JSON.
    ///
    /// # Panics
    ///
    /// When `value` has a map whose keys are no strings: never for what this crate answers.
    pub(crate) fn json<T: Serialize>(value: &T) -> Self {
        Self {
            text: serde_json::to_string_pretty(value).expect("names are strings"),
            structured: serde_json::to_value(value).expect("names are strings"),
        }
    }

    /// As [`Self::json`], where upstream wraps the structured content: `{"result": …}`.
    pub(crate) fn result<T: Serialize>(value: &T) -> Self {
        let Self { text, structured } = Self::json(value);
        Self {
            text,
            structured: json!({ "result": structured }),
        }
    }

    /// `{"result": …}` with a text of its own.
    pub(crate) fn text(text: String, result: Value) -> Self {
        Self {
            text,
            structured: json!({ "result": result }),
        }
    }
}

impl IntoCallToolResult for Answer {
    fn into_call_tool_result(self) -> Result<CallToolResponse, ErrorData> {
        let mut result = CallToolResult::success(vec![ContentBlock::text(self.text)]);
        result.structured_content = Some(self.structured);
        Ok(result.into())
    }
}
