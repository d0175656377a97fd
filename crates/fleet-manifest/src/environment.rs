//! Names of environment variables: the fleet's own, and those that a manifest must not set.

use secret_references::Reference;

use crate::problem::closest;

/// Access level of the handler.
pub(crate) const ACCESS: &str = "MCP_FLEET_ACCESS";
/// Tools to offer, separated by commas.
pub(crate) const TOOLS_INCLUDE: &str = "MCP_FLEET_TOOLS_INCLUDE";
/// Tools to leave out, separated by commas.
pub(crate) const TOOLS_EXCLUDE: &str = "MCP_FLEET_TOOLS_EXCLUDE";
/// The manifest's `args` as a JSON array.
pub(crate) const ARGS: &str = "MCP_FLEET_ARGS";

/// All names and values of a function together, in bytes: the limit of Lambda.
pub(crate) const MAX_TOTAL_BYTES: usize = 4096;

/// The fleet's variables that the manifest sets by another key.
const SET_BY_KEY: [(&str, &str); 4] = [
    (ACCESS, "`access: read-write`"),
    (TOOLS_INCLUDE, "`tools: {include: [tool_name]}`"),
    (TOOLS_EXCLUDE, "`tools: {exclude: [tool_name]}`"),
    (ARGS, "`args: [value]`"),
];

/// The fleet's variables that `env` may hold, with their values.
const SETTABLE: [(&str, &[&str]); 6] = [
    ("MCP_FLEET_RESULT_MODE", &["mcp", "payload"]),
    ("MCP_FLEET_HTTP_RESPONSE", &["buffered", "streaming"]),
    ("MCP_FLEET_METRICS", &["emf", "none"]),
    // Of these two the handler says what they may be.
    ("MCP_FLEET_METRICS_NAMESPACE", &[]),
    ("MCP_FLEET_SECRETS_REFRESH", &[]),
    (
        "MCP_FLEET_LOG",
        &["error", "warn", "info", "debug", "trace"],
    ),
];

/// What Lambda sets itself and refuses in a function's configuration. Everything else that starts
/// with `AWS_LAMBDA_` is refused as well: it would steer the runtime, not the server.
const RESERVED: [&str; 12] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];

/// What is wrong with a variable of `env`, and the right form.
pub(crate) fn check(name: &str, value: &str) -> Result<(), (String, String)> {
    if RESERVED.contains(&name) || name.starts_with("AWS_LAMBDA_") {
        let hint = match name {
            "AWS_REGION" | "AWS_DEFAULT_REGION" => {
                "leave it out: the function has the Region that it is deployed to"
            }
            _ if name.contains("KEY") || name.contains("TOKEN") => {
                "leave it out: the function has the credentials of its role"
            }
            _ => "leave it out: the function finds it in its environment",
        };
        return Err((
            format!("`{name}` is reserved: Lambda sets it itself"),
            hint.to_owned(),
        ));
    }
    if let Some((_, key)) = SET_BY_KEY.iter().find(|(reserved, _)| *reserved == name) {
        return Err((
            format!("`{name}` is written by the fleet"),
            format!("write {key} in the server's entry"),
        ));
    }
    if let Some((_, values)) = SETTABLE.iter().find(|(settable, _)| *settable == name) {
        if values.is_empty() || values.contains(&value) {
            return Ok(());
        }
        return Err((
            format!("`{name}` is `{}`", crate::node::shorten(value)),
            format!("write one of {}", crate::fields::backticked(values)),
        ));
    }
    if name.starts_with("MCP_FLEET_") {
        let known = SETTABLE.iter().map(|(settable, _)| *settable);
        return Err((
            format!("`{name}` is no setting of the fleet"),
            match closest(name, known) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!(
                    "names that start with `MCP_FLEET_` are the fleet's own; here they are {}",
                    crate::fields::backticked(&SETTABLE.map(|(settable, _)| settable))
                ),
            },
        ));
    }
    let mut letters = name.chars();
    let starts_well = letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic());
    let continues_well = letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if !starts_well || !continues_well || name.len() < 2 {
        return Err((
            format!(
                "`{}` is not a name for an environment variable",
                crate::node::shorten(name)
            ),
            "write a letter, then letters, digits and `_`, two characters or more".to_owned(),
        ));
    }
    if let Err(reason) = Reference::read(value) {
        let value = crate::node::shorten(value);
        return Err((format!("`{name}` is `{value}`"), reason.to_string()));
    }
    if value.contains('\0') {
        return Err((
            format!("`{name}` holds a NUL character"),
            "write text without it".to_owned(),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn a_refused_variable_has_its_reason_and_the_right_form() {
        let refused = [
            ("AWS_REGION", "x", "reserved", "Region"),
            ("AWS_LAMBDA_RUNTIME_API", "x", "reserved", "leave it out"),
            ("AWS_SECRET_ACCESS_KEY", "x", "reserved", "role"),
            ("_HANDLER", "x", "reserved", "leave it out"),
            ("MCP_FLEET_ACCESS", "x", "by the fleet", "`access:"),
            ("MCP_FLEET_LOG", "loud", "is `loud`", "`debug`"),
            ("MCP_FLEET_LOGS", "info", "no setting", "`MCP_FLEET_LOG`?"),
            ("MCP_FLEET_COLOUR_OF_THE_SKY", "", "no setting", "own"),
            ("MCP_FLEET_METRICS", "statsd", "is `statsd`", "`emf`"),
            (
                "TOKEN",
                "${ssm:/a*}",
                "is `${ssm:/a*}`",
                "a parameter's name",
            ),
            ("1ST", "x", "not a name", "a letter"),
            ("A", "x", "not a name", "two characters"),
            ("A-B", "x", "not a name", "`_`"),
            ("", "x", "not a name", "a letter"),
        ];
        for (name, value, reason, right_form) in refused {
            let (message, hint) = check(name, value).expect_err(name);
            assert!(message.contains(reason), "{name}: {message}");
            assert!(hint.contains(right_form), "{name}: {hint}");
        }
        for (name, value) in [
            ("GIT_REPO_ROOT", "/tmp"),
            ("MCP_FLEET_LOG", "debug"),
            ("MCP_FLEET_METRICS", "emf"),
            ("MCP_FLEET_METRICS_NAMESPACE", "team/mcp"),
            ("TOKEN", "${secretsmanager:prod/a#token}"),
            ("AWS_PROFILE", "x"),
            ("TZ", "UTC"),
        ] {
            assert_eq!(check(name, value), Ok(()), "{name}");
        }
    }
}
