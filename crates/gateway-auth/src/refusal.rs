//! What a caller that is turned away gets to read.

use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};
use url::Url;

/// Where a gateway serves [`crate::InboundAuth::protected_resource_metadata`] (RFC 9728, section 3).
pub const PROTECTED_RESOURCE_METADATA_PATH: &str = "/.well-known/oauth-protected-resource";

/// Names the error to an AWS client.
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// Why a request is not served, and the response that says so.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    reason: String,
    body: Value,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// RFC 6750: `error`, and the scopes to ask for, separated by spaces.
    Bearer {
        error: &'static str,
        scope: Option<String>,
    },
    Aws {
        error_type: &'static str,
    },
    /// Not the caller's fault.
    Unavailable,
}

impl Refusal {
    /// A token is missing or not good enough.
    pub(crate) fn bearer(
        status: StatusCode,
        error: &'static str,
        scope: Option<String>,
        message: &RpcError,
        reason: String,
    ) -> Self {
        let kind = Kind::Bearer { error, scope };
        Self {
            status,
            reason,
            body: message.body(),
            kind,
        }
    }

    /// A signature is missing or wrong.
    pub(crate) fn aws(error_type: &'static str, message: &str) -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            reason: format!("{error_type}: {message}"),
            body: json!({ "message": message }),
            kind: Kind::Aws { error_type },
        }
    }

    /// Nobody can be let in at the moment.
    pub(crate) fn unavailable(message: &RpcError, reason: String) -> Self {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Self {
            status,
            reason,
            body: message.body(),
            kind: Kind::Unavailable,
        }
    }

    /// 401, 403, or 503 when the issuer of tokens cannot be reached.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Why, for the gateway's log: holds no token, no claim, no key.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The `WWW-Authenticate` header, where there is one. `resource_metadata` is the absolute URL of
    /// [`PROTECTED_RESOURCE_METADATA_PATH`] as this client reaches it.
    pub fn www_authenticate(&self, resource_metadata: &Url) -> Option<HeaderValue> {
        let Kind::Bearer { error, scope } = &self.kind else {
            return None;
        };
        let scope = scope
            .as_ref()
            .map(|scope| format!("scope=\"{scope}\", "))
            .unwrap_or_default();
        // A URL in serialized form has no quotes and no control characters, nor have scopes.
        let challenge =
            format!("Bearer error=\"{error}\", {scope}resource_metadata=\"{resource_metadata}\"");
        HeaderValue::try_from(challenge).ok()
    }

    /// The whole response: status, headers, JSON body. For `resource_metadata` see [`Self::www_authenticate`].
    pub fn into_response(self, resource_metadata: &Url) -> Response<String> {
        let challenge = self.www_authenticate(resource_metadata);
        let mut response = Response::new(self.body.to_string());
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        if let Some(challenge) = challenge {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        match self.kind {
            Kind::Bearer { .. } => {}
            Kind::Aws { error_type } => {
                headers.insert(ERROR_TYPE, HeaderValue::from_static(error_type));
            }
            Kind::Unavailable => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            }
        }
        response
    }
}

/// A JSON-RPC error as the gateway words refusals of tokens. It has not read the message yet, so the
/// id is always 0.
pub(crate) struct RpcError {
    pub(crate) code: i32,
    pub(crate) message: &'static str,
}

impl RpcError {
    fn body(&self) -> Value {
        json!({ "jsonrpc": "2.0", "id": 0, "error": { "code": self.code, "message": self.message } })
    }
}
