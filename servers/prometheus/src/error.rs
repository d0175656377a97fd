//! Why a tool call failed.

use std::time::Duration;

use agentcore_gateway_target::{ToolError, tool_failure};
use aws_clients::{AwsError, HttpError, RegionName};
use rmcp::ErrorData;
use rmcp::handler::server::tool::IntoCallToolResult;
use rmcp::model::CallToolResponse;

use crate::endpoint::{UrlProblem, WorkspaceId};

/// Why a tool call failed. Hosts and raw bodies are in the sources, which are logged only.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(
    missing_docs,
    private_interfaces,
    reason = "fields are named by the messages; callers only print an error"
)]
pub enum PrometheusError {
    /// Neither a URL nor a workspace.
    #[error(
        "there is no Prometheus to ask: set `PROMETHEUS_URL`, or pass a `workspace_id` from `GetAvailableWorkspaces`"
    )]
    NotConfigured,
    /// Two places at once.
    #[error("`workspace_id` names `{}`, but this server only asks the Prometheus of its `PROMETHEUS_URL`\nhint: leave `workspace_id` out, or unset `PROMETHEUS_URL`", .workspace.as_str())]
    WorkspaceConflict { workspace: WorkspaceId },
    /// A region that the configured workspace is not in.
    #[error(
        "`region` is `{argument}`, but `PROMETHEUS_URL` names a workspace in `{configured}`\nhint: leave `region` out"
    )]
    RegionConflict {
        argument: RegionName,
        configured: RegionName,
    },
    /// AMP names no address for the workspace.
    #[error("workspace `{}` in `{region}` cannot be queried: its status is {status} and AMP gives no query endpoint for it", .workspace.as_str())]
    NoEndpoint {
        workspace: WorkspaceId,
        region: RegionName,
        status: String,
    },
    /// AMP, or what answers in its place, names an address that is not AMP's.
    #[error("workspace `{}` is said to be at an address that is not one of AMP, so it is not asked\nhint: for a private stand-in, add its origin to `PROMETHEUS_TRUSTED_ORIGINS`", .workspace.as_str())]
    EndpointRefused {
        workspace: WorkspaceId,
        #[source]
        source: RefusedEndpoint,
    },
    /// A range that ends before it starts.
    #[error("`end` ({end}) lies before `start` ({start})")]
    EmptyRange { start: String, end: String },
    /// Prometheus understood the request and refused it.
    #[error("Prometheus refused the request (HTTP {status}, {kind}): {error}")]
    Rejected {
        status: u16,
        kind: String,
        error: String,
    },
    /// Prometheus understood the request and failed at it.
    #[error("Prometheus failed (HTTP {status}, {kind}): {error}{hint}")]
    Failed {
        status: u16,
        kind: String,
        error: String,
        hint: &'static str,
    },
    /// An HTTP error that does not come from Prometheus's API.
    #[error("the server at the Prometheus address answered HTTP {status}{text}{hint}")]
    Http {
        status: u16,
        text: String,
        hint: &'static str,
    },
    /// A redirect, which could lead anywhere.
    #[error(
        "the server at the Prometheus address answered with a redirect (HTTP {status}), which is not followed\nhint: set `PROMETHEUS_URL` to the address it leads to"
    )]
    Redirect {
        status: u16,
        #[source]
        source: Location,
    },
    /// HTTP 200 with something else in it.
    #[error(
        "the server at the Prometheus address answered HTTP {status} with {what}, which is not an answer of the Prometheus API\nhint: check `PROMETHEUS_URL`"
    )]
    NotPrometheus {
        status: u16,
        what: String,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// More than is read.
    #[error(
        "the result is larger than {limit} bytes\nhint: {hint}; or raise `PROMETHEUS_MAX_RESPONSE_BYTES`"
    )]
    TooLarge { limit: usize, hint: &'static str },
    /// No connection, or one that broke.
    #[error(
        "the Prometheus address cannot be reached (3 attempts)\nhint: check `PROMETHEUS_URL`, that Prometheus runs, and that the network lets this server reach it"
    )]
    Unreachable {
        #[source]
        source: HttpError,
    },
    /// The time ran out.
    #[error("no answer within {seconds} s\nhint: ask for less (narrower matchers, shorter range, larger step), or raise `PROMETHEUS_TIMEOUT_SECONDS` and the function's timeout", seconds = .limit.as_secs_f32())]
    Timeout { limit: Duration },
    /// A call to AWS failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
}

/// An address that AMP gave and that is not used. For the log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RefusedEndpoint {
    #[error(transparent)]
    Malformed(#[from] UrlProblem),
    #[error("{0} is neither the workspace's AMP address nor of a trusted origin")]
    Foreign(String),
}

/// Where a redirect leads. For the log.
#[derive(Debug, thiserror::Error)]
#[error("redirected to {0:?}")]
pub(crate) struct Location(pub(crate) String);

impl ToolError for PrometheusError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotConfigured => "not_configured",
            Self::WorkspaceConflict { .. } => "workspace_conflict",
            Self::RegionConflict { .. } => "region_conflict",
            Self::NoEndpoint { .. } => "workspace_not_queryable",
            Self::EndpointRefused { .. } => "endpoint_refused",
            Self::EmptyRange { .. } => "invalid_arguments",
            Self::Rejected { .. } => "query_rejected",
            Self::Failed { .. } => "prometheus_failed",
            Self::Http { .. } => "prometheus_http_error",
            Self::Redirect { .. } => "redirect_refused",
            Self::NotPrometheus { .. } => "not_prometheus",
            Self::TooLarge { .. } => "result_too_large",
            Self::Unreachable { .. } => "prometheus_unreachable",
            Self::Timeout { .. } => "prometheus_timeout",
            Self::Aws(error) => error.code(),
        }
    }
}

impl IntoCallToolResult for PrometheusError {
    fn into_call_tool_result(self) -> Result<CallToolResponse, ErrorData> {
        Ok(tool_failure(&self))
    }
}
