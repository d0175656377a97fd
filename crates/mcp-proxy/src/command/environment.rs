//! What the program finds in its environment: what the handler has, without what is meant for the
//! handler alone.

use std::ffi::{OsStr, OsString};

/// Prefixes of what steers the handler, or tells it where Lambda's runtime listens. A program that
/// sees the latter may take itself for the function.
const PREFIXES: [&str; 4] = ["MCP_FLEET_", "AWS_LAMBDA_", "LAMBDA_", "_X_AMZN_"];

/// A single such name.
const HANDLER: &str = "_HANDLER";

/// The variables that the program gets. AWS credentials and the Region are among them.
pub(super) fn for_program() -> impl Iterator<Item = (OsString, OsString)> {
    std::env::vars_os().filter(|(name, _)| is_passed(name))
}

fn is_passed(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name != HANDLER.as_bytes()
        && !(PREFIXES.iter()).any(|prefix| name.starts_with(prefix.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_passed_and_the_runtime_is_not() {
        for (name, passed) in [
            ("AWS_ACCESS_KEY_ID", true),
            ("AWS_SESSION_TOKEN", true),
            ("AWS_REGION", true),
            ("PATH", true),
            ("TZ", true),
            ("MCP_FLEET_ACCESS", false),
            ("AWS_LAMBDA_RUNTIME_API", false),
            ("AWS_LAMBDA_FUNCTION_NAME", false),
            ("LAMBDA_TASK_ROOT", false),
            ("_HANDLER", false),
            ("_X_AMZN_TRACE_ID", false),
        ] {
            assert_eq!(is_passed(OsStr::new(name)), passed, "{name}");
        }
    }
}
