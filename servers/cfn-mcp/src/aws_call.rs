//! One call to AWS: in the time that is left, and with the best advice when it fails.

use std::error::Error as StdError;
use std::time::Duration;

use agentcore_gateway_target::Deadline;
use aws_clients::{AwsError, Call};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use tokio::time::error::Elapsed;

use crate::error::{CfnError, denied_action, denied_hint};

/// Kept of the time that is left, to answer before the deadline cuts the call off.
pub(crate) const RESERVE: Duration = Duration::from_millis(200);

/// Less than this, and a change is not even started: its request token could get lost.
const WANTED_FOR_A_CHANGE: Duration = Duration::from_secs(3);

/// The one change that is not one of a resource.
pub(crate) const CREATE_TEMPLATE: &str = "cloudformation:CreateGeneratedTemplate";

/// Refuses to change something when the time does not suffice to learn what came of it.
pub(crate) fn time_for_a_change(tool: &'static str, deadline: Deadline) -> Result<(), CfnError> {
    match deadline.remaining() {
        Some(left) if left < WANTED_FOR_A_CHANGE => Err(CfnError::TooLate {
            tool,
            left_ms: left.as_millis(),
            wanted: WANTED_FOR_A_CHANGE,
        }),
        _ => Ok(()),
    }
}

/// Runs a call that may be repeated.
pub(crate) async fn read<T, E>(
    deadline: Deadline,
    call: Call,
    request: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
) -> Result<T, CfnError>
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    match in_time(deadline, request).await {
        Ok(Ok(output)) => Ok(output),
        Ok(Err(error)) => Err(advised(AwsError::from_sdk(call, error))),
        Err(elapsed) => Err(CfnError::Aws(AwsError::Timeout {
            call,
            source: Box::new(elapsed),
        })),
    }
}

/// Runs a call that changes something. The SDK repeats it, if at all, with the same client token;
/// a caller who repeats it may change things twice, so silence is not reported as a mere timeout.
pub(crate) async fn write<T, E>(
    deadline: Deadline,
    call: Call,
    request: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
) -> Result<T, CfnError>
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    match in_time(deadline, request).await {
        Ok(Ok(output)) => Ok(output),
        Ok(Err(error)) => match AwsError::from_sdk(call, error) {
            AwsError::Timeout { call, source } | AwsError::Unreadable { call, source } => {
                Err(outcome_unknown(call, source))
            }
            error => Err(advised(error)),
        },
        Err(elapsed) => Err(outcome_unknown(call, Box::new(elapsed))),
    }
}

fn outcome_unknown(call: Call, source: Box<dyn StdError + Send + Sync>) -> CfnError {
    let look = match call.action {
        CREATE_TEMPLATE => {
            "call `create_template` with the name as `template_id` before you repeat it"
        }
        _ => "look with `get_resource` or `list_resources` before you repeat it",
    };
    CfnError::OutcomeUnknown { call, look, source }
}

async fn in_time<F: Future>(deadline: Deadline, work: F) -> Result<F::Output, Elapsed> {
    match deadline.remaining() {
        Some(left) => tokio::time::timeout(left.saturating_sub(RESERVE), work).await,
        None => Ok(work.await),
    }
}

