//! `headers` of a remote server. Secrets in them come from the environment.

use std::collections::BTreeMap;

use crate::environment;
use crate::fields::{Fields, entries};
use crate::node::shorten;
use crate::problem::Problems;

/// What the protocol itself sets.
const RESERVED: [&str; 8] = [
    "accept",
    "content-length",
    "content-type",
    "host",
    "last-event-id",
    "mcp-protocol-version",
    "mcp-session-id",
    "transfer-encoding",
];

/// What is in the names of headers that carry secrets.
const SECRET: [&str; 8] = [
    "auth",
    "cookie",
    "credential",
    "key",
    "passw",
    "secret",
    "signature",
    "token",
];

pub(crate) fn read_headers(
    fields: &Fields,
    is_remote: bool,
    problems: &mut Problems,
) -> BTreeMap<String, String> {
    let mut headers = BTreeMap::new();
    let Some(field) = fields.get("headers") else {
        return headers;
    };
    if !is_remote {
        problems.push(
            field.key_position,
            "`headers` are for a `url` alone",
            "leave them out",
        );
        return headers;
    }
    for (name, entry) in entries(&field.node, "`headers`", problems) {
        let value = entry.value.scalar().unwrap_or_default().trim().to_owned();
        match check(&name, &value) {
            Ok(()) => {
                headers.insert(name.to_ascii_lowercase(), value);
            }
            Err((message, hint)) => problems.push(entry.key.position, message, hint),
        }
    }
    headers
}

/// What is wrong with a header, and the right form.
fn check(name: &str, value: &str) -> Result<(), (String, String)> {
    let shown = shorten(name);
    let lower = name.to_ascii_lowercase();
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if name.is_empty() || !name.chars().all(is_token) {
        return Err((
            format!("`{shown}` is not a name for a header"),
            "write letters, digits and `-`".to_owned(),
        ));
    }
    if RESERVED.contains(&lower.as_str()) {
        return Err((
            format!("`{shown}` is set by the protocol"),
            "leave it out".to_owned(),
        ));
    }
    if value.is_empty() || value.chars().any(|c| !(' '..='~').contains(&c)) {
        return Err((
            format!("`{shown}` has no value that a header can have"),
            "write one line of ASCII text; `${NAME}` in it is an environment variable".to_owned(),
        ));
    }
    let variables = variables(value).ok_or_else(|| {
        (
            format!("the value of `{shown}` has a `${{` that is no variable"),
            "write `${NAME}`, with a name of capital letters, digits and `_`".to_owned(),
        )
    })?;
    for variable in &variables {
        if variable.starts_with("MCP_FLEET_") || environment::check(variable, "").is_err() {
            let readable = ["AWS_REGION", "AWS_DEFAULT_REGION"].contains(variable);
            if !readable {
                return Err((
                    format!(
                        "`{shown}` uses `{}`, which is not to be sent",
                        shorten(variable)
                    ),
                    "use a variable of your own".to_owned(),
                ));
            }
        }
    }
    if variables.is_empty() && SECRET.iter().any(|part| lower.contains(part)) {
        return Err((
            format!("the value of `{shown}` is a secret, in clear text"),
            "write `${NAME}`, and put the secret into that environment variable of the function"
                .to_owned(),
        ));
    }
    Ok(())
}

/// The names in `${…}`.
fn variables(value: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut rest = value;
    while let Some((_, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}')?;
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(is_part) {
            return None;
        }
        names.push(name);
        rest = after;
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn a_refused_header_has_its_reason_and_the_right_form() {
        for (name, value, reason, right_form) in [
            ("Authorization", "Bearer abc", "in clear text", "`${NAME}`"),
            ("x-api-key", "abc", "in clear text", "environment variable"),
            ("x token", "${T1}", "not a name", "letters"),
            ("Mcp-Session-Id", "1", "by the protocol", "leave it out"),
            ("x-team", "", "no value", "one line"),
            ("x-team", "a\nb", "no value", "one line"),
            (
                "authorization",
                "Bearer ${TOKEN",
                "no variable",
                "`${NAME}`",
            ),
            (
                "x-a",
                "${AWS_SECRET_ACCESS_KEY}",
                "not to be sent",
                "your own",
            ),
            ("x-a", "${MCP_FLEET_ARGS}", "not to be sent", "your own"),
        ] {
            let (message, hint) = check(name, value).expect_err(name);
            assert!(message.contains(reason), "{name}: {message}");
            assert!(hint.contains(right_form), "{name}: {hint}");
            assert!(
                !message.contains("abc") && !hint.contains("abc"),
                "{message}"
            );
        }
        for (name, value) in [
            ("authorization", "Bearer ${API_TOKEN}"),
            ("x-api-key", "${API_KEY}"),
            ("x-team", "data"),
            ("x-region", "${AWS_REGION}"),
        ] {
            assert_eq!(check(name, value), Ok(()), "{name}");
        }
    }
}
