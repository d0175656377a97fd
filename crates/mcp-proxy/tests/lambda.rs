//! A handler with a wrapped program as a Lambda function: deadlines, and the end of the environment.

mod support;

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use lambda_emulator::{Emulator, FunctionSpec, Options};
use serde_json::{Value, json};

use support::{example, number, runs, text, until_ended};

/// The function, with the wrapped program's arguments.
fn emulator(args: &[&str], timeout: Duration) -> Emulator {
    let program = example("stdio_server");
    let environment = BTreeMap::from([
        (
            "FIXTURE_PROGRAM".to_owned(),
            program.to_str().expect("a path").to_owned(),
        ),
        ("MCP_FLEET_ARGS".to_owned(), json!(args).to_string()),
        ("MCP_FLEET_ACCESS".to_owned(), "read-only".to_owned()),
    ]);
    let spec = FunctionSpec {
        name: "mcp-server-wrapped".to_owned(),
        description: "A wrapped program".to_owned(),
        binary: example("handler"),
        environment,
        memory_mb: 256,
        timeout,
        architecture: "x86_64".to_owned(),
        max_processes: 1,
        idle_timeout: Duration::from_secs(600),
    };
    Emulator::new(vec![spec], Options::default()).expect("an emulator")
}

async fn call(emulator: &Emulator, tool: &str, arguments: Value) -> Value {
    let context = json!({"custom": {"bedrockAgentCoreToolName": format!("wrapped___{tool}")}});
    let payload = Bytes::from(arguments.to_string());
    let invocation = emulator
        .invoke("mcp-server-wrapped", payload, Some(&context.to_string()))
        .await
        .expect("an invocation");
    assert_eq!(invocation.function_error, None, "{:?}", invocation.payload);
    serde_json::from_slice(&invocation.payload).expect("JSON")
}

#[tokio::test]
async fn a_call_over_its_deadline_is_cancelled_and_the_program_stays_usable() {
    let emulator = emulator(&[], Duration::from_secs(4));
    let pid = number(&call(&emulator, "pid", json!({})).await);
    let late = call(&emulator, "slow", json!({})).await;
    let message = text(&late);
    assert!(
        message.starts_with("deadline_exceeded: ") && message.contains("the call was cancelled"),
        "{message}"
    );
    // The notification and this call go the same way, one after the other.
    while number(&call(&emulator, "cancelled", json!({})).await) == 0 {}
    assert_eq!(number(&call(&emulator, "pid", json!({})).await), pid);
    emulator.shutdown().await;
    until_ended(pid).await;
}

#[tokio::test]
async fn a_program_that_hangs_at_the_handshake_is_an_error_within_the_deadline() {
    let emulator = emulator(&["hang"], Duration::from_secs(3));
    for _ in 0..2 {
        let result = call(&emulator, "pid", json!({})).await;
        let message = text(&result);
        assert!(
            message.starts_with("server_unavailable: ")
                && message.contains("it has not answered the MCP handshake"),
            "{message}"
        );
    }
    emulator.shutdown().await;
}

#[tokio::test]
async fn the_program_and_its_children_end_with_the_environment() {
    let emulator = emulator(&["stubborn"], Duration::from_secs(60));
    let pid = number(&call(&emulator, "pid", json!({})).await);
    let grandchild = number(&call(&emulator, "spawn", json!({})).await);
    assert!(runs(pid) && runs(grandchild));
    emulator.shutdown().await;
    until_ended(pid).await;
    until_ended(grandchild).await;
}
