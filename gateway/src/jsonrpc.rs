//! JSON-RPC 2.0 messages, read tolerantly and answered exactly.
//!
//! Identifiers, parameters and results stay raw text: what a client or a function wrote reaches
//! the other side byte for byte, key order and number format included.

use std::borrow::Cow;

use rmcp::model::ErrorData;
use serde::{Deserialize, Deserializer, de::IgnoredAny};
use serde_json::Value;
use serde_json::value::RawValue;

/// A message from the client.
#[derive(Debug)]
pub(crate) enum Message<'a> {
    /// Wants an answer.
    Request(Request<'a>),
    /// Wants none. The gateway acts on no notification, so nothing of it is kept.
    Notification,
    /// An answer to a request of ours. The gateway sends none, so it is accepted and dropped.
    Response,
}

/// A request: `id`, `method`, `params`.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    /// Identifier to answer with.
    pub(crate) id: Id<'a>,
    /// Method name.
    pub(crate) method: Cow<'a, str>,
    /// Parameters as sent; absent and `null` are the same.
    pub(crate) params: Option<&'a RawValue>,
}

/// A request identifier: a JSON string or number.
#[derive(Debug)]
pub(crate) struct Id<'a> {
    /// As it stood in the request, quotes included.
    pub(crate) raw: &'a str,
    /// As text: a string's content, or a number's digits.
    pub(crate) text: String,
}

/// What is wrong with a body that is JSON but no JSON-RPC message, and the id to answer with.
#[derive(Debug)]
pub(crate) struct Invalid<'a> {
    pub(crate) id: Option<Id<'a>>,
    pub(crate) reason: &'static str,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(default, borrow)]
    jsonrpc: Option<Cow<'a, str>>,
    // `Option` alone reads `null` as absent, but a `null` id is an error and not a notification.
    #[serde(default, borrow, deserialize_with = "present")]
    id: Option<&'a RawValue>,
    #[serde(default, borrow)]
    method: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    params: Option<&'a RawValue>,
    #[serde(default)]
    result: Option<IgnoredAny>,
    #[serde(default)]
    error: Option<IgnoredAny>,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

impl<'a> Message<'a> {
    /// Reads one message.
    ///
    /// # Errors
    ///
    /// When the JSON is not a JSON-RPC 2.0 message as MCP allows it.
    pub(crate) fn read(json: &'a RawValue) -> Result<Self, Invalid<'a>> {
        let invalid = |id, reason| Err(Invalid { id, reason });
        let Ok(envelope) = serde_json::from_str::<Envelope<'a>>(json.get()) else {
            return invalid(
                None,
                "a message is an object with `jsonrpc`, `method` and, for a request, `id`",
            );
        };
        let id = match envelope.id.map(Id::read) {
            None => None,
            Some(Some(id)) => Some(id),
            Some(None) => return invalid(None, "`id` must be a string or a number"),
        };
        if envelope.jsonrpc.as_deref() != Some("2.0") {
            return invalid(id, "`jsonrpc` must be \"2.0\"");
        }
        match (envelope.method, id) {
            (Some(method), Some(id)) => {
                let params = envelope.params;
                Ok(Self::Request(Request { id, method, params }))
            }
            (Some(_), None) => Ok(Self::Notification),
            (None, Some(_)) if envelope.result.is_some() || envelope.error.is_some() => {
                Ok(Self::Response)
            }
            (None, id) => invalid(id, "`method` is missing"),
        }
    }
}

impl<'a> Id<'a> {
    fn read(json: &'a RawValue) -> Option<Self> {
        let text = match serde_json::from_str(json.get()) {
            Ok(Value::String(text)) => text,
            // Not `Number::to_string`: the digits as sent, whatever their number.
            Ok(Value::Number(_)) => json.get().to_owned(),
            _ => return None,
        };
        Some(Self {
            raw: json.get(),
            text,
        })
    }
}

