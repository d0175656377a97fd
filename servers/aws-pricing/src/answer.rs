//! Good answers: structured content `{"result": …}` as upstream has it, and a readable text.

use rmcp::ErrorData;
use rmcp::handler::server::tool::IntoCallToolResult;
use rmcp::model::{CallToolResponse, CallToolResult, ContentBlock};
use serde_json::{Value, json};

/// A good answer.
#[derive(Debug)]
pub(crate) struct Answer {
    texts: Vec<String>,
    result: Value,
}

impl Answer {
    /// A value, and the same as indented JSON.
    pub(crate) fn json(result: Value) -> Self {
        Self {
            texts: vec![format!("{result:#}")],
            result,
        }
    }

    /// A list of names, and the same one to a line.
    pub(crate) fn lines(names: Vec<String>) -> Self {
        Self {
            texts: vec![names.join("\n")],
            result: names.into(),
        }
    }

    /// A text, which is its own readable form.
    pub(crate) fn text(text: String) -> Self {
        Self {
            texts: vec![text.clone()],
            result: text.into(),
        }
    }

    /// Another text block, which is no part of the result.
    pub(crate) fn with_note(mut self, note: String) -> Self {
        self.texts.push(note);
        self
    }
}

impl IntoCallToolResult for Answer {
    fn into_call_tool_result(self) -> Result<CallToolResponse, ErrorData> {
        let blocks = self.texts.into_iter().map(ContentBlock::text).collect();
        let mut result = CallToolResult::success(blocks);
        result.structured_content = Some(json!({ "result": self.result }));
        Ok(result.into())
    }
}
