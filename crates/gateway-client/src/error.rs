//! Why a gateway gave no result.

use http::StatusCode;
use rmcp::model::ErrorData;
use url::Url;

/// Why a gateway gave no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// Nothing listens there.
    #[error("no gateway answers at {url}")]
    Unreachable {
        /// Where it should be.
        url: Url,
        /// What the connection attempt gave.
        source: reqwest::Error,
    },
    /// The connection broke.
    #[error("the connection to {url} broke")]
    Broken {
        /// Where it was.
        url: Url,
        /// How it broke.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The request could not be signed, or could not carry its token.
    #[error("the request cannot be sent")]
    Unprepared(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The gateway wants other credentials: HTTP 401 or 403.
    #[error("{url} answered {status}: {reason}")]
    Denied {
        /// Where it is.
        url: Url,
        /// 401 or 403.
        status: StatusCode,
        /// Its `WWW-Authenticate` header, or what it says in the body.
        reason: String,
    },
    /// The server does not know the session: HTTP 404 where there was one.
    #[error("{url} does not know the session that it began")]
    SessionEnded {
        /// Where it is.
        url: Url,
    },
    /// Something answers, and it is not a gateway.
    #[error("{url} answered {status}, which is not MCP: {body}")]
    NotMcp {
        /// Where it is.
        url: Url,
        /// The HTTP status.
        status: StatusCode,
        /// The beginning of the body.
        body: String,
    },
    /// A list of tools went on where it had been before.
    #[error("{url} lists its tools without end: the cursor {cursor:?} comes twice")]
    EndlessList {
        /// Where it is.
        url: Url,
        /// The cursor that was there before.
        cursor: String,
    },
    /// The gateway refused the request.
    #[error("the gateway refused the request: {} ({})", .0.message, .0.code.0)]
    Refused(ErrorData),
}
