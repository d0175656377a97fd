//! Asks CloudWatch, in the time that is left.

use std::time::Duration;

use agentcore_gateway_target::Deadline;
use aws_clients::{AwsError, Call, HttpError, Scope};
use prometheus_api::{Asking, Failure, Signing, Success};
use serde::de::DeserializeOwned;

use super::ACTIONS;
use super::endpoint;
use super::error::PromqlError;
use super::request::Request;
use crate::aws_call::RESERVE;
use crate::error::CloudWatchError;
use crate::server::Server;

/// The signing name of CloudWatch metrics.
const SERVICE: &str = "monitoring";

/// One attempt takes at most this long, the invocation's deadline aside.
const ATTEMPT: Duration = Duration::from_secs(20);

/// A good answer is read up to here: indented and twice, it is some 5 MB.
const LONGEST_ANSWER: usize = 1_000_000;

/// Sends a request until it is answered, within the deadline.
pub(crate) async fn ask<T: DeserializeOwned>(
    server: &Server,
    scope: &Scope,
    request: &Request<'_>,
    deadline: Deadline,
) -> Result<Success<T>, CloudWatchError> {
    let session = server.aws.session(scope).await?;
    let base = endpoint::base(&session).await?;
    let request = request.http(&base).map_err(AwsError::not_signable)?;
    let call = session.call(ACTIONS[0], Some("PromQL".to_owned()));
    let http = server.aws.http();
    let asking = Asking {
        http: &http,
        signing: Some(Signing {
            session: &session,
            service: SERVICE,
            call: call.clone(),
        }),
        longest_bytes: LONGEST_ANSWER,
        attempt: ATTEMPT,
    };
    let asked = asking.ask(&request);
    let answered = match deadline.remaining() {
        None => asked.await,
        Some(left) => tokio::time::timeout(left.saturating_sub(RESERVE), asked)
            .await
            .unwrap_or_else(|elapsed| {
                let late = HttpError::Timeout(Box::new(elapsed));
                Err(Failure::Unanswered(late))
            }),
    };
    let mut success: Success<T> = answered.map_err(|failure| told(call, failure))?;
    success.warnings.append(&mut success.infos);
    Ok(success)
}

/// What the caller is told of a failure.
fn told(call: Call, failure: Failure) -> CloudWatchError {
    match failure {
        Failure::Rejected { kind, error, .. } => PromqlError::Rejected { kind, error }.into(),
        Failure::Failed {
            status,
            kind,
            error,
            exhausted,
        } => {
            let hint = match (exhausted, status) {
                (true, _) => "ask for less: narrower matchers, a shorter range or a larger step",
                (false, 429) => "too many requests; wait some seconds and call again",
                (false, _) => "this failed on AWS's side; call again in a moment",
            };
            PromqlError::Failed { kind, error, hint }.into()
        }
        Failure::Aws(error) => error.into(),
        Failure::Unanswered(HttpError::TooLong { limit }) => PromqlError::TooLarge { limit }.into(),
        Failure::Unanswered(error) => error.of_call(call).into(),
        Failure::Foreign { source, .. } => AwsError::Unreadable { call, source }.into(),
        Failure::Http { status, .. } | Failure::Redirect { status, .. } => {
            AwsError::from_answer(call, status, None, None, None).into()
        }
    }
}
