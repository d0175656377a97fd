//! What nobody may read in a log: planted everywhere, at every level, and looked for in all that the program writes.

mod support;

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use support::{Function, Invocation, PATIENCE, command};
use tokio::io::AsyncWriteExt as _;

const LEVELS: [&str; 5] = ["error", "warn", "info", "debug", "trace"];
const FUNCTION_URL: &str = include_str!("fixtures/http/function_url.json");

/// The mark of everything that is planted; the fixture's tool `panics` has a secret of its own.
const PLANTED: [&str; 2] = ["planted", "hunter2"];

fn environment(level: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        ("MCP_FLEET_LOG", level),
        ("MCP_FLEET_METRICS", "emf"),
        (
            "MCP_FLEET_ARGS",
            r#"["--token","planted-argument-of-the-server"]"#,
        ),
        ("API_TOKEN", "planted-in-the-environment"),
        ("AWS_SECRET_ACCESS_KEY", "planted-credentials"),
    ]
}

fn call(tool: &str, arguments: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": "planted-id", "method": "tools/call",
        "params": { "name": tool, "arguments": arguments } })
}

fn http(body: &str) -> Invocation {
    let mut event: Value = serde_json::from_str(FUNCTION_URL).expect("JSON");
    event["headers"]["authorization"] = json!("Bearer planted-token");
    event["headers"]["cookie"] = json!("session=planted-cookie");
    event["rawQueryString"] = json!("key=planted-in-the-query");
    event["isBase64Encoded"] = json!(false);
    event["body"] = json!(body);
    Invocation::new(&event)
}

/// Arguments that are right, wrong in every way, and for tools that fail in every way.
fn calls() -> Vec<(&'static str, Value)> {
    vec![
        ("echo", json!({ "text": "planted" })),
        ("echo", json!({ "text": ["planted"] })),
        ("echo", json!({ "planted": 1 })),
        ("raw_input", json!({ "number": "planted" })),
        ("large", json!({ "size_bytes": "planted" })),
        ("about", json!({})),
        ("panics", json!({})),
        ("breaks", json!({ "a": "planted" })),
        ("fail", json!({ "a": "planted" })),
        ("write", json!({ "a": "planted" })),
    ]
}

async fn invoke_all(function: &mut Function) {
    for (tool, arguments) in calls() {
        let context = json!({ "client": { "installation_id": "planted" }, "env": { "KEY": "planted" }, "custom": {
            "bedrockAgentCoreToolName": format!("fixture___{tool}"),
            "bedrockAgentCorePropagatedHeaders": { "Authorization": "Bearer planted-token", "X-Tenant": "planted" },
        } });
        let gateway = Invocation::new(&arguments).context(context.to_string().as_bytes());
        function.invoke(gateway).await;
        let direct = json!({ "toolName": tool, "arguments": arguments });
        function.invoke(Invocation::new(&direct)).await;
        let message = call(tool, &arguments);
        function.invoke(Invocation::new(&message)).await;
        function.invoke(http(&message.to_string())).await;
    }
    function
        .invoke(Invocation::raw(b"{\"planted\": nonsense planted"))
        .await;
    function
        .invoke(Invocation::new(&json!({ "planted": "planted" })))
        .await;
    function
        .invoke(http("{\"planted\": nonsense planted"))
        .await;
    function
        .invoke(Invocation::new(
            &json!({ "jsonrpc": "2.0", "planted": "planted" }),
        ))
        .await;
    // What has no time left, through the gateway and over HTTP; and what holds the thread.
    let late = Invocation::gateway("hang", &json!({ "a": "planted" }));
    let hang = call("hang", &json!({ "a": "planted" }));
    let block = call("block", &json!({ "ms": 900 }));
    for late in [late, http(&hang.to_string()), http(&block.to_string())] {
        function.invoke(late.time(Duration::from_millis(600))).await;
    }
}

fn assert_unseen(level: &str, written: &str) {
    for planted in PLANTED {
        let found = written.lines().find(|line| line.contains(planted));
        assert_eq!(found, None, "at level {level}");
    }
}

#[tokio::test]
async fn a_function_writes_none_of_it_at_any_level() {
    for response in ["buffered", "streaming"] {
        for level in LEVELS {
            let mut environment = environment(level);
            environment.push(("MCP_FLEET_HTTP_RESPONSE", response));
            let mut function = Function::start("fixture", &environment).await;
            let context = json!({ "custom": {
                "bedrockAgentCoreToolName": "fixture___about",
                "bedrockAgentCorePropagatedHeaders": { "X-Tenant": "planted" } } });
            let about = Invocation::new(&json!({})).context(context.to_string().as_bytes());
            let seen = function.invoke(about).await.text();
            assert!(
                seen.contains("planted-argument") && seen.contains("tenant=planted"),
                "{seen}"
            );
            invoke_all(&mut function).await;
            let (stdout, log) = function.written().await;
            assert!(stdout.contains("\"ToolName\":\"echo\""), "{stdout}");
            assert!(log.contains("panicked"), "{log}");
            assert_unseen(level, &stdout);
            assert_unseen(level, &log);
        }
    }
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why_without_it() {
    for arguments in [r#"["planted""#, r#""planted""#, r#"{"planted": 1}"#] {
        let variables = [("MCP_FLEET_ARGS", arguments), ("MCP_FLEET_LOG", "trace")];
        let (posted, _) = Function::start("fixture", &variables)
            .await
            .init_error()
            .await;
        let message = String::from_utf8_lossy(&posted.body).into_owned();
        assert!(message.contains("MCP_FLEET_ARGS"), "{message}");
        assert_unseen("trace", &message);
    }
}

#[tokio::test]
async fn a_local_server_writes_none_of_it_to_stderr() {
    for level in LEVELS {
        let mut child = command("fixture")
            .envs(environment(level))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the fixture starts");
        let initialize = json!({ "jsonrpc": "2.0", "id": "planted-0", "method": "initialize", "params": {
            "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "planted", "version": "1" } } });
        let mut input = format!(
            "{initialize}\n{{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}}\n"
        );
        for (tool, arguments) in calls() {
            input.push_str(&format!("{}\n", call(tool, &arguments)));
        }
        let mut stdin = child.stdin.take().expect("piped");
        stdin.write_all(input.as_bytes()).await.expect("it reads");
        drop(stdin);
        let ended = tokio::time::timeout(PATIENCE, child.wait_with_output()).await;
        let output = ended.expect("an end").expect("output");
        let stderr = String::from_utf8(output.stderr).expect("UTF-8");
        assert_unseen(level, &stderr);
    }
}
