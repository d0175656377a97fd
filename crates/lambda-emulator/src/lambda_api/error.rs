//! Errors in AWS's shape: status, `x-amzn-errortype`, and a body with `Type` and a message.

use std::error::Error as _;

use axum::{
    Json,
    extract::rejection::{PathRejection, QueryRejection},
    http::{HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::InvokeError;

/// Why a request of the Lambda API fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ApiError {
    /// No function of that ARN.
    FunctionNotFound { arn: String },
    /// A name, ARN or parameter that is not one.
    InvalidParameter(String),
    /// An event or client context that cannot be read.
    InvalidContent(String),
    /// An event over the limit.
    TooLarge { limit: usize },
    /// Every process is busy.
    TooManyRequests,
    /// Our own failure; the text is for the person at the laptop.
    Service(String),
    /// A path or method that is not there.
    UnknownOperation,
    /// A request that a web page sent.
    Browser,
}

impl ApiError {
    pub(super) fn of_invoke(error: &InvokeError, arn: &str) -> Self {
        match error {
            InvokeError::UnknownFunction { .. } => Self::FunctionNotFound {
                arn: arn.to_owned(),
            },
            InvokeError::TooManyRequests { .. } => Self::TooManyRequests,
            InvokeError::RequestTooLarge { limit, .. } => Self::TooLarge { limit: *limit },
            InvokeError::ClientContextTooLarge { .. } | InvokeError::InvalidClientContext => {
                Self::InvalidContent(error.to_string())
            }
            InvokeError::CannotStart { .. } => {
                let source = error.source().map(|source| format!(": {source}"));
                Self::Service(format!("{error}{}", source.unwrap_or_default()))
            }
            InvokeError::ShuttingDown => Self::Service(error.to_string()),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::FunctionNotFound { .. } | Self::UnknownOperation => StatusCode::NOT_FOUND,
            Self::InvalidParameter(_) | Self::InvalidContent(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::Service(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Browser => StatusCode::FORBIDDEN,
        }
    }

    fn error_type(&self) -> &'static str {
        match self {
            Self::FunctionNotFound { .. } => "ResourceNotFoundException",
            Self::InvalidParameter(_) => "InvalidParameterValueException",
            Self::InvalidContent(_) => "InvalidRequestContentException",
            Self::TooLarge { .. } => "RequestTooLargeException",
            Self::TooManyRequests => "TooManyRequestsException",
            Self::Service(_) => "ServiceException",
            Self::UnknownOperation => "UnknownOperationException",
            Self::Browser => "AccessDeniedException",
        }
    }
}

impl From<PathRejection> for ApiError {
    fn from(rejection: PathRejection) -> Self {
        Self::InvalidParameter(rejection.body_text())
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        Self::InvalidParameter(rejection.body_text())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        // The model spells the member both ways.
        let body = match &self {
            Self::FunctionNotFound { arn } => {
                json!({ "Type": "User", "Message": format!("Function not found: {arn}") })
            }
            Self::InvalidParameter(message) | Self::InvalidContent(message) => {
                json!({ "Type": "User", "message": message })
            }
            Self::TooLarge { limit } => json!({
                "Type": "User",
                "message": format!("Request must be smaller than {limit} bytes for the InvokeFunction operation"),
            }),
            Self::TooManyRequests => json!({
                "Type": "User",
                "message": "Rate Exceeded.",
                "Reason": "ReservedFunctionConcurrentInvocationLimitExceeded",
            }),
            Self::Service(message) => json!({ "Type": "Service", "Message": message }),
            Self::UnknownOperation => json!({
                "Type": "User",
                "message": "not an operation of this emulator: it has Invoke, GetFunction, GetFunctionConfiguration and ListFunctions",
            }),
            Self::Browser => {
                json!({ "Type": "User", "message": "web pages may not call this endpoint" })
            }
        };
        let mut response = (self.status(), Json(body)).into_response();
        response.headers_mut().insert(
            "x-amzn-errortype",
            HeaderValue::from_static(self.error_type()),
        );
        response
    }
}
