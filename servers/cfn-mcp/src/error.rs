//! Why a tool call failed.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use agentcore_gateway_target::{ToolError, tool_failure};
use aws_clients::{AwsError, Call};
use rmcp::ErrorData;
use rmcp::handler::server::tool::IntoCallToolResult;
use rmcp::model::CallToolResponse;
use serde_json::{Value, json};

use crate::patch::Misfit;
use crate::progress::Progress;

/// Why a tool call failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(
    missing_docs,
    private_interfaces,
    reason = "fields are named by the messages; callers only print an error"
)]
pub enum CfnError {
    /// An argument that its type alone does not tell apart.
    #[error("{0}")]
    Arguments(String),
    /// A path outside of the root.
    #[error("`save_to_file`: {given:?} is not a file below {}; write a relative path such as `template.yaml`, or leave it out: the answer holds the template", .root.display())]
    OutputPath { given: String, root: PathBuf },
    /// The disk said no.
    #[error("the template is ready, but cannot be written to {}\nhint: call again without `save_to_file`: the answer holds the template", .path.display())]
    NotSaved {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// The patch is well formed, but not for this resource.
    #[error(
        "{0}\nhint: nothing was changed; `get_resource` shows the properties that paths start at. Those that AWS never shows, such as passwords, are set with `add`"
    )]
    Misfit(#[from] Misfit),
    /// A call to AWS failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// A call to AWS failed, and there is better advice than for any other service.
    #[error("{}\nhint: {hint}", without_hint(.error))]
    AwsHinted { error: Box<AwsError>, hint: String },
    /// Not enough time is left to change something and learn what came of it.
    #[error("`{tool}` did not start: {left_ms} ms are left of the invocation and it wants {} s; nothing was changed\nhint: call again, or raise the function's timeout", .wanted.as_secs())]
    TooLate {
        tool: &'static str,
        left_ms: u128,
        wanted: Duration,
    },
    /// A change was sent and no answer came.
    #[error(
        "{call} did not answer in time, so it is not known whether it was accepted\nhint: {look}"
    )]
    OutcomeUnknown {
        call: Call,
        look: &'static str,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Cloud Control took the request, and it failed.
    #[error("{} failed: {}{}", .subject, reason(.progress), hint(.progress))]
    Request {
        subject: String,
        progress: Box<Progress>,
    },
    /// CloudFormation could not generate the template.
    #[error(
        "{message}\nhint: `resources` in the result says which failed and why; only resources that an IaC generator scan of the last 30 days has found can be used"
    )]
    Template {
        template_id: String,
        message: String,
        resources: Value,
    },
}

impl CfnError {
    /// Whether a resource type lacks the operation altogether.
    pub(crate) fn is_unsupported(&self) -> bool {
        let error = match self {
            Self::Aws(error) => error,
            Self::AwsHinted { error, .. } => error.as_ref(),
            _ => return false,
        };
        error
            .answer()
            .is_some_and(|answer| answer.code == "UnsupportedActionException")
    }
}

impl ToolError for CfnError {
    fn code(&self) -> &'static str {
        match self {
            Self::Arguments(_) | Self::OutputPath { .. } => "invalid_arguments",
            Self::NotSaved { .. } => "file_not_saved",
            Self::Misfit(_) => "patch_does_not_fit",
            Self::Aws(error) => error.code(),
            Self::AwsHinted { error, .. } => error.code(),
            Self::TooLate { .. } => "too_little_time",
            Self::OutcomeUnknown { .. } => "outcome_unknown",
            Self::Request { .. } => "resource_request_failed",
            Self::Template { .. } => "template_failed",
        }
    }

    fn details(&self) -> Option<Value> {
        match self {
            Self::Request { progress, .. } => serde_json::to_value(progress).ok(),
            Self::Template {
                template_id,
                message,
                resources,
            } => Some(json!({
                "status": "FAILED", "template_id": template_id,
                "resources": resources, "message": message,
            })),
            _ => None,
        }
    }
}

impl IntoCallToolResult for CfnError {
    fn into_call_tool_result(self) -> Result<CallToolResponse, ErrorData> {
        Ok(tool_failure(&self))
    }
}

fn without_hint(error: &AwsError) -> String {
    let text = error.to_string();
    match text.split_once("\nhint: ") {
        Some((message, _)) => message.to_owned(),
        None => text,
    }
}

fn reason(progress: &Progress) -> String {
    let code = progress.error_code.as_deref().unwrap_or(&progress.status);
    match &progress.status_message {
        Some(message) => format!("{code}: {message}"),
        None => code.to_owned(),
    }
}

/// What helps against the error of a resource type's handler.
/// <https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html>
fn hint(progress: &Progress) -> String {
    let message = progress.status_message.as_deref().unwrap_or_default();
    let hint = match progress.error_code.as_deref().unwrap_or_default() {
        "AccessDenied" | "UnauthorizedTaggingOperation" => denied_hint(message),
        "AlreadyExists" => "read it with `get_resource` and change it with `update_resource`, or choose another name".to_owned(),
        "InvalidRequest" => "`get_resource_schema_information` tells which properties there are and what they may be".to_owned(),
        "NotFound" => "check the identifier and the region; `list_resources` shows what there is".to_owned(),
        "NotUpdatable" => "this property cannot be changed once the resource exists: create another resource and delete this one".to_owned(),
        "ResourceConflict" => "something else is changing or using it; wait, then call again".to_owned(),
        "ServiceLimitExceeded" => "a quota of the account is used up; raise it or delete something".to_owned(),
        "Throttling" | "NetworkFailure" | "ServiceInternalError" | "ServiceTimeout" | "InternalFailure" => {
            "this failed on AWS's side; look with `get_resource` what came of it, then call again".to_owned()
        }
        "NotStabilized" => "it did not reach a stable state; look with `get_resource` what came of it".to_owned(),
        _ if progress.status == "CANCEL_COMPLETE" => {
            "it was cancelled; look with `get_resource` what came of it".to_owned()
        }
        _ => return String::new(),
    };
    format!("\nhint: {hint}")
}

/// Resource types act with the caller's rights, so a denial is mostly of another action than
/// Cloud Control's own. AWS's message names it.
pub(crate) fn denied_hint(message: &str) -> String {
    let all =
        "`get_resource_schema_information` lists all that the resource type needs under `handlers`";
    match denied_action(message) {
        Some(action) => format!(
            "allow `{action}` in the policy of the role or user whose credentials these are; {all}"
        ),
        None => format!(
            "the role or user whose credentials these are needs the resource type's own permissions as well; {all}"
        ),
    }
}

/// `s3:CreateBucket` of `… is not authorized to perform: s3:CreateBucket on resource …`.
pub(crate) fn denied_action(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("not authorized to perform: ")?;
    let action = rest.split([' ', ',', ';', '(', ')']).next()?;
    let (service, name) = action.split_once(':')?;
    let is_word = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    (is_word(service) && is_word(name)).then_some(action)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_denied_action_is_read_from_the_message() {
        for (message, action) in [
            (
                "User: arn:aws:sts::1:assumed-role/r is not authorized to perform: s3:CreateBucket on resource: x",
                Some("s3:CreateBucket"),
            ),
            (
                "not authorized to perform: kinesis-video:Get",
                Some("kinesis-video:Get"),
            ),
            ("not authorized to perform: *", None),
            ("not authorized to perform: s3:`x`", None),
            ("Access Denied", None),
        ] {
            assert_eq!(denied_action(message), action, "{message}");
        }
    }
}
