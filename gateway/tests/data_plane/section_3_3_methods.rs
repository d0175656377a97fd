//! Section 3.3: the methods of a gateway with Lambda targets.

use gateway::Settings;
use http::{Method, StatusCode};
use serde_json::json;

use crate::support::{plain, post, request, send, with};

#[tokio::test]
async fn section_3_3_methods() {
    for (statement, method, params, expected) in [
        ("ping", "ping", json!({}), json!({"result": {}})),
        (
            "prompts/list is empty",
            "prompts/list",
            json!({}),
            json!({"result": {"prompts": []}}),
        ),
        (
            "resources/list is empty",
            "resources/list",
            json!({}),
            json!({"result": {"resources": []}}),
        ),
        (
            "resources/templates/list is empty",
            "resources/templates/list",
            json!({}),
            json!({"result": {"resourceTemplates": []}}),
        ),
        (
            "prompts/get has no prompt to get",
            "prompts/get",
            json!({"name": "p"}),
            json!({"error": {"code": -32602, "message": "Unknown prompt: p"}}),
        ),
        (
            "resources/read has no resource to read",
            "resources/read",
            json!({"uri": "file:///x"}),
            json!({"error": {"code": -32002, "message": "Resource not found", "data": {"uri": "file:///x"}}}),
        ),
        (
            "server/discover is of 2026-07-28 only",
            "server/discovery",
            json!({}),
            json!({"error": {"code": -32601, "message": "Method not found: server/discovery"}}),
        ),
        (
            "an unknown method is -32601",
            "tools/List",
            json!({}),
            json!({"error": {"code": -32601, "message": "Method not found: tools/List"}}),
        ),
        (
            "logging is not for Lambda targets",
            "logging/setLevel",
            json!({"level": "info"}),
            json!({"error": {"code": -32601, "message": "Method not found: logging/setLevel"}}),
        ),
        (
            "a notification is no request",
            "notifications/initialized",
            json!({}),
            json!({"error": {"code": -32601, "message": "Method not found: notifications/initialized"}}),
        ),
    ] {
        let mut message = request(&plain(), method, params).await;
        message
            .as_object_mut()
            .unwrap()
            .retain(|key, _| !matches!(key.as_str(), "jsonrpc" | "id"));
        assert_eq!(message, expected, "{statement}");
    }
}

#[tokio::test]
async fn section_3_3_initialize_tells_what_the_gateway_can_do() {
    for (statement, instructions) in [
        ("`instructions` from the configuration", Some("Read first.")),
        ("or none", None),
    ] {
        let settings = Settings {
            instructions: instructions.map(str::to_owned),
            ..Settings::default()
        };
        let mut expected = json!({
            "protocolVersion": "2025-06-18",
            "capabilities": {"tools": {"listChanged": true}},
            "serverInfo": {"name": "agentcore-gateway", "version": "1.0.0"},
        });
        if let Some(instructions) = instructions {
            expected["instructions"] = json!(instructions);
        }
        let client = json!({"name": "test", "version": "1"});
        let params =
            json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client});
        assert_eq!(
            request(&with(settings), "initialize", params).await["result"],
            expected,
            "{statement}"
        );
    }
}

#[tokio::test]
async fn section_3_3_notifications_are_accepted_without_an_answer() {
    for body in [
        json!({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}),
        json!({"jsonrpc": "2.0", "method": "notifications/nobody-knows"}),
        json!({"jsonrpc": "2.0", "id": 1, "result": {}}),
    ] {
        let reply = post(&plain(), &body).await;
        assert_eq!(
            (reply.status, reply.body.as_str()),
            (StatusCode::ACCEPTED, ""),
            "{body}"
        );
    }
}

#[tokio::test]
async fn server_discover_is_unknown_where_2026_07_28_is_not_served() {
    let settings = Settings {
        supported_versions: "2025-03-26".parse().unwrap(),
        ..Settings::default()
    };
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"server/discover"}"#;
    let message = send(&with(settings), Method::POST, &[], body).await.json();
    assert_eq!(message["error"]["code"], -32601);
}
