//! The Lambda API, as the AWS CLI and SDKs see it.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod errors;
mod functions;
mod hostile;
mod invoke;
#[path = "../support/mod.rs"]
mod support;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, Response, StatusCode},
};
use bytes::Bytes;
use http_body_util::BodyExt;
use serde_json::Value;
use support::{Seen, emulator, spec, within};
use tower::ServiceExt;

pub(crate) const FUNCTIONS: &str = "/2015-03-31/functions";

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        Some(self.headers.get(name)?.to_str().unwrap())
    }
}

pub(crate) async fn send(router: &Router, request: Request<Body>) -> Answer {
    let response: Response<Body> = within(router.clone().oneshot(request)).await.unwrap();
    let (parts, body) = response.into_parts();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: body.collect().await.unwrap().to_bytes(),
    }
}

pub(crate) async fn get(router: &Router, path: &str) -> Answer {
    let request = Request::get(format!("{FUNCTIONS}{path}"))
        .body(Body::empty())
        .unwrap();
    send(router, request).await
}

/// `Invoke` with headers.
pub(crate) async fn invoke(
    router: &Router,
    function: &str,
    headers: &[(&str, &str)],
    payload: impl Into<Body>,
) -> Answer {
    let mut request = Request::post(format!("{FUNCTIONS}/{function}/invocations"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(router, request.body(payload.into()).unwrap()).await
}

pub(crate) fn api() -> Router {
    emulator(spec(), Seen::default().options()).lambda_api()
}
