//! Sends requests: signed, bounded in time and size, repeated only when that may help.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use agentcore_gateway_target::Deadline;
use aws_clients::{AwsError, Call, Scope, Session};
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::ACTIONS;
use super::answer::{Envelope, Success};
use super::endpoint;
use super::error::PromqlError;
use super::request::Request;
use crate::aws_call::RESERVE;
use crate::error::CloudWatchError;
use crate::server::Server;

/// The signing name of CloudWatch metrics.
const SERVICE: &str = "monitoring";

/// Pauses before the second and the third attempt.
const PAUSES: [Duration; 2] = [Duration::from_millis(250), Duration::from_millis(750)];

/// One attempt takes at most this long, the invocation's deadline aside.
const ATTEMPT: Duration = Duration::from_secs(20);

/// A good answer is read up to here: indented and twice, it is some 5 MB.
const LONGEST_ANSWER: usize = 1_000_000;

/// An error's body is read up to here.
const LONGEST_ERROR: usize = 64 * 1024;

/// CloudWatch's own words are shown up to this many characters.
const LONGEST_TEXT: usize = 2_000;

/// The HTTP client, built by the first request that needs it. Clones share its connections.
#[derive(Debug, Clone, Default)]
pub(crate) struct Http(Arc<OnceLock<reqwest::Client>>);

