//! Reading a signature: from the `Authorization` header, or from the query of a presigned URL.
//!
//! Source: "Elements of an AWS API request signature" in the IAM User Guide.

use std::borrow::Cow;
use std::collections::HashMap;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use percent_encoding::percent_decode_str;
use secrecy::SecretString;

use super::problem::SignatureProblem;
use super::{ALGORITHM, TERMINATOR};

const TIME_FORMAT: &str = "%Y%m%dT%H%M%SZ";

/// How far the signer's clock may be from ours.
const MAX_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// The longest life of a presigned URL: a week, in seconds.
const MAX_EXPIRES: i64 = 604_800;

/// Longest credential; what callers send is repeated in answers.
const MAX_CREDENTIAL_BYTES: usize = 256;

/// Where the signature was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carrier {
    Header,
    Query,
}

/// What a request says about its signature. Nothing of it is verified.
#[derive(Debug)]
pub(super) struct Signature {
    pub(super) carrier: Carrier,
    pub(super) access_key_id: String,
    /// Credential scope: `YYYYMMDD`.
    pub(super) date: String,
    pub(super) region: String,
    pub(super) service: String,
    terminator: String,
    /// `YYYYMMDDTHHMMSSZ`.
    pub(super) time: String,
    /// Seconds that a presigned URL is good for.
    expires: Option<i64>,
    /// Lower-case names in the signer's order.
    pub(super) signed_headers: Vec<String>,
    pub(super) session_token: Option<SecretString>,
    pub(super) bytes: Vec<u8>,
}

/// The parts of a signature by the names that the header has for them.
struct Elements<'a> {
    carrier: Carrier,
    credential: Cow<'a, str>,
    signed_headers: Cow<'a, str>,
    signature: Cow<'a, str>,
    time: Cow<'a, str>,
    expires: Option<Cow<'a, str>>,
    session_token: Option<Cow<'a, str>>,
}

fn incomplete(message: impl Into<String>) -> SignatureProblem {
    SignatureProblem::Incomplete(message.into())
}

impl Signature {
    pub(super) fn read(parts: &Parts) -> Result<Self, SignatureProblem> {
        let query = query_elements(parts.uri.query().unwrap_or_default());
        let elements = match (
            parts.headers.get(AUTHORIZATION),
            query.contains_key("X-Amz-Signature"),
        ) {
            (Some(_), true) => {
                return Err(incomplete(
                    "The request has both an 'Authorization' header and 'X-Amz-Signature'.",
                ));
            }
            (Some(_), false) => Elements::of_header(&parts.headers)?,
            (None, true) => Elements::of_query(query)?,
            (None, false) => return Err(SignatureProblem::Missing),
        };
        let signature = Self::from_elements(elements)?;
        signature.check_signed_headers(&parts.headers)?;
        Ok(signature)
    }

    fn from_elements(elements: Elements<'_>) -> Result<Self, SignatureProblem> {
        let credential: Vec<&str> = elements.credential.split('/').collect();
        let &[access_key_id, date, region, service, terminator] = credential.as_slice() else {
            let message = "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.";
            return Err(incomplete(message));
        };
        let printable = elements
            .credential
            .bytes()
            .all(|byte| byte.is_ascii_graphic());
        if !printable || elements.credential.len() > MAX_CREDENTIAL_BYTES {
            return Err(incomplete(
                "Credential must be printable ASCII without spaces.",
            ));
        }
        let signed_headers = elements
            .signed_headers
            .split(';')
            .map(str::to_ascii_lowercase)
            .collect();
        let expires = elements
            .expires
            .map(|seconds| read_expires(&seconds))
            .transpose()?;
        Ok(Self {
            carrier: elements.carrier,
            access_key_id: access_key_id.to_owned(),
            date: date.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
            terminator: terminator.to_owned(),
            time: elements.time.into_owned(),
            expires,
            signed_headers,
            session_token: elements
                .session_token
                .map(|token| SecretString::from(token.into_owned())),
            bytes: read_hex(&elements.signature).ok_or(SignatureProblem::Mismatch)?,
        })
    }

    /// `host` and whatever steers AWS must be signed; the session token may be added afterwards.
    fn check_signed_headers(&self, headers: &HeaderMap) -> Result<(), SignatureProblem> {
        let signed = |name: &str| self.signed_headers.iter().any(|one| one == name);
        if !signed("host") {
            let message =
                "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
            return Err(SignatureProblem::Invalid(message.to_owned()));
        }
        let unsigned = headers.keys().map(http::HeaderName::as_str).find(|name| {
            name.starts_with("x-amz-") && *name != "x-amz-security-token" && !signed(name)
        });
        match unsigned {
            Some(name) => {
                let message = format!(
                    "There were headers present in the request which were not signed: {name}"
                );
                Err(SignatureProblem::Invalid(message))
            }
            None => Ok(()),
        }
    }

