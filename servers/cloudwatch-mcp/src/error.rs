//! Why a tool call failed.

use agentcore_gateway_target::{ToolError, tool_failure};
use aws_clients::AwsError;
use rmcp::ErrorData;
use rmcp::handler::server::tool::IntoCallToolResult;
use rmcp::model::CallToolResponse;
use serde_json::Value;

/// Why a tool call failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(
    missing_docs,
    reason = "fields are named by the messages; callers only print an error"
)]
pub enum CloudWatchError {
    /// An argument that its type alone does not tell apart.
    #[error("{0}")]
    Arguments(String),
    /// A call to AWS failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// What the call is about is not there, where AWS answers an empty list.
    #[error("{what} does not exist in region `{region}`\nhint: {hint}")]
    NotFound {
        code: &'static str,
        what: String,
        region: String,
        hint: &'static str,
    },
    /// A failure with the members that upstream has in such a result.
    #[error("{error}")]
    WithResult {
        error: Box<CloudWatchError>,
        result: Value,
    },
}

impl CloudWatchError {
    /// The same failure, with structured content.
    pub(crate) fn with_result(self, result: Value) -> Self {
        Self::WithResult {
            error: Box::new(self),
            result,
        }
    }
}

impl ToolError for CloudWatchError {
    fn code(&self) -> &'static str {
        match self {
            Self::Arguments(_) => "invalid_arguments",
            Self::Aws(error) => error.code(),
            Self::NotFound { code, .. } => code,
            Self::WithResult { error, .. } => error.code(),
        }
    }

    fn details(&self) -> Option<Value> {
        match self {
            Self::WithResult { result, .. } => Some(result.clone()),
            _ => None,
        }
    }
}

impl IntoCallToolResult for CloudWatchError {
    fn into_call_tool_result(self) -> Result<CallToolResponse, ErrorData> {
        Ok(tool_failure(&self))
    }
}
