//! The binary as a laptop's MCP client starts it.

mod support;

use std::process::Stdio;

use serde_json::{Value, json};
use support::{PATIENCE, command};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout};

struct Client {
    child: Child,
    stdin: ChildStdin,
    stdout: Lines<BufReader<ChildStdout>>,
}

impl Client {
    fn start(arguments: &[&str]) -> Self {
        let mut command = command("fixture");
        command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().expect("the example starts");
        let stdin = child.stdin.take().expect("piped");
        let stdout = BufReader::new(child.stdout.take().expect("piped")).lines();
        Self {
            child,
            stdin,
            stdout,
        }
    }

    async fn send(&mut self, message: &Value) {
        let line = format!("{message}\n");
        self.stdin
            .write_all(line.as_bytes())
            .await
            .expect("it reads");
    }

    async fn request(&mut self, id: u32, method: &str, params: Value) -> Value {
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
            .await;
        let line = tokio::time::timeout(PATIENCE, self.stdout.next_line()).await;
        let line = line.expect("an answer").expect("UTF-8").expect("an answer");
        let answer: Value = serde_json::from_str(&line).expect("stdout is JSON-RPC only");
        assert_eq!(answer["id"], id, "{answer}");
        answer
    }
}

#[tokio::test]
async fn a_session_lists_and_calls_and_ends_with_its_input() {
    let mut client = Client::start(&["--access", "read-write", "stdio", "--", "--root", "/data"]);
    let answer = client
        .request(
            1,
            "initialize",
            json!({ "protocolVersion": "2025-06-18", "capabilities": {},
            "clientInfo": { "name": "test", "version": "1" } }),
        )
        .await;
    assert_eq!(answer["result"]["serverInfo"]["name"], "fixture");
    client
        .send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }))
        .await;

    let answer = client.request(2, "tools/list", json!({})).await;
    let tools = answer["result"]["tools"].as_array().expect("tools");
    let names: Vec<&str> = tools
        .iter()
        .filter_map(|tool| tool["name"].as_str())
        .collect();
    assert!(
        names.contains(&"write") && !names.contains(&"secret"),
        "{names:?}"
    );

    let call = |name: &str, arguments: Value| json!({ "name": name, "arguments": arguments });
    let answer = client
        .request(3, "tools/call", call("echo", json!({ "text": "hi" })))
        .await;
    assert_eq!(answer["result"]["structuredContent"]["text"], "hi");
    let answer = client
        .request(4, "tools/call", call("about", json!({})))
        .await;
    let text = r#"tenant=none target=none time=unlimited args=["--root", "/data"]"#;
    assert_eq!(answer["result"]["content"][0]["text"], text);
    // A panic answers here too, where rmcp alone would leave the client waiting.
    let answer = client
        .request(5, "tools/call", call("panics", json!({})))
        .await;
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    let answer = client
        .request(6, "tools/call", call("secret", json!({})))
        .await;
    let text = answer["result"]["content"][0]["text"]
        .as_str()
        .expect("a text");
    assert!(
        text.starts_with("access_denied: `secret` needs access `sensitive`"),
        "{text}"
    );
    let answer = client
        .request(7, "tools/call", call("echo", json!({ "txt": "hi" })))
        .await;
    let text = "invalid_arguments: unknown argument `txt`; known: `text`";
    assert_eq!(answer["result"]["content"][0]["text"], text);

    let Client {
        mut child, stdin, ..
    } = client;
    drop(stdin);
    let status = tokio::time::timeout(PATIENCE, child.wait()).await;
    assert_eq!(status.expect("it ends").expect("a status").code(), Some(0));
}

#[tokio::test]
async fn a_client_that_says_nothing_is_no_failure() {
    let Client {
        mut child, stdin, ..
    } = Client::start(&[]);
    drop(stdin);
    let status = tokio::time::timeout(PATIENCE, child.wait()).await;
    assert_eq!(status.expect("it ends").expect("a status").code(), Some(0));
}