    pub(super) fn check_scope(&self, region: &str, service: &str) -> Result<(), SignatureProblem> {
        let mut wrong = Vec::new();
        if self.region != region {
            wrong.push(format!(
                "Credential should be scoped to a valid region, not '{}'.",
                self.region
            ));
        }
        if self.service != service {
            wrong.push(format!(
                "Credential should be scoped to correct service: '{service}'."
            ));
        }
        if self.terminator != TERMINATOR {
            wrong.push(format!(
                "Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{}'.",
                self.terminator
            ));
        }
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(SignatureProblem::Invalid(wrong.join(" ")))
        }
    }

    pub(super) fn check_time(&self, now: Timestamp) -> Result<(), SignatureProblem> {
        let time = DateTime::strptime(TIME_FORMAT, &self.time)
            .ok()
            .and_then(|time| time.to_zoned(TimeZone::UTC).ok())
            .map(|time| time.timestamp())
            .filter(|time| text(*time) == self.time)
            .ok_or_else(|| {
                incomplete("Date must be in ISO-8601 'basic format', such as 20150830T123600Z.")
            })?;
        if self.time.get(..8) != Some(self.date.as_str()) {
            return Err(SignatureProblem::Invalid(format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{}' != '{}', from '{}'.",
                self.date,
                &self.time[..8],
                self.time
            )));
        }
        let (oldest, newest) = (now - MAX_SKEW, now + MAX_SKEW);
        let invalid = |message: String| Err(SignatureProblem::Invalid(message));
        if time > newest {
            let (newest, now) = (text(newest), text(now));
            return invalid(format!(
                "Signature not yet current: {} is still later than {newest} ({now} + 5 min.)",
                self.time
            ));
        }
        match self.expires {
            None if time < oldest => {
                let (oldest, now) = (text(oldest), text(now));
                invalid(format!(
                    "Signature expired: {} is now earlier than {oldest} ({now} - 5 min.)",
                    self.time
                ))
            }
            Some(seconds) if time + SignedDuration::from_secs(seconds) < now => {
                invalid("Signature expired: the URL is no longer valid.".to_owned())
            }
            _ => Ok(()),
        }
    }
}

impl<'a> Elements<'a> {
    fn of_header(headers: &'a HeaderMap) -> Result<Self, SignatureProblem> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let value = values
            .next()
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if values.next().is_some() {
            return Err(incomplete(
                "The request has more than one 'Authorization' header.",
            ));
        }
        let parameters = value
            .strip_prefix(ALGORITHM)
            .filter(|rest| rest.starts_with([' ', '\t']));
        let parameters: HashMap<&str, &str> = parameters
            .unwrap_or_default()
            .split(',')
            .filter_map(|parameter| parameter.trim().split_once('='))
            .collect();
        let time = headers
            .get("x-amz-date")
            .and_then(|value| value.to_str().ok());
        let mut missing: Vec<String> = ["Credential", "Signature", "SignedHeaders"]
            .into_iter()
            .filter(|name| !parameters.contains_key(name))
            .map(|name| format!("Authorization header requires '{name}' parameter."))
            .collect();
        if time.is_none() {
            missing.push(
                "Authorization header requires existence of a 'X-Amz-Date' header.".to_owned(),
            );
        }
        if !missing.is_empty() {
            return Err(incomplete(missing.join(" ")));
        }
        let token = headers
            .get("x-amz-security-token")
            .and_then(|value| value.to_str().ok());
        Ok(Self {
            carrier: Carrier::Header,
            credential: parameters["Credential"].into(),
            signed_headers: parameters["SignedHeaders"].into(),
            signature: parameters["Signature"].into(),
            time: time.unwrap_or_default().into(),
            expires: None,
            session_token: token.map(Cow::from),
        })
    }

    fn of_query(mut query: HashMap<&'a str, Cow<'a, str>>) -> Result<Self, SignatureProblem> {
        let mut element = |name: &str| {
            query.remove(name).ok_or_else(|| {
                incomplete(format!(
                    "AWS query-string parameters must include '{name}'."
                ))
            })
        };
        if element("X-Amz-Algorithm")? != ALGORITHM {
            return Err(incomplete(format!(
                "'X-Amz-Algorithm' must be '{ALGORITHM}'."
            )));
        }
        Ok(Self {
            carrier: Carrier::Query,
            credential: element("X-Amz-Credential")?,
            signed_headers: element("X-Amz-SignedHeaders")?,
            signature: element("X-Amz-Signature")?,
            time: element("X-Amz-Date")?,
            expires: Some(element("X-Amz-Expires")?),
            session_token: element("X-Amz-Security-Token").ok(),
        })
    }
}

/// The `X-Amz-*` parameters of a query.
fn query_elements(query: &str) -> HashMap<&str, Cow<'_, str>> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(name, _)| name.starts_with("X-Amz-"))
        .map(|(name, value)| (name, percent_decode_str(value).decode_utf8_lossy()))
        .collect()
}

fn read_expires(seconds: &str) -> Result<i64, SignatureProblem> {
    let seconds = seconds
        .parse()
        .ok()
        .filter(|seconds| (1..=MAX_EXPIRES).contains(seconds));
    seconds.ok_or_else(|| {
        incomplete(format!(
            "'X-Amz-Expires' must be 1 to {MAX_EXPIRES} seconds."
        ))
    })
}

/// 64 hexadecimal digits in lower case, as every signer writes them.
fn read_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if text.len() != 64 || !digits {
        return None;
    }
    (0..64)
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
        .collect()
}

fn text(time: Timestamp) -> String {
    time.strftime(TIME_FORMAT).to_string()
}
