//! A fleet of one server, a Lambda API that answers as it would, or not quite, and the program run on both.

use std::fs;
use std::net::SocketAddr;
use std::process::{Command, Output};
use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tempfile::TempDir;

/// What the Lambda API answers.
#[derive(Debug, Clone)]
pub(crate) struct Answers {
    /// The only function there is.
    function: &'static str,
    pub(crate) configuration: Result<Value, (StatusCode, &'static str)>,
    pub(crate) no_context: Value,
    pub(crate) listing: Value,
    pub(crate) call: Value,
}

impl Answers {
    pub(crate) fn healthy() -> Self {
        Self::named("mcp-server-notes")
    }

    /// A healthy function of this name.
    pub(crate) fn named(function: &'static str) -> Self {
        Self {
            function,
            configuration: Ok(json!({
                "FunctionName": "mcp-server-notes",
                "State": "Active",
                "LastUpdateStatus": "Successful",
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
            }]}}),
            call: json!({"content": [{"type": "text", "text": "note_not_found: there is no note `none`"}], "isError": true}),
        }
    }
}

async fn configuration(State(answers): State<Arc<Answers>>, Path(name): Path<String>) -> Response {
    if name != answers.function {
        let error = [("x-amzn-errortype", "ResourceNotFoundException")];
        return (StatusCode::NOT_FOUND, error, Json(json!({}))).into_response();
    }
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

/// The Lambda API.
pub(crate) fn lambda_api(answers: Answers) -> SocketAddr {
    serve(
        Router::new()
            .route(
                "/2015-03-31/functions/{name}/configuration",
                get(configuration),
            )
            .route("/2015-03-31/functions/{name}/invocations", post(invoke))
            .with_state(Arc::new(answers)),
    )
}

/// Serves until the test ends.
pub(crate) fn serve(app: Router) -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
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
pub(crate) fn fleet() -> TempDir {
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
        "smoke": {"tool": "note_get", "arguments": {"id": "none"}},
        "tools": [{
            "name": "note_get",
            "description": "Read one note.",
            "inputSchema": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
        }],
    });
    fs::write(handler.join("target.json"), target.to_string()).unwrap();
    folder
}

pub(crate) fn verify(fleet: &TempDir, arguments: &[&str]) -> Output {
    command(fleet, arguments).output().unwrap()
}

/// The program in the folder of a fleet, not started, without AWS settings of the machine.
pub(crate) fn command(fleet: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_verify"));
    command.args(arguments).current_dir(fleet.path());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AWS_") {
            command.env_remove(name);
        }
    }
    command
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", "/nonexistent")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
    command
}

/// Exit code, and the checks by name with outcome and detail.
pub(crate) fn outcome(answers: Answers) -> (i32, Vec<(String, String, String)>) {
    outcome_of(answers, &[])
}

/// As [`outcome`], with more arguments.
pub(crate) fn outcome_of(
    answers: Answers,
    arguments: &[&str],
) -> (i32, Vec<(String, String, String)>) {
    let endpoint = format!("http://{}", lambda_api(answers));
    let mut all = vec!["--endpoint-url", &endpoint, "--format", "json"];
    all.extend(arguments);
    checks(&verify(&fleet(), &all))
}

/// Exit code and checks of a report in JSON.
pub(crate) fn checks(output: &Output) -> (i32, Vec<(String, String, String)>) {
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

/// The names of checks.
pub(crate) fn names(checks: &[(String, String, String)]) -> Vec<&str> {
    checks.iter().map(|(name, ..)| name.as_str()).collect()
}

/// Asserts that exactly `check` failed, for a reason that contains `reason`.
pub(crate) fn fails(answers: Answers, check: &str, reason: &str) {
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
