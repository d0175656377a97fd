//! HTTP events: a request that API Gateway (REST and HTTP APIs), a Function URL or a load balancer hands over as JSON, and
//! the JSON that it makes a response of.
//!
//! | Event | Documented at |
//! |---|---|
//! | payload format 1.0: REST APIs, HTTP APIs when asked, load balancers | <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html> |
//! | payload format 2.0: HTTP APIs, Function URLs | <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html> |

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use rmcp::model::JsonObject;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::answer::OutcomeKind;
use super::event::{Event, ID_LIMIT_BYTES};
use crate::streamable::Body;

/// A request from an HTTP event.
#[derive(Debug)]
pub(super) struct HttpEvent {
    pub(super) request: Request<Full<Bytes>>,
    /// The MCP message in it; null when the body is no JSON.
    pub(super) message: Value,
}

impl HttpEvent {
    /// The request, if `event` is one. Every such event has a `requestContext`, and nothing else has.
    pub(super) fn read(event: &JsonObject) -> Option<Result<Self, BadRequest>> {
        let context = event.get("requestContext")?.as_object()?;
        let in_context = || context.get("http")?.get("method")?.as_str();
        let method = event.get("httpMethod").and_then(Value::as_str);
        let method = method.or_else(in_context)?;
        Some(Self::build(event, method))
    }

    fn build(event: &JsonObject, method: &str) -> Result<Self, BadRequest> {
        let method = Method::from_bytes(method.as_bytes()).map_err(|_| BadRequest::Method)?;
        let body = body(event)?;
        let message = serde_json::from_slice(&body).unwrap_or_default();
        if Event::has_long_id(&message) {
            return Err(BadRequest::Id);
        }
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.headers_mut() = headers(event)?;
        Ok(Self { request, message })
    }

    /// The tool that the message calls.
    pub(super) fn tool(&self) -> Option<&str> {
        Event::called_tool(&self.message)
    }
}

/// An event that says it is a request, and is not.
#[derive(Debug, thiserror::Error)]
pub(super) enum BadRequest {
    #[error("the event's HTTP method is none")]
    Method,
    #[error("the event's body says that it is base64, and is not")]
    Body,
    #[error("the event has too many headers")]
    Headers,
    #[error("the message's id is longer than {ID_LIMIT_BYTES} bytes")]
    Id,
}

fn body(event: &JsonObject) -> Result<Bytes, BadRequest> {
    let text = event
        .get("body")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if event.get("isBase64Encoded") != Some(&Value::Bool(true)) {
        return Ok(Bytes::copy_from_slice(text.as_bytes()));
    }
    let decoded = STANDARD.decode(text).map_err(|_| BadRequest::Body)?;
    Ok(decoded.into())
}

/// The headers. A load balancer may send them as lists only; a REST API sends both forms.
fn headers(event: &JsonObject) -> Result<HeaderMap, BadRequest> {
    let mut headers = HeaderMap::new();
    let mut add = |name: &str, value: &Value| {
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = value.as_str().map(HeaderValue::from_str);
        if let (Ok(name), Some(Ok(value))) = (name, value) {
            // `append` panics where a map is full, at 32,768.
            headers
                .try_append(name, value)
                .map_err(|_| BadRequest::Headers)?;
        }
        Ok(())
    };
    let object = |key| event.get(key).and_then(Value::as_object);
    if let Some(lists) = object("multiValueHeaders") {
        for (name, values) in lists {
            for value in values.as_array().into_iter().flatten() {
                add(name, value)?;
            }
        }
    } else if let Some(single) = object("headers") {
        for (name, value) in single {
            add(name, value)?;
        }
    }
    Ok(headers)
}

/// The value that becomes a response with this body, in both payload formats.
pub(super) fn answer(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Value {
    json!({
        "statusCode": status.as_u16(),
        "headers": header_object(headers),
        // MCP is text.
        "body": String::from_utf8_lossy(body),
        "isBase64Encoded": false,
    })
}

/// Headers as Lambda's front ends take them; they count the length for themselves.
pub(super) fn header_object(headers: &HeaderMap) -> JsonObject {
    headers
        .iter()
        .filter(|(name, _)| *name != header::CONTENT_LENGTH)
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.into())))
        .collect()
}

/// The value that becomes a response with a JSON-RPC message.
pub(super) fn json_answer(status: StatusCode, message: &[u8]) -> Value {
    let json = HeaderValue::from_static("application/json");
    answer(
        status,
        &HeaderMap::from_iter([(header::CONTENT_TYPE, json)]),
        message,
    )
}

/// Reads a response to its end.
pub(super) async fn collect(response: Response<Body>) -> (StatusCode, HeaderMap, Bytes) {
    let (parts, body) = response.into_parts();
    let Ok(body) = body.collect().await;
    (parts.status, parts.headers, body.to_bytes())
}

/// How the answer to a request ended, for the log.
pub(super) fn outcome(status: StatusCode, body: &[u8]) -> OutcomeKind {
    if !status.is_success() {
        return OutcomeKind::ProtocolError;
    }
    reply_outcome(body).unwrap_or(OutcomeKind::Ok)
}

/// How the call ended that this message answers. `None` of what is no response.
pub(super) fn reply_outcome(message: &[u8]) -> Option<OutcomeKind> {
    #[derive(Deserialize)]
    struct Reply {
        error: Option<IgnoredAny>,
        result: Option<Ended>,
    }
    #[derive(Deserialize)]
    struct Ended {
        #[serde(rename = "isError", default)]
        is_error: bool,
    }
    let reply: Reply = serde_json::from_slice(message).ok()?;
    match (reply.error, reply.result) {
        (Some(_), _) => Some(OutcomeKind::ProtocolError),
        (None, Some(Ended { is_error: true })) => Some(OutcomeKind::ToolError),
        (None, Some(_)) => Some(OutcomeKind::Ok),
        (None, None) => None,
    }
}
