//! One process, one after the other: every context that a gateway sends, everything that a tool
//! can do wrong, and then a call that works.

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use support::{Function, Invocation};

fn hello() -> Value {
    json!({ "text": "hello" })
}

fn echoed() -> Value {
    json!({
        "content": [{ "type": "text", "text": "{\"text\":\"hello\"}" }],
        "structuredContent": { "text": "hello" },
        "isError": false
    })
}

#[tokio::test]
async fn nothing_that_arrives_ends_the_process() {
    let mut function = Function::start("fixture", &[]).await;

    // The documented context.
    let posted = function.call("echo", &hello()).await;
    assert_eq!((posted.kind, posted.json()), ("response", echoed()));

    // Contexts that end the stock runtime.
    let mut not_ascii =
        br#"{"custom":{"bedrockAgentCoreToolName":"t___echo","user":"Andr"#.to_vec();
    not_ascii.push(0xe9);
    not_ascii.extend(br#""}}"#);
    let contexts: [&[u8]; 4] = [
        br#"{"custom":{"bedrockAgentCoreToolName":"t___echo","bedrockAgentCorePropagatedHeaders":{"x-tenant":"acme"}}}"#,
        br#"{"client":null,"custom":{"bedrockAgentCoreToolName":"t___echo"},"env":null}"#,
        "{\"custom\":{\"bedrockAgentCoreToolName\":\"t___echo\",\"user\":\"André 東京\"}}".as_bytes(),
        &not_ascii,
    ];
    for context in contexts {
        let invocation = Invocation::new(&hello()).context(context);
        let posted = function.invoke(invocation).await;
        let shown = String::from_utf8_lossy(context);
        assert_eq!(
            (posted.kind, posted.json()),
            ("response", echoed()),
            "{shown}"
        );
    }

    // Contexts without a tool, and none at all: exactly this.
    let no_tool = json!({ "error": {
        "code": -32603,
        "message": "Internal error: Missing bedrockAgentCoreToolName in context",
        "data": { "server_id": "fixture", "server_name": "Fixture Server" }
    } });
    let contexts: [&[u8]; 5] = [
        b"not JSON",
        b"null",
        br#"{"custom":null}"#,
        br#"{"custom":{}}"#,
        b"\xff",
    ];
    for context in contexts {
        let posted = function
            .invoke(Invocation::new(&hello()).context(context))
            .await;
        let shown = String::from_utf8_lossy(context);
        assert_eq!(
            (posted.kind, posted.json()),
            ("response", no_tool.clone()),
            "{shown}"
        );
    }
    for body in [&b"{}"[..], b"", b"null", b"[]", b"not JSON", b"\xff"] {
        let posted = function.invoke(Invocation::raw(body)).await;
        assert_eq!((posted.kind, posted.json()), ("response", no_tool.clone()));
    }

    // Tools that misbehave.
    let posted = function.call("panics", &json!({})).await;
    assert_eq!(
        posted.text(),
        "internal_error: `panics` stopped unexpectedly. This is a defect of the server, not of the request; its log has the place"
    );
    assert_eq!(
        (posted.kind, &posted.json()["isError"]),
        ("response", &json!(true))
    );

    let hang = Invocation::gateway("hang", &json!({})).time(Duration::from_millis(2000));
    let text = function.invoke(hang).await.text();
    assert!(
        text.starts_with("deadline_exceeded: `hang` was still running after "),
        "{text}"
    );
    assert!(text.contains("raise the function's timeout"), "{text}");
    let mut cancelled = String::new();
    for _ in 0..50 {
        cancelled = function.call("was_cancelled", &json!({})).await.text();
        if cancelled == "true" {
            break;
        }
    }
    assert_eq!(cancelled, "true", "the tool's token was not cancelled");

    let late = Invocation::gateway("echo", &hello()).time(Duration::from_millis(300));
    let text = function.invoke(late).await.text();
    assert!(
        text.starts_with("deadline_exceeded: `echo` was not started: "),
        "{text}"
    );

    let posted = function
        .call("large", &json!({ "size_bytes": 7 * 1024 * 1024 }))
        .await;
    let text = posted.text();
    let start = "response_too_large: `large` answered with 7,340,0";
    assert!(
        text.starts_with(start) && text.contains("Lambda returns at most 6,291,456 (6 MB)"),
        "{text}"
    );
    assert_eq!(posted.json()["isError"], true);

    let posted = function.call("nope", &json!({})).await;
    let text = posted.text();
    assert!(
        text.starts_with("unknown_tool: this server has no tool `nope`; it has `about`, "),
        "{text}"
    );
    assert!(
        !text.contains("`write`"),
        "hidden tools are not listed: {text}"
    );

    let text = function.call("write", &json!({})).await.text();
    assert_eq!(
        text,
        "access_denied: `write` needs access `read-write` and this server allows `read-only`; to allow it, set `MCP_FLEET_ACCESS=read-write` or start the server with `--access read-write`"
    );

    let text = function.call("fail", &json!({})).await.text();
    assert_eq!(text, "thing_not_found: the thing `thing` does not exist");
    let text = function.call("breaks", &json!({})).await.text();
    assert_eq!(
        text,
        "protocol_error: the server is upside down (MCP error -32603)"
    );
    let text = function.call("echo", &json!({ "txt": "x" })).await.text();
    assert_eq!(
        text,
        "invalid_arguments: unknown argument `txt`; known: `text`"
    );
    let text = function
        .call("raw_input", &json!({ "number": 256 }))
        .await
        .text();
    assert_eq!(
        text,
        "invalid_arguments: expected a whole number from 0 to 255, found integer `256`"
    );
    for body in [&b"[1]"[..], b"{", b"\"x\""] {
        let invocation = Invocation {
            body: body.to_vec(),
            ..Invocation::gateway("echo", &json!({}))
        };
        let text = function.invoke(invocation).await.text();
        let start =
            "invalid_arguments: the arguments of a tool must be a JSON object, and these are ";
        assert!(text.starts_with(start), "{text}");
    }

    // After all that, in the same process.
    let posted = function.call("echo", &hello()).await;
    assert_eq!((posted.kind, posted.json()), ("response", echoed()));
    assert!(function.is_running());
}

#[tokio::test]
async fn a_tool_that_blocks_the_thread_is_answered_for() {
    let mut function = Function::start("fixture", &[]).await;
    let block =
        Invocation::gateway("block", &json!({ "ms": 3500 })).time(Duration::from_millis(2000));
    let posted = function.invoke(block).await;
    let text = posted.text();
    assert!(
        text.starts_with("deadline_exceeded: `block` was still running after "),
        "{text}"
    );
    // As a message, too; and when the thread is free again, the same process goes on.
    let message = json!({ "jsonrpc": "2.0", "id": "b", "method": "tools/call",
        "params": { "name": "block", "arguments": { "ms": 3500 } } });
    let posted = function
        .invoke(Invocation::new(&message).time(Duration::from_millis(2000)))
        .await;
    let json = posted.json();
    assert_eq!(
        (&json["id"], &json["result"]["isError"]),
        (&json!("b"), &json!(true)),
        "{json}"
    );
    assert_eq!(function.call("echo", &hello()).await.json(), echoed());
    let log = function.log().await;
    let answered: Vec<&Value> = log
        .iter()
        .filter(|line| line.get("outcome").is_some())
        .collect();
    assert_eq!(answered.len(), 3, "one line per invocation: {log:?}");
    assert_eq!(answered[0]["error.code"], "deadline_exceeded");
}
