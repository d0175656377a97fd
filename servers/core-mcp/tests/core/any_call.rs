//! Any calls of a mounted server's tools, and of tools that nobody mounted: each is answered.

use agentcore_gateway_target::handle;
use proptest::prelude::*;
use serde_json::{Value, json};
use server_testing::{Call, Rules, Words, calls, checked_call, fuzz, hostile_json, hostile_text};

use crate::support::with;

/// Mounts the one server that asks nobody.
const ROLES: &[&str] = &["frontend-dev"];

#[test]
fn any_calls_of_tools_are_answered() {
    let tools = tokio::runtime::Runtime::new()
        .expect("a runtime")
        .block_on(crate::support::tools(&with(ROLES)));
    let tools: Vec<_> = tools
        .into_iter()
        .map(|tool| serde_json::from_value(tool).expect("a tool"))
        .collect();
    let strategy = calls(&tools, &Words::new());
    fuzz(
        100,
        strategy,
        async || with(ROLES),
        async |server, calls| {
            for call in &calls {
                checked_call(server, call, &Rules::default()).await;
            }
        },
    );
}

#[test]
fn names_that_no_mounted_server_has_are_unknown_tools() {
    let prefix = prop::sample::select(
        &[
            "",
            "frontend_",
            "frontend",
            "pricing_",
            "_",
            "prompt_understanding",
        ][..],
    );
    let strategy =
        (prefix, hostile_text(), hostile_json()).prop_map(|(prefix, name, value)| Call {
            tool: format!("{prefix}{name}"),
            arguments: json!({ "a": value }),
        });
    fuzz(
        200,
        strategy,
        async || with(ROLES),
        async |server, call| {
            let params = json!({ "name": call.tool, "arguments": call.arguments });
            let request =
                json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
            let request = serde_json::from_value(request).expect("a JSON-RPC request");
            let reply: Value =
                serde_json::to_value(handle(server.clone(), request).await).expect("JSON");
            // `prompt_understanding` itself, refused for the argument.
            let refused = reply["result"]["isError"] == true && call.tool == "prompt_understanding";
            assert!(reply["error"]["code"] == -32602 || refused, "{reply}");
        },
    );
}
