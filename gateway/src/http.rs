//! MCP Streamable HTTP, as a gateway without sessions and streaming serves it.
//!
//! # Why not rmcp's `StreamableHttpService`
//!
//! It serves MCP servers, and a gateway in front of Lambda answers differently. rmcp 3.9 wants both
//! media types in `Accept` where the gateway answers whoever takes JSON; it answers malformed JSON with
//! 415 and a sentence instead of -32700, and an unknown version with a sentence instead of a JSON-RPC
//! error; it has no `supportedVersions`; it knows no batches of 2025-03-26; and results pass through its
//! types, which reorder members and drop those they do not know. So messages are read here, and rmcp's model types
//! give the results their shape. `gateway/README.md` has the measurement.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use futures_util::{StreamExt as _, stream};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rmcp::model::ErrorData;
use serde_json::value::RawValue;

use crate::gateway::Gateway;
use crate::jsonrpc::{Id, Invalid, Message, response};
use crate::protocol;

/// Largest request that the gateway accepts.
pub(crate) const MAX_REQUEST_BYTES: usize = 6 * 1024 * 1024;

const JSON: &str = "application/json";
const EVENT_STREAM: &str = "text/event-stream";

/// Messages of one batch that are worked on at the same time.
const BATCH_CONCURRENCY: usize = 8;

/// The gateway as an HTTP service: `/mcp`.
///
/// Any method but POST is answered with 405: without sessions there is nothing to stream or to end.
pub fn app(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route("/mcp", post(receive))
        .layer(axum::middleware::from_fn(crate::loopback::only))
        .with_state(gateway)
}

/// How a client wants its answer.
#[derive(Clone, Copy)]
enum Form {
    Json,
    /// One event that holds the answer.
    EventStream,
}

async fn receive(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if !is_json(&parts.headers) {
        return (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Content-Type must be application/json",
        )
            .into_response();
    }
    let Some(form) = Form::of(&parts.headers) else {
        let text = "Accept must allow application/json or text/event-stream";
        return (StatusCode::NOT_ACCEPTABLE, text).into_response();
    };
    let Ok(body) = to_bytes(body, MAX_REQUEST_BYTES).await else {
        let error = invalid_request(format!(
            "the request is larger than {MAX_REQUEST_BYTES} bytes"
        ));
        return refused(StatusCode::PAYLOAD_TOO_LARGE, None, error);
    };
    let json: &RawValue = match serde_json::from_slice(&body) {
        Ok(json) => json,
        Err(error) => {
            let error = ErrorData::parse_error(format!("Parse error: {error}"), None);
            return refused(StatusCode::BAD_REQUEST, None, error);
        }
    };
    if json.get().starts_with('[') {
        batch(&gateway, &parts.headers, json, form).await
    } else {
        single(&gateway, &parts.headers, json, form).await
    }
}

async fn single(gateway: &Gateway, headers: &HeaderMap, json: &RawValue, form: Form) -> Response {
    let message = match Message::read(json) {
        Ok(message) => message,
        Err(Invalid { id, reason }) => {
            return refused(
                StatusCode::BAD_REQUEST,
                id.as_ref(),
                invalid_request(reason),
            );
        }
    };
    let request = match &message {
        Message::Request(request) => Some(request),
        Message::Notification | Message::Response => None,
    };
    // `initialize` is where the version is agreed upon; the header follows.
    if request.is_none_or(|request| request.method != "initialize")
        && let Err(error) = gateway.settings.supported_versions.of_request(headers)
    {
        return refused(
            StatusCode::BAD_REQUEST,
            request.map(|request| &request.id),
            error,
        );
    }
    match request {
        Some(request) => form.respond(response(Some(&request.id), &gateway.answer(request).await)),
        None => StatusCode::ACCEPTED.into_response(),
    }
}

/// Answers a batch of protocol 2025-03-26, in order, with what asks for an answer.
async fn batch(gateway: &Gateway, headers: &HeaderMap, json: &RawValue, form: Form) -> Response {
    let version = match gateway.settings.supported_versions.of_request(headers) {
        Ok(version) => version,
        Err(error) => return refused(StatusCode::BAD_REQUEST, None, error),
    };
    if !protocol::has_batches(&version) {
        let error = invalid_request(format!("MCP {version} has no batches"));
        return refused(StatusCode::BAD_REQUEST, None, error);
    }
    let messages: Vec<Box<RawValue>> =
        serde_json::from_str(json.get()).expect("a JSON array, as its first character says");
    if messages.is_empty() {
        return refused(
            StatusCode::BAD_REQUEST,
            None,
            invalid_request("the batch is empty"),
        );
    }
    let responses: Vec<Option<String>> = stream::iter(messages)
        .map(|message| async move { batched(gateway, &message).await })
        .buffered(BATCH_CONCURRENCY)
        .collect()
        .await;
    let responses: Vec<String> = responses.into_iter().flatten().collect();
    if responses.is_empty() {
        return StatusCode::ACCEPTED.into_response();
    }
    form.respond(format!("[{}]", responses.join(",")))
}

async fn batched(gateway: &Gateway, message: &RawValue) -> Option<String> {
    match Message::read(message) {
        Ok(Message::Request(request)) if request.method == "initialize" => {
            let error = invalid_request("`initialize` cannot be part of a batch");
            Some(response(Some(&request.id), &Err(error)))
        }
        Ok(Message::Request(request)) => {
            Some(response(Some(&request.id), &gateway.answer(&request).await))
        }
        Ok(Message::Notification | Message::Response) => None,
        Err(Invalid { id, reason }) => Some(response(id.as_ref(), &Err(invalid_request(reason)))),
    }
}

fn invalid_request(reason: impl std::fmt::Display) -> ErrorData {
    ErrorData::invalid_request(format!("Invalid request: {reason}"), None)
}

/// A JSON-RPC error for what could not be understood: always plain JSON.
fn refused(status: StatusCode, id: Option<&Id<'_>>, error: ErrorData) -> Response {
    let mut refusal = Form::Json.respond(response(id, &Err(error)));
    *refusal.status_mut() = status;
    refusal
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| essence(value).eq_ignore_ascii_case(JSON))
}

/// A media type without its parameters.
fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

impl Form {
    /// JSON for whoever takes it, an event stream for who takes nothing else, `None` for who takes neither.
    fn of(headers: &HeaderMap) -> Option<Self> {
        let mut accepted = headers.get_all(header::ACCEPT).iter().peekable();
        if accepted.peek().is_none() {
            return Some(Self::Json);
        }
        let mut form = None;
        for media_type in accepted
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
        {
            match essence(media_type).to_ascii_lowercase().as_str() {
                JSON | "*/*" | "application/*" => return Some(Self::Json),
                EVENT_STREAM | "text/*" => form = Some(Self::EventStream),
                _ => {}
            }
        }
        form
    }

    fn respond(self, message: String) -> Response {
        let (content_type, body) = match self {
            Self::Json => (JSON, message),
            // JSON text has no line breaks of its own unless a function wrote some.
            Self::EventStream => {
                let data = message.replace('\r', "").replace('\n', "\ndata: ");
                (EVENT_STREAM, format!("event: message\ndata: {data}\n\n"))
            }
        };
        let mut response = Response::new(Body::from(body));
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        if matches!(self, Self::EventStream) {
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        }
        response
    }
}
