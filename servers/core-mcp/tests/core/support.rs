//! Servers with roles, and what they list.

use core_mcp_server::Server;
use rmcp::ServerHandler;
use serde_json::{Value, json};

/// The server with these roles and nothing else set.
pub(crate) fn with(roles: &[&str]) -> Server {
    Server::from_lookup(&[], &|name| roles.contains(&name).then(|| "on".to_owned()))
        .expect("the servers start without settings")
}

/// The answer to one request.
pub(crate) async fn ask<S: ServerHandler + Clone>(
    server: &S,
    method: &str,
    params: Value,
) -> Value {
    let request = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    let request = serde_json::from_value(request).expect("a JSON-RPC request");
    let reply = agentcore_gateway_target::handle(server.clone(), request).await;
    serde_json::to_value(reply.expect("requests get a reply")).expect("replies serialize")
}

/// Every tool that the server lists.
pub(crate) async fn tools<S: ServerHandler + Clone>(server: &S) -> Vec<Value> {
    let mut reply = ask(server, "tools/list", json!({})).await;
    match reply["result"]["tools"].take() {
        Value::Array(tools) => tools,
        _ => panic!("{reply}"),
    }
}

/// A tool's name.
pub(crate) fn name(tool: &Value) -> &str {
    tool["name"].as_str().expect("a tool has a name")
}
