//! The kinds of events, and what the environment changes about the answers.

mod support;

use serde_json::{Value, json};
use support::{Function, Invocation, Posted};

async fn direct(function: &mut Function, event: Value) -> Posted {
    function.invoke(Invocation::new(&event)).await
}

#[tokio::test]
async fn a_direct_call_names_the_tool_in_the_event() {
    let mut function = Function::start("fixture", &[]).await;
    let arguments = json!({ "text": "hi" });
    let events = [
        json!({ "toolName": "echo", "arguments": arguments }),
        json!({ "tool_name": "fixture___echo", "arguments": arguments }),
        json!({ "bedrockAgentCoreToolName": "any-target___echo", "arguments": arguments }),
        json!({ "headers": { "BEDROCKAGENTCORETOOLNAME": "echo" }, "arguments": arguments }),
    ];
    for event in events {
        let json = direct(&mut function, event.clone()).await.json();
        assert_eq!(json["structuredContent"]["text"], "hi", "{event}");
    }
    // The delimiter may be part of a tool's own name, with a target before it or without.
    for name in ["twice___split", "t___twice___split"] {
        let text = direct(&mut function, json!({ "toolName": name }))
            .await
            .text();
        assert_eq!(text, "split", "{name}");
    }
    let text = function.call("twice___split", &json!({})).await.text();
    assert_eq!(text, "split");
    let text = direct(&mut function, json!({ "toolName": "nope" }))
        .await
        .text();
    assert!(
        text.starts_with("unknown_tool: this server has no tool `nope`;"),
        "{text}"
    );
}

#[tokio::test]
async fn a_json_rpc_message_is_answered_with_one() {
    let mut function = Function::start("fixture", &[]).await;
    let call = json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call",
        "params": { "name": "echo", "arguments": { "text": "hi" } } });
    let answer = direct(&mut function, call).await.json();
    assert_eq!(answer["id"], 7);
    assert_eq!(
        answer["result"]["structuredContent"],
        json!({ "text": "hi" })
    );
    assert_eq!(
        answer["result"].get("resultType"),
        None,
        "of no use to older clients: {answer}"
    );

    let list = json!({ "jsonrpc": "2.0", "id": "l", "method": "tools/list" });
    let answer = direct(&mut function, list).await.json();
    let tools = answer["result"]["tools"].as_array().expect("tools");
    let names: Vec<&str> = tools
        .iter()
        .filter_map(|tool| tool["name"].as_str())
        .collect();
    assert!(
        names.contains(&"echo") && !names.contains(&"write") && !names.contains(&"secret"),
        "{names:?}"
    );

    let initialize = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } } });
    let answer = direct(&mut function, initialize).await.json();
    assert_eq!(answer["result"]["protocolVersion"], "2025-06-18");
    assert_eq!(answer["result"]["serverInfo"]["name"], "fixture");

    // A tool that does not exist is an error of the protocol here, as MCP has it.
    let call =
        json!({ "jsonrpc": "2.0", "id": 8, "method": "tools/call", "params": { "name": "nope" } });
    let answer = direct(&mut function, call).await.json();
    assert_eq!(answer["error"]["code"], -32602);
    let text = answer["error"]["message"].as_str().expect("a message");
    assert!(
        text.starts_with("Unknown tool: nope; known: `about`"),
        "{text}"
    );

    let unknown = json!({ "jsonrpc": "2.0", "id": 9, "method": "tools/fetch" });
    let answer = direct(&mut function, unknown).await.json();
    assert_eq!(
        (&answer["error"]["code"], &answer["id"]),
        (&json!(-32601), &json!(9))
    );

    let panics = json!({ "jsonrpc": "2.0", "id": 10, "method": "tools/call", "params": { "name": "panics" } });
    let answer = direct(&mut function, panics).await.json();
    assert_eq!(answer["result"]["isError"], true, "{answer}");

    let notification = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    assert_eq!(
        direct(&mut function, notification).await.json(),
        Value::Null
    );
    let broken = json!({ "jsonrpc": "2.0", "id": 11, "method": 5 });
    let answer = direct(&mut function, broken).await.json();
    assert_eq!(
        (&answer["error"]["code"], &answer["id"]),
        (&json!(-32600), &json!(11))
    );
}

#[tokio::test]
async fn mode_payload_returns_what_is_in_the_result() {
    let mut function = Function::start("fixture", &[("MCP_FLEET_RESULT_MODE", "payload")]).await;
    let posted = function.call("echo", &json!({ "text": "hi" })).await;
    assert_eq!(posted.json(), json!({ "text": "hi" }));
    let posted = function.call("was_cancelled", &json!({})).await;
    assert_eq!(posted.json(), "false");
    let posted = function.call("fail", &json!({})).await;
    assert_eq!(posted.json()["isError"], true);
    assert_eq!(
        posted.text(),
        "thing_not_found: the thing `thing` does not exist"
    );
}

#[tokio::test]
async fn the_environment_decides_which_tools_there_are() {
    let environment = [
        ("MCP_FLEET_ACCESS", "sensitive"),
        ("MCP_FLEET_TOOLS_INCLUDE", "echo,write,secret"),
        ("MCP_FLEET_TOOLS_EXCLUDE", "write"),
    ];
    let mut function = Function::start("fixture", &environment).await;
    assert_eq!(function.call("secret", &json!({})).await.text(), "told");
    let text = function.call("write", &json!({})).await.text();
    assert_eq!(
        text,
        "access_denied: `write` is turned off: it is named in `MCP_FLEET_TOOLS_EXCLUDE`; to allow it, remove it there"
    );
    let text = function.call("fail", &json!({})).await.text();
    assert_eq!(
        text,
        "access_denied: `fail` is turned off: it is not named in `MCP_FLEET_TOOLS_INCLUDE`; to allow it, add it there"
    );
    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let answer = direct(&mut function, list).await.json();
    let tools = answer["result"]["tools"].as_array().expect("tools");
    let names: Vec<&str> = tools
        .iter()
        .filter_map(|tool| tool["name"].as_str())
        .collect();
    assert_eq!(names, ["echo", "secret"]);
}

