//! A Function URL: HTTP requests as events of payload format 2.0, and the function's answers as responses.
//! <https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html>

mod request;
mod response;

use axum::{
    Router,
    extract::{Request as HttpRequest, State},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::{
    Emulator, InvokeError,
    invocation::{REQUEST_LIMIT, Request},
};

/// Pieces of a streamed answer that wait for a client that reads slowly.
const PIECES: usize = 8;

#[derive(Clone)]
struct Front {
    emulator: Emulator,
    function: String,
}

pub(crate) fn router(emulator: Emulator, function: &str) -> Router {
    let function = function.to_owned();
    Router::new()
        .fallback(answer)
        .with_state(Front { emulator, function })
}

async fn answer(State(front): State<Front>, request: HttpRequest) -> Response {
    let (parts, body) = request.into_parts();
    if !is_local(&parts.headers) {
        return refusal(StatusCode::FORBIDDEN);
    }
    let body = match Limited::new(body, REQUEST_LIMIT).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            return refusal(StatusCode::PAYLOAD_TOO_LARGE);
        }
        Err(_) => return refusal(StatusCode::BAD_REQUEST),
    };
    let request_id = Uuid::new_v4().to_string();
    let payload = request::event(&parts, &body, &request_id);
    let (stream, mut pieces) = mpsc::channel(PIECES);
    let call = tokio::spawn(async move {
        let request = Request {
            request_id,
            payload: payload.into(),
            client_context: None,
            trace_id: parts.headers.get("x-amzn-trace-id").cloned(),
            log_tail: false,
            stream: Some(stream),
        };
        front.emulator.run(&front.function, request).await
    });
    // Whoever drops the sender has nothing to stream: then the answer is that of the call.
    if let Some(first) = pieces.recv().await {
        return response::streamed(first, pieces).await;
    }
    match call.await {
        Ok(Ok((invocation, _))) if invocation.function_error.is_none() => {
            response::buffered(&invocation.payload)
        }
        Ok(Err(InvokeError::TooManyRequests { .. })) => refusal(StatusCode::TOO_MANY_REQUESTS),
        Ok(Err(InvokeError::RequestTooLarge { .. })) => refusal(StatusCode::PAYLOAD_TOO_LARGE),
        Ok(_) | Err(_) => refusal(StatusCode::BAD_GATEWAY),
    }
}

/// Whether the request is from this machine's own programs: a page in the person's browser can reach a loopback port, also
/// by a name of its own (DNS rebinding).
fn is_local(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    let origin = text(header::ORIGIN).is_none_or(|origin| {
        let uri = origin.parse::<Uri>().ok();
        uri.and_then(|uri| uri.host().map(is_loopback))
            .unwrap_or(false)
    });
    let host = text(header::HOST).is_some_and(|host| {
        let name = host
            .rsplit_once(':')
            .filter(|(_, port)| port.parse::<u16>().is_ok());
        is_loopback(name.map_or(host, |(name, _)| name))
    });
    origin && host
}

fn is_loopback(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

/// As Function URLs refuse: a JSON object with a message.
fn refusal(status: StatusCode) -> Response {
    let reason = status.canonical_reason().unwrap_or("Error");
    let text = if status == StatusCode::BAD_GATEWAY {
        "Internal Server Error"
    } else {
        reason
    };
    let body = serde_json::json!({ "Message": text }).to_string();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
