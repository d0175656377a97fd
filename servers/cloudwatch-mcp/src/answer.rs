//! Good answers: structured content, and the same as indented JSON.

use std::sync::Arc;

use rmcp::ErrorData;
use rmcp::handler::server::tool::IntoCallToolResult;
use rmcp::model::{CallToolResponse, CallToolResult, ContentBlock, JsonObject};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
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

/// The schema of a tool's structured content. As upstream's, it requires only what has no default:
/// rmcp's own would require every member.
pub(crate) fn schema_for_output<T: JsonSchema>() -> Arc<JsonObject> {
    let mut schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<T>();
    schema.remove("title");
    schema.remove("description");
    Arc::new(schema.as_object().cloned().unwrap_or_default())
}

impl IntoCallToolResult for Answer {
    fn into_call_tool_result(self) -> Result<CallToolResponse, ErrorData> {
        let mut result = CallToolResult::success(vec![ContentBlock::text(self.text)]);
        result.structured_content = Some(self.structured);
        Ok(result.into())
    }
}
