//! Requests to the Prometheus HTTP API, and what a caller is told when one fails.

use aws_clients::{AwsError, HttpError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request as HttpRequest};
use prometheus_api::{Asking, Failure, Signing, Success};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;

use crate::config::Login;
use crate::error::{Location, PrometheusError};
use crate::server::Server;
use crate::target::{Identity, Target};

/// The IAM and signing name of Amazon Managed Service for Prometheus.
const SERVICE: &str = "aps";

/// One call of the API. All are `GET`, so all may be repeated.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    /// Below `/api/v1/`.
    pub(crate) path: &'static str,
    pub(crate) query: &'a [(&'static str, &'a str)],
    /// What AMP authorises this call as.
    pub(crate) action: &'static str,
    /// How to ask for less.
    pub(crate) narrow: &'static str,
}

impl Server {
    /// Sends a request until it is answered, at most three times.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        target: &Target,
        request: &Request<'_>,
    ) -> Result<Success<T>, PrometheusError> {
        let url = target.base.call(request.path, request.query);
        let mut outgoing = HttpRequest::get(url.as_str())
            .body(Vec::new())
            .map_err(AwsError::not_signable)?;
        let signing = match &target.identity {
            Identity::Nobody => None,
            Identity::Login(login) => {
                let authorization = authorization(login).map_err(AwsError::not_signable)?;
                outgoing.headers_mut().insert(AUTHORIZATION, authorization);
                None
            }
            Identity::Aws(session) => {
                let subject = target.base.workspace_in_path();
                let subject = subject.map(|id| format!("workspace `{}`", id.as_str()));
                Some(Signing {
                    session,
                    service: SERVICE,
                    call: session.call(request.action, subject),
                })
            }
        };
        let http = self.aws.http();
        let asking = Asking {
            http: &http,
            signing,
            longest_bytes: self.config.max_response_bytes,
            attempt: self.config.timeout,
        };
        let asked = asking.ask(&outgoing).await;
        asked.map_err(|failure| told(failure, request.narrow))
    }
}

/// RFC 6750 and RFC 7617.
fn authorization(login: &Login) -> http::Result<HeaderValue> {
    let text = match login {
        Login::Bearer(token) => format!("Bearer {}", token.expose_secret()),
        Login::Basic { user, password } => {
            let pair = format!("{user}:{}", password.expose_secret());
            format!("Basic {}", STANDARD.encode(pair))
        }
    };
    let mut value = HeaderValue::try_from(text)?;
    value.set_sensitive(true);
    Ok(value)
}

/// What the caller is told of a failure.
fn told(failure: Failure, narrow: &'static str) -> PrometheusError {
    match failure {
        Failure::Rejected {
            status,
            kind,
            error,
        } => PrometheusError::Rejected {
            status,
            kind,
            error,
        },
        Failure::Failed {
            status,
            kind,
            error,
            exhausted,
        } => PrometheusError::Failed {
            status,
            kind,
            error,
            hint: match exhausted {
                true => "\nhint: ask for less (narrower matchers, shorter range, larger step)",
                false => "\nhint: this failed inside Prometheus; call again in a moment",
            },
        },
        Failure::Aws(error) => error.into(),
        Failure::Http { status, text } => of_http(status, &text),
        Failure::Redirect { status, location } => PrometheusError::Redirect {
            status,
            source: Location(location),
        },
        Failure::Foreign {
            status,
            content_type,
            source,
        } => PrometheusError::NotPrometheus {
            status,
            what: content_type.map_or_else(
                || "an unnamed content type".to_owned(),
                |kind| format!("`{kind}`"),
            ),
            source,
        },
        Failure::Unanswered(HttpError::TooLong { limit }) => PrometheusError::TooLarge {
            limit,
            hint: narrow,
        },
        Failure::Unanswered(source) => PrometheusError::Unreachable { source },
    }
}

fn of_http(status: u16, text: &str) -> PrometheusError {
    let hint = match status {
        401 | 403 => {
            "\nhint: set `PROMETHEUS_BEARER_TOKEN`, or `PROMETHEUS_USERNAME` and `PROMETHEUS_PASSWORD`, to what it accepts"
        }
        404 => {
            "\nhint: check the path of `PROMETHEUS_URL`; the API is expected at `/api/v1` below it"
        }
        429 => "\nhint: wait some seconds and call again, with fewer calls at once",
        500.. => "\nhint: call again in a moment",
        _ => "",
    };
    let text = match text {
        "" => String::new(),
        text => format!(": {text}"),
    };
    PrometheusError::Http { status, text, hint }
}
