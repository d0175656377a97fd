//! A server with settings of its own, and calls to its tools as an MCP client makes them.

use aws_clients::{Aws, Builder};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use prometheus_server::Server;
use serde_json::{Value, json};

pub(crate) const ACCESS_KEY: &str = "AKIDEXAMPLE";
pub(crate) const SECRET_KEY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// AWS with fixed credentials and nothing of this machine: no variables, no files.
pub(crate) fn aws(endpoint: &str) -> Builder {
    let credentials = Credentials::from_keys(ACCESS_KEY, SECRET_KEY, None);
    Aws::builder()
        .variables(&[])
        .endpoint_url(endpoint)
        .credentials(SharedCredentialsProvider::new(credentials))
}

/// The result of one tool call.
pub(crate) async fn call(server: &Server, tool: &str, arguments: Value) -> Value {
    let request = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": tool, "arguments": arguments }
    });
    let request = serde_json::from_value(request).expect("a JSON-RPC request");
    let reply = agentcore_gateway_target::handle(server.clone(), request)
        .await
        .expect("requests get a reply");
    let mut reply = serde_json::to_value(reply).expect("replies serialize");
    assert!(reply["error"].is_null(), "{reply}");
    reply["result"].take()
}

/// The text block of a result.
pub(crate) fn text(result: &Value) -> &str {
    assert_eq!(
        result["content"].as_array().map(Vec::len),
        Some(1),
        "{result}"
    );
    result["content"][0]["text"].as_str().expect("a text block")
}
