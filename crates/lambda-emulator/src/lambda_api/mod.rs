//! The part of the Lambda API that callers use. <https://docs.aws.amazon.com/lambda/latest/api/>

mod error;
mod functions;
mod invoke;
mod name;

use axum::{
    Router,
    extract::{
        Path, Query, Request,
        rejection::{PathRejection, QueryRejection},
    },
    http::{HeaderValue, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use uuid::Uuid;

use self::error::ApiError;
use crate::Emulator;

/// A function as the path names it.
type Name = Result<Path<String>, PathRejection>;

/// What the query says.
type Parameters<T> = Result<Query<T>, QueryRejection>;

/// The version or alias that the query asks for.
#[derive(Deserialize)]
struct Qualifier {
    #[serde(rename = "Qualifier")]
    qualifier: Option<String>,
}

impl Qualifier {
    fn as_deref(&self) -> Option<&str> {
        self.qualifier.as_deref()
    }
}

pub(crate) fn router(emulator: Emulator) -> Router {
    Router::new()
        .route("/2015-03-31/functions", get(functions::list))
        // The AWS CLI and some SDKs end the path of ListFunctions with a slash.
        .route("/2015-03-31/functions/", get(functions::list))
        .route("/2015-03-31/functions/{name}", get(functions::get))
        .route(
            "/2015-03-31/functions/{name}/configuration",
            get(functions::configuration),
        )
        .route(
            "/2015-03-31/functions/{name}/invocations",
            post(invoke::invoke),
        )
        .fallback(|| async { ApiError::UnknownOperation })
        .method_not_allowed_fallback(|| async { ApiError::UnknownOperation })
        .layer(middleware::from_fn(guard_and_mark))
        .with_state(emulator)
}

/// Keeps browsers out and gives every answer a request id.
///
/// A page that the person has open can reach a loopback port; an SDK sends neither header. Without this, any web site could call the
/// functions, and read their environment by way of DNS rebinding.
async fn guard_and_mark(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let mut response =
        if headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-mode") {
            ApiError::Browser.into_response()
        } else {
            next.run(request).await
        };
    response
        .headers_mut()
        .entry("x-amzn-requestid")
        .or_insert_with(|| {
            HeaderValue::try_from(Uuid::new_v4().to_string()).expect("a UUID is a header value")
        });
    response
}
