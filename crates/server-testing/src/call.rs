//! Calls to a server's tools, as an MCP client makes them.

use rmcp::ServerHandler;
use serde_json::{Value, json};

/// The `CallToolResult` of one call.
///
/// # Panics
///
/// When the answer is an error of the protocol, such as for an unknown tool.
pub async fn call<S: ServerHandler + Clone>(server: &S, tool: &str, arguments: Value) -> Value {
    let request = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": tool, "arguments": arguments }
    });
    let request = serde_json::from_value(request).expect("a JSON-RPC request");
    let reply = agentcore_gateway_target::handle(server.clone(), request)
        .await
        .expect("requests get a reply");
    let mut reply = serde_json::to_value(reply).expect("replies serialize");
    assert!(reply["error"].is_null(), "{tool}: {reply}");
    reply["result"].take()
}

/// The text of a result that has exactly one text block.
///
/// # Panics
///
/// When there are none or several.
pub fn text(result: &Value) -> &str {
    let blocks = result["content"].as_array().map(Vec::len);
    assert_eq!(blocks, Some(1), "{result}");
    result["content"][0]["text"].as_str().expect("a text block")
}
