//! Answers of a remote server as server-sent events: however they are written and cut, they are
//! read; a broken one fails its own call, within its time, and the session stays good.

#![expect(clippy::unwrap_used, reason = "helpers of tests may, as tests may")]

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use futures_util::{StreamExt as _, stream};
use mcp_proxy::remote::{Endpoint, Server};
use serde_json::{Value, json};
use server_testing::{Call, Events, Rules, checked_call, events, fuzz, hostile_text, text};
use tokio::net::TcpListener;

const STORED: &str = r#"{"tools": [{"name": "search", "inputSchema": {"type": "object"}}]}"#;

/// What the server sends instead of, or around, its answer to a call.
#[derive(Debug, Clone)]
enum Sent {
    /// An answer with this text, as events.
    Answer(String, Events),
    /// These bytes.
    Bytes(Vec<u8>),
    /// This, again and again, until nobody listens any more.
    Endless(Arc<String>),
}

/// The remote server.
#[derive(Default)]
struct Remote {
    /// What the next call gets.
    next: Mutex<Option<Sent>>,
    sessions: AtomicUsize,
}

async fn answer(State(remote): State<Arc<Remote>>, Json(message): Json<Value>) -> Response {
    let id = &message["id"];
    let result = match message["method"].as_str() {
        Some("initialize") => {
            remote.sessions.fetch_add(1, Ordering::SeqCst);
            json!({
                "protocolVersion": "2025-06-18", "capabilities": { "tools": {} },
                "serverInfo": { "name": "t", "version": "1" }
            })
        }
        Some("tools/call") => {
            let sent = remote.next.lock().unwrap().take();
            let body = match sent.expect("one call for each") {
                Sent::Answer(text, events) => {
                    let result = json!({ "content": [{ "type": "text", "text": text }] });
                    let answer = json!({ "jsonrpc": "2.0", "id": id, "result": result });
                    let pieces = stream::iter(events.pieces(&answer));
                    Body::from_stream(pieces.map(Ok::<_, Infallible>))
                }
                Sent::Bytes(bytes) => bytes.into(),
                Sent::Endless(text) => {
                    let again = move |()| Ok::<_, Infallible>(text.to_string());
                    Body::from_stream(stream::repeat(()).map(again))
                }
            };
            return ([("content-type", "text/event-stream")], body).into_response();
        }
        _ => return StatusCode::ACCEPTED.into_response(),
    };
    Json(json!({ "jsonrpc": "2.0", "id": id, "result": result })).into_response()
}

async fn start() -> (Server, Arc<Remote>) {
    let remote = Arc::<Remote>::default();
    let app = Router::new()
        .route("/mcp", post(answer))
        .with_state(Arc::clone(&remote));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let endpoint = Endpoint {
        url: url.leak(),
        headers: &[],
        tools: STORED,
    };
    (Server::from_env(&endpoint).unwrap(), remote)
}

async fn call(server: &Server, remote: &Remote, sent: Sent) -> Value {
    *remote.next.lock().unwrap() = Some(sent);
    let call = Call {
        tool: "search".to_owned(),
        arguments: json!({}),
    };
    checked_call(server, &call, &Rules::default()).await
}

#[test]
fn an_answer_is_read_however_it_is_written_and_cut() {
    let strategy = (hostile_text(), events());
    fuzz(
        100,
        strategy,
        start,
        async |(server, remote), (said, events)| {
            let result = call(server, remote, Sent::Answer(said.clone(), events)).await;
            assert_eq!(text(&result), said);
        },
    );
}

#[tokio::test]
async fn what_holds_no_answer_fails_its_call_and_not_the_session() {
    let (server, remote) = start().await;
    let bytes = |text: &[u8]| Sent::Bytes(text.to_vec());
    let endless = |text: String| Sent::Endless(Arc::new(text));
    for (sent, code) in [
        (bytes(b""), "server_lost"),
        (bytes(b"data: {\n\n"), "server_lost"),
        (bytes(b"data: \xff\xfe\n\n"), "server_lost"),
        (bytes(b"<html>\n\n"), "server_lost"),
        (bytes(b"id: 7\nretry: 0\ndata: x\n\n"), "server_lost"),
        // A line that fills memory, and events that only take time.
        (endless("x".repeat(1 << 20)), "server_lost"),
        (endless("data: x\n\n".to_owned()), "deadline_exceeded"),
    ] {
        let result = call(&server, &remote, sent.clone()).await;
        assert!(text(&result).starts_with(code), "{result}");
        let good = Sent::Answer("said".to_owned(), Events::default());
        assert_eq!(text(&call(&server, &remote, good).await), "said");
        if let Sent::Endless(text) = sent {
            while Arc::strong_count(&text) > 1 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }
    assert_eq!(remote.sessions.load(Ordering::SeqCst), 1);
}
