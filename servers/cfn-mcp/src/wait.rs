//! Waiting for a create, update or delete, as long as there is time.

use std::time::{Duration, Instant, SystemTime};

use agentcore_gateway_target::Deadline;
use aws_clients::{AwsError, Session};
use aws_sdk_cloudcontrol::types::ProgressEvent;
use serde::Serialize;

use crate::aws_call::{self, RESERVE};
use crate::error::CfnError;
use crate::progress::Progress;

/// First pause; each is half as long again as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// Longest pause of ours. AWS may ask for a longer one.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Time that a last look has to have after a pause.
const FOR_A_LOOK: Duration = Duration::from_millis(800);

/// Where a request stands after waiting for it.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    #[serde(flatten)]
    pub(crate) progress: Progress,
    /// How to go on when it is not complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    how_to_resume: Option<String>,
    /// Why there was no more waiting, when that was not for lack of time.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// Waits until a request is complete, or the time is up. A request that failed is an error.
///
/// Once AWS has accepted a change its token must not get lost: when its state cannot be read,
/// that is a note beside the token and no failure.
pub(crate) async fn settle(
    session: &Session,
    client: &aws_sdk_cloudcontrol::Client,
    event: ProgressEvent,
    subject: String,
    deadline: Deadline,
    longest: Duration,
) -> Result<Outcome, CfnError> {
    let until = Instant::now() + deadline.at_most(longest).saturating_sub(RESERVE);
    let mut progress = Progress::new(&event, &[]);
    let mut retry_after = event.retry_after().copied();
    let mut pause = FIRST_PAUSE;
    let mut note = None;
    while !progress.is_complete && !progress.request_token.is_empty() {
        let asked = retry_after.and_then(|time| SystemTime::try_from(time).ok());
        let asked = asked.and_then(|time| time.duration_since(SystemTime::now()).ok());
        let sleep = asked.unwrap_or_default().max(pause);
        let left = until.saturating_duration_since(Instant::now());
        if sleep + FOR_A_LOOK > left {
            break;
        }
        tokio::time::sleep(sleep).await;
        pause = (pause * 3 / 2).min(LONGEST_PAUSE);
        match status(
            session,
            client,
            &progress.request_token,
            Deadline::at(until),
        )
        .await
        {
            Ok((event, now)) => {
                retry_after = event.retry_after().copied();
                progress = now;
            }
            // These pass, and looking once more does no harm.
            Err(CfnError::Aws(
                AwsError::Timeout { .. } | AwsError::Throttled(_) | AwsError::Service(_),
            )) => {}
            Err(error) => {
                note = Some(format!(
                    "The request was accepted, but its state cannot be read. {error}"
                ));
                break;
            }
        }
    }
    if progress.is_failure() {
        return Err(CfnError::Request {
            subject,
            progress: Box::new(progress),
        });
    }
    let how_to_resume = (!progress.is_complete).then(|| resume(&progress));
    Ok(Outcome {
        progress,
        how_to_resume,
        note,
    })
}

/// Asks for the state of a request.
pub(crate) async fn status(
    session: &Session,
    client: &aws_sdk_cloudcontrol::Client,
    request_token: &str,
    deadline: Deadline,
) -> Result<(ProgressEvent, Progress), CfnError> {
    let call = session.call(
        "cloudformation:GetResourceRequestStatus",
        Some(format!("request `{request_token}`")),
    );
    let request = client
        .get_resource_request_status()
        .request_token(request_token);
    let output = aws_call::read(deadline, call.clone(), request.send()).await?;
    let event = output
        .progress_event()
        .ok_or_else(|| AwsError::unreadable(call, "there is no `ProgressEvent`"))?;
    let progress = Progress::new(event, output.hooks_progress_event());
    Ok((event.clone(), progress))
}

/// What to do about a request that is not complete.
pub(crate) fn resume(progress: &Progress) -> String {
    format!(
        "AWS is still working on it. Call `get_resource_request_status` with `request_token` `{}` in the same region until `is_complete` is true; do not send the change again.",
        progress.request_token
    )
}
