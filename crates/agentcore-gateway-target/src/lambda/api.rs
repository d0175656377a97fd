//! The Runtime API: fetch an invocation, answer it.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::request::Builder;
use http::{HeaderMap, Method, StatusCode, Uri};
use http_body_util::BodyExt as _;
use invocation_trace::Trace;
use lambda_runtime_api_client::body::Body;
use lambda_runtime_api_client::{BoxError, PooledClient, build_request};
use serde_json::json;

use super::answer::Outcome;
use super::stream::HttpStream;
use crate::error::chain;

/// Root of every path.
pub(super) const VERSION: &str = "/2018-06-01";

const REQUEST_ID: &str = "lambda-runtime-aws-request-id";
const DEADLINE_MS: &str = "lambda-runtime-deadline-ms";
const TRACE_ID: &str = "lambda-runtime-trace-id";
const CLIENT_CONTEXT: &str = "lambda-runtime-client-context";
pub(super) const RESPONSE_MODE: &str = "Lambda-Runtime-Function-Response-Mode";
const ERROR_TYPE: &str = "Lambda-Runtime-Function-Error-Type";

/// The content type of a stream with the head of an HTTP response before it.
pub(super) const STREAM: &str = "application/vnd.awslambda.http-integration-response";

/// The type of an initialisation that failed on its settings: `Category.Reason`, as Lambda wants.
const CONFIG_INVALID: &str = "Server.ConfigInvalid";

/// What went wrong between this process and the Runtime API.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    #[error("`{authority}` is not the address of a Runtime API")]
    Address {
        authority: String,
        source: http::uri::InvalidUri,
    },
    #[error("the request to the Runtime API could not be made")]
    Request(#[source] http::Error),
    #[error("the Runtime API did not answer")]
    Unreachable(#[source] BoxError),
    #[error("the Runtime API answered {status}")]
    Refused { status: StatusCode },
    #[error("an invocation came without a request id, so it cannot be answered")]
    NoRequestId,
}

impl ApiError {
    /// Everything below the error, for the log.
    pub(super) fn chain(&self) -> String {
        chain(std::error::Error::source(self))
    }
}

/// An invocation as it arrives.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) request_id: String,
    /// When Lambda ends the invocation.
    pub(super) deadline: Option<Instant>,
    /// The X-Ray trace that the invocation belongs to.
    pub(super) trace: Option<Trace>,
    /// The client context's bytes, whatever they are.
    pub(super) context: Option<Vec<u8>>,
    pub(super) body: Bytes,
}

pub(super) struct RuntimeApi {
    client: PooledClient,
}

impl RuntimeApi {
    pub(super) fn new(authority: &str) -> Result<Self, ApiError> {
        let base: Uri =
            format!("http://{authority}")
                .parse()
                .map_err(|source| ApiError::Address {
                    authority: authority.to_owned(),
                    source,
                })?;
        let client = PooledClient::builder().with_endpoint(base).build();
        Ok(Self { client })
    }

    /// Waits for the next invocation, as long as that takes.
    pub(super) async fn next(&self) -> Result<Received, ApiError> {
        let path = format!("{VERSION}/runtime/invocation/next");
        let request = build_request().method(Method::GET).uri(path);
        let (headers, body) = self.send(request, Body::empty()).await?;
        let text = |name| headers.get(name)?.to_str().ok();
        let request_id = text(REQUEST_ID).ok_or(ApiError::NoRequestId)?.to_owned();
        Ok(Received {
            request_id,
            deadline: text(DEADLINE_MS).and_then(instant),
            trace: text(TRACE_ID).and_then(Trace::new),
            context: headers
                .get(CLIENT_CONTEXT)
                .map(|value| value.as_bytes().to_vec()),
            body,
        })
    }

    /// Answers an invocation.
    pub(super) async fn respond(&self, request_id: &str, answer: Vec<u8>) -> Result<(), ApiError> {
        let path = format!("{VERSION}/runtime/invocation/{request_id}/response");
        let request = build_request()
            .method(Method::POST)
            .uri(path)
            .header(CONTENT_TYPE, "application/json");
        self.send(request, answer.into()).await.map(drop)
    }

    /// Answers an HTTP event with a response that is sent as it comes into being. Returns how that ended.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming>
    pub(super) async fn respond_with_stream(
        &self,
        request_id: &str,
        stream: HttpStream,
    ) -> Result<Option<Outcome>, ApiError> {
        let path = format!("{VERSION}/runtime/invocation/{request_id}/response");
        let request = build_request()
            .method(Method::POST)
            .uri(path)
            .header(CONTENT_TYPE, STREAM)
            .header(RESPONSE_MODE, "streaming");
        let (mut sender, body) = Body::channel();
        let pump = async move { stream.send(&mut sender).await };
        let (pumped, answered) = tokio::join!(pump, self.send(request, body));
        answered?;
        pumped.map_err(|error| ApiError::Unreachable(error.into()))
    }

    /// Reports that this process cannot serve at all.
    pub(super) async fn init_error(&self, message: &str) -> Result<(), ApiError> {
        let body =
            json!({ "errorMessage": message, "errorType": CONFIG_INVALID, "stackTrace": [] });
        let request = build_request()
            .method(Method::POST)
            .uri(format!("{VERSION}/runtime/init/error"))
            .header(CONTENT_TYPE, "application/json")
            .header(ERROR_TYPE, CONFIG_INVALID);
        self.send(request, body.to_string().into()).await.map(drop)
    }

    /// Sends a request and reads the answer to its end: only then is the connection free for the
    /// next one.
    async fn send(&self, request: Builder, body: Body) -> Result<(HeaderMap, Bytes), ApiError> {
        let request = request.body(body).map_err(ApiError::Request)?;
        let sent = self.client.call(request).await;
        let (parts, body) = sent.map_err(ApiError::Unreachable)?.into_parts();
        let read = body.collect().await;
        let body = read.map_err(|error| ApiError::Unreachable(error.into()))?;
        match parts.status {
            status if status.is_success() => Ok((parts.headers, body.to_bytes())),
            status => Err(ApiError::Refused { status }),
        }
    }
}

/// A point in time as Lambda gives it (milliseconds since 1970), on this process's own clock.
fn instant(epoch_ms: &str) -> Option<Instant> {
    let deadline = UNIX_EPOCH.checked_add(Duration::from_millis(epoch_ms.parse().ok()?))?;
    let (now, clock) = (Instant::now(), SystemTime::now());
    match deadline.duration_since(clock) {
        Ok(left) => now.checked_add(left),
        Err(_past) => Some(now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_are_read_from_epoch_milliseconds() {
        let hour = Duration::from_secs(3600);
        let in_an_hour = (SystemTime::now() + hour)
            .duration_since(UNIX_EPOCH)
            .unwrap();
        let left = instant(&in_an_hour.as_millis().to_string())
            .unwrap()
            .duration_since(Instant::now());
        assert!(left <= hour && left > hour / 2, "{left:?}");
        assert!(instant("1000").unwrap() <= Instant::now());
        for text in ["", "soon", "-1", "99999999999999999999"] {
            assert_eq!(instant(text), None, "{text}");
        }
        // More than the clocks can hold must not panic.
        let _ = instant(&u64::MAX.to_string());
    }
}
