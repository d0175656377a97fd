//! Headers whose values come from the environment, so that no secret is in a file.

use std::ffi::OsString;

use http::{HeaderMap, HeaderName, HeaderValue};

use super::endpoint::EndpointError;
use crate::error::Failure;

/// A header as it is written: `Bearer ${API_TOKEN}`.
#[derive(Debug)]
pub(super) struct Template {
    name: HeaderName,
    parts: Vec<Part>,
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Variable(String),
}

impl Template {
    pub(super) fn parse(name: &str, value: &str) -> Result<Self, EndpointError> {
        let header = HeaderName::try_from(name).map_err(|_| EndpointError::HeaderName {
            name: name.to_owned(),
        })?;
        let parts = parts(value).ok_or_else(|| EndpointError::HeaderValue {
            name: name.to_owned(),
        })?;
        Ok(Self {
            name: header,
            parts,
        })
    }
}

fn parts(value: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = value;
    while let Some((text, after)) = rest.split_once("${") {
        let (variable, after) = after.split_once('}')?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if variable.is_empty() || !variable.chars().all(is_name) {
            return None;
        }
        parts.push(Part::Text(text.to_owned()));
        parts.push(Part::Variable(variable.to_owned()));
        rest = after;
    }
    parts.push(Part::Text(rest.to_owned()));
    Some(parts)
}

/// The headers, with the variables' values.
///
/// # Errors
///
/// When a variable is not set, empty, or holds what a header cannot: the message names the
/// variable, never its value.
pub(super) fn resolve(
    server: &str,
    templates: &[Template],
    lookup: impl Fn(&str) -> Option<OsString>,
) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    for template in templates {
        let mut value = String::new();
        for part in &template.parts {
            match part {
                Part::Text(text) => value.push_str(text),
                Part::Variable(variable) => {
                    let set = lookup(variable).filter(|set| !set.is_empty());
                    let problem = match set.map(OsString::into_string) {
                        Some(Ok(text)) if HeaderValue::from_str(text.trim()).is_ok() => {
                            value.push_str(text.trim());
                            continue;
                        }
                        Some(_) => "holds what no header can",
                        None => "is not set",
                    };
                    return Err(Failure::Header {
                        server: server.to_owned(),
                        header: template.name.to_string(),
                        variable: variable.clone(),
                        problem,
                    });
                }
            }
        }
        // The parts were checked one by one, the manifest's own text by `codegen`.
        if let Ok(mut value) = HeaderValue::from_str(&value) {
            value.set_sensitive(true);
            headers.append(template.name.clone(), value);
        }
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(name: &str) -> Option<OsString> {
        match name {
            "TOKEN" => Some("t0ken\n".into()),
            "EMPTY" => Some("".into()),
            "BROKEN" => Some("sec\nret".into()),
            _ => None,
        }
    }

    #[test]
    fn variables_are_filled_in() {
        let templates = [
            ("authorization", "Bearer ${TOKEN}"),
            ("x-plain", "as it is"),
        ];
        let templates = templates.map(|(name, value)| Template::parse(name, value).unwrap());
        let headers = resolve("host", &templates, lookup).unwrap();
        assert_eq!(headers["authorization"], "Bearer t0ken");
        assert!(headers["authorization"].is_sensitive());
        assert_eq!(headers["x-plain"], "as it is");
    }

    #[test]
    fn a_variable_that_cannot_be_used_is_named_and_its_value_is_not() {
        for (variable, problem) in [
            ("MISSING", "is not set"),
            ("EMPTY", "is not set"),
            ("BROKEN", "holds what no header can"),
        ] {
            let value = format!("Bearer ${{{variable}}}");
            let template = Template::parse("authorization", &value).unwrap();
            let error = resolve("host", &[template], lookup)
                .unwrap_err()
                .to_string();
            let expected = format!(
                "the header `authorization` for `host` needs the environment variable `{variable}`, which {problem}"
            );
            assert_eq!(error, expected);
        }
    }

    #[test]
    fn what_is_no_header_is_refused() {
        for (name, value) in [
            ("no header", "x"),
            ("authorization", "${TOKEN"),
            ("authorization", "${}"),
            ("authorization", "${A-B}"),
        ] {
            assert!(Template::parse(name, value).is_err(), "{name}: {value}");
        }
    }
}
