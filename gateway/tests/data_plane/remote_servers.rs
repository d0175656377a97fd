//! A target that is a remote MCP server: connections are kept.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Json, Response};
use bytes::Bytes;
use gateway::{Call, Invocation, Invoke as _, McpServer, Returned};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

/// What a server was sent, one line for each message: `<method> <session> <tenant>`.
type Seen = Arc<Mutex<Vec<String>>>;

/// A server whose sessions are counted, and forgotten when the tool `forget` was called.
async fn answer(
    State(seen): State<Seen>,
    headers: HeaderMap,
    Json(message): Json<Value>,
) -> Response {
    let text = |name: &str| {
        let value = headers.get(name);
        value.map_or("-", |value| value.to_str().unwrap())
    };
    let (session, tenant) = (text("mcp-session-id"), text("x-tenant"));
    let method = message["method"].as_str().unwrap();
    let (begun, forgotten) = {
        let mut seen = seen.lock().unwrap();
        seen.push(format!("{method} {session} {tenant}"));
        let begun = seen
            .iter()
            .filter(|line| line.starts_with("initialize"))
            .count();
        let forgets = |line: &&String| line.starts_with("forget") && line.contains(session);
        let forgotten = seen.iter().any(|line| forgets(&line));
        if message["params"]["name"] == "forget" {
            seen.push(format!("forget {session}"));
        }
        (begun, forgotten)
    };
    if forgotten {
        return StatusCode::NOT_FOUND.into_response();
    }
    let result = match method {
        "initialize" => json!({"protocolVersion": "2025-11-25"}),
        "tools/call" => json!({"content": [], "isError": false}),
        _ => return StatusCode::ACCEPTED.into_response(),
    };
    let answer = json!({"jsonrpc": "2.0", "id": message["id"], "result": result});
    let session = [("mcp-session-id", format!("s{begun}"))];
    (session, Json(answer)).into_response()
}

async fn server() -> (McpServer, Seen) {
    let seen = Seen::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    let app = Router::new().fallback(answer).with_state(Arc::clone(&seen));
    tokio::spawn(async move { axum::serve(listener, app).await });
    (McpServer::new(url.parse().unwrap()), seen)
}

fn invocation(tool: &str, tenant: &str) -> Invocation {
    let text = |text: &str| text.to_owned();
    let tool = format!("remote___{tool}");
    let mut call = Call::new(text("r"), text("1"), "g".into(), "t".into(), tool);
    call.headers = BTreeMap::from([(text("X-Tenant"), text(tenant))]);
    Invocation {
        arguments: Bytes::from_static(b"{}"),
        call,
    }
}

/// The requests for sessions and calls that these calls, one after the other, lead to.
async fn requests(calls: &[(&str, &str)]) -> Vec<String> {
    let (server, seen) = server().await;
    for (tool, tenant) in calls {
        let returned = server.invoke(invocation(tool, tenant)).await.unwrap();
        assert!(matches!(returned, Returned::ToolResult(_)));
    }
    let seen = seen.lock().unwrap();
    let counted = |line: &&String| line.starts_with("initialize") || line.starts_with("tools");
    seen.iter().filter(counted).cloned().collect()
}

#[tokio::test]
async fn calls_share_a_session() {
    let requests = requests(&[("a", "acme"), ("b", "acme")]).await;
    let expected = [
        "initialize - acme",
        "tools/call s1 acme",
        "tools/call s1 acme",
    ];
    assert_eq!(requests, expected);
}

#[tokio::test]
async fn calls_with_other_propagated_headers_have_another() {
    let requests = requests(&[("a", "acme"), ("b", "umbrella"), ("c", "acme")]).await;
    let expected = [
        "initialize - acme",
        "tools/call s1 acme",
        "initialize - umbrella",
        "tools/call s2 umbrella",
        "tools/call s1 acme",
    ];
    assert_eq!(requests, expected);
}

#[tokio::test]
async fn a_session_that_the_server_forgot_is_begun_again_within_the_call() {
    let requests = requests(&[("forget", "acme"), ("b", "acme")]).await;
    let expected = [
        "initialize - acme",
        "tools/call s1 acme",
        "tools/call s1 acme",
        "initialize - acme",
        "tools/call s2 acme",
    ];
    assert_eq!(requests, expected);
}