/// The answer to a request: the result as JSON text, or an error.
pub(crate) type Answer = Result<String, ErrorData>;

/// The response message that carries `answer` to the request with this `id`, which is JSON.
pub(crate) fn response(id: &str, answer: &Answer) -> String {
    match answer {
        Ok(result) => format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#),
        Err(error) => {
            let error = json(error);
            format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{error}}}"#)
        }
    }
}

/// The response message to a request whose id could not be read: protocol 2026-07-28 has no `null` ids.
pub(crate) fn response_without_id(error: &ErrorData) -> String {
    format!(r#"{{"jsonrpc":"2.0","error":{}}}"#, json(error))
}

/// The parameters of a request, which must be an object.
///
/// # Errors
///
/// When they are not, or break `rule`.
pub(crate) fn read<'a, T: Deserialize<'a>>(
    params: Option<&'a RawValue>,
    rule: &str,
) -> Result<T, ErrorData> {
    params
        // A struct would accept an array of its members as well.
        .filter(|params| params.get().starts_with('{'))
        .and_then(|params| serde_json::from_str(params.get()).ok())
        .ok_or_else(|| invalid_params(rule))
}

pub(crate) fn invalid_params(rule: &str) -> ErrorData {
    ErrorData::invalid_params(format!("Invalid params: {rule}"), None)
}

/// A value of our own as JSON text.
pub(crate) fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("our own types have string keys and finite numbers")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, String> {
        let json: &RawValue = serde_json::from_str(text).unwrap();
        match Message::read(json) {
            Ok(Message::Request(request)) => Ok(format!(
                "{} {} {}",
                request.id.raw, request.id.text, request.method
            )),
            Ok(Message::Notification) => Ok("notification".to_owned()),
            Ok(Message::Response) => Ok("response".to_owned()),
            Err(invalid) => Err(format!(
                "{:?}: {}",
                invalid.id.map(|id| id.text),
                invalid.reason
            )),
        }
    }

    #[test]
    fn ids_are_echoed_as_they_were_sent() {
        for (sent, text) in [
            ("7", "7"),
            ("-1", "-1"),
            ("18446744073709551616", "18446744073709551616"),
            ("1.50", "1.50"),
            (r#""a""#, "a"),
            (r#""caf\u00e9""#, "café"),
            (r#""""#, ""),
        ] {
            let message = format!(r#"{{"jsonrpc":"2.0","id":{sent},"method":"ping"}}"#);
            assert_eq!(read(&message).unwrap(), format!("{sent} {text} ping"));
        }
    }

    #[test]
    fn what_is_not_a_message_is_said_to_be_none() {
        for (message, reason) in [
            ("3", "None: a message is an object"),
            (
                r#"{"jsonrpc":"2.0","id":1,"method":5}"#,
                "None: a message is an object",
            ),
            (
                r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
                "None: `id` must be a string or a number",
            ),
            (
                r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#,
                "None: `id` must be a string or a number",
            ),
            (
                r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#,
                "Some(\"1\"): `jsonrpc` must be \"2.0\"",
            ),
            (
                r#"{"id":"x","method":"ping"}"#,
                "Some(\"x\"): `jsonrpc` must be \"2.0\"",
            ),
            (
                r#"{"jsonrpc":"2.0","id":1}"#,
                "Some(\"1\"): `method` is missing",
            ),
            (r#"{"jsonrpc":"2.0"}"#, "None: `method` is missing"),
        ] {
            let refusal = read(message).unwrap_err();
            assert!(refusal.starts_with(reason), "{message}: {refusal}");
        }
    }

    #[test]
    fn a_message_without_id_wants_no_answer() {
        assert_eq!(
            read(r#"{"jsonrpc":"2.0","method":"tools/call"}"#).unwrap(),
            "notification"
        );
        assert_eq!(
            read(r#"{"jsonrpc":"2.0","id":1,"result":{}}"#).unwrap(),
            "response"
        );
    }
}
