//! Section 3.8: sessions.

use axum::Router;
use gateway::{Catalog, Gateway, Propagation, Settings};
use http::{Method, StatusCode};
use serde_json::json;

use crate::support::{Recorder, Reply, plain, send, stateless, target, with};

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
const INITIALIZED: &str = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
const INITIALIZE: &str =
    r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}"#;

fn settings() -> Settings {
    Settings {
        session_timeout: Some("900".parse().unwrap()),
        ..Settings::default()
    }
}

async fn initialize(app: &Router) -> Reply {
    send(app, Method::POST, &[], INITIALIZE).await
}

async fn within(app: &Router, method: Method, session: &str, body: &'static str) -> Reply {
    let headers = [
        ("mcp-protocol-version", "2025-11-25"),
        ("mcp-session-id", session),
    ];
    send(app, method, &headers, body).await
}

#[tokio::test]
async fn section_3_8_sessions_are_off_by_default() {
    let app = plain();
    assert_eq!(initialize(&app).await.header("mcp-session-id"), "");
    assert_eq!(
        within(&app, Method::POST, "whatever", PING).await.status,
        StatusCode::OK
    );
    assert_eq!(
        within(&app, Method::DELETE, "whatever", "").await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
}

#[tokio::test]
async fn section_3_8_sessions() {
    let app = with(settings());
    let id = initialize(&app).await.header("mcp-session-id").to_owned();
    let other = initialize(&app).await.header("mcp-session-id").to_owned();
    assert_ne!(id, other, "initialize answers with a session of its own");
    let unknown = "3f2b8c1e-7f0e-4a58-9d0c-0f6f1f3c2b1a";
    let (post, delete) = (Method::POST, Method::DELETE);
    // In this order: the session ends on the way.
    for (statement, method, session, body, status) in [
        (
            "a request of the session is answered",
            post.clone(),
            id.as_str(),
            PING,
            200,
        ),
        (
            "a notification of the session is accepted",
            post.clone(),
            &id,
            INITIALIZED,
            202,
        ),
        ("missing: 400", post.clone(), "", PING, 400),
        (
            "missing: 400 for a notification too",
            post.clone(),
            "",
            INITIALIZED,
            400,
        ),
        ("missing: 400 for DELETE too", delete.clone(), "", "", 400),
        ("unknown: 404", post.clone(), unknown, PING, 404),
        (
            "unknown: 404 for what is no id of ours",
            post.clone(),
            "1",
            PING,
            404,
        ),
        (
            "unknown: 404 for DELETE too",
            delete.clone(),
            unknown,
            "",
            404,
        ),
        ("GET is not allowed", Method::GET, &id, "", 405),
        ("DELETE ends the session", delete.clone(), &id, "", 204),
        ("ended: 404", post.clone(), &id, PING, 404),
        ("ended: 404 for DELETE too", delete, &id, "", 404),
        ("another session goes on", post, &other, PING, 200),
    ] {
        let reply = within(&app, method, session, body).await;
        assert_eq!(reply.status.as_u16(), status, "{statement}: {}", reply.body);
    }
}

#[tokio::test]
async fn section_3_8_what_is_said_of_sessions() {
    let app = with(settings());
    let missing = within(&app, Method::POST, "", PING).await.json();
    let text = "Invalid request: the Mcp-Session-Id header is missing";
    assert_eq!(
        missing,
        json!({"jsonrpc": "2.0", "id": 1, "error": {"code": -32600, "message": text}})
    );
    let unknown = within(&app, Method::POST, "x", PING).await.json();
    assert_eq!(
        unknown["error"],
        json!({"code": -32600, "message": "Session not found"})
    );
    let got = within(&app, Method::GET, "x", "").await;
    assert_eq!(got.header("allow"), "POST, DELETE");
}

#[tokio::test]
async fn a_refused_initialize_begins_no_session() {
    let body = r#"{"jsonrpc":"2.0","id":0,"method":"initialize"}"#;
    let reply = send(&with(settings()), Method::POST, &[], body).await;
    assert_eq!(
        (
            reply.header("mcp-session-id"),
            &reply.json()["error"]["code"]
        ),
        ("", &json!(-32602))
    );
}

#[tokio::test]
async fn requests_of_2026_07_28_need_no_session() {
    let reply = stateless(&with(settings()), "tools/list", json!({})).await;
    assert_eq!(
        (reply.status, reply.header("mcp-session-id")),
        (StatusCode::OK, "")
    );
}

#[test]
fn section_3_8_no_target_may_be_sent_the_sessions_header() {
    let mut propagation = Propagation::default();
    propagation.allow_header("MCP-Session-Id").unwrap();
    let targets = || {
        let mut target = target("files", &["read"], &Recorder::returning("{}"));
        target.propagation = propagation.clone();
        Catalog::new(vec![target]).unwrap()
    };
    assert!(Gateway::new(targets(), Settings::default()).is_ok());
    let error = Gateway::new(targets(), settings())
        .err()
        .unwrap()
        .to_string();
    assert_eq!(
        error,
        "target `files` cannot be sent `Mcp-Session-Id`: the gateway has sessions"
    );
}