#[tokio::test]
async fn a_tool_can_know_who_calls_and_how_long_it_has() {
    let mut function =
        Function::start("fixture", &[("MCP_FLEET_ARGS", r#"["--root","/tmp"]"#)]).await;
    let context = json!({ "custom": {
        "bedrockAgentCoreToolName": "fixture___about",
        "bedrockAgentCoreTargetId": "ABCDEFGHIJ",
        "bedrockAgentCorePropagatedHeaders": { "X-Tenant": "acme" }
    } });
    let invocation = Invocation::new(&json!({})).context(context.to_string().as_bytes());
    let text = function.invoke(invocation).await.text();
    assert_eq!(
        text,
        r#"tenant=acme target=ABCDEFGHIJ time=limited args=["--root", "/tmp"]"#
    );
    let text = direct(&mut function, json!({ "toolName": "about" }))
        .await
        .text();
    assert_eq!(
        text,
        r#"tenant=none target=none time=limited args=["--root", "/tmp"]"#
    );
}

#[tokio::test]
async fn each_invocation_is_one_line_of_the_log() {
    let mut function = Function::start("fixture", &[]).await;
    function.call("echo", &json!({ "text": "private" })).await;
    function.call("fail", &json!({})).await;
    function.call("panics", &json!({})).await;
    function.call("echo", &json!({ "private": 1 })).await;
    direct(
        &mut function,
        json!({ "toolName": "echo", "arguments": { "text": "private" } }),
    )
    .await;
    direct(
        &mut function,
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/fetch" }),
    )
    .await;
    direct(&mut function, json!({ "private": 1 })).await;
    let lines = function.log().await;
    let text = serde_json::to_string(&lines).expect("JSON");
    assert!(
        !text.contains("private") && !text.contains("hunter2"),
        "{text}"
    );
    let answered = lines.iter().filter(|line| line.get("outcome").is_some());
    let answered: Vec<Value> = answered.cloned().map(without_time).collect();
    insta::assert_json_snapshot!(answered);
    // What stays out of the answer is in the log.
    let failed = lines
        .iter()
        .find(|line| line.get("error.chain").is_some())
        .expect("the cause");
    assert_eq!(failed["error.chain"], "disk on fire at /secret/place");
    let panic = lines
        .iter()
        .find(|line| line.get("panic.place").is_some())
        .expect("the panic");
    let place = panic["panic.place"].as_str().expect("a place");
    assert!(place.contains("fixture.rs:"), "{place}");
}

/// A log line without what differs from run to run.
fn without_time(mut line: Value) -> Value {
    let duration_ms = line["duration_ms"].take();
    assert!(duration_ms.is_f64(), "{duration_ms}");
    let timestamp = line["timestamp"].take();
    assert!(timestamp.is_string(), "{timestamp}");
    let message = line["message"].as_str().expect("a message");
    let shown = format!("{} ms", duration_ms.as_f64().expect("a number"));
    line["message"] = message.replace(&shown, "… ms").into();
    line
}

#[tokio::test]
async fn what_keeps_a_server_from_starting_is_reported_to_lambda() {
    let cases = [
        (
            ("MCP_FLEET_ARGS", r#"["--refuse"]"#),
            "`--refuse` was given: an error occurred when formatting an argument",
        ),
        (
            ("MCP_FLEET_ACCESS", "all"),
            "MCP_FLEET_ACCESS: `all` is not an access level; write `read-only`, `read-write` or `sensitive`",
        ),
        (
            ("MCP_FLEET_TOOLS_EXCLUDE", "echo, ehco"),
            "MCP_FLEET_TOOLS_EXCLUDE: this server has no tool `ehco`; it has `about`, `block`, `breaks`, `echo`, `fail`, `hang`, `large`, `panics`, `raw_input`, `secret`, `twice___split`, `was_cancelled`, `write`",
        ),
    ];
    for (variable, message) in cases {
        let function = Function::start("fixture", &[variable]).await;
        let (posted, code) = function.init_error().await;
        assert_eq!(posted.error_type.as_deref(), Some("Server.ConfigInvalid"));
        let json = posted.json();
        assert_eq!(json["errorType"], "Server.ConfigInvalid");
        assert_eq!(json["errorMessage"], message);
        assert_eq!(code, Some(1));
    }
}

/// Found by examples/hostile: Lambda refused the answer, and so the invocation had none.
#[tokio::test]
async fn what_is_repeated_in_an_answer_does_not_fill_it() {
    let mut function = Function::start("fixture", &[]).await;
    // Each of them takes six bytes in JSON.
    let long = "\u{1}".repeat(1_040_000);
    let call =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": long } });
    let answer = direct(&mut function, call).await.json();
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
    let text = direct(&mut function, json!({ "toolName": long }))
        .await
        .text();
    assert!(
        text.starts_with("unknown_tool: ") && text.len() < 2000,
        "{}",
        text.len()
    );

    let long_id = json!({ "jsonrpc": "2.0", "id": long, "method": "tools/list" });
    let answer = direct(&mut function, long_id).await.json();
    assert_eq!(answer["error"]["code"], -32600, "{answer}");
    assert_eq!(
        answer["error"]["message"],
        "Invalid Request: its id is longer than 1024 bytes"
    );
    let id = "x".repeat(1024);
    let longest = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/list" });
    assert_eq!(
        direct(&mut function, longest).await.json()["id"],
        id.as_str()
    );
}
