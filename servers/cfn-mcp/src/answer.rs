//! Good answers: structured content, and the same as indented JSON.

use rmcp::ErrorData;
use rmcp::handler::server::tool::IntoCallToolResult;
use rmcp::model::{CallToolResponse, CallToolResult, ContentBlock};
use serde::Serialize;
use serde_json::Value;

/// A good answer.
#[derive(Debug)]
pub(crate) struct Answer {
    texts: Vec<String>,
    structured: Value,
}

impl Answer {
    /// An object, and the same as indented JSON.
    ///
    /// # Panics
    ///
    /// When `value` has a map whose keys are no strings: never for what this crate answers.
    pub(crate) fn json<T: Serialize>(value: &T) -> Self {
        let text = serde_json::to_string_pretty(value).expect("names are strings");
        let structured = serde_json::to_value(value).expect("names are strings");
        Self {
            texts: vec![text],
            structured,
        }
    }

    /// Structured content, with text of its own.
    pub(crate) fn blocks(structured: Value, texts: Vec<String>) -> Self {
        Self { texts, structured }
    }
}

impl IntoCallToolResult for Answer {
    fn into_call_tool_result(self) -> Result<CallToolResponse, ErrorData> {
        let blocks = self.texts.into_iter().map(ContentBlock::text).collect();
        let mut result = CallToolResult::success(blocks);
        result.structured_content = Some(self.structured);
        Ok(result.into())
    }
}
