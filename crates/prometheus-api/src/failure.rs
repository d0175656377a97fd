//! Why there is no data.

use std::error::Error;

use aws_clients::{AwsError, Call, HttpError, one_line};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Response};
use serde_json::Value;

/// Text of others is shown up to this many characters.
const LONGEST_TEXT: usize = 2_000;

/// Why there is no data. Texts are of others, cleaned to one bounded line each.
#[derive(Debug)]
#[expect(missing_docs, reason = "named by the variants")]
pub enum Failure {
    /// Prometheus understood the request and refused it. `kind` is its `errorType`:
    /// <https://github.com/prometheus/prometheus/blob/main/web/api/v1/api.go>
    Rejected {
        status: u16,
        kind: String,
        error: String,
    },
    /// Prometheus understood the request and failed at it; `exhausted`, when its time or memory ran out.
    Failed {
        status: u16,
        kind: String,
        error: String,
        exhausted: bool,
    },
    /// AWS refused, or its credentials are missing.
    Aws(AwsError),
    /// An HTTP error that is neither Prometheus's nor AWS's. `text` is empty when it is not for reading.
    Http { status: u16, text: String },
    /// A redirect, which could lead anywhere. `location` is without its query.
    Redirect { status: u16, location: String },
    /// A good status with something else than an answer of the API.
    Foreign {
        status: u16,
        content_type: Option<String>,
        source: Box<dyn Error + Send + Sync>,
    },
    /// No answer, or one that is too long.
    Unanswered(HttpError),
}

impl Failure {
    /// A bad status: Prometheus's own reason, else AWS's, else what little HTTP says.
    pub(crate) fn refused(call: Option<&Call>, answer: &Response<Vec<u8>>) -> Self {
        let (status, headers) = (answer.status().as_u16(), answer.headers());
        let json: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        let text = |name: &str| json[name].as_str();
        if let (Some("error"), Some(error)) = (text("status"), text("error")) {
            let kind = text("errorType").unwrap_or("unnamed");
            return Self::of_prometheus(status, kind, error, call.is_some());
        }
        let Some(call) = call else {
            let kind = header(headers, CONTENT_TYPE.as_str()).unwrap_or_default();
            let text = match kind.starts_with("text/plain") {
                true => clean(&String::from_utf8_lossy(answer.body())),
                false => String::new(),
            };
            return Self::Http { status, text };
        };
        let code = header(headers, "x-amzn-errortype").or_else(|| text("__type").map(clean));
        // `namespace#Code:http://…`
        let code = code.as_deref().and_then(|code| code.split(':').next());
        let code = code.and_then(|code| code.rsplit('#').next());
        let message = text("message").or_else(|| text("Message"));
        let request_id = header(headers, "x-amzn-requestid");
        Self::Aws(AwsError::from_answer(
            call.clone(),
            status,
            code,
            message,
            request_id,
        ))
    }

    /// `throttles`: 429 says that it may work later, and not that it is wrong.
    pub(crate) fn of_prometheus(status: u16, kind: &str, error: &str, throttles: bool) -> Self {
        let exhausted = matches!(kind, "timeout" | "canceled" | "execution");
        let (kind, error) = (clean(kind), clean(error));
        if status >= 500 || (status == 429 && throttles) {
            Self::Failed {
                status,
                kind,
                error,
                exhausted,
            }
        } else {
            Self::Rejected {
                status,
                kind,
                error,
            }
        }
    }

    /// Whether another attempt may go better.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            // The same query would take as long again.
            Self::Failed { exhausted, .. } => !exhausted,
            Self::Aws(error) => matches!(error, AwsError::Service(_) | AwsError::Throttled(_)),
            Self::Http { status, .. } => *status >= 500,
            Self::Unanswered(error) => {
                matches!(error, HttpError::Timeout(_) | HttpError::Unreachable(_))
            }
            Self::Rejected { .. } | Self::Redirect { .. } | Self::Foreign { .. } => false,
        }
    }
}

pub(crate) fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(clean)
}

fn clean(text: &str) -> String {
    one_line(text, LONGEST_TEXT)
}
