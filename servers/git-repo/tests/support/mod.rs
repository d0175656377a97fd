//! What the tests share: calling a tool, and repositories with known hashes.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test file uses its own part; a test fails by panicking"
)]

pub(crate) mod git;
pub(crate) mod repo;
pub(crate) mod seed;

use std::ffi::OsString;
use std::path::Path;

use agentcore_gateway_target::Dispatcher;
use git_repo_server::{Server, Settings};
use serde_json::{Value, json};

/// A server that allows `root`, with the identity and date of the recordings.
pub(crate) fn server(root: &Path) -> Dispatcher<Server> {
    let root = root.to_owned().into_os_string();
    with_settings(&[], move |name| match name {
        "GIT_REPO_ROOT" => Some(root.clone()),
        "GIT_AUTHOR_NAME" => Some("Ann Author".into()),
        "GIT_AUTHOR_EMAIL" => Some("ann@example.com".into()),
        "GIT_COMMITTER_NAME" => Some("Cy Committer".into()),
        "GIT_COMMITTER_EMAIL" => Some("cy@example.com".into()),
        "GIT_AUTHOR_DATE" | "GIT_COMMITTER_DATE" => Some("2024-06-01T12:00:00Z".into()),
        _ => None,
    })
}

/// A server with these arguments and variables.
pub(crate) fn with_settings(
    args: &[String],
    variable: impl Fn(&'static str) -> Option<OsString>,
) -> Dispatcher<Server> {
    Dispatcher::new(Server::new(Settings::read(args, variable).unwrap()))
}

/// The JSON-RPC answer to a call.
pub(crate) async fn reply(server: &Dispatcher<Server>, tool: &str, arguments: &Value) -> Value {
    let message = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": tool, "arguments": arguments }
    });
    let reply = server
        .handle(serde_json::from_value(message).unwrap())
        .await;
    serde_json::to_value(reply.unwrap()).unwrap()
}

/// Whether a call failed, and its text.
pub(crate) async fn call(
    server: &Dispatcher<Server>,
    tool: &str,
    arguments: &Value,
) -> (bool, String) {
    let reply = reply(server, tool, arguments).await;
    let result = &reply["result"];
    let content = result["content"]
        .as_array()
        .unwrap_or_else(|| panic!("{tool}: {reply}"));
    assert_eq!(content.len(), 1, "{tool}: {reply}");
    let text = content[0]["text"].as_str().unwrap().to_owned();
    (result["isError"].as_bool().unwrap_or(false), text)
}

/// The text of a call that succeeds.
pub(crate) async fn text(server: &Dispatcher<Server>, tool: &str, arguments: Value) -> String {
    let (is_error, text) = call(server, tool, &arguments).await;
    assert!(!is_error, "{tool} {arguments}: {text}");
    text
}

/// The code and message of a call that fails.
pub(crate) async fn failure(
    server: &Dispatcher<Server>,
    tool: &str,
    arguments: Value,
) -> (String, String) {
    let (is_error, text) = call(server, tool, &arguments).await;
    assert!(is_error, "{tool} {arguments} succeeded: {text}");
    let (code, message) = text
        .split_once(": ")
        .unwrap_or_else(|| panic!("no code in {text}"));
    (code.to_owned(), message.to_owned())
}
