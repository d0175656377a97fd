//! HTTP events of every front end that Lambda has, as recorded, answered as a stateless MCP server.

mod support;

use std::time::Duration;

use axum::body::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use support::{Function, Invocation};

const EVENTS: [(&str, &str); 4] = [
    ("REST API", include_str!("fixtures/http/rest_api.json")),
    ("HTTP API", include_str!("fixtures/http/http_api.json")),
    (
        "Function URL",
        include_str!("fixtures/http/function_url.json"),
    ),
    (
        "load balancer",
        include_str!("fixtures/http/load_balancer.json"),
    ),
];

fn event(recorded: &str, message: &Value) -> Value {
    let mut event: Value = serde_json::from_str(recorded).expect("JSON");
    let encoded = event["isBase64Encoded"] == true;
    let body = message.to_string();
    event["body"] = if encoded {
        STANDARD.encode(body).into()
    } else {
        body.into()
    };
    event
}

fn function_url(message: &Value) -> Value {
    event(EVENTS[2].1, message)
}

fn echo() -> Value {
    json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call",
        "params": { "name": "echo", "arguments": { "text": "Grüße" } } })
}

async fn answered(function: &mut Function, event: &Value) -> Value {
    function.invoke(Invocation::new(event)).await.json()
}

fn message(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().expect("a body"))
        .unwrap_or_else(|_| panic!("no JSON in {answer}"))
}

#[tokio::test]
async fn every_front_end_gets_its_tool_called() {
    let mut function = Function::start("fixture", &[]).await;
    for (front_end, recorded) in EVENTS {
        let answer = answered(&mut function, &event(recorded, &echo())).await;
        assert_eq!(answer["statusCode"], 200, "{front_end}: {answer}");
        assert_eq!(
            answer["headers"]["content-type"], "application/json",
            "{front_end}"
        );
        assert_eq!(answer["isBase64Encoded"], false, "{front_end}");
        let message = message(&answer);
        assert_eq!(message["id"], 7, "{front_end}");
        assert_eq!(
            message["result"]["structuredContent"]["text"], "Grüße",
            "{front_end}"
        );
    }
}

#[tokio::test]
async fn a_client_can_shake_hands_and_list_without_a_session() {
    let mut function = Function::start("fixture", &[]).await;
    let initialize = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } } });
    let answer = answered(&mut function, &function_url(&initialize)).await;
    assert_eq!(message(&answer)["result"]["protocolVersion"], "2025-11-25");
    assert_eq!(answer["headers"].get("mcp-session-id"), None);

    let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    let answer = answered(&mut function, &function_url(&initialized)).await;
    assert_eq!(
        (&answer["statusCode"], &answer["body"]),
        (&json!(202), &json!(""))
    );

    let list = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" });
    let answer = answered(&mut function, &function_url(&list)).await;
    let names = message(&answer)["result"]["tools"].to_string();
    assert!(
        names.contains("\"echo\"") && !names.contains("\"write\""),
        "what access hides is hidden here too: {names}"
    );
}

#[tokio::test]
async fn what_is_no_message_is_refused_in_http() {
    let mut function = Function::start("fixture", &[]).await;
    let with = |change: &dyn Fn(&mut Value)| {
        let mut event = function_url(&echo());
        change(&mut event);
        event
    };
    let cases = [
        (
            "GET has no stream to offer",
            405,
            with(&|event| event["requestContext"]["http"]["method"] = json!("GET")),
        ),
        (
            "no session to delete",
            405,
            with(&|event| event["requestContext"]["http"]["method"] = json!("DELETE")),
        ),
        (
            "not JSON",
            415,
            with(&|event| event["body"] = STANDARD.encode("{").into()),
        ),
        (
            "another type of content",
            415,
            with(&|event| event["headers"]["content-type"] = json!("text/plain")),
        ),
        (
            "an unknown version",
            400,
            with(&|event| event["headers"]["mcp-protocol-version"] = json!("1999-01-01")),
        ),
        (
            "a client that reads neither form",
            406,
            with(&|event| event["headers"]["accept"] = json!("text/html")),
        ),
        (
            "a body that is no base64",
            400,
            with(&|event| event["body"] = json!("%")),
        ),
        (
            "a method that is none",
            400,
            with(&|event| event["requestContext"]["http"]["method"] = json!("A B")),
        ),
        (
            // Found by examples/hostile: Lambda refused an answer with it.
            "an id that would fill the answer",
            400,
            function_url(&json!({ "jsonrpc": "2.0", "id": "x".repeat(1025), "method": "ping" })),
        ),
        (
            // Found by examples/hostile: it ended the process.
            "more headers than a request can hold",
            400,
            with(&|event| {
                let names = (0..40_000).map(|n| (format!("x-{n}"), json!("")));
                event["headers"] = Value::Object(names.collect());
            }),
        ),
    ];
    for (what, status, event) in cases {
        let answer = answered(&mut function, &event).await;
        assert_eq!(answer["statusCode"], status, "{what}: {answer}");
    }
    let answer = answered(&mut function, &function_url(&echo())).await;
    assert_eq!(answer["statusCode"], 200, "and the next one works");
}

