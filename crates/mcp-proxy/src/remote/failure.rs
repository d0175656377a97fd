//! What an error of the HTTP transport means.

use std::error::Error;

use rmcp::service::{ClientInitializeError, ServiceError};
use rmcp::transport::DynamicTransportError;
use rmcp::transport::streamable_http_client::StreamableHttpError;

use crate::error::Failure;

type HttpError = StreamableHttpError<reqwest::Error>;

/// Whether a request that failed so may have got there.
pub(super) fn may_have_arrived(error: &ServiceError) -> bool {
    match error {
        ServiceError::TransportSend(error) => {
            !matches!(http_error(error.error.as_ref()), Some(HttpError::Client(error)) if error.is_connect())
        }
        _ => true,
    }
}

/// Why a session could not be opened.
pub(super) fn of_start(server: &str, error: ClientInitializeError) -> Failure {
    let source: Box<dyn Error + Send + Sync> = match error {
        ClientInitializeError::TransportError { error, .. } => match of_transport(server, error) {
            Ok(failure) => return failure,
            Err(error) => error.error,
        },
        other => Box::new(other),
    };
    Failure::Handshake {
        server: server.to_owned(),
        source,
    }
}

/// Why a call was not answered.
pub(super) fn of_call(server: &str, tool: &str, error: ServiceError) -> Failure {
    let broken = |source| Failure::Broken {
        server: server.to_owned(),
        tool: tool.to_owned(),
        source: Box::new(source),
    };
    match error {
        ServiceError::TransportSend(error) => of_transport(server, error)
            .unwrap_or_else(|error| broken(ServiceError::TransportSend(error))),
        other => broken(other),
    }
}

/// What the server or the network said, where it is clear.
fn of_transport(
    server: &str,
    error: DynamicTransportError,
) -> Result<Failure, DynamicTransportError> {
    let server = server.to_owned();
    let Some(http) = http_error(error.error.as_ref()) else {
        return Err(error);
    };
    if let HttpError::Client(client) = http
        && client.is_connect()
    {
        return Ok(Failure::Unreachable {
            server,
            source: causes(client).into(),
        });
    }
    let retry_after = match http {
        HttpError::HttpStatus(status) => status.retry_after.clone(),
        _ => None,
    };
    Ok(match status(http) {
        Some(429) => Failure::Throttled {
            server,
            retry_after,
        },
        Some(status @ (401 | 403)) => Failure::Refused {
            server,
            status,
            source: error.error,
        },
        Some(status) => Failure::Status {
            server,
            status,
            source: error.error,
        },
        None => return Err(error),
    })
}

/// Every cause of an error: rmcp's types end the chain at the first.
fn causes(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// The HTTP status that an error stands for.
fn status(error: &HttpError) -> Option<u16> {
    match error {
        HttpError::HttpStatus(error) => Some(error.status),
        HttpError::AuthRequired(_) => Some(401),
        HttpError::InsufficientScope(_) => Some(403),
        HttpError::SessionExpired => Some(404),
        HttpError::Client(error) => error.status().map(|status| status.as_u16()),
        // rmcp has no other place for the status: `HTTP 401 Unauthorized: …`.
        HttpError::UnexpectedServerResponse(text) => {
            let status = text.strip_prefix("HTTP ")?.get(..3)?;
            status.parse().ok()
        }
        _ => None,
    }
}

/// The transport's error, wherever it is wrapped.
fn http_error<'a>(error: &'a (dyn Error + Send + Sync + 'static)) -> Option<&'a HttpError> {
    let mut current: Option<&'a (dyn Error + 'static)> = Some(error);
    while let Some(error) = current {
        if let Some(http) = error.downcast_ref::<HttpError>() {
            return Some(http);
        }
        current = error.source();
    }
    None
}
