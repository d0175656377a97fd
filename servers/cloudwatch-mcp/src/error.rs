//! Why a tool call failed.

use agentcore_gateway_target::{ToolError, tool_failure};
use aws_clients::AwsError;
use rmcp::ErrorData;
use rmcp::handler::server::tool::IntoCallToolResult;
use rmcp::model::CallToolResponse;
use serde_json::{Value, json};

use crate::insights::QueryResult;

use crate::promql::PromqlError;

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
    /// PromQL gave no answer.
    #[error(transparent)]
    Promql(#[from] PromqlError),
    /// What the call is about is not there, where AWS answers an empty list.
    #[error("{what} does not exist in region `{region}`\nhint: {hint}")]
    NotFound {
        code: &'static str,
        what: String,
        region: String,
        hint: &'static str,
    },
    /// A Logs Insights query ended otherwise than by being complete.
    #[error("query `{query_id}` in region `{region}` {reason}{}", after(&.result.status))]
    #[expect(private_interfaces, reason = "only printed")]
    QueryEnded {
        query_id: String,
        region: String,
        reason: &'static str,
        result: Box<QueryResult>,
    },
    /// No part of a batch succeeded.
    #[error("none of the {chunks} queries succeeded. The first failure: {error}")]
    Batch {
        chunks: usize,
        error: Box<CloudWatchError>,
        result: Value,
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
            Self::Promql(error) => error.code(),
            Self::NotFound { code, .. } => code,
            Self::QueryEnded { result, .. } => match result.status.as_str() {
                "Cancelled" => "query_cancelled",
                "Timeout" => "query_timed_out",
                _ => "query_failed",
            },
            Self::Batch { error, .. } | Self::WithResult { error, .. } => error.code(),
        }
    }

    fn details(&self) -> Option<Value> {
        match self {
            Self::QueryEnded { result, .. } => Some(json!({ "result": result })),
            Self::Batch { result, .. } | Self::WithResult { result, .. } => Some(result.clone()),
            _ => None,
        }
    }
}

impl IntoCallToolResult for CloudWatchError {
    fn into_call_tool_result(self) -> Result<CallToolResponse, ErrorData> {
        Ok(tool_failure(&self))
    }
}

/// What to do about a query that ended with this status.
fn after(status: &str) -> &'static str {
    match status {
        "Failed" => "\nhint: run it again, over a shorter time or fewer log groups",
        "Timeout" => "\nhint: run it over a shorter time or fewer log groups",
        _ => "",
    }
}
