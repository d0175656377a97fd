//! Paths and methods of the API model, on top of the operations.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, RawQuery, State};
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get, post, put};
use axum::{Json, Router};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use serde_json::Value;
use uuid::Uuid;

use crate::error::{ApiError, Reason};
use crate::ids::{GatewayId, InvalidId, TargetId};
use crate::plane::ControlPlane;

/// Largest body: an inline schema of the largest size, escaped, and all the rest.
const LARGEST_BODY_BYTES: usize = 8 * 1024 * 1024;

const UNKNOWN: &str = "this control plane has the operations on gateways, gateway targets and tags; \
                       it has no gateway rules, rate limits and resource policies";

type Plane = State<Arc<ControlPlane>>;
type Body = Result<Bytes, BytesRejection>;
type Answer = Result<(StatusCode, Json<Value>), ApiError>;

/// The API. Signatures of requests are not verified.
pub fn app(plane: Arc<ControlPlane>) -> Router {
    let mut router = Router::new();
    for (path, methods) in routes() {
        // With and without the last slash, as the service.
        let other = path
            .strip_suffix('/')
            .map_or_else(|| format!("{path}/"), str::to_owned);
        router = router.route(path, methods.clone()).route(&other, methods);
    }
    router
        .route("/tags/{*arn}", get(list_tags).post(tag).delete(untag))
        .fallback(|| async { ApiError::UnknownOperation(UNKNOWN) })
        .method_not_allowed_fallback(|| async { ApiError::UnknownOperation(UNKNOWN) })
        .layer(DefaultBodyLimit::max(LARGEST_BODY_BYTES))
        .layer(middleware::map_response(mark))
        .with_state(plane)
}

fn routes() -> [(&'static str, MethodRouter<Arc<ControlPlane>>); 5] {
    [
        ("/gateways/", get(list_gateways).post(create_gateway)),
        (
            "/gateways/{gateway}/",
            get(get_gateway).put(update_gateway).delete(delete_gateway),
        ),
        (
            "/gateways/{gateway}/targets/",
            get(list_targets).merge(post(create_target)),
        ),
        (
            "/gateways/{gateway}/targets/{target}/",
            get(get_target).put(update_target).delete(delete_target),
        ),
        ("/gateways/{gateway}/synchronizeTargets", put(synchronize)),
    ]
}

/// SDKs show the id of the request with every error.
async fn mark(mut response: Response) -> Response {
    let id = HeaderValue::try_from(Uuid::new_v4().to_string()).expect("a UUID is a header value");
    response.headers_mut().insert("x-amzn-requestid", id);
    response
}

async fn create_gateway(State(plane): Plane, body: Body) -> Answer {
    accepted(plane.create_gateway(&read(body)?).await)
}

async fn get_gateway(State(plane): Plane, GatewayPath(id): GatewayPath) -> Answer {
    ok(plane.get_gateway(&id))
}

async fn list_gateways(State(plane): Plane, RawQuery(query): RawQuery) -> Answer {
    ok(plane.list_gateways(query.as_deref()))
}

async fn update_gateway(State(plane): Plane, GatewayPath(id): GatewayPath, body: Body) -> Answer {
    accepted(plane.update_gateway(id, &read(body)?).await)
}

async fn delete_gateway(State(plane): Plane, GatewayPath(id): GatewayPath) -> Answer {
    accepted(plane.delete_gateway(id).await)
}

async fn create_target(
    State(plane): Plane,
    GatewayPath(gateway): GatewayPath,
    body: Body,
) -> Answer {
    accepted(plane.create_target(gateway, &read(body)?).await)
}

async fn get_target(State(plane): Plane, TargetPath(gateway, id): TargetPath) -> Answer {
    ok(plane.get_target(&gateway, &id))
}

async fn list_targets(
    State(plane): Plane,
    GatewayPath(gateway): GatewayPath,
    RawQuery(query): RawQuery,
) -> Answer {
    ok(plane.list_targets(&gateway, query.as_deref()))
}

async fn update_target(
    State(plane): Plane,
    TargetPath(gateway, id): TargetPath,
    body: Body,
) -> Answer {
    accepted(plane.update_target(gateway, id, &read(body)?).await)
}

async fn delete_target(State(plane): Plane, TargetPath(gateway, id): TargetPath) -> Answer {
    accepted(plane.delete_target(gateway, id).await)
}

async fn synchronize(State(plane): Plane, GatewayPath(gateway): GatewayPath, body: Body) -> Answer {
    accepted(plane.synchronize(gateway, &read(body)?).await)
}

async fn tag(State(plane): Plane, ArnPath(arn): ArnPath, body: Body) -> Result<Response, ApiError> {
    plane.tag(&arn, &read(body)?).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn untag(
    State(plane): Plane,
    ArnPath(arn): ArnPath,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    plane.untag(&arn, query.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn list_tags(State(plane): Plane, ArnPath(arn): ArnPath) -> Answer {
    ok(plane.list_tags(&arn))
}

fn ok(result: Result<Value, ApiError>) -> Answer {
    Ok((StatusCode::OK, Json(result?)))
}

fn accepted(result: Result<Value, ApiError>) -> Answer {
    Ok((StatusCode::ACCEPTED, Json(result?)))
}

fn read(body: Body) -> Result<Bytes, ApiError> {
    body.map_err(|_| ApiError::Validation {
        message: format!("the body could not be read, or has more than {LARGEST_BODY_BYTES} bytes"),
        reason: Reason::CannotParse,
        fields: Vec::new(),
    })
}

/// The gateway that a path names.
struct GatewayPath(GatewayId);

/// The gateway and the target that a path names.
struct TargetPath(GatewayId, TargetId);

/// What a path of tags says after `/tags/`.
struct ArnPath(String);

impl<S: Send + Sync> FromRequestParts<S> for GatewayPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let mut names = names(parts, state).await?;
        Ok(Self(identifier(
            &mut names,
            "gateway",
            "gatewayIdentifier",
        )?))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for TargetPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let mut names = names(parts, state).await?;
        let gateway = identifier(&mut names, "gateway", "gatewayIdentifier")?;
        Ok(Self(gateway, identifier(&mut names, "target", "targetId")?))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ArnPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let mut names = names(parts, state).await?;
        Ok(Self(names.remove("arn").unwrap_or_default()))
    }
}

async fn names<S: Send + Sync>(
    parts: &mut Parts,
    state: &S,
) -> Result<HashMap<String, String>, ApiError> {
    let path = Path::<HashMap<String, String>>::from_request_parts(parts, state).await;
    path.map(|Path(names)| names)
        .map_err(|_| ApiError::field("path", "is not UTF-8"))
}

fn identifier<T: TryFrom<String, Error = InvalidId>>(
    names: &mut HashMap<String, String>,
    segment: &str,
    member: &str,
) -> Result<T, ApiError> {
    let text = names.remove(segment).unwrap_or_default();
    T::try_from(text).map_err(|error| ApiError::field(member, error.to_string()))
}
