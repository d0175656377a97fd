//! Errors in the service's shapes: status, `x-amzn-ErrorType`, and a body with `message`.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::json;

const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// A request that the API refuses. Statuses and types are those of the service's API model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApiError {
    /// `ValidationException`, 400.
    #[error("{message}")]
    #[expect(missing_docs, reason = "named as in the API model")]
    Validation {
        message: String,
        reason: Reason,
        fields: Vec<Field>,
    },
    /// `ResourceNotFoundException`, 404.
    #[error("{0}")]
    NotFound(String),
    /// `ConflictException`, 409.
    #[error("{0}")]
    Conflict(String),
    /// `ServiceQuotaExceededException`, 402.
    #[error("{0}")]
    Quota(String),
    /// `ThrottlingException`, 429: SDKs repeat such a call by themselves.
    #[error("{0}")]
    Throttled(String),
    /// `InternalServerException`, 500.
    #[error("{0}")]
    Internal(String),
    /// A path or method that this control plane has not.
    #[error("{0}")]
    UnknownOperation(&'static str),
}

/// `ValidationExceptionReason` of the API model, as far as it is used here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The request is not JSON.
    CannotParse,
    /// A member is missing, unknown, or not what it may be.
    FieldValidationFailed,
    /// A `clientToken` is used again for another request.
    IdempotentParameterMismatch,
    /// The state of the resource does not allow it.
    ResourceConflict,
}

/// One member that is wrong: `ValidationExceptionField`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Path of the member, such as `targetConfiguration.mcp.lambda.lambdaArn`.
    pub name: String,
    /// What it must be.
    pub message: String,
}

impl Reason {
    fn name(self) -> &'static str {
        match self {
            Self::CannotParse => "CannotParse",
            Self::FieldValidationFailed => "FieldValidationFailed",
            Self::IdempotentParameterMismatch => "IdempotentParameterMismatchException",
            Self::ResourceConflict => "ResourceConflict",
        }
    }
}

impl ApiError {
    /// One member is wrong.
    pub(crate) fn field(name: impl Into<String>, message: impl Into<String>) -> Self {
        let field = Field {
            name: name.into(),
            message: message.into(),
        };
        Self::Validation {
            message: format!("`{}`: {}", field.name, field.message),
            reason: Reason::FieldValidationFailed,
            fields: vec![field],
        }
    }

    /// The resource is not in a state for this.
    pub(crate) fn state(message: impl Into<String>) -> Self {
        Self::Validation {
            message: message.into(),
            reason: Reason::ResourceConflict,
            fields: Vec::new(),
        }
    }

    /// Status and type: <https://docs.aws.amazon.com/bedrock-agentcore-control/latest/APIReference/CommonErrors.html>
    /// and the `error` traits of the API model.
    fn kind(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Validation { .. } => (StatusCode::BAD_REQUEST, "ValidationException"),
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "ResourceNotFoundException"),
            Self::Conflict(_) => (StatusCode::CONFLICT, "ConflictException"),
            Self::Quota(_) => (
                StatusCode::PAYMENT_REQUIRED,
                "ServiceQuotaExceededException",
            ),
            Self::Throttled(_) => (StatusCode::TOO_MANY_REQUESTS, "ThrottlingException"),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "InternalServerException"),
            Self::UnknownOperation(_) => (StatusCode::NOT_FOUND, "UnknownOperationException"),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, kind) = self.kind();
        let mut body = json!({ "message": self.to_string() });
        if let Self::Validation { reason, fields, .. } = &self {
            body["reason"] = reason.name().into();
            if !fields.is_empty() {
                let fields = fields
                    .iter()
                    .map(|field| json!({ "name": field.name, "message": field.message }));
                body["fieldList"] = fields.collect();
            }
        }
        let mut response = (status, Json(body)).into_response();
        response
            .headers_mut()
            .insert(ERROR_TYPE, HeaderValue::from_static(kind));
        response
    }
}
