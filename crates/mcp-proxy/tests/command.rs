//! A handler with a wrapped program, as an MCP client on a laptop starts it.

mod support;

use std::process::Stdio;

use rmcp::RoleClient;
use rmcp::model::CallToolRequestParams;
use rmcp::service::{RunningService, ServiceError, serve_client};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};

use support::{PATIENCE, example, number, runs, text, until_ended};

/// A running handler, and the client that talks to it.
struct Handler {
    client: RunningService<RoleClient, ()>,
    process: Child,
    log: Lines<BufReader<ChildStderr>>,
}

impl Handler {
    async fn start(access: &str, args: &[&str]) -> Self {
        Self::of(
            example("stdio_server").to_str().expect("a path"),
            access,
            args,
        )
        .await
    }

    async fn of(program: &str, access: &str, args: &[&str]) -> Self {
        let mut process = Command::new(example("handler"))
            .args(["--access", access, "stdio", "--"])
            .args(args)
            .env("FIXTURE_PROGRAM", program)
            .env("MCP_FLEET_LOG", "info")
            .env("AWS_LAMBDA_FUNCTION_NAME", "f")
            .env("AWS_SESSION_TOKEN", "t")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the handler starts");
        let stdin = process.stdin.take().expect("a pipe");
        let stdout = process.stdout.take().expect("a pipe");
        let log = BufReader::new(process.stderr.take().expect("a pipe")).lines();
        let client = serve_client((), (stdout, stdin)).await.expect("a session");
        Self {
            client,
            process,
            log,
        }
    }

    async fn result(&self, tool: &'static str, arguments: Value) -> Result<Value, ServiceError> {
        let arguments = arguments.as_object().cloned().unwrap_or_default();
        let params = CallToolRequestParams::new(tool).with_arguments(arguments);
        let called = tokio::time::timeout(PATIENCE, self.client.call_tool(params));
        let result = called.await.expect("an answer in time")?;
        Ok(serde_json::to_value(result).expect("JSON"))
    }

    async fn call(&self, tool: &'static str, arguments: Value) -> Value {
        self.result(tool, arguments).await.expect("a result")
    }

    async fn pid(&self) -> u64 {
        number(&self.call("pid", json!({})).await)
    }

    async fn tool_names(&self) -> Vec<String> {
        let tools = self.client.list_all_tools().await.expect("a list");
        tools.iter().map(|tool| tool.name.to_string()).collect()
    }

    /// Reads the log up to a line with this text.
    async fn until_logged(&mut self, wanted: &str) {
        let reading = async {
            while let Some(line) = self.log.next_line().await.expect("text") {
                if line.contains(wanted) {
                    return;
                }
            }
            panic!("the log ended without `{wanted}`");
        };
        tokio::time::timeout(PATIENCE, reading).await.expect(wanted);
    }
}

#[tokio::test]
async fn the_program_is_started_once_and_serves_calls_at_the_same_time() {
    let handler = Handler::start("read-only", &[]).await;
    let pid = handler.pid().await;
    let slow = handler.call("slow", json!({"ms": 1500}));
    let quick = async {
        let echoed = handler
            .call("echo", json!({"text": "while the other sleeps"}))
            .await;
        assert_eq!(text(&echoed), "while the other sleeps");
        handler.pid().await
    };
    let (same, slept) = tokio::join!(quick, slow);
    assert_eq!((same, text(&slept)), (pid, "slept"));
}

#[tokio::test]
async fn tools_are_those_that_access_allows_in_the_programs_own_words() {
    let handler = Handler::start("read-only", &[]).await;
    let names = handler.tool_names().await;
    assert!(
        names.contains(&"echo".to_owned()) && !names.contains(&"write".to_owned()),
        "{names:?}"
    );
    assert!(!names.contains(&"gone".to_owned()), "{names:?}");
    let refused = handler.call("write", json!({})).await;
    assert!(
        text(&refused).starts_with("access_denied: `write` needs access `read-write`"),
        "{refused}"
    );

    let writing = Handler::start("read-write", &[]).await;
    assert!(runs(number(&writing.call("write", json!({})).await)));
    let tools = writing.client.list_all_tools().await.unwrap();
    let pid = tools.iter().find(|tool| tool.name == "pid").unwrap();
    assert_eq!(pid.description.as_deref(), Some("Live words."));
}

