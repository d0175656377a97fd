//! Whatever a client sends gets one well-formed response, and none of it makes the process panic.

use axum::Router;
use axum::body::Body;
use gateway::Settings;
use http::{HeaderName, HeaderValue, StatusCode};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;
use server_testing::{config, damaged_text};
use tower::ServiceExt as _;

use crate::support::{Recorder, gateway_of, request_to, target};

const MESSAGES: [&str; 12] = [
    r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"files___read","arguments":{"path":"a","limit":1}}}"#,
    r#"{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"x_amz_bedrock_agentcore_search","arguments":{"query":"read"}}}"#,
    r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"AAAAAAAAAAAAAAAAAAAAAGZpbGVz"}}"#,
    r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#,
    r#"{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}"#,
    r#"{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"file:///a"}}"#,
    r#"{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"a"}}"#,
    r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#,
    r#"{"jsonrpc":"2.0","id":1,"result":{}}"#,
    r#"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":1,"method":"ping"},7]"#,
    "[]",
    "",
];

/// What is put in somewhere.
const PIECES: [&str; 30] = [
    "",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "\u{0}",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "true",
    "1e999",
    "-0",
    "7",
    "\"2.0\"",
    "\"id\":1,",
    "\"params\":[],",
    "\"method\":5,",
    "\"_meta\":{},",
    "___",
    "files___",
    "{\"a\":",
    "é",
    "\u{feff}",
    "\"arguments\":{\"path\":\"b\"},",
    "\"x\":18446744073709551616,",
    "\"cursor\":\"\",",
];

const HEADERS: [&str; 10] = [
    "accept",
    "content-type",
    "mcp-protocol-version",
    "mcp-session-id",
    "mcp-method",
    "mcp-name",
    "mcp-param-path",
    "authorization",
    "origin",
    "host",
];

const VALUES: [&str; 14] = [
    "",
    "*/*",
    "text/event-stream",
    "application/json;q=0, text/event-stream;q=x",
    "application/json; charset=utf-16",
    "2025-11-25",
    "2025-03-26",
    "2026-07-28",
    "tools/call",
    "files___read",
    "=?base64?ZmlsZXM=?=",
    "127.0.0.1:8080",
    "http://localhost:1",
    "Bearer x.y.z",
];

fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let damaged = damaged_text(select(&MESSAGES[..]), &PIECES, 0..4);
    let damaged = damaged.prop_map(String::into_bytes);
    let deep = (1..3000_usize).prop_map(|depth| "[".repeat(depth).into_bytes());
    prop_oneof![
        20 => damaged,
        2 => prop::collection::vec(any::<u8>(), 0..100),
        1 => deep,
    ]
}

fn headers() -> impl Strategy<Value = Vec<(&'static str, Vec<u8>)>> {
    let value = prop_oneof![
        4 => select(&VALUES[..]).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..40),
    ];
    prop::collection::vec((select(&HEADERS[..]), value), 0..4)
}

/// Sends one request, and panics unless the response is one.
async fn exchange(app: &Router, body: Vec<u8>, headers: Vec<(&'static str, Vec<u8>)>) {
    let mut request = request_to("/mcp", http::Method::POST, &[], Body::from(body));
    for (name, value) in headers {
        // What HTTP cannot carry does not arrive.
        if let Ok(value) = HeaderValue::from_bytes(&value) {
            request
                .headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
    }
    let response = app.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    assert_ne!(parts.status, StatusCode::INTERNAL_SERVER_ERROR);
    let body = str::from_utf8(&body).unwrap();
    let media = parts.headers.get("content-type");
    let media = media.map_or("", |media| media.to_str().unwrap());
    let message = match media {
        "application/json" => body,
        "text/event-stream" => {
            let data = body
                .lines()
                .rev()
                .find_map(|line| line.strip_prefix("data:"));
            data.unwrap_or_else(|| panic!("an empty stream: {body}"))
        }
        _ => return,
    };
    let message: Value =
        serde_json::from_str(message).unwrap_or_else(|_| panic!("no JSON: {message}"));
    let one = match &message {
        Value::Array(messages) => messages.iter().collect(),
        message => vec![message],
    };
    for message in one {
        assert_eq!(message["jsonrpc"], "2.0", "{message}");
        let answered = [message.get("result"), message.get("error")];
        assert_eq!(answered.iter().flatten().count(), 1, "{message}");
    }
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn whatever_is_posted_gets_one_response(body in bodies(), headers in headers()) {
        let recorder = Recorder::returning("{}");
        let targets = vec![target("files", &["read", "list"], &recorder)];
        let app = gateway_of(targets, Settings::default());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.unwrap().block_on(exchange(&app, body, headers));
    }
}
