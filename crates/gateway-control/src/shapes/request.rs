//! A request's body, taken apart: the token, the tags, and the settings.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::check::{Findings, shape, text};
use crate::error::{ApiError, Reason};

/// Most tags of a resource.
pub(crate) const MOST_TAGS: usize = 50;

/// Tags of a gateway.
pub(crate) type Tags = BTreeMap<String, String>;

text!(CLIENT_TOKEN, (33, 256), "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,256}");
text!(TAG_KEY, (1, 128), r"[a-zA-Z0-9\s._:/=+@-]*");
text!(TAG_VALUE, (0, 256), r"[a-zA-Z0-9\s._:/=+@-]*");

/// A JSON object as a request's body.
pub(crate) struct Body {
    members: Map<String, Value>,
    fingerprint: String,
}

/// What makes a repeated request the same request.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct ClientToken {
    pub(crate) token: String,
    /// Of everything in the request but the token.
    pub(crate) fingerprint: String,
}

impl Body {
    /// Parses a body. An empty one is an empty object, as SDKs send it.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, ApiError> {
        let cannot_parse = |message: String| ApiError::Validation {
            message,
            reason: Reason::CannotParse,
            fields: Vec::new(),
        };
        let value = if bytes.is_empty() {
            Value::Object(Map::new())
        } else {
            serde_json::from_slice(bytes)
                .map_err(|error| cannot_parse(format!("the body is not JSON: {error}")))?
        };
        match value {
            Value::Object(members) => Ok(Self::new(members)),
            _ => Err(cannot_parse("the body must be a JSON object".to_owned())),
        }
    }

    /// A body of these members.
    pub(crate) fn new(members: Map<String, Value>) -> Self {
        let mut fingerprinted = members.clone();
        fingerprinted.remove("clientToken");
        let digest = Sha256::digest(Value::Object(fingerprinted).to_string());
        Self {
            members,
            fingerprint: STANDARD_NO_PAD.encode(digest),
        }
    }

    /// Takes `clientToken` out.
    pub(crate) fn client_token(&mut self) -> Result<Option<ClientToken>, ApiError> {
        let Some(token) = self.take::<String>("clientToken")? else {
            return Ok(None);
        };
        let mut findings = Findings::default();
        findings.text("clientToken", Some(&token), &CLIENT_TOKEN);
        findings.into_result()?;
        let fingerprint = self.fingerprint.clone();
        Ok(Some(ClientToken { token, fingerprint }))
    }

    /// Takes `tags` out.
    pub(crate) fn tags(&mut self) -> Result<Option<Tags>, ApiError> {
        let Some(tags) = self.take::<Tags>("tags")? else {
            return Ok(None);
        };
        let mut findings = Findings::default();
        for (key, value) in &tags {
            findings.text("tags", Some(key), &TAG_KEY);
            findings.text(format_args!("tags.{key}"), Some(value), &TAG_VALUE);
            if key.starts_with("aws:") {
                findings.add(
                    format_args!("tags.{key}"),
                    "keys that begin with `aws:` are reserved",
                );
            }
        }
        findings.into_result()?;
        Ok(Some(tags))
    }

    /// Takes a member out, which may be absent or null.
    pub(crate) fn take<T: serde::de::DeserializeOwned>(
        &mut self,
        name: &str,
    ) -> Result<Option<T>, ApiError> {
        let Some(value) = self.members.remove(name).filter(|value| !value.is_null()) else {
            return Ok(None);
        };
        // In its object again, so that an error has the path with the member's name.
        let mut object = BTreeMap::from([(name.to_owned(), value)]);
        let whole = Value::Object(std::mem::take(&mut object).into_iter().collect());
        shape::<BTreeMap<String, T>>(whole).map(|mut members| members.remove(name))
    }

    /// Sets a member that is absent.
    pub(crate) fn default(&mut self, name: &str, value: impl FnOnce() -> Value) {
        let member = self.members.entry(name).or_insert(Value::Null);
        if member.is_null() {
            *member = value();
        }
    }

    /// Refuses members that the API has and this gateway cannot honour.
    pub(crate) fn refuse(&self, unsupported: &[(&str, &str)]) -> Result<(), ApiError> {
        let mut findings = Findings::default();
        for (name, why) in unsupported {
            if self
                .members
                .get(*name)
                .is_some_and(|value| !value.is_null())
            {
                findings.add(name, why);
            }
        }
        findings.into_result()
    }

    /// The rest, as the settings of a resource.
    pub(crate) fn settings<T: serde::de::DeserializeOwned>(self) -> Result<T, ApiError> {
        shape(Value::Object(self.members))
    }

    /// A member as it was sent.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }
}
