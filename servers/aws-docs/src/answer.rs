//! Good answers: structured content as upstream has it, and a readable text.

use rmcp::ErrorData;
use rmcp::handler::server::tool::IntoCallToolResult;
use rmcp::model::{CallToolResponse, CallToolResult, ContentBlock};
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::{Value, json};

/// A good answer.
#[derive(Debug)]
pub(crate) struct Answer {
    text: String,
    structured: Value,
}

/// Output of the tools that answer a text.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TextOutput {
    /// The text, which is also the text block.
    result: String,
}

impl Answer {
    /// A text, which is its own readable form.
    pub(crate) fn text(text: String) -> Self {
        Self {
            structured: json!({ "result": text }),
            text,
        }
    }

    /// A value, and the same as indented JSON.
    pub(crate) fn json(value: &impl Serialize) -> Self {
        Self {
            // Of the value itself: its members keep their order.
            text: serde_json::to_string_pretty(value).expect("plain data is JSON"),
            structured: serde_json::to_value(value).expect("plain data is JSON"),
        }
    }

    /// A list as `{"result": …}`, with the list alone as text.
    pub(crate) fn list(values: &[impl Serialize]) -> Self {
        let Self { text, structured } = Self::json(&values);
        Self {
            text,
            structured: json!({ "result": structured }),
        }
    }
}

/// Members that may be null are not required, as upstream has it, although they are always there.
pub(crate) fn optional(schema: &mut Schema) {
    let is_null = |member: &Value| {
        let types = member["type"].as_array();
        let branches = member["anyOf"].as_array();
        types.is_some_and(|types| types.contains(&json!("null")))
            || branches.is_some_and(|b| b.iter().any(|branch| branch["type"] == "null"))
    };
    let properties = schema.get("properties").cloned().unwrap_or_default();
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.retain(|name| !name.as_str().is_some_and(|name| is_null(&properties[name])));
    }
}

impl IntoCallToolResult for Answer {
    fn into_call_tool_result(self) -> Result<CallToolResponse, ErrorData> {
        let mut result = CallToolResult::success(vec![ContentBlock::text(self.text)]);
        result.structured_content = Some(self.structured);
        Ok(result.into())
    }
}