#[tokio::test]
async fn a_tool_that_fails_hangs_or_panics_is_answered_for() {
    let mut function = Function::start("fixture", &[]).await;
    let call = |tool: &str, arguments: Value| {
        let call = json!({ "jsonrpc": "2.0", "id": "c", "method": "tools/call", "params": { "name": tool, "arguments": arguments } });
        Invocation::new(&function_url(&call))
    };
    for (tool, arguments, text) in [
        ("fail", json!({}), "thing_not_found: "),
        ("panics", json!({}), "internal_error: "),
        ("write", json!({}), "access_denied: "),
        (
            "large",
            json!({ "size_bytes": 7_000_000 }),
            "response_too_large: ",
        ),
    ] {
        let answer = function.invoke(call(tool, arguments)).await.json();
        let result = &message(&answer)["result"];
        assert_eq!(
            (&answer["statusCode"], &result["isError"]),
            (&json!(200), &json!(true)),
            "{tool}: {answer}"
        );
        let found = result["content"][0]["text"].as_str().unwrap();
        assert!(found.starts_with(text), "{tool}: {found}");
    }
    // The half second that is kept for the answer, and a little for the tool.
    let hanging = call("hang", json!({})).time(Duration::from_millis(900));
    let answer = function.invoke(hanging).await.json();
    let text = message(&answer)["result"]["content"][0]["text"].to_string();
    assert!(text.contains("deadline_exceeded: `hang`"), "{text}");
    let answer = function
        .invoke(call("was_cancelled", json!({})))
        .await
        .json();
    assert_eq!(
        message(&answer)["result"]["content"][0]["text"],
        "true",
        "the tool heard of it"
    );
}

/// Head and body of a streamed answer.
fn streamed(body: &Bytes) -> (Value, String) {
    let zeros = body
        .windows(8)
        .position(|bytes| bytes == [0; 8])
        .expect("eight zero bytes");
    let head = serde_json::from_slice(&body[..zeros]).expect("the head is JSON");
    (
        head,
        String::from_utf8(body[zeros + 8..].to_vec()).expect("text"),
    )
}

#[tokio::test]
async fn a_streaming_url_gets_an_event_stream() {
    let mut function =
        Function::start("fixture", &[("MCP_FLEET_HTTP_RESPONSE", "streaming")]).await;
    let posted = function
        .invoke(Invocation::new(&function_url(&echo())))
        .await;
    assert_eq!(posted.response_mode.as_deref(), Some("streaming"));
    let (head, body) = streamed(&posted.body);
    assert_eq!(
        (&head["statusCode"], &head["headers"]["content-type"]),
        (&json!(200), &json!("text/event-stream"))
    );
    let data = body
        .lines()
        .find_map(|line| line.strip_prefix("data: {"))
        .expect("an event");
    let message: Value = serde_json::from_str(&format!("{{{data}")).unwrap();
    assert_eq!(message["result"]["structuredContent"]["text"], "Grüße");

    let hang = json!({ "jsonrpc": "2.0", "id": "h", "method": "tools/call", "params": { "name": "hang", "arguments": {} } });
    let posted = function
        .invoke(Invocation::new(&function_url(&hang)).time(Duration::from_millis(900)))
        .await;
    let (_, body) = streamed(&posted.body);
    assert!(
        body.contains("deadline_exceeded: `hang`") && body.contains(r#""id":"h""#),
        "{body}"
    );

    // Everything but HTTP is answered as ever.
    let posted = function.call("echo", &json!({ "text": "hi" })).await;
    assert_eq!(
        (
            posted.response_mode.as_deref(),
            posted.json()["structuredContent"]["text"].as_str()
        ),
        (None, Some("hi"))
    );
}

#[tokio::test]
async fn a_tool_that_blocks_the_thread_is_answered_for() {
    let block = json!({ "jsonrpc": "2.0", "id": "b", "method": "tools/call",
        "params": { "name": "block", "arguments": { "ms": 3500 } } });
    for mode in ["buffered", "streaming"] {
        let mut function = Function::start("fixture", &[("MCP_FLEET_HTTP_RESPONSE", mode)]).await;
        let invocation = Invocation::new(&function_url(&block)).time(Duration::from_millis(2000));
        let posted = function.invoke(invocation).await;
        let message: Value = if mode == "streaming" {
            assert_eq!(posted.response_mode.as_deref(), Some("streaming"));
            let (head, body) = streamed(&posted.body);
            assert_eq!(
                (&head["statusCode"], &head["headers"]["content-type"]),
                (&json!(200), &json!("application/json"))
            );
            serde_json::from_str(&body).expect("JSON")
        } else {
            message(&posted.json())
        };
        let text = message["result"]["content"][0]["text"].to_string();
        assert!(
            text.contains("deadline_exceeded: `block`"),
            "{mode}: {text}"
        );
        assert_eq!(message["id"], "b", "{mode}");
        // When the thread is free again, the same process goes on.
        let posted = function.call("echo", &json!({ "text": "hi" })).await;
        assert_eq!(posted.json()["structuredContent"]["text"], "hi", "{mode}");
    }
}
