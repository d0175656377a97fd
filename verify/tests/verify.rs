//! Runs the program against a Lambda API that answers as a healthy fleet would, or not quite.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::net::SocketAddr;
use std::process::{Command, Output};
use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tempfile::TempDir;

/// What the Lambda API answers.
#[derive(Debug, Clone)]
struct Answers {
    configuration: Result<Value, (StatusCode, &'static str)>,
    no_context: Value,
    listing: Value,
    call: Value,
}

impl Answers {
    fn healthy() -> Self {
        Self {
            configuration: Ok(json!({
                "FunctionName": "mcp-server-notes",
                "Runtime": "provided.al2023",
                "Architectures": ["arm64"],
                "MemorySize": 256,
                "Timeout": 60,
                "Environment": {"Variables": {"MCP_FLEET_ACCESS": "read-only", "NOTES": "secret-value"}},
            })),
            no_context: json!({"error": {
                "code": -32603,
                "message": "Internal error: Missing bedrockAgentCoreToolName in context",
                "data": {"server_id": "notes", "server_name": "Notes"},
            }}),
            listing: json!({"jsonrpc": "2.0", "id": "verify", "result": {"tools": [{
                "name": "note_get",
                "description": "Read one note.",
                "inputSchema": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
                "annotations": {"readOnlyHint": true},
                "_meta": {"mcp-fleet/smoke": {"id": "none"}},
            }]}}),
            call: json!({"content": [{"type": "text", "text": "note_not_found: there is no note `none`"}], "isError": true}),
        }
    }
}

async fn configuration(State(answers): State<Arc<Answers>>) -> Response {
    match &answers.configuration {
        Ok(configuration) => Json(configuration.clone()).into_response(),
        Err((status, name)) => {
            let message = json!({"Type": "User", "Message": "as the test says"});
            (*status, [("x-amzn-errortype", *name)], Json(message)).into_response()
        }
    }
}

async fn invoke(
    State(answers): State<Arc<Answers>>,
    headers: HeaderMap,
    event: Bytes,
) -> Json<Value> {
    let event: Value = serde_json::from_slice(&event).unwrap();
    Json(if headers.contains_key("x-amz-client-context") {
        let harmless = json!({"id": "none"});
        assert_eq!(event, harmless, "what the tool marks as harmless");
        answers.call.clone()
    } else if event["method"] == "tools/list" {
        answers.listing.clone()
    } else {
        assert_eq!(event, json!({}));
        answers.no_context.clone()
    })
}

/// Serves until the test ends.
fn lambda_api(answers: Answers) -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    let app = Router::new()
        .route(
            "/2015-03-31/functions/{name}/configuration",
            get(configuration),
        )
        .route("/2015-03-31/functions/{name}/invocations", post(invoke))
        .with_state(Arc::new(answers));
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, app).await.unwrap();
        });
    });
    address
}

/// A fleet of one server, generated.
fn fleet() -> TempDir {
    let folder = TempDir::new().unwrap();
    let handler = folder.path().join("handlers/notes");
    fs::create_dir_all(handler.join("src")).unwrap();
    let manifest = "servers:\n  notes:\n    name: Notes\n    description: Keeps notes.\n    server: notes\n    env:\n      NOTES: secret-value\n";
    fs::write(folder.path().join("servers.yaml"), manifest).unwrap();
    for file in ["Cargo.toml", "src/main.rs", "policy.json"] {
        fs::write(handler.join(file), "").unwrap();
    }
    let target = json!({
        "@generated": "by this test",
        "id": "notes",
        "name": "Notes",
        "description": "Keeps notes.",
        "environment": {"MCP_FLEET_ACCESS": "read-only", "NOTES": "secret-value"},
        "tools": [{
            "name": "note_get",
            "description": "Read one note.",
            "inputSchema": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
        }],
    });
    fs::write(handler.join("target.json"), target.to_string()).unwrap();
    folder
}

fn verify(fleet: &TempDir, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_verify"))
        .args(arguments)
        .current_dir(fleet.path())
        .output()
        .unwrap()
}

/// Exit code, and the checks by name with outcome and detail.
fn outcome(answers: Answers) -> (i32, Vec<(String, String, String)>) {
    let endpoint = format!("http://{}", lambda_api(answers));
    let output = verify(&fleet(), &["--endpoint-url", &endpoint, "--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{error}: {}", String::from_utf8_lossy(&output.stderr));
    });
    let checks = report["servers"][0]["checks"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let checks = checks.map(|check| {
        (
            text(&check["check"]),
            text(&check["outcome"]),
            text(&check["detail"]),
        )
    });
    (output.status.code().unwrap(), checks.collect())
}

