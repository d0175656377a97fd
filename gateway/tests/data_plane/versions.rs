//! `initialize` and the version header.

use axum::Router;
use gateway::Settings;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Recorder, Reply, gateway, plain, request, send};

fn supporting(versions: &str) -> Router {
    let supported_versions = versions.parse().unwrap();
    gateway(
        &Recorder::returning("{}"),
        Settings {
            supported_versions,
            ..Settings::default()
        },
    )
}

async fn initialize(app: &Router, version: &str) -> Value {
    let client = json!({"name": "test", "version": "1"});
    let params = json!({"protocolVersion": version, "capabilities": {}, "clientInfo": client});
    request(app, "initialize", params).await["result"].clone()
}

async fn ping(app: &Router, version: &str) -> Reply {
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    send(
        app,
        Method::POST,
        &[("mcp-protocol-version", version)],
        body,
    )
    .await
}

#[tokio::test]
async fn initialize_tells_what_the_gateway_can_do() {
    let expected = json!({
        "protocolVersion": "2025-06-18",
        "capabilities": {"tools": {"listChanged": true}},
        "serverInfo": {"name": "agentcore-gateway", "version": "1.0.0"},
    });
    assert_eq!(initialize(&plain(), "2025-06-18").await, expected);
}

#[tokio::test]
async fn initialize_agrees_on_the_proposed_version_or_proposes_the_newest() {
    for (proposed, agreed) in [
        ("2025-03-26", "2025-03-26"),
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("2024-11-05", "2025-11-25"),
        ("2026-07-28", "2025-11-25"),
        ("tomorrow", "2025-11-25"),
    ] {
        assert_eq!(
            initialize(&plain(), proposed).await["protocolVersion"],
            agreed,
            "{proposed}"
        );
    }
    assert_eq!(
        initialize(&supporting("2025-03-26"), "2025-11-25").await["protocolVersion"],
        "2025-03-26"
    );
}

#[tokio::test]
async fn initialize_without_a_version_is_invalid() {
    for params in [
        json!({}),
        json!({"protocolVersion": 1}),
        json!(["2025-11-25"]),
    ] {
        let message = request(&plain(), "initialize", params).await;
        assert_eq!(
            message["error"],
            json!({"code": -32602, "message": "Invalid params: `protocolVersion` must be a string"})
        );
    }
}

#[tokio::test]
async fn a_request_of_an_unsupported_version_is_refused() {
    for version in ["2025-03-26", "2025-06-18", "2025-11-25"] {
        assert_eq!(
            ping(&plain(), version).await.status,
            StatusCode::OK,
            "{version}"
        );
    }
    let reply = ping(&plain(), "2026-07-28").await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    let error = json!({
        "code": -32600,
        "message": "Unsupported MCP protocol version: 2026-07-28",
        "data": {"supported": ["2025-03-26", "2025-06-18", "2025-11-25"], "requested": "2026-07-28"},
    });
    assert_eq!(
        reply.json(),
        json!({"jsonrpc": "2.0", "id": 1, "error": error})
    );
}

#[tokio::test]
async fn a_request_without_the_header_counts_as_2025_03_26() {
    assert_eq!(ping(&plain(), "").await.status, StatusCode::OK);
    let newer = supporting("2025-06-18,2025-11-25");
    let reply = ping(&newer, "").await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        reply.json()["error"]["message"],
        "Unsupported MCP protocol version: 2025-03-26"
    );
    // The handshake comes before the header.
    assert_eq!(
        initialize(&newer, "2025-06-18").await["protocolVersion"],
        "2025-06-18"
    );
}
