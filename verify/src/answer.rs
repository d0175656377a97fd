//! What a tool's answer says of the fleet.

use fleet_manifest::{Smoke, Target};
use serde_json::Value;

use crate::lambda::Failure;

/// A check that passed: what later checks need, and what to show.
pub(crate) type Checked<T> = Result<(T, String), Failure>;

/// Codes of tool errors that are the fleet's own fault, whatever the caller asked.
const OWN_FAULTS: &[&str] = &[
    "deadline_exceeded",
    "internal_error",
    "protocol_error",
    "response_too_large",
    "unknown_tool",
];

/// The harmless call of a server.
pub(crate) fn smoke(target: &Target) -> Result<&Smoke, Failure> {
    target.smoke.as_ref().ok_or_else(|| {
        let reason = "no tool that `access` and `tools` leave is marked harmless";
        Failure::Skipped(reason.to_owned())
    })
}

/// Whether a tool has answered.
///
/// An error that the tool itself reports (no repository there, no URL configured) is an answer.
pub(crate) fn judge(tool: &str, answer: &Value) -> Checked<()> {
    if let Some(error) = answer.get("error") {
        return Err(Failure::Call(format!("`{tool}`: {error}")));
    }
    if answer["isError"] != true {
        return Ok(((), format!("`{tool}` answered")));
    }
    let text = answer["content"][0]["text"].as_str().unwrap_or_default();
    match code(text) {
        Some(code) if !OWN_FAULTS.contains(&code) => Ok(((), format!("`{tool}` answered: {text}"))),
        _ => Err(Failure::Call(format!("`{tool}`: {text}"))),
    }
}

/// The code of a tool's error, `code: message`. Whoever stands before the tool writes otherwise.
fn code(text: &str) -> Option<&str> {
    let (code, _) = text.split_once(": ")?;
    let of_code = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (!code.is_empty() && code.bytes().all(of_code)).then_some(code)
}
