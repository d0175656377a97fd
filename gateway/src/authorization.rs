//! Who may call: each gateway's inbound authorization, and the document that says where to get a token.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Json, Response};
use axum::routing::get;
use gateway_auth::PROTECTED_RESOURCE_METADATA_PATH;
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};
use serde_json::Value;
use url::Url;

use crate::gateway::{Gateway, Settings};
use crate::gateways::Gateways;

/// Says who sent a request: `None` where nobody is asked.
///
/// # Errors
///
/// The response that turns the request away.
pub(crate) async fn caller(
    settings: &Settings,
    parts: &Parts,
    body: &[u8],
) -> Result<Option<String>, Response> {
    let Some(auth) = &settings.auth else {
        return Ok(None);
    };
    match auth.authenticate(parts, body).await {
        Ok(caller) => Ok(Some(caller.id)),
        Err(refusal) => {
            tracing::warn!("a request was turned away: {}", refusal.reason());
            // The service has the document of a gateway at its host's root, and so has the fleet's own gateway.
            let path = Some(parts.uri.path())
                .filter(|path| *path != "/mcp")
                .unwrap_or_default();
            Err(
                match url(
                    &parts.headers,
                    &format!("{PROTECTED_RESOURCE_METADATA_PATH}{path}"),
                ) {
                    Some(metadata) => refusal.into_response(&metadata).map(Body::from),
                    None => no_host(),
                },
            )
        }
    }
}

/// The documents of RFC 9728: of the fleet's own gateway where the service has it, and of each where its path belongs.
pub(crate) fn metadata() -> Router<Arc<Gateways>> {
    let of_path = |rest: &str| format!("{PROTECTED_RESOURCE_METADATA_PATH}{rest}");
    Router::new()
        .route(&of_path(""), get(own))
        .route(&of_path("/mcp"), get(own))
        .route(&of_path("/{gateway}/mcp"), get(named))
}

async fn own(State(gateways): State<Arc<Gateways>>, headers: HeaderMap) -> Response {
    document(gateways.own(), "/mcp", &headers)
}

async fn named(
    State(gateways): State<Arc<Gateways>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    match gateways.get(&id) {
        Some(gateway) => document(&gateway, &format!("/{id}/mcp"), &headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn document(gateway: &Gateway, path: &str, headers: &HeaderMap) -> Response {
    let Some(resource) = url(headers, path) else {
        return no_host();
    };
    let current = gateway.current();
    let auth = current.settings.auth.as_ref();
    let document: Option<Value> =
        auth.and_then(|auth| auth.protected_resource_metadata(resource.as_str()));
    match document {
        Some(document) => Json(document).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `path` as this client reaches it.
fn url(headers: &HeaderMap, path: &str) -> Option<Url> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let host: http::uri::Authority = host.parse().ok()?;
    Url::parse(&format!("http://{host}{path}")).ok()
}

fn no_host() -> Response {
    let text = "Bad Request: the Host header is missing or no host";
    (StatusCode::BAD_REQUEST, text).into_response()
}
