//! `Invoke`. <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use serde::de::IgnoredAny;
use uuid::Uuid;

use super::{
    Name, Parameters, Qualifier,
    error::ApiError,
    name::{FunctionName, VERSION},
};
use crate::{
    Emulator,
    event::CLIENT_CONTEXT_LIMIT,
    invocation::{Invocation, REQUEST_LIMIT, Request},
};

/// Largest event of an asynchronous call.
const EVENT_LIMIT: usize = 1024 * 1024;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

enum Kind {
    RequestResponse,
    Event,
    DryRun,
}

pub(super) async fn invoke(
    State(emulator): State<Emulator>,
    name: Name,
    qualifier: Parameters<Qualifier>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let (name, qualifier) = (name?, qualifier?);
    let kind = kind(&headers)?;
    let limit = match kind {
        Kind::Event => EVENT_LIMIT,
        Kind::RequestResponse | Kind::DryRun => REQUEST_LIMIT,
    };
    let payload = read(body, limit).await?;
    let name = FunctionName::parse(&name)?;
    let function = name.find(&emulator, qualifier.as_deref())?;
    let client_context = client_context(&headers)?;
    let request = Request {
        request_id: Uuid::new_v4().to_string(),
        payload: event(payload)?,
        // AWS passes it on for synchronous calls only.
        client_context: None,
        trace_id: headers.get("x-amzn-trace-id").cloned(),
        log_tail: false,
        stream: None,
    };
    let id = HeaderValue::try_from(&request.request_id).expect("a UUID is a header value");
    match kind {
        Kind::DryRun => Ok(StatusCode::NO_CONTENT.into_response()),
        Kind::Event => {
            let function = function.spec.name.clone();
            tokio::spawn(async move {
                if let Err(error) = emulator.run(&function, request).await {
                    tracing::warn!(%error, function, "an asynchronous call was not made");
                }
            });
            Ok((StatusCode::ACCEPTED, [(REQUEST_ID, id)]).into_response())
        }
        Kind::RequestResponse => {
            let request = Request {
                client_context: client_context.as_deref(),
                log_tail: text(&headers, "x-amz-log-type") == Some("Tail"),
                ..request
            };
            let (invocation, log) = emulator
                .run(&function.spec.name, request)
                .await
                .map_err(|error| ApiError::of_invoke(&error, &function.arn))?;
            Ok(answer(invocation, id, &log))
        }
    }
}

/// The response to a synchronous call. `log` is empty unless it was asked for.
fn answer(invocation: Invocation, id: HeaderValue, log: &[u8]) -> Response {
    let is_error = invocation.function_error.is_some();
    let mut response = invocation.payload.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert("x-amz-executed-version", HeaderValue::from_static(VERSION));
    headers.insert(REQUEST_ID, id);
    if is_error {
        headers.insert(
            "x-amz-function-error",
            HeaderValue::from_static("Unhandled"),
        );
    }
    if !log.is_empty()
        && let Ok(log) = HeaderValue::try_from(BASE64_STANDARD.encode(log))
    {
        headers.insert("x-amz-log-result", log);
    }
    response
}

fn kind(headers: &HeaderMap) -> Result<Kind, ApiError> {
    match text(headers, "x-amz-invocation-type") {
        None | Some("RequestResponse") => Ok(Kind::RequestResponse),
        Some("Event") => Ok(Kind::Event),
        Some("DryRun") => Ok(Kind::DryRun),
        Some(other) => Err(ApiError::InvalidParameter(format!(
            "`{other}` is not an invocation type: expected RequestResponse, Event or DryRun"
        ))),
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// The event: JSON, or nothing, which is an empty object.
fn event(payload: Bytes) -> Result<Bytes, ApiError> {
    if payload.is_empty() {
        return Ok(Bytes::from_static(b"{}"));
    }
    match serde_json::from_slice::<IgnoredAny>(&payload) {
        Ok(IgnoredAny) => Ok(payload),
        Err(error) => Err(ApiError::InvalidContent(format!(
            "Could not parse request body into json: Could not parse payload into json: {error}"
        ))),
    }
}

/// The client context: a JSON object in base64.
fn client_context(headers: &HeaderMap) -> Result<Option<Vec<u8>>, ApiError> {
    let Some(encoded) = headers.get("x-amz-client-context") else {
        return Ok(None);
    };
    if encoded.len() > CLIENT_CONTEXT_LIMIT {
        return Err(ApiError::InvalidContent(format!(
            "Client context must be at most {CLIENT_CONTEXT_LIMIT} bytes of base64, and has {}.",
            encoded.len()
        )));
    }
    let invalid = || {
        ApiError::InvalidContent(
            "Client context must be a valid Base64-encoded JSON object.".to_owned(),
        )
    };
    let decoded = BASE64_STANDARD.decode(encoded).map_err(|_| invalid())?;
    let is_object = decoded.trim_ascii_start().starts_with(b"{");
    match serde_json::from_slice::<IgnoredAny>(&decoded) {
        Ok(IgnoredAny) if is_object => Ok(Some(decoded)),
        _ => Err(invalid()),
    }
}

/// The body, if it is not over the limit. It is read to its end all the same: a client that is still writing would not see an answer.
async fn read(mut body: Body, limit: usize) -> Result<Bytes, ApiError> {
    let mut whole = BytesMut::new();
    let mut size = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            ApiError::InvalidContent(format!("Could not read the request body: {error}"))
        })?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        size += data.len();
        if size <= limit {
            whole.extend_from_slice(&data);
        }
    }
    if size > limit {
        Err(ApiError::TooLarge { limit })
    } else {
        Ok(whole.freeze())
    }
}
