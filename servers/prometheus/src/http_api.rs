//! Requests to the Prometheus HTTP API: signed, bounded in time and size, repeated only when safe.

use std::time::{Duration, SystemTime};

use aws_clients::AwsError;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::redirect::Policy;
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use crate::answer::{Envelope, Success};
use crate::config::Login;
use crate::error::{Location, PrometheusError};
use crate::server::Server;
use crate::target::{Identity, Target};

/// The IAM and signing name of Amazon Managed Service for Prometheus.
const SERVICE: &str = "aps";

/// Pauses before the second and the third attempt.
const PAUSES: [Duration; 2] = [Duration::from_millis(250), Duration::from_millis(750)];

/// An error body is read up to here. Prometheus's own are some hundred bytes.
const LONGEST_ERROR_BODY: usize = 64 * 1024;

/// Text of others is shown up to this many characters.
const LONGEST_TEXT: usize = 2_000;

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

/// Builds the client: no redirects, because they lead to hosts that nobody configured.
pub(crate) fn client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(Duration::from_secs(3))
        .user_agent(concat!("mcp-fleet-prometheus/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// Whether an attempt may be repeated.
enum Failure {
    Final(PrometheusError),
    Passing(PrometheusError),
}

impl Server {
    /// Sends a request until it is answered, at most three times.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        target: &Target,
        request: &Request<'_>,
    ) -> Result<Success<T>, PrometheusError> {
        let url = target.base.call(request.path, request.query);
        let mut pauses = PAUSES.iter();
        let mut attempts = 0;
        loop {
            attempts += 1;
            match self.attempt(target, request, &url, attempts).await {
                Ok(success) => return Ok(success),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Passing(error)) => match pauses.next() {
                    Some(pause) => tokio::time::sleep(*pause).await,
                    None => return Err(error),
                },
            }
        }
    }

    async fn attempt<T: DeserializeOwned>(
        &self,
        target: &Target,
        request: &Request<'_>,
        url: &Url,
        attempts: u32,
    ) -> Result<Success<T>, Failure> {
        let unreachable = |source: reqwest::Error| {
            Failure::Passing(PrometheusError::Unreachable {
                attempts,
                source: source.without_url(),
            })
        };
        let outgoing = self.outgoing(target, url).await.map_err(Failure::Final)?;
        let mut response = outgoing.send().await.map_err(unreachable)?;
        let status = response.status().as_u16();
        let good = response.status().is_success();
        let limit = if good {
            self.config.max_response_bytes
        } else {
            LONGEST_ERROR_BODY
        };
        if response.status().is_redirection() {
            let location = header(response.headers(), LOCATION.as_str());
            return Err(Failure::Final(PrometheusError::Redirect {
                status,
                source: Location(location.unwrap_or_default()),
            }));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if body.len() + chunk.len() > limit {
                if !good {
                    break;
                }
                return Err(Failure::Final(PrometheusError::TooLarge {
                    limit,
                    hint: request.narrow,
                }));
            }
            body.extend_from_slice(&chunk);
        }
        let headers = response.headers();
        if good {
            read(status, headers, &body)
        } else {
            Err(refusal(target, request, status, headers, &body))
        }
    }

    async fn outgoing(
        &self,
        target: &Target,
        url: &Url,
    ) -> Result<reqwest::RequestBuilder, PrometheusError> {
        let client = self.http_client()?;
        let mut outgoing = http::Request::get(url.as_str())
            .header(ACCEPT, "application/json")
            .body(Vec::new())
            .map_err(AwsError::not_signable)?;
        if let Identity::Aws(session) = &target.identity {
            let credentials = session.credentials().await?;
            let now = SystemTime::now();
            aws_clients::sign(&mut outgoing, SERVICE, session.region(), &credentials, now)?;
        }
        let outgoing = reqwest::Request::try_from(outgoing)
            .map_err(|source| PrometheusError::Client { source })?;
        let outgoing = reqwest::RequestBuilder::from_parts(client, outgoing);
        Ok(match &target.identity {
            Identity::Login(Login::Bearer(token)) => outgoing.bearer_auth(token.expose_secret()),
            Identity::Login(Login::Basic { user, password }) => {
                outgoing.basic_auth(user, Some(password.expose_secret()))
            }
            Identity::Nobody | Identity::Aws(_) => outgoing,
        })
    }
}