/// Errors of Cloud Control for which there is better advice than what fits every service.
/// <https://docs.aws.amazon.com/cloudcontrolapi/latest/APIReference/API_CreateResource.html>
fn advised(error: AwsError) -> CfnError {
    let Some(answer) = error.answer() else {
        return error.into();
    };
    let hint = match answer.code.as_str() {
        "AlreadyExistsException" if answer.call.action == CREATE_TEMPLATE => {
            "ask for it by passing its name as `template_id`, or choose another `template_name`".to_owned()
        }
        "AlreadyExistsException" => {
            "read it with `get_resource` and change it with `update_resource`".to_owned()
        }
        "ConcurrentOperationException" | "ResourceConflictException" => {
            "something else is changing this resource; wait, then call again".to_owned()
        }
        "NotUpdatableException" => {
            "this property cannot be changed once the resource exists: create another resource and delete this one".to_owned()
        }
        "TypeNotFoundException" => {
            "check the spelling of the resource type, as in `AWS::S3::Bucket`; third-party and private types have to be activated in this region first".to_owned()
        }
        "UnsupportedActionException" => {
            "this resource type cannot do that through Cloud Control; `handlers` of `get_resource_schema_information` lists what it can".to_owned()
        }
        "ValidationException" | "InvalidRequestException" | "GeneralServiceException" => {
            "`get_resource_schema_information` tells which properties there are, what they may be, and which of them identify a resource".to_owned()
        }
        _ => match (&error, denied_action(&answer.message)) {
            (AwsError::Denied(answer), Some(action)) if action != answer.call.action => {
                denied_hint(&answer.message)
            }
            _ => return error.into(),
        },
    };
    CfnError::AwsHinted {
        error: Box::new(error),
        hint,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use agentcore_gateway_target::ToolError as _;

    use super::*;

    fn answered(code: &str, message: &str) -> CfnError {
        advised(AwsError::from_answer(
            call("cloudformation:GetResource"),
            400,
            Some(code),
            Some(message),
            None,
        ))
    }

    #[test]
    fn a_denial_names_the_action_that_is_denied() {
        let own = "User: u is not authorized to perform: cloudformation:GetResource on resource: r";
        assert!(answered("AccessDeniedException", own).to_string().ends_with(
            "\nhint: allow `cloudformation:GetResource` in the policy of the role or user whose credentials these are"
        ));
        let other = answered(
            "AccessDeniedException",
            "User: u is not authorized to perform: s3:GetBucketTagging on resource: r",
        );
        assert_eq!(other.code(), "aws_access_denied");
        assert!(
            other.to_string().ends_with(
                "on resource: r\nhint: allow `s3:GetBucketTagging` in the policy of the role or user whose credentials these are; `get_resource_schema_information` lists all that the resource type needs under `handlers`"
            ),
            "{other}"
        );
    }

    #[test]
    fn a_type_that_cannot_do_it_is_told_apart() {
        let error = answered("UnsupportedActionException", "no READ");
        assert_eq!(error.code(), "aws_invalid_request");
        assert!(
            error
                .to_string()
                .contains("UnsupportedActionException: no READ\nhint: this resource type cannot")
        );
        let error = answered("TypeNotFoundException", "no type");
        assert_eq!(error.code(), "aws_not_found");
        assert_eq!(error.to_string().matches("hint:").count(), 1, "{error}");
    }

    fn call(action: &'static str) -> Call {
        Call {
            action,
            subject: None,
            region: "eu-west-1".to_owned().try_into().expect("a region"),
            profile: None,
        }
    }

    type Silence = Result<(), SdkError<aws_sdk_cloudcontrol::Error, HttpResponse>>;

    #[tokio::test]
    async fn silence_means_something_else_for_a_change_than_for_a_look() {
        let over = Deadline::at(Instant::now());
        let look = read(over, call("a:Look"), std::future::pending::<Silence>()).await;
        assert_eq!(look.unwrap_err().code(), "aws_timeout");
        for (action, hint) in [
            (
                "cloudformation:DeleteResource",
                "hint: look with `get_resource` or `list_resources` before you repeat it",
            ),
            (
                CREATE_TEMPLATE,
                "hint: call `create_template` with the name as `template_id` before you repeat it",
            ),
        ] {
            let change = write(over, call(action), std::future::pending::<Silence>()).await;
            let error = change.unwrap_err();
            assert_eq!(error.code(), "outcome_unknown");
            assert!(error.to_string().ends_with(hint), "{error}");
        }
    }

    #[test]
    fn a_change_needs_time() {
        assert!(time_for_a_change("t", Deadline::NONE).is_ok());
        let soon = Deadline::at(Instant::now());
        let error = time_for_a_change("t", soon).unwrap_err();
        assert_eq!(error.code(), "too_little_time");
        assert!(error.to_string().contains("nothing was changed"));
    }
}