impl Http {
    fn client(&self) -> Result<&reqwest::Client, PromqlError> {
        if let Some(client) = self.0.get() {
            return Ok(client);
        }
        // No redirects: they lead to hosts that nobody configured, with a signature for another.
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(Duration::from_secs(3))
            .timeout(ATTEMPT)
            .user_agent(concat!("mcp-fleet-cloudwatch/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(PromqlError::Client)?;
        Ok(self.0.get_or_init(|| client))
    }
}

/// Whether another attempt may go better.
enum Failure {
    Final(CloudWatchError),
    Passing(CloudWatchError),
}

impl From<AwsError> for Failure {
    fn from(error: AwsError) -> Self {
        Self::Final(error.into())
    }
}

impl From<PromqlError> for Failure {
    fn from(error: PromqlError) -> Self {
        Self::Final(error.into())
    }
}

/// Sends a request until it is answered: at most three times, and within the deadline.
pub(crate) async fn ask<T: DeserializeOwned>(
    server: &Server,
    scope: &Scope,
    request: &Request<'_>,
    deadline: Deadline,
) -> Result<Success<T>, CloudWatchError> {
    let session = server.aws.session(scope).await?;
    let base = endpoint::base(&session).await?;
    let call = session.call(ACTIONS[0], Some("PromQL".to_owned()));
    let asked = attempts(server, &session, &call, &base, request);
    let Some(left) = deadline.remaining() else {
        return asked.await;
    };
    let in_time = tokio::time::timeout(left.saturating_sub(RESERVE), asked).await;
    in_time.unwrap_or_else(|elapsed| {
        Err(CloudWatchError::Aws(AwsError::Timeout {
            call,
            source: Box::new(elapsed),
        }))
    })
}

async fn attempts<T: DeserializeOwned>(
    server: &Server,
    session: &Session,
    call: &Call,
    base: &str,
    request: &Request<'_>,
) -> Result<Success<T>, CloudWatchError> {
    let mut pauses = PAUSES.iter();
    loop {
        match attempt(server, session, call, base, request).await {
            Ok(success) => return Ok(success),
            Err(Failure::Final(error)) => return Err(error),
            Err(Failure::Passing(error)) => match pauses.next() {
                Some(pause) => tokio::time::sleep(*pause).await,
                None => return Err(error),
            },
        }
    }
}

async fn attempt<T: DeserializeOwned>(
    server: &Server,
    session: &Session,
    call: &Call,
    base: &str,
    request: &Request<'_>,
) -> Result<Success<T>, Failure> {
    let mut signed = request.http(base).map_err(AwsError::not_signable)?;
    let credentials = session.credentials().await?;
    let now = SystemTime::now();
    aws_clients::sign(&mut signed, SERVICE, session.region(), &credentials, now)?;
    let client = server.http.client()?;
    let outgoing = reqwest::Request::try_from(signed).map_err(PromqlError::Client)?;
    let silence = |source| Failure::Passing(CloudWatchError::Aws(unanswered(call, source)));
    let mut response = client.execute(outgoing).await.map_err(silence)?;
    let status = response.status().as_u16();
    let good = response.status().is_success();
    let limit = if good { LONGEST_ANSWER } else { LONGEST_ERROR };
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(silence)? {
        if body.len() + chunk.len() > limit {
            match good {
                true => return Err(PromqlError::TooLarge { limit }.into()),
                false => break,
            }
        }
        body.extend_from_slice(&chunk);
    }
    match good {
        true => read(call, status, &body),
        false => Err(refusal(call, status, response.headers(), &body)),
    }
}

/// Nothing came, or not all of it.
fn unanswered(call: &Call, source: reqwest::Error) -> AwsError {
    let call = call.clone();
    let timed_out = source.is_timeout();
    let source = Box::new(source.without_url());
    match timed_out {
        true => AwsError::Timeout { call, source },
        false => AwsError::Unreachable { call, source },
    }
}

/// A good status: the data, or what is wrong with it.
fn read<T: DeserializeOwned>(call: &Call, status: u16, body: &[u8]) -> Result<Success<T>, Failure> {
    let unreadable = |source: serde_json::Error| AwsError::Unreadable {
        call: call.clone(),
        source: Box::new(source),
    };
    let envelope: Envelope<T> = serde_json::from_slice(body).map_err(unreadable)?;
    envelope.success().map_err(|envelope| {
        if envelope.error.is_empty() {
            let reason = "neither data nor an error";
            unreadable(serde::de::Error::custom(reason)).into()
        } else {
            of_prometheus(status, &envelope.error_type, &envelope.error)
        }
    })
}

/// A bad status: the reason as Prometheus gives it, else as AWS does.
fn refusal(call: &Call, status: u16, headers: &HeaderMap, body: &[u8]) -> Failure {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| json[name].as_str();
    if let (Some("error"), Some(error)) = (text("status"), text("error")) {
        return of_prometheus(status, text("errorType").unwrap_or("unnamed"), error);
    }
    let header = |name: &str| headers.get(name)?.to_str().ok().map(clean);
    let code = header("x-amzn-errortype").or_else(|| text("__type").map(clean));
    // `namespace#Code:http://…`
    let code = code.as_deref().and_then(|code| code.split(':').next());
    let code = code.and_then(|code| code.rsplit('#').next());
    let message = text("message").or_else(|| text("Message"));
    let request_id = header("x-amzn-requestid");
    let error = AwsError::from_answer(call.clone(), status, code, message, request_id);
    let passing = status >= 500 || matches!(error, AwsError::Throttled(_));
    match passing {
        true => Failure::Passing(error.into()),
        false => Failure::Final(error.into()),
    }
}

/// `error_type`: <https://github.com/prometheus/prometheus/blob/main/web/api/v1/api.go>
fn of_prometheus(status: u16, error_type: &str, error: &str) -> Failure {
    let kind = clean(error_type);
    let error = clean(error);
    if status < 500 && status != 429 {
        return PromqlError::Rejected { kind, error }.into();
    }
    // Its own time or memory ran out: the same query would take as long again.
    let exhausted = matches!(error_type, "timeout" | "canceled" | "execution");
    let hint = match (exhausted, status) {
        (true, _) => "ask for less: narrower matchers, a shorter range or a larger step",
        (false, 429) => "too many requests; wait some seconds and call again",
        (false, _) => "this failed on AWS's side; call again in a moment",
    };
    let failed = PromqlError::Failed { kind, error, hint }.into();
    match exhausted {
        true => Failure::Final(failed),
        false => Failure::Passing(failed),
    }
}

/// Text from elsewhere, as one bounded line.
fn clean(text: impl AsRef<str>) -> String {
    let line = text
        .as_ref()
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c });
    let mut cleaned: String = line.take(LONGEST_TEXT).collect();
    if text.as_ref().chars().nth(LONGEST_TEXT).is_some() {
        cleaned.push('…');
    }
    cleaned.trim().to_owned()
}
