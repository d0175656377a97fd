//! Section 3.6: what is answered with an error of the protocol.

use http::Method;
use serde_json::json;

use crate::support::{call, plain, request, send};

#[tokio::test]
async fn section_3_6_an_unknown_tool_is_a_protocol_error() {
    for name in [
        "files___write",
        "other___read",
        "read",
        "",
        "files__read",
        "FILES___read",
    ] {
        let message = call(&plain(), name, json!({"path": "p"})).await;
        let expected = json!({"code": -32602, "message": format!("Unknown tool: {name}")});
        assert_eq!(message["error"], expected);
    }
}

#[tokio::test]
async fn parameters_that_are_no_call_are_invalid() {
    for (params, message) in [
        (json!({}), "Invalid params: `name` must be a string"),
        (
            json!({"name": 1}),
            "Invalid params: `name` must be a string",
        ),
        (
            json!(["files___read"]),
            "Invalid params: `name` must be a string",
        ),
        (
            json!({"name": "files___read", "arguments": []}),
            "Invalid params: `arguments` must be an object",
        ),
        (
            json!({"name": "files___read", "arguments": "{}"}),
            "Invalid params: `arguments` must be an object",
        ),
    ] {
        let answer = request(&plain(), "tools/call", params).await;
        assert_eq!(answer["error"], json!({"code": -32602, "message": message}));
    }
    // Deeper than the gateway reads, in valid JSON.
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"files___read","arguments":{{"path":{deep}}}}}}}"#
    );
    let answer = send(&plain(), Method::POST, &[], body).await.json();
    assert_eq!(answer["error"]["code"], -32602);
}
