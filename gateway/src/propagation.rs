//! Which headers and query parameters of a client reach a target.
//!
//! Limits, and the headers that never do:
//! <https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-headers.html>

use std::collections::BTreeMap;

use gateway_control::is_restricted_header;
use http::HeaderMap;
use url::form_urlencoded;

/// Most names in an allow-list.
const MOST_NAMES: usize = 10;
const LONGEST_HEADER_NAME: usize = 100;
const LONGEST_PARAMETER_NAME: usize = 40;
const LONGEST_VALUE_BYTES: usize = 4096;

/// What a target is sent of a client's request besides the arguments: a target's `metadataConfiguration`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Propagation {
    headers: Vec<String>,
    parameters: Vec<String>,
}

/// An allow-list that the service refuses.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PropagationError {
    /// A header that never reaches a target.
    #[error(
        "header `{0}` cannot be propagated: it is one of those that the service keeps to itself"
    )]
    Restricted(String),
    /// Not a header's name.
    #[error("`{0}` is no header name: at most 100 letters, digits, hyphens and underscores")]
    HeaderName(String),
    /// Not a query parameter's name.
    #[error("`{0}` is no query parameter name: 1 to 40 characters of printable ASCII")]
    ParameterName(String),
    /// A name that is already there.
    #[error("`{0}` is allowed twice")]
    Twice(String),
    /// More names than a target may have.
    #[error(
        "at most {MOST_NAMES} headers and {MOST_NAMES} query parameters can be propagated to a target"
    )]
    TooMany,
}

impl Propagation {
    /// Adds a request header to those that reach the target, which sees it spelled like this.
    ///
    /// # Errors
    ///
    /// When the service refuses it.
    pub fn allow_header(&mut self, name: &str) -> Result<(), PropagationError> {
        let valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if name.is_empty() || name.len() > LONGEST_HEADER_NAME || !name.bytes().all(valid) {
            return Err(PropagationError::HeaderName(name.to_owned()));
        }
        if is_restricted_header(name) {
            return Err(PropagationError::Restricted(name.to_owned()));
        }
        add(&mut self.headers, name, |known| {
            known.eq_ignore_ascii_case(name)
        })
    }

    /// Adds a query parameter of the gateway's URL to those that reach the target.
    ///
    /// # Errors
    ///
    /// When the service refuses it.
    pub fn allow_query_parameter(&mut self, name: &str) -> Result<(), PropagationError> {
        if !(1..=LONGEST_PARAMETER_NAME).contains(&name.len()) || !is_printable(name) {
            return Err(PropagationError::ParameterName(name.to_owned()));
        }
        add(&mut self.parameters, name, |known| known == name)
    }

    /// Whether `name` is one of the headers that reach the target.
    pub(crate) fn allows_header(&self, name: &str) -> bool {
        self.headers
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Those of `headers` that reach the target. Several of one name become one, as HTTP joins them.
    pub(crate) fn headers(&self, headers: &HeaderMap) -> BTreeMap<String, String> {
        let allowed = self.headers.iter().filter_map(|name| {
            let values: Option<Vec<&str>> = headers
                .get_all(name)
                .iter()
                .map(|value| value.to_str().ok())
                .collect();
            let values = values.filter(|values| !values.is_empty());
            // Some header values are no ASCII at all.
            if values.is_none() && headers.contains_key(name) {
                warn_of_value("header", name);
            }
            Some((name.clone(), values?.join(", ")))
        });
        allowed
            .filter(|(name, value)| may_travel("header", name, value))
            .collect()
    }

    /// Those of the parameters of `query` that reach the target; of several with one name the first.
    pub(crate) fn parameters(&self, query: Option<&str>) -> BTreeMap<String, String> {
        let mut allowed = BTreeMap::new();
        if self.parameters.is_empty() {
            return allowed;
        }
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            if self.parameters.iter().any(|known| *known == name)
                && may_travel("query parameter", &name, &value)
            {
                allowed
                    .entry(name.into_owned())
                    .or_insert_with(|| value.into_owned());
            }
        }
        allowed
    }
}

fn add(
    names: &mut Vec<String>,
    name: &str,
    same: impl Fn(&str) -> bool,
) -> Result<(), PropagationError> {
    if names.iter().any(|known| same(known)) {
        return Err(PropagationError::Twice(name.to_owned()));
    }
    if names.len() == MOST_NAMES {
        return Err(PropagationError::TooMany);
    }
    names.push(name.to_owned());
    Ok(())
}

fn is_printable(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

fn may_travel(kind: &str, name: &str, value: &str) -> bool {
    let may = value.len() <= LONGEST_VALUE_BYTES && is_printable(value);
    if !may {
        warn_of_value(kind, name);
    }
    may
}

/// Without the value, which may be a secret.
fn warn_of_value(kind: &str, name: &str) {
    tracing::warn!(
        "{kind} `{name}` is not propagated: its value is no printable ASCII or longer than {LONGEST_VALUE_BYTES} bytes"
    );
}
