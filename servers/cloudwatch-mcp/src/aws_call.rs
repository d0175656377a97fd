//! One call to AWS, in the time that is left.

use std::error::Error as StdError;
use std::time::Duration;

use agentcore_gateway_target::Deadline;
use aws_clients::{AwsError, Call};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// Kept of the time that is left, to answer before the deadline cuts the call off.
pub(crate) const RESERVE: Duration = Duration::from_millis(300);

/// Runs a call.
pub(crate) async fn run<T, E>(
    deadline: Deadline,
    call: Call,
    request: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
) -> Result<T, AwsError>
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    let Some(left) = deadline.remaining() else {
        return request
            .await
            .map_err(|error| AwsError::from_sdk(call, error));
    };
    match tokio::time::timeout(left.saturating_sub(RESERVE), request).await {
        Ok(answer) => answer.map_err(|error| AwsError::from_sdk(call, error)),
        Err(elapsed) => Err(AwsError::Timeout {
            call,
            source: Box::new(elapsed),
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn a_call_ends_before_the_deadline() {
        let call = Call {
            action: "logs:GetQueryResults",
            subject: None,
            region: "eu-west-1".to_owned().try_into().expect("a region"),
            profile: None,
        };
        type Silence = Result<(), SdkError<aws_sdk_cloudwatchlogs::Error, HttpResponse>>;
        let over = Deadline::at(Instant::now());
        let error = run(over, call, std::future::pending::<Silence>()).await;
        assert_eq!(error.unwrap_err().code(), "aws_timeout");
    }
}