/// A good status: the data, or what is wrong with it.
fn read<T: DeserializeOwned>(
    status: u16,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Success<T>, Failure> {
    let not_prometheus = |source| {
        let what = header(headers, CONTENT_TYPE.as_str()).map_or_else(
            || "an unnamed content type".to_owned(),
            |kind| format!("`{kind}`"),
        );
        Failure::Final(PrometheusError::NotPrometheus {
            status,
            what,
            source,
        })
    };
    let envelope: Envelope<T> = serde_json::from_slice(body).map_err(not_prometheus)?;
    envelope.success().map_err(|envelope| {
        if envelope.error.is_empty() {
            let reason = "neither data nor an error";
            not_prometheus(serde::de::Error::custom(reason))
        } else {
            of_prometheus(status, &envelope.error_type, &envelope.error)
        }
    })
}

/// A bad status: Prometheus's own reason, else AWS's, else what little HTTP says.
fn refusal(
    target: &Target,
    request: &Request<'_>,
    status: u16,
    headers: &HeaderMap,
    body: &[u8],
) -> Failure {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| json[name].as_str();
    if let (Some("error"), Some(error)) = (text("status"), text("error")) {
        return of_prometheus(status, text("errorType").unwrap_or("unnamed"), error);
    }
    let error = match &target.identity {
        Identity::Aws(session) => {
            let subject = target.base.workspace_in_path();
            let subject = subject.map(|workspace| format!("workspace `{}`", workspace.as_str()));
            let code = header(headers, "x-amzn-errortype");
            AwsError::from_answer(
                session.call(request.action, subject),
                status,
                code.as_deref().and_then(|code| code.split(':').next()),
                text("message").or_else(|| text("Message")),
                header(headers, "x-amzn-requestid"),
            )
            .into()
        }
        Identity::Nobody | Identity::Login(_) => of_http(status, headers, body),
    };
    if status >= 500 {
        Failure::Passing(error)
    } else {
        Failure::Final(error)
    }
}

/// `error_type`: <https://github.com/prometheus/prometheus/blob/main/web/api/v1/api.go>
fn of_prometheus(status: u16, error_type: &str, error: &str) -> Failure {
    let kind = clean(error_type);
    let error = clean(error);
    // Its own time or memory ran out: the same query would take as long again.
    let exhausted = matches!(error_type, "timeout" | "canceled" | "execution");
    if status >= 500 && !exhausted {
        Failure::Passing(PrometheusError::Failed {
            status,
            kind,
            error,
            hint: "\nhint: this failed inside Prometheus; call again in a moment",
        })
    } else if status >= 500 {
        Failure::Final(PrometheusError::Failed {
            status,
            kind,
            error,
            hint: "\nhint: ask for less (narrower matchers, shorter range, larger step)",
        })
    } else {
        Failure::Final(PrometheusError::Rejected {
            status,
            kind,
            error,
        })
    }
}

fn of_http(status: u16, headers: &HeaderMap, body: &[u8]) -> PrometheusError {
    let plain = header(headers, CONTENT_TYPE.as_str()).is_some_and(|t| t.starts_with("text/plain"));
    let text = match clean(&String::from_utf8_lossy(body)) {
        text if plain && !text.is_empty() => format!(": {text}"),
        _ => String::new(),
    };
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
    PrometheusError::Http { status, text, hint }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(clean)
}

/// Text from elsewhere, as one bounded line.
fn clean(text: &str) -> String {
    let mut cleaned: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(LONGEST_TEXT)
        .collect();
    if text.chars().nth(LONGEST_TEXT).is_some() {
        cleaned.push('…');
    }
    cleaned.trim().to_owned()
}
