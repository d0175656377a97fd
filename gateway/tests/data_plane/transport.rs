//! The HTTP side, where the contract is silent: methods, media types, bodies, batches, and who may ask.

use http::{Method, StatusCode};
use serde_json::json;

use crate::support::{plain, post, send};

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

#[tokio::test]
async fn only_post_is_served_because_there_is_no_stream_and_no_session() {
    for method in [
        Method::GET,
        Method::DELETE,
        Method::PUT,
        Method::HEAD,
        Method::OPTIONS,
    ] {
        let reply = send(
            &plain(),
            method.clone(),
            &[("accept", "text/event-stream")],
            "",
        )
        .await;
        assert_eq!(
            (reply.status, reply.header("allow")),
            (StatusCode::METHOD_NOT_ALLOWED, "POST"),
            "{method}"
        );
    }
}

#[tokio::test]
async fn ping_is_answered_with_nothing() {
    let reply = send(&plain(), Method::POST, &[], PING).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.body, r#"{"jsonrpc":"2.0","id":1,"result":{}}"#);
}

#[tokio::test]
async fn other_media_types_are_refused() {
    let reply = send(&plain(), Method::POST, &[("accept", "text/html")], PING).await;
    assert_eq!(reply.status, StatusCode::NOT_ACCEPTABLE);
    for content_type in ["", "text/plain", "application/x-www-form-urlencoded"] {
        let reply = send(
            &plain(),
            Method::POST,
            &[("content-type", content_type)],
            PING,
        )
        .await;
        assert_eq!(
            reply.status,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "{content_type}"
        );
    }
    let reply = send(
        &plain(),
        Method::POST,
        &[("content-type", "Application/JSON; charset=utf-8")],
        PING,
    )
    .await;
    assert_eq!(reply.status, StatusCode::OK);
}

#[tokio::test]
async fn malformed_input_is_answered_by_the_book() {
    for (body, code, id) in [
        ("", -32700, json!(null)),
        ("{", -32700, json!(null)),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"ping"} x"#,
            -32700,
            json!(null),
        ),
        ("7", -32600, json!(null)),
        ("{}", -32600, json!(null)),
        (
            r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
            -32600,
            json!(null),
        ),
        (
            r#"{"jsonrpc":"1.0","id":"a","method":"ping"}"#,
            -32600,
            json!("a"),
        ),
        (r#"{"jsonrpc":"2.0","id":5}"#, -32600, json!(5)),
    ] {
        let reply = send(&plain(), Method::POST, &[], body).await;
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (StatusCode::BAD_REQUEST, "application/json"),
            "{body}"
        );
        let message = reply.json();
        assert_eq!(
            (&message["error"]["code"], &message["id"]),
            (&json!(code), &id),
            "{body}"
        );
    }
    let not_utf8 = send(
        &plain(),
        Method::POST,
        &[],
        &b"{\"jsonrpc\":\"2.0\",\"id\":\"\xff\"}"[..],
    )
    .await;
    assert_eq!(not_utf8.json()["error"]["code"], -32700);
}

#[tokio::test]
async fn six_megabytes_are_the_limit_of_a_request() {
    let of_size = |size: usize| format!("{PING}{}", " ".repeat(size - PING.len()));
    let limit = 6 * 1024 * 1024;
    assert_eq!(
        send(&plain(), Method::POST, &[], of_size(limit))
            .await
            .status,
        StatusCode::OK
    );
    let reply = send(&plain(), Method::POST, &[], of_size(limit + 1)).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(
        reply.json()["error"]["message"],
        "Invalid request: the request is larger than 6291456 bytes"
    );
}

#[tokio::test]
async fn a_web_page_cannot_reach_the_gateway() {
    for (headers, status) in [
        (&[("host", "evil.example")][..], StatusCode::FORBIDDEN),
        (
            &[("origin", "https://evil.example")][..],
            StatusCode::FORBIDDEN,
        ),
        (&[("host", "")][..], StatusCode::BAD_REQUEST),
        (
            &[
                ("host", "localhost:8080"),
                ("origin", "http://localhost:6274"),
            ][..],
            StatusCode::OK,
        ),
    ] {
        assert_eq!(
            send(&plain(), Method::POST, headers, PING).await.status,
            status,
            "{headers:?}"
        );
    }
}

#[tokio::test]
async fn a_batch_of_2025_03_26_is_answered_in_order() {
    let batch = json!([
        {"jsonrpc": "2.0", "id": "a", "method": "ping"},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": "b", "method": "nope"},
        3,
        {"jsonrpc": "2.0", "id": "c", "method": "initialize", "params": {"protocolVersion": "2025-03-26"}},
        {"jsonrpc": "2.0", "id": "d", "method": "tools/call", "params": {"name": "files___read", "arguments": {"path": "p"}}},
    ]);
    let reply = post(&plain(), &batch).await;
    assert_eq!(reply.status, StatusCode::OK);
    let answers = reply.json();
    let brief: Vec<_> = answers
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| (&answer["id"], &answer["error"]["code"]))
        .collect();
    let expected = [
        (json!("a"), json!(null)),
        (json!("b"), json!(-32601)),
        (json!(null), json!(-32600)),
        (json!("c"), json!(-32600)),
        (json!("d"), json!(null)),
    ];
    assert_eq!(
        brief,
        expected
            .iter()
            .map(|(id, code)| (id, code))
            .collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn batches_are_refused_where_the_protocol_has_none() {
    let notifications = json!([{"jsonrpc": "2.0", "method": "notifications/initialized"}]);
    assert_eq!(
        post(&plain(), &notifications).await.status,
        StatusCode::ACCEPTED
    );
    let empty = post(&plain(), &json!([])).await;
    assert_eq!(
        (empty.status, &empty.json()["error"]["message"]),
        (
            StatusCode::BAD_REQUEST,
            &json!("Invalid request: the batch is empty")
        )
    );
    let headers = [("mcp-protocol-version", "2025-06-18")];
    let reply = send(&plain(), Method::POST, &headers, format!("[{PING}]")).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        reply.json()["error"]["message"],
        "Invalid request: MCP 2025-06-18 has no batches"
    );
}
