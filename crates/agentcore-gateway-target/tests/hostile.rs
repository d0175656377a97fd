//! What could arrive, and nobody would send: a short run of `examples/hostile`. The long one is by hand.

mod support;

use support::{command, example};

/// The tools of the fixture that are made to hang, or to take all memory.
const WITHOUT: [&str; 3] = ["hang", "block", "large"];

async fn every_invocation_is_answered(variable: &str) {
    let mut hostile = command("hostile");
    hostile.args(["--invocations", "1500", "--seed", "1", "--env", variable]);
    for tool in WITHOUT {
        hostile.args(["--without", tool]);
    }
    let ended = hostile.arg(example("fixture")).output().await;
    let ended = ended.expect("it starts");
    let error = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{error}");
    let summary: serde_json::Value = serde_json::from_slice(&ended.stdout).expect("a summary");
    for kind in [
        "tool_result",
        "tool_error",
        "panic",
        "message_result",
        "http",
        "no_tool_name",
    ] {
        assert!(
            summary["answers"][kind].as_u64() > Some(10),
            "{kind}: {summary}"
        );
    }
}

#[tokio::test]
async fn nothing_that_arrives_kills_a_handler() {
    every_invocation_is_answered("MCP_FLEET_HTTP_RESPONSE=buffered").await;
}

#[tokio::test]
async fn nothing_that_arrives_kills_a_handler_that_streams() {
    every_invocation_is_answered("MCP_FLEET_HTTP_RESPONSE=streaming").await;
}