/// Asserts that exactly `check` failed, for a reason that contains `reason`.
fn fails(answers: Answers, check: &str, reason: &str) {
    let (code, checks) = outcome(answers);
    let failed: Vec<_> = checks
        .iter()
        .filter(|(_, outcome, _)| outcome == "failed")
        .collect();
    assert_eq!(failed.len(), 1, "{checks:?}");
    assert_eq!(failed[0].0, check);
    assert!(failed[0].2.contains(reason), "{}", failed[0].2);
    assert_eq!(code, 1);
}

#[test]
fn a_healthy_fleet_passes_every_check() {
    let (code, checks) = outcome(Answers::healthy());
    let names: Vec<&str> = checks.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "generated files",
            "function",
            "answer without context",
            "tools",
            "call"
        ]
    );
    assert!(
        checks.iter().all(|(_, outcome, _)| outcome == "passed"),
        "{checks:?}"
    );
    assert_eq!(code, 0);
}

#[test]
fn a_difference_in_configuration_is_named_and_values_of_variables_are_not() {
    let mut answers = Answers::healthy();
    let configuration = answers.configuration.as_mut().unwrap();
    configuration["MemorySize"] = json!(128);
    configuration["Environment"]["Variables"]["NOTES"] = json!("another-secret");
    let (_, checks) = outcome(answers.clone());
    let shown = format!("{checks:?}");
    assert!(!shown.contains("secret"), "{shown}");
    fails(
        answers,
        "function",
        "memory is 128, the manifest says 256; environment variable NOTES",
    );
}

#[test]
fn a_missing_function_fails_once_and_its_other_checks_are_skipped() {
    let mut answers = Answers::healthy();
    answers.configuration = Err((StatusCode::NOT_FOUND, "ResourceNotFoundException"));
    let (_, checks) = outcome(answers.clone());
    let skipped = checks
        .iter()
        .filter(|(_, outcome, _)| outcome == "skipped")
        .count();
    assert_eq!(skipped, 3);
    fails(
        answers,
        "function",
        "ResourceNotFoundException: as the test says",
    );
}

#[test]
fn another_answer_without_context_fails() {
    let mut answers = Answers::healthy();
    answers.no_context["error"]["data"]["server_name"] = json!("Other");
    fails(
        answers,
        "answer without context",
        "\"server_name\":\"Other\"",
    );
}

#[test]
fn a_tool_in_another_form_fails() {
    let mut answers = Answers::healthy();
    answers.listing["result"]["tools"][0]["description"] = json!("Something else.");
    fails(answers, "tools", "`note_get` is offered in another form");
}

#[test]
fn a_tool_too_many_fails() {
    let mut answers = Answers::healthy();
    let extra =
        json!({"name": "note_put", "description": "Writes.", "inputSchema": {"type": "object"}});
    answers.listing["result"]["tools"]
        .as_array_mut()
        .unwrap()
        .push(extra);
    fails(
        answers,
        "tools",
        "`note_put` is offered but not in target.json",
    );
}

#[test]
fn a_tool_error_of_the_fleets_own_making_fails() {
    let mut answers = Answers::healthy();
    answers.call["content"][0]["text"] = json!("internal_error: `note_get` stopped unexpectedly.");
    fails(answers, "call", "internal_error");
}

#[test]
fn generated_files_that_do_not_follow_the_manifest_fail() {
    let fleet = fleet();
    let manifest = fs::read_to_string(fleet.path().join("servers.yaml")).unwrap();
    fs::write(
        fleet.path().join("servers.yaml"),
        manifest.replace("Keeps", "Loses"),
    )
    .unwrap();
    let endpoint = format!("http://{}", lambda_api(Answers::healthy()));
    let output = verify(&fleet, &["--endpoint-url", &endpoint, "--format", "junit"]);
    let junit = String::from_utf8(output.stdout).unwrap();
    assert!(
        junit.contains("target.json differs from the manifest in description"),
        "{junit}"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn nobody_at_the_endpoint_is_told_apart_from_a_failed_check() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let output = verify(&fleet(), &["--endpoint-url", &endpoint]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains("the Lambda API cannot be reached"),
        "{error}"
    );
    assert!(error.contains("scripts/up"), "{error}");
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}

#[test]
fn a_server_that_the_manifest_does_not_have_is_refused_with_those_it_has() {
    let output = verify(
        &fleet(),
        &["--server", "note", "--endpoint-url", "http://127.0.0.1:1"],
    );
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        error,
        "verify: the manifest has no server `note`; it has: notes\n"
    );
    assert_eq!(output.status.code(), Some(2));
}
