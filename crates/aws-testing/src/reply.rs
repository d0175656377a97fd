//! What the stand-in answers, before it is written in the protocol of the request.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use server_testing::{Damage, HttpAnswer, changed};
use wiremock::ResponseTemplate;

use crate::request::{AwsRequest, Protocol};
use crate::{cbor, xml};

const TIMESTAMP: &str = "$timestamp";
const BLOB: &str = "$blob";
const MAP: &str = "$map";

/// An answer of AWS. The same reply serves every protocol.
///
/// Numbers matter for CBOR: write `1.0` where AWS has a double, `1` where it has an integer, and
/// [`timestamp`], [`blob`] and [`map`] where it has those.
#[derive(Debug, Clone)]
pub struct Reply {
    status: u16,
    body: Body,
    headers: Vec<(String, String)>,
}

#[derive(Debug, Clone)]
enum Body {
    Output(Value),
    Error { code: String, message: String },
    Raw { content_type: String, body: Vec<u8> },
}

impl Reply {
    /// The output of an operation, with the member names of AWS's API reference.
    pub fn ok(output: Value) -> Self {
        Self {
            status: 200,
            body: Body::Output(output),
            headers: Vec::new(),
        }
    }

    /// An error that AWS answers: `Reply::error(400, "AccessDeniedException", "…")`.
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        Self {
            status,
            body: Body::Error {
                code: code.to_owned(),
                message: message.to_owned(),
            },
            headers: Vec::new(),
        }
    }

    /// Bytes as they are, for what is no answer of AWS, such as a proxy's page.
    pub fn raw(status: u16, content_type: &str, body: impl AsRef<[u8]>) -> Self {
        Self {
            status,
            body: Body::Raw {
                content_type: content_type.to_owned(),
                body: body.as_ref().to_vec(),
            },
            headers: Vec::new(),
        }
    }

    /// Another header of the response.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The reply as a damaged backend sends it. Errors come as they are, or not at all.
    pub(crate) fn damaged(&self, damage: &Damage) -> Self {
        match (damage, &self.body) {
            (Damage::None, _) | (Damage::Parts(_) | Damage::Cut(_), Body::Error { .. }) => {
                self.clone()
            }
            (Damage::Parts(parts), Body::Output(output)) => Self::ok(changed(output, parts)),
            (_, Body::Output(output)) => Self::from_http(damage.http(output)),
            (_, _) => Self::from_http(damage.http(&Value::Null)),
        }
    }

    fn from_http(answer: HttpAnswer) -> Self {
        Self::raw(answer.status, &answer.content_type, answer.body)
    }

    pub(crate) fn response(&self, request: &AwsRequest, request_id: &str) -> ResponseTemplate {
        let protocol = request.protocol;
        let mut response =
            ResponseTemplate::new(self.status).insert_header("x-amzn-requestid", request_id);
        response = match &self.body {
            Body::Raw { content_type, body } => response.set_body_raw(body.clone(), content_type),
            Body::Output(output) => match protocol {
                Protocol::Cbor => cbor_body(response, output),
                Protocol::Query => {
                    let text = xml::answer(&request.operation, output, request_id);
                    response.set_body_raw(text, "text/xml")
                }
                Protocol::Json => json_body(response, &plain(output)),
            },
            Body::Error { code, message } => match protocol {
                Protocol::Query => {
                    response.set_body_raw(xml::error(code, message, request_id), "text/xml")
                }
                // Services spell the member either way; the SDK reads both.
                Protocol::Cbor => {
                    cbor_body(response, &json!({ "__type": code, "message": message }))
                }
                Protocol::Json => json_body(
                    response.insert_header("x-amzn-errortype", code.as_str()),
                    &json!({ "__type": code, "message": message }),
                ),
            },
        };
        self.headers
            .iter()
            .fold(response, |response, (name, value)| {
                response.insert_header(name.as_str(), value.as_str())
            })
    }
}

fn cbor_body(response: ResponseTemplate, value: &Value) -> ResponseTemplate {
    response
        .insert_header("smithy-protocol", "rpc-v2-cbor")
        .set_body_raw(cbor::encode(value), "application/cbor")
}

fn json_body(response: ResponseTemplate, value: &Value) -> ResponseTemplate {
    response.set_body_raw(value.to_string(), "application/x-amz-json-1.1")
}

/// A time, in Unix seconds: each protocol writes it differently.
pub fn timestamp(seconds: f64) -> Value {
    json!({ TIMESTAMP: seconds })
}

/// Bytes.
pub fn blob(bytes: &[u8]) -> Value {
    json!({ BLOB: base64(bytes) })
}

/// A map with free keys, which XML writes unlike a structure.
///
/// # Panics
///
/// When `entries` is no object.
pub fn map(entries: Value) -> Value {
    assert!(entries.is_object(), "a map needs an object: {entries}");
    json!({ MAP: entries })
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// What JSON alone does not say.
pub(crate) enum Marked<'a> {
    Timestamp(f64),
    Blob(Vec<u8>),
    Map(&'a Map<String, Value>),
}

impl<'a> Marked<'a> {
    pub(crate) fn of(value: &'a Value) -> Option<Self> {
        let (name, inner) = value
            .as_object()
            .filter(|fields| fields.len() == 1)?
            .iter()
            .next()?;
        match name.as_str() {
            TIMESTAMP => inner.as_f64().map(Self::Timestamp),
            BLOB => inner
                .as_str()
                .and_then(|text| STANDARD.decode(text).ok())
                .map(Self::Blob),
            MAP => inner.as_object().map(Self::Map),
            _ => None,
        }
    }
}

/// As JSON protocols write it: times as seconds, bytes as base64, maps as objects.
fn plain(value: &Value) -> Value {
    match Marked::of(value) {
        Some(Marked::Timestamp(seconds)) => return seconds.into(),
        Some(Marked::Blob(bytes)) => return base64(&bytes).into(),
        Some(Marked::Map(fields)) => return plain_fields(fields),
        None => {}
    }
    match value {
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(fields) => plain_fields(fields),
        other => other.clone(),
    }
}

fn plain_fields(fields: &Map<String, Value>) -> Value {
    let plain = fields
        .iter()
        .map(|(name, value)| (name.clone(), plain(value)));
    Value::Object(plain.collect())
}