#[tokio::test]
async fn a_protocol_error_of_the_program_is_passed_on() {
    let handler = Handler::start("read-only", &[]).await;
    match handler.result("refuse", json!({})).await {
        Err(ServiceError::McpError(error)) => assert_eq!(error.message, "refused as asked"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn noise_is_skipped_and_standard_error_goes_to_the_log() {
    let mut handler = Handler::start("read-only", &[]).await;
    let pid = handler.pid().await;
    for _ in 0..3 {
        assert_eq!(text(&handler.call("noise", json!({})).await), "quiet again");
    }
    assert_eq!(handler.pid().await, pid);
    handler.until_logged("a line on standard error").await;
}

#[tokio::test]
async fn the_environment_is_the_handlers_without_what_is_its_own() {
    let handler = Handler::start("read-only", &[]).await;
    let result = handler.call("environment", json!({})).await;
    let names: Vec<String> = serde_json::from_str(text(&result)).unwrap();
    let has = |name: &str| names.iter().any(|other| other == name);
    assert!(
        has("FIXTURE_PROGRAM") && has("AWS_SESSION_TOKEN") && has("PATH"),
        "{names:?}"
    );
    assert!(
        !has("MCP_FLEET_LOG") && !has("AWS_LAMBDA_FUNCTION_NAME"),
        "{names:?}"
    );
}

#[tokio::test]
async fn a_crash_fails_one_call_and_the_next_one_works() {
    let handler = Handler::start("read-only", &[]).await;
    let first = handler.pid().await;
    let other = handler.call("slow", json!({}));
    let crash = async {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        handler.call("crash", json!({"code": 7})).await
    };
    let (crashed, other) = tokio::join!(crash, other);
    assert_eq!(
        text(&crashed),
        "server_lost: `".to_owned()
            + example("stdio_server").to_str().unwrap()
            + "` ended while it worked on `crash` (exit code 7), so whether that was done is not known; \
               the next call starts it anew"
    );
    assert!(
        text(&other).contains("ended while it worked on `slow` (exit code 7)"),
        "{other}"
    );
    assert_ne!(handler.pid().await, first);
}

#[tokio::test]
async fn a_program_that_was_killed_between_two_calls_is_not_noticed() {
    let handler = Handler::start("read-only", &[]).await;
    let first = handler.pid().await;
    let killed = Command::new("kill")
        .args(["-9", &first.to_string()])
        .status()
        .await;
    assert!(killed.unwrap().success());
    until_ended(first).await;
    // The guard ends right after it, and the handler hears of that.
    let second = loop {
        let result = handler.call("pid", json!({})).await;
        match result["isError"] == true {
            true => assert!(text(&result).contains("(signal 9)"), "{result}"),
            false => break number(&result),
        }
    };
    assert_ne!(second, first);
}

#[tokio::test]
async fn a_program_that_crashes_on_every_call_is_not_started_every_time() {
    let handler = Handler::start("read-only", &[]).await;
    let mut texts = Vec::new();
    for _ in 0..4 {
        texts.push(text(&handler.call("crash", json!({})).await).to_owned());
    }
    assert!(
        texts[0].contains("ended while it worked on `crash` (exit code 3)"),
        "{texts:?}"
    );
    let last = texts.last().unwrap();
    assert!(
        last.contains("times in a row") && last.contains("it is started again in"),
        "{texts:?}"
    );
    // And then it is.
    loop {
        let result = handler.call("pid", json!({})).await;
        if result["isError"] != true {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_program_that_ends_at_once_or_is_missing_is_named() {
    let handler = Handler::start("read-only", &["exit", "5"]).await;
    let result = handler.call("pid", json!({})).await;
    let message = text(&result);
    assert!(
        message.starts_with("server_unavailable: ")
            && message.contains("ended while it was started (exit code 5)"),
        "{message}"
    );
    // The list is the stored one.
    assert_eq!(handler.tool_names().await, ["gone", "pid"]);

    let missing = Handler::of("no-such-program", "read-only", &[]).await;
    let result = missing.call("pid", json!({})).await;
    assert_eq!(
        text(&result),
        "server_not_configured: `no-such-program` is not installed here: no folder in `PATH` has it"
    );
    assert_eq!(missing.tool_names().await, ["gone", "pid"]);
}

#[tokio::test]
async fn nothing_is_left_when_the_client_leaves() {
    let handler = Handler::start("read-only", &["stubborn"]).await;
    let (pid, grandchild) = (
        handler.pid().await,
        number(&handler.call("spawn", json!({})).await),
    );
    assert!(runs(pid) && runs(grandchild));
    let Handler {
        client,
        mut process,
        ..
    } = handler;
    client.cancel().await.unwrap();
    assert!(process.wait().await.unwrap().success());
    until_ended(pid).await;
    until_ended(grandchild).await;
}

#[tokio::test]
async fn nothing_is_left_when_the_handler_is_killed() {
    let mut handler = Handler::start("read-only", &["stubborn"]).await;
    let (pid, grandchild) = (
        handler.pid().await,
        number(&handler.call("spawn", json!({})).await),
    );
    handler.process.kill().await.unwrap();
    until_ended(pid).await;
    until_ended(grandchild).await;
}

#[tokio::test]
async fn nothing_is_left_of_a_program_that_crashed() {
    let handler = Handler::start("read-only", &[]).await;
    let grandchild = number(&handler.call("spawn", json!({})).await);
    handler.call("crash", json!({})).await;
    until_ended(grandchild).await;
}
