//! Every recorded call of upstream, again.

use serde_json::Value;
use server_testing::{call, text};

use crate::support::{ask, with};

/// Recordings whose answer is a text: theirs is left out, ours has to be there twice.
const TEXTS: [&str; 2] = [
    include_str!("../fixtures/recorded/prompt_understanding.1.json"),
    include_str!("../fixtures/recorded/frontend_GetReactDocsByTopic.1.json"),
];

/// Refused calls, and how ours say so.
const REFUSED: [(&str, &str); 2] = [
    (
        include_str!("../fixtures/recorded/prompt_understanding.2.json"),
        "invalid_arguments: unknown argument `x`",
    ),
    (
        include_str!("../fixtures/recorded/frontend_GetReactDocsByTopic.2.json"),
        "invalid_arguments: `topic`: unknown variant `nope`, expected `essential-knowledge` or `troubleshooting`",
    ),
];

struct Recording {
    tool: String,
    arguments: Value,
    result: Value,
    role: &'static str,
}

fn read(recording: &str) -> Recording {
    let recording: Value = serde_json::from_str(recording).expect("JSON");
    let setup = recording["setup"].as_str().expect("a set-up");
    Recording {
        tool: recording["tool"].as_str().expect("a tool").to_owned(),
        arguments: recording["arguments"].clone(),
        result: recording["result"].clone(),
        role: if setup.contains("role frontend-dev") {
            "frontend-dev"
        } else {
            "no-role"
        },
    }
}

#[tokio::test]
async fn texts_come_as_text_and_as_structure() {
    for recording in TEXTS {
        let recording = read(recording);
        assert_eq!(recording.result["structured"]["result"], "<same text>");
        let server = with(&[recording.role]);
        let result = call(&server, &recording.tool, recording.arguments).await;
        assert_eq!(result["isError"], recording.result["isError"]);
        assert_eq!(result["structuredContent"]["result"], text(&result));
        assert!(text(&result).starts_with("# "), "{}", text(&result));
    }
}

#[tokio::test]
async fn what_upstream_refuses_is_refused() {
    for (recording, expected) in REFUSED {
        let recording = read(recording);
        assert_eq!(recording.result["isError"], true);
        let server = with(&[recording.role]);
        let result = call(&server, &recording.tool, recording.arguments).await;
        assert_eq!(result["isError"], true);
        assert!(text(&result).starts_with(expected), "{}", text(&result));
    }
}

/// Upstream answers with a result. In MCP it is a protocol error, as with every server of the fleet.
#[tokio::test]
async fn an_unknown_tool_is_an_error_of_the_protocol() {
    let recording = read(include_str!("../fixtures/recorded/no_such_tool.1.json"));
    assert_eq!(recording.result["text"], "Unknown tool: no_such_tool");
    for tool in [
        recording.tool.as_str(),
        "frontend_no_such_tool",
        "pricing_get_pricing",
    ] {
        let server = with(&["frontend-dev"]);
        let params = serde_json::json!({"name": tool, "arguments": recording.arguments});
        let reply = ask(&server, "tools/call", params).await;
        assert_eq!(reply["error"]["code"], -32602, "{reply}");
    }
}

#[test]
fn there_are_five() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/recorded");
    let files = std::fs::read_dir(folder).expect("the folder").count();
    assert_eq!(files, TEXTS.len() + REFUSED.len() + 1);
}
