//! Section 3.2: versions with a handshake, and which are served at all.

use axum::Router;
use gateway::Settings;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Reply, plain, request, send, with};

fn supporting(versions: &str) -> Router {
    with(Settings {
        supported_versions: versions.parse().unwrap(),
        ..Settings::default()
    })
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
async fn initialize_agrees_on_the_proposed_version_or_proposes_the_newest_with_a_handshake() {
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
    let app = supporting("2025-03-26");
    assert_eq!(
        initialize(&app, "2025-11-25").await["protocolVersion"],
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
async fn section_3_2_supported_versions() {
    let all = "2025-03-26,2025-06-18,2025-11-25,2026-07-28";
    // The code -32022 says that the gateway speaks 2026-07-28: a client must not fall back to `initialize` then.
    for (statement, supported, requested, status, code) in [
        ("2025-03-26 is known", all, "2025-03-26", 200, json!(null)),
        ("2025-06-18 is known", all, "2025-06-18", 200, json!(null)),
        ("2025-11-25 is known", all, "2025-11-25", 200, json!(null)),
        (
            "any other is refused with a 400-class error",
            all,
            "2024-11-05",
            400,
            json!(-32022),
        ),
        (
            "a request without the header counts as 2025-03-26",
            all,
            "",
            200,
            json!(null),
        ),
        (
            "and is refused if that is not in the list",
            "2025-06-18,2025-11-25",
            "",
            400,
            json!(-32600),
        ),
        (
            "the list replaces the default: no 2026-07-28",
            "2025-11-25",
            "2026-07-28",
            400,
            json!(-32600),
        ),
        (
            "the list replaces the default: no 2025-11-25",
            "2026-07-28",
            "2025-11-25",
            400,
            json!(-32022),
        ),
    ] {
        let reply = ping(&supporting(supported), requested).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json()["error"]["code"]),
            (status, &code),
            "{statement}"
        );
        if status == 400 {
            let requested = if requested.is_empty() {
                "2025-03-26"
            } else {
                requested
            };
            let supported: Vec<&str> = supported.split(',').collect();
            let error = json!({
                "code": code,
                "message": format!("Unsupported MCP protocol version: {requested}"),
                "data": {"supported": supported, "requested": requested},
            });
            assert_eq!(
                reply.json(),
                json!({"jsonrpc": "2.0", "id": 1, "error": error}),
                "{statement}"
            );
        }
    }
}

#[tokio::test]
async fn the_handshake_comes_before_the_header() {
    let newer = supporting("2025-06-18,2025-11-25");
    assert_eq!(
        initialize(&newer, "2025-06-18").await["protocolVersion"],
        "2025-06-18"
    );
}

#[tokio::test]
async fn a_gateway_without_handshake_versions_names_the_versions_that_it_has() {
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}"#;
    let reply = send(&supporting("2026-07-28"), Method::POST, &[], body).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        reply.json()["error"]["data"]["supported"],
        json!(["2026-07-28"])
    );
}
