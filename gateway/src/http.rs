//! MCP Streamable HTTP, as a gateway in front of Lambda serves it.
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
use axum::body::to_bytes;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use http::{Method, StatusCode, header};
use rmcp::model::ErrorData;
use serde_json::value::RawValue;

use crate::authorization;
use crate::exchange::{Exchange, invalid_request};
use crate::form::{Form, is_json};
use crate::gateway::Gateway;
use crate::gateways::Gateways;
use crate::sessions::SESSION_HEADER;

/// Largest request that the gateway accepts, and largest result that it passes on.
pub(crate) const MAX_MESSAGE_BYTES: usize = 6 * 1024 * 1024;

/// Who can reach a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// This machine. Nobody is asked who they are, and so web pages must be kept out: `Host` and `Origin` must name this
    /// machine.
    ThisMachine,
    /// Others too.
    Network,
}

/// The gateways as an HTTP service: the fleet's own at `/mcp`, each one at `/<id>/mcp`, and where to get tokens for them.
pub fn app(gateways: Arc<Gateways>, reach: Reach) -> Router {
    let router = Router::new()
        .route("/mcp", any(own))
        .route("/{gateway}/mcp", any(named))
        .merge(authorization::metadata());
    let router = match reach {
        Reach::ThisMachine => router.layer(axum::middleware::from_fn(crate::loopback::only)),
        Reach::Network => router,
    };
    router.with_state(gateways)
}

async fn own(State(gateways): State<Arc<Gateways>>, request: Request) -> Response {
    serve(&gateways, gateways.own(), request).await
}

async fn named(
    State(gateways): State<Arc<Gateways>>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    match gateways.get(&id) {
        Some(gateway) => serve(&gateways, &gateway, request).await,
        None => (StatusCode::NOT_FOUND, "there is no gateway of this name").into_response(),
    }
}

async fn serve(gateways: &Gateways, gateway: &Gateway, request: Request) -> Response {
    let current = gateway.current();
    let has_sessions = current.settings.session_timeout.is_some();
    let method = request.method().clone();
    if method != Method::POST && !(method == Method::DELETE && has_sessions) {
        // There is no stream to open with GET.
        let allowed = if has_sessions { "POST, DELETE" } else { "POST" };
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, allowed)]).into_response();
    }
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MAX_MESSAGE_BYTES).await;
    let signed = body.as_deref().unwrap_or_default();
    let caller = match authorization::caller(&current.settings, &parts, signed).await {
        Ok(caller) => caller,
        Err(refusal) => return refusal,
    };
    let exchange = Exchange {
        gateways,
        gateway,
        current: &current,
        parts: &parts,
        caller: caller.as_deref(),
    };
    if method == Method::DELETE {
        return end_session(&exchange);
    }
    if !is_json(&parts.headers) {
        let text = "Content-Type must be application/json";
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, text).into_response();
    }
    let Some(form) = Form::of(&parts.headers, current.settings.response_streaming) else {
        let text = "Accept must allow application/json or text/event-stream";
        return (StatusCode::NOT_ACCEPTABLE, text).into_response();
    };
    let Ok(body) = body else {
        let error = invalid_request(format!(
            "the request is larger than {MAX_MESSAGE_BYTES} bytes"
        ));
        return exchange.refused(StatusCode::PAYLOAD_TOO_LARGE, None, error);
    };
    match serde_json::from_slice::<&RawValue>(&body) {
        Ok(json) if json.get().starts_with('[') => exchange.batch(json, form).await,
        Ok(json) => exchange.single(json, form).await,
        Err(error) => {
            let error = ErrorData::parse_error(format!("Parse error: {error}"), None);
            exchange.refused(StatusCode::BAD_REQUEST, None, error)
        }
    }
}

fn end_session(exchange: &Exchange<'_>) -> Response {
    let Some(id) = exchange.parts.headers.get(SESSION_HEADER) else {
        return exchange.no_session_named(None);
    };
    let ended = exchange
        .gateway
        .sessions
        .end(id.to_str().unwrap_or_default(), exchange.caller);
    match ended {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(_) => exchange.session_not_found(None),
    }
}
