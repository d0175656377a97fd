//! Requests that no SDK client sends, over the SDK clients' own connections.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use http::header::USER_AGENT;
use http::{HeaderValue, Request, Response};

use crate::aws::Aws;
use crate::error::{AwsError, Call, Source};

/// A bad answer is read up to here, and then cut off: its reason stands at its start.
const LONGEST_REFUSAL: usize = 64 * 1024;

/// Sends requests. Clones share their connections, with each other and with the SDK clients.
#[derive(Debug, Clone)]
pub struct Http(SharedHttpConnector);

/// Why a request has no answer. URLs and what was sent are not part of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// No connection, no answer or not all of it in the time there was.
    #[error("no answer in time")]
    Timeout(#[source] Source),
    /// No connection, or one that broke.
    #[error("no connection, or it broke")]
    Unreachable(#[source] Source),
    /// A good answer that is longer than what is read of it.
    #[error("the answer is longer than {limit} bytes")]
    TooLong {
        /// What is read at most.
        limit: usize,
    },
    /// Not a request that can be sent.
    #[error("the request cannot be sent")]
    Invalid(#[source] Source),
}

impl HttpError {
    /// The same, as the failure of a call to AWS.
    pub fn of_call(self, call: Call) -> AwsError {
        match self {
            Self::Timeout(source) => AwsError::Timeout { call, source },
            Self::Unreachable(source) => AwsError::Unreachable { call, source },
            Self::TooLong { .. } => AwsError::Unreadable {
                call,
                source: Box::new(self),
            },
            Self::Invalid(source) => AwsError::NotSignable { source },
        }
    }
}

impl Aws {
    /// For requests that no SDK client sends. Nothing is read or connected before the first one.
    pub fn http(&self) -> Http {
        let settings = HttpConnectorSettings::builder().connect_timeout(self.connect_timeout());
        Http(self.connectors().get(&settings.build()))
    }
}

impl Http {
    /// Sends a request once: no repetition, no redirect. A good answer is read up to `longest_bytes`.
    ///
    /// # Errors
    ///
    /// When there is no answer, or a good one that is longer. A bad status is an answer.
    pub async fn send(
        &self,
        request: Request<Vec<u8>>,
        longest_bytes: usize,
        time: Duration,
    ) -> Result<Response<Vec<u8>>, HttpError> {
        let answer = tokio::time::timeout(time, self.answer(request, longest_bytes)).await;
        answer.unwrap_or_else(|elapsed| Err(HttpError::Timeout(Box::new(elapsed))))
    }

    async fn answer(
        &self,
        mut request: Request<Vec<u8>>,
        longest_bytes: usize,
    ) -> Result<Response<Vec<u8>>, HttpError> {
        let agent = HeaderValue::from_static(concat!("mcp-fleet/", env!("CARGO_PKG_VERSION")));
        request.headers_mut().entry(USER_AGENT).or_insert(agent);
        let invalid = |source| HttpError::Invalid(Box::new(source));
        let request = HttpRequest::try_from(request.map(SdkBody::from)).map_err(invalid)?;
        let response = self
            .0
            .call(request)
            .await
            .map_err(|error| match error.is_timeout() {
                true => HttpError::Timeout(Box::new(error)),
                false => HttpError::Unreachable(Box::new(error)),
            })?;
        let (head, body) = response.try_into_http1x().map_err(invalid)?.into_parts();
        let good = head.status.is_success();
        let limit = if good { longest_bytes } else { LONGEST_REFUSAL };
        let mut stream = ByteStream::new(body);
        let mut body = Vec::new();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|error| HttpError::Unreachable(Box::new(error)))?;
            if body.len() + chunk.len() > limit {
                match good {
                    true => return Err(HttpError::TooLong { limit }),
                    false => break,
                }
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response::from_parts(head, body))
    }
}
