//! The binary as an HTTP server.

mod support;

use std::process::Stdio;

use serde_json::{Value, json};
use support::{PATIENCE, command};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::Child;

struct Server {
    child: Child,
    address: String,
}

struct Reply {
    head: String,
    body: String,
}

impl Reply {
    fn status(&self) -> &str {
        self.head.split(' ').nth(1).expect("a status")
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The JSON-RPC message, plain or as the last event of a stream.
    fn json(&self) -> Value {
        let lines = self.body.lines();
        let mut events = lines.filter_map(|line| line.strip_prefix("data: "));
        let last = events.rfind(|data| data.starts_with('{'));
        let text = last.unwrap_or(&self.body);
        serde_json::from_str(text)
            .unwrap_or_else(|error| panic!("{error}: {}{}", self.head, self.body))
    }
}

impl Server {
    async fn start() -> Self {
        let mut command = command("fixture");
        command
            .args(["http", "--listen", "127.0.0.1:0"])
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the example starts");
        let mut stderr = BufReader::new(child.stderr.take().expect("piped"));
        let mut line = String::new();
        let read = tokio::time::timeout(PATIENCE, stderr.read_line(&mut line)).await;
        read.expect("it listens").expect("UTF-8");
        let rest = line
            .trim_end()
            .strip_prefix("listening on http://")
            .expect("the address");
        let address = rest.strip_suffix("/mcp").expect("the path").to_owned();
        tokio::spawn(async move { stderr.read_to_string(&mut line).await });
        Self { child, address }
    }

    async fn post(&self, message: &Value, headers: &str) -> Reply {
        let body = message.to_string();
        let request = format!(
            "POST /mcp HTTP/1.1\r\nContent-Type: application/json\r\n\
             Accept: application/json, text/event-stream\r\nConnection: close\r\n\
             Content-Length: {}\r\n{headers}\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(&self.address).await.expect("it listens");
        stream
            .write_all(request.as_bytes())
            .await
            .expect("it reads");
        let mut reply = String::new();
        let read = tokio::time::timeout(PATIENCE, stream.read_to_string(&mut reply)).await;
        read.expect("it answers").expect("UTF-8");
        let (head, body) = reply.split_once("\r\n\r\n").expect("a head");
        Reply {
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }
}

fn initialize() -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-06-18", "capabilities": {},
        "clientInfo": { "name": "test", "version": "1" } } })
}

#[tokio::test]
async fn a_session_lists_and_calls() {
    let mut server = Server::start().await;
    let host = format!("Host: {}\r\n", server.address);
    let reply = server.post(&initialize(), &host).await;
    assert_eq!(
        (
            reply.status(),
            &reply.json()["result"]["serverInfo"]["name"]
        ),
        ("200", &json!("fixture"))
    );
    let session = reply.header("mcp-session-id").expect("a session");
    let headers =
        format!("{host}Mcp-Session-Id: {session}\r\nMCP-Protocol-Version: 2025-06-18\r\n");
    let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    assert_eq!(server.post(&initialized, &headers).await.status(), "202");

    let call = |name: &str, arguments: Value| {
        json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/call",
        "params": { "name": name, "arguments": arguments } })
    };
    let reply = server
        .post(&call("echo", json!({ "text": "hi" })), &headers)
        .await;
    assert_eq!(reply.json()["result"]["structuredContent"]["text"], "hi");
    let reply = server.post(&call("write", json!({})), &headers).await;
    let text = reply.json()["result"]["content"][0]["text"]
        .as_str()
        .expect("a text")
        .to_owned();
    assert!(
        text.starts_with("access_denied: `write` needs access `read-write`"),
        "{text}"
    );
    let list = json!({ "jsonrpc": "2.0", "id": 3, "method": "tools/list" });
    let reply = server.post(&list, &headers).await;
    let tools = reply.json()["result"]["tools"]
        .as_array()
        .expect("tools")
        .clone();
    assert!(tools.iter().all(|tool| tool["name"] != "write") && !tools.is_empty());

    // Ends on a signal, although the session is still open.
    let pid = server.child.id().expect("it runs").to_string();
    let kill = tokio::process::Command::new("kill")
        .args(["-INT", &pid])
        .status()
        .await;
    assert!(kill.expect("kill exists").success());
    let status = tokio::time::timeout(PATIENCE, server.child.wait()).await;
    assert_eq!(status.expect("it ends").expect("a status").code(), Some(0));
}

#[tokio::test]
async fn pages_of_other_sites_are_refused() {
    let server = Server::start().await;
    let host = format!("Host: {}\r\n", server.address);
    // A name that a browser was made to resolve to this machine.
    let reply = server.post(&initialize(), "Host: evil.example\r\n").await;
    assert_eq!(reply.status(), "403", "{}", reply.body);
    let reply = server
        .post(
            &initialize(),
            &format!("{host}Origin: https://evil.example\r\n"),
        )
        .await;
    assert_eq!(reply.status(), "403", "{}", reply.body);
    let reply = server
        .post(
            &initialize(),
            &format!("{host}Origin: http://localhost:5173\r\n"),
        )
        .await;
    assert_eq!(reply.status(), "200", "{}", reply.body);
}
