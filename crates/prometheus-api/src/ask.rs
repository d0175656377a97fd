//! Sends a request until it is answered: at most three times.

use std::time::Duration;

use aws_clients::{Call, Http, Session};
use http::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderValue, Request, Response};
use serde::de::DeserializeOwned;

use crate::answer::{Envelope, Success};
use crate::failure::{Failure, header};

/// Pauses before the second and the third attempt.
const PAUSES: [Duration; 2] = [Duration::from_millis(250), Duration::from_millis(750)];

/// How a Prometheus is asked.
#[derive(Debug)]
pub struct Asking<'a> {
    /// Over whose connections.
    pub http: &'a Http,
    /// Of AWS: how requests are signed. `None` for a Prometheus that is not AWS's.
    pub signing: Option<Signing<'a>>,
    /// A good answer is read up to here.
    pub longest_bytes: usize,
    /// One attempt takes at most this long.
    pub attempt: Duration,
}

/// Who asks AWS, and what for.
#[derive(Debug)]
pub struct Signing<'a> {
    /// Whose credentials and region.
    pub session: &'a Session,
    /// The signing name of the service: `aps`.
    pub service: &'static str,
    /// What it is authorised as, for errors.
    pub call: Call,
}

impl Asking<'_> {
    /// Sends a request, which must be one that reads, and reads its data.
    ///
    /// # Errors
    ///
    /// When there is no data, after as many attempts as may help.
    pub async fn ask<T: DeserializeOwned>(
        &self,
        request: &Request<Vec<u8>>,
    ) -> Result<Success<T>, Failure> {
        let mut pauses = PAUSES.iter();
        loop {
            match (self.attempt(request).await, pauses.next()) {
                (Err(failure), Some(pause)) if failure.may_pass() => {
                    tokio::time::sleep(*pause).await;
                }
                (ended, _) => return ended,
            }
        }
    }

    async fn attempt<T: DeserializeOwned>(
        &self,
        request: &Request<Vec<u8>>,
    ) -> Result<Success<T>, Failure> {
        let mut request = request.clone();
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(ACCEPT, json);
        if let Some(signing) = &self.signing {
            let signed = signing.session.sign(&mut request, signing.service);
            signed.await.map_err(Failure::Aws)?;
        }
        let sent = self.http.send(request, self.longest_bytes, self.attempt);
        let answer = sent.await.map_err(Failure::Unanswered)?;
        let status = answer.status();
        if status.is_success() {
            read(&answer)
        } else if status.is_redirection() {
            Err(Failure::Redirect {
                status: status.as_u16(),
                location: location(answer.headers()),
            })
        } else {
            let call = self.signing.as_ref().map(|signing| &signing.call);
            Err(Failure::refused(call, &answer))
        }
    }
}

/// Without its query, which repeats the caller's: locations are logged.
fn location(headers: &HeaderMap) -> String {
    let location = header(headers, LOCATION.as_str()).unwrap_or_default();
    let end = location.find(['?', '#']).unwrap_or(location.len());
    location[..end].to_owned()
}

/// A good status: the data, or what is wrong with it.
fn read<T: DeserializeOwned>(answer: &Response<Vec<u8>>) -> Result<Success<T>, Failure> {
    let status = answer.status().as_u16();
    let foreign = |reason: String| Failure::Foreign {
        status,
        content_type: header(answer.headers(), CONTENT_TYPE.as_str()),
        source: reason.into(),
    };
    let envelope: Envelope<T> = serde_json::from_slice(answer.body()).map_err(|error| {
        // Not its text, which repeats some of the answer: sources are logged.
        let (kind, line, column) = (error.classify(), error.line(), error.column());
        foreign(format!("{kind:?} error in line {line}, column {column}"))
    })?;
    envelope
        .success()
        .map_err(|envelope| match envelope.error.as_str() {
            "" => foreign("neither data nor an error".to_owned()),
            error => Failure::of_prometheus(status, &envelope.error_type, error, false),
        })
}
