//! Section 3.8: response streaming.

use gateway::Settings;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Recorder, gateway, plain, send, stateless, with};

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
const UNKNOWN: &str = r#"{"jsonrpc":"2.0","id":1,"method":"x"}"#;
const JSON: &str = "application/json";
const EVENTS: &str = "text/event-stream";

#[tokio::test]
async fn section_3_8_streaming() {
    let both = "application/json, text/event-stream";
    for (statement, response_streaming, accept, body, content_type) in [
        ("off: JSON for who takes it", false, both, PING, JSON),
        ("off: JSON for who takes anything", false, "*/*", PING, JSON),
        ("off: JSON without the header", false, "", PING, JSON),
        (
            "off: events for who takes nothing else",
            false,
            EVENTS,
            PING,
            EVENTS,
        ),
        ("on: events for who takes them", true, both, PING, EVENTS),
        (
            "on: events whatever the order and parameters",
            true,
            "text/event-stream;q=0.5, application/json",
            PING,
            EVENTS,
        ),
        (
            "on: JSON for who does not name events",
            true,
            JSON,
            PING,
            JSON,
        ),
        (
            "on: JSON for who takes anything without naming it",
            true,
            "*/*",
            PING,
            JSON,
        ),
        (
            "on: an error before the first event is plain JSON",
            true,
            both,
            UNKNOWN,
            JSON,
        ),
    ] {
        let app = with(Settings {
            response_streaming,
            ..Settings::default()
        });
        let reply = send(&app, Method::POST, &[("accept", accept)], body).await;
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (StatusCode::OK, content_type),
            "{statement}"
        );
        let framed =
            reply.body.starts_with("event: message\ndata: {") && reply.body.ends_with("}\n\n");
        assert_eq!(framed, content_type == EVENTS, "{statement}");
    }
}

#[tokio::test]
async fn an_event_says_what_json_would() {
    let reply = send(&plain(), Method::POST, &[("accept", EVENTS)], PING).await;
    assert_eq!(
        reply.body,
        "event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n"
    );
    assert_eq!(
        (
            reply.header("cache-control"),
            reply.header("x-accel-buffering")
        ),
        ("no-cache", "no")
    );
}

#[tokio::test]
async fn an_event_survives_the_line_breaks_of_a_function() {
    let recorder = Recorder::returning("{\n\"content\": [\r\n]\r}");
    let settings = Settings {
        result_mode: gateway::ResultMode::Passthrough,
        ..Settings::default()
    };
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"files___read","arguments":{"path":"p"}}}"#;
    let reply = send(
        &gateway(&recorder, settings),
        Method::POST,
        &[("accept", EVENTS)],
        body,
    )
    .await;
    let data: Vec<&str> = reply
        .body
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .collect();
    let message: Value = serde_json::from_str(&data.join("\n")).unwrap();
    assert_eq!(message["result"], json!({"content": []}));
}

#[tokio::test]
async fn requests_of_2026_07_28_are_streamed_too() {
    let app = with(Settings {
        response_streaming: true,
        ..Settings::default()
    });
    let listed = stateless(&app, "tools/list", json!({})).await;
    assert_eq!(listed.header("content-type"), EVENTS);
    let refused = stateless(&app, "ping", json!({})).await;
    assert_eq!(
        (refused.status, refused.header("content-type")),
        (StatusCode::NOT_FOUND, JSON)
    );
}
