//! A Runtime API to run real binaries under, and the binaries.

#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "each test uses its part, so nothing can be expected of all"
)]

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use axum::routing::{get, post};
use serde_json::Value;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, oneshot, watch};

/// Far more than anything here takes; a test that hangs should say so.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// Longer than any test: for invocations whose deadline does not matter.
pub(crate) const AMPLE: Duration = Duration::from_secs(600);

/// Path of a built example. `cargo test` and `cargo nextest run` build them all.
pub(crate) fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test has a path");
    let profile = test
        .parent()
        .and_then(std::path::Path::parent)
        .expect("…/deps/test");
    let path = profile.join("examples").join(name);
    assert!(
        path.is_file(),
        "{} is not built: run `cargo build --examples`",
        path.display()
    );
    path
}

/// A command without this process's environment.
pub(crate) fn command(name: &str) -> Command {
    let mut command = Command::new(example(name));
    command.env_clear().stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// What the process under test posted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Posted {
    /// `response`, `error` or `init/error`.
    pub(crate) kind: &'static str,
    pub(crate) body: Bytes,
    pub(crate) error_type: Option<String>,
    /// `streaming`, when the answer was sent as a stream.
    pub(crate) response_mode: Option<String>,
}

impl Posted {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("answers are JSON")
    }

    /// The text of a tool's result.
    pub(crate) fn text(&self) -> String {
        let json = self.json();
        let text = json["content"][0]["text"].as_str();
        text.unwrap_or_else(|| panic!("no text in {json}"))
            .to_owned()
    }
}

/// One invocation, as Lambda would hand it out.
pub(crate) struct Invocation {
    pub(crate) body: Vec<u8>,
    pub(crate) context: Option<Vec<u8>>,
    pub(crate) time: Duration,
}

impl Invocation {
    pub(crate) fn new(event: &Value) -> Self {
        Self {
            body: event.to_string().into_bytes(),
            context: None,
            time: AMPLE,
        }
    }

    pub(crate) fn raw(body: &[u8]) -> Self {
        Self {
            body: body.to_vec(),
            context: None,
            time: AMPLE,
        }
    }

    /// A call as the gateway makes it, with the documented context.
    pub(crate) fn gateway(tool: &str, arguments: &Value) -> Self {
        let context = serde_json::json!({ "custom": {
            "bedrockAgentCoreMessageVersion": "1.0",
            "bedrockAgentCoreAwsRequestId": "5f4c1f6e-7d6f-4b69-8b14-7f3b21d3b0aa",
            "bedrockAgentCoreMcpMessageId": "42",
            "bedrockAgentCoreGatewayId": "fleet-abcdefghij",
            "bedrockAgentCoreTargetId": "ABCDEFGHIJ",
            "bedrockAgentCoreToolName": format!("fixture___{tool}"),
        } });
        Self::new(arguments).context(context.to_string().as_bytes())
    }

    pub(crate) fn context(mut self, context: &[u8]) -> Self {
        self.context = Some(context.to_vec());
        self
    }

    pub(crate) fn time(mut self, time: Duration) -> Self {
        self.time = time;
        self
    }
}

struct Queued {
    id: String,
    invocation: Invocation,
}

struct Api {
    queue: tokio::sync::Mutex<mpsc::UnboundedReceiver<Queued>>,
    waiting: Mutex<HashMap<String, oneshot::Sender<Posted>>>,
    init_error: Mutex<Option<oneshot::Sender<Posted>>>,
    /// How often the process has asked for an invocation.
    asked: watch::Sender<u32>,
}

/// A process under a Runtime API of its own.
pub(crate) struct Function {
    api: Arc<Api>,
    queue: mpsc::UnboundedSender<Queued>,
    init_error: Option<oneshot::Receiver<Posted>>,
    child: Child,
    invoked: u32,
}

impl Function {
    /// Starts an example in Lambda mode.
    pub(crate) async fn start(name: &str, environment: &[(&str, &str)]) -> Self {
        let (queue, receiver) = mpsc::unbounded_channel();
        let (sender, init_error) = oneshot::channel();
        let api = Arc::new(Api {
            queue: tokio::sync::Mutex::new(receiver),
            waiting: Mutex::default(),
            init_error: Mutex::new(Some(sender)),
            asked: watch::Sender::new(0),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let app = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route(
                "/2018-06-01/runtime/invocation/{id}/response",
                post(response),
            )
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(init_failed))
            .with_state(Arc::clone(&api));
        tokio::spawn(async move { axum::serve(listener, app).await });
        let child = command(name)
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the example starts");
        Self {
            api,
            queue,
            init_error: Some(init_error),
            child,
            invoked: 0,
        }
    }

    /// Invokes, and waits for what the process posts.
    pub(crate) async fn invoke(&mut self, invocation: Invocation) -> Posted {
        self.invoked += 1;
        let id = format!("request-{}", self.invoked);
        let (sender, receiver) = oneshot::channel();
        self.api
            .waiting
            .lock()
            .expect("no test panics while it holds this")
            .insert(id.clone(), sender);
        let sent = self.queue.send(Queued { id, invocation });
        assert!(sent.is_ok(), "the Runtime API is gone");
        let posted = tokio::time::timeout(PATIENCE, receiver).await;
        posted.expect("an answer").expect("an answer")
    }

    /// Calls a tool as the gateway does.
    pub(crate) async fn call(&mut self, tool: &str, arguments: &Value) -> Posted {
        self.invoke(Invocation::gateway(tool, arguments)).await
    }

    /// What the process reported instead of serving, and its exit code.
    pub(crate) async fn init_error(mut self) -> (Posted, Option<i32>) {
        let receiver = self.init_error.take().expect("asked once");
        let posted = tokio::time::timeout(PATIENCE, receiver).await;
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        let code = status.expect("an end").expect("a status").code();
        (posted.expect("a report").expect("a report"), code)
    }

    /// Whether the process is still the one that was started.
    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends the process and returns what it logged, a JSON object per line.
    pub(crate) async fn log(self) -> Vec<Value> {
        let (_, log) = self.written().await;
        lines(&log)
    }

    /// Ends the process and returns what it wrote to stdout and stderr.
    pub(crate) async fn written(mut self) -> (String, String) {
        // A process that asks for the next invocation is done with the last.
        let mut asked = self.api.asked.subscribe();
        let done = asked.wait_for(|asked| *asked > self.invoked);
        let done = tokio::time::timeout(PATIENCE, done).await;
        done.expect("it goes on").expect("it goes on");
        self.child.start_kill().expect("it runs");
        let (mut out, mut log) = (String::new(), String::new());
        let stdout = self.child.stdout.as_mut().expect("piped");
        stdout.read_to_string(&mut out).await.expect("UTF-8");
        let stderr = self.child.stderr.as_mut().expect("piped");
        stderr.read_to_string(&mut log).await.expect("UTF-8");
        (out, log)
    }
}

/// JSON, a value per line.
pub(crate) fn lines(text: &str) -> Vec<Value> {
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect()
}

async fn next(State(api): State<Arc<Api>>) -> Response<Body> {
    api.asked.send_modify(|asked| *asked += 1);
    let Some(queued) = api.queue.lock().await.recv().await else {
        return answer(StatusCode::GONE);
    };
    let deadline = SystemTime::now() + queued.invocation.time;
    let deadline_ms = deadline
        .duration_since(UNIX_EPOCH)
        .expect("after 1970")
        .as_millis();
    let mut response = Response::new(Body::from(queued.invocation.body));
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &[u8]| {
        // `from_bytes` lets through what is not ASCII, as Lambda does.
        let value = HeaderValue::from_bytes(value).expect("no control characters");
        headers.insert(HeaderName::from_static(name), value);
    };
    set("lambda-runtime-aws-request-id", queued.id.as_bytes());
    set(
        "lambda-runtime-deadline-ms",
        deadline_ms.to_string().as_bytes(),
    );
    set(
        "lambda-runtime-trace-id",
        b"Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0",
    );
    let arn = b"arn:aws:lambda:eu-west-1:123456789012:function:mcp-server-fixture";
    set("lambda-runtime-invoked-function-arn", arn);
    if let Some(context) = &queued.invocation.context {
        set("lambda-runtime-client-context", context);
    }
    response
}

fn answer(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn settle(api: &Api, id: &str, posted: Posted) -> Response<Body> {
    match api
        .waiting
        .lock()
        .expect("no test panics while it holds this")
        .remove(id)
    {
        Some(waiting) => {
            // The test may have given up.
            let _ = waiting.send(posted);
            answer(StatusCode::ACCEPTED)
        }
        // Lambda refuses a second answer.
        None => answer(StatusCode::BAD_REQUEST),
    }
}

async fn response(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response<Body> {
    let response_mode = text(&headers, "lambda-runtime-function-response-mode");
    let body = axum::body::to_bytes(body, usize::MAX)
        .await
        .expect("a body");
    // What Lambda itself does: <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
    assert!(body.len() <= 6_291_556, "{} bytes", body.len());
    let kind = "response";
    let error_type = None;
    settle(
        &api,
        &id,
        Posted {
            kind,
            body,
            error_type,
            response_mode,
        },
    )
}

async fn error(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let kind = "error";
    let error_type = text(&headers, "lambda-runtime-function-error-type");
    settle(
        &api,
        &id,
        Posted {
            kind,
            body,
            error_type,
            response_mode: None,
        },
    )
}

async fn init_failed(
    State(api): State<Arc<Api>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let kind = "init/error";
    let error_type = text(&headers, "lambda-runtime-function-error-type");
    if let Some(waiting) = api
        .init_error
        .lock()
        .expect("no test panics while it holds this")
        .take()
    {
        let _ = waiting.send(Posted {
            kind,
            body,
            error_type,
            response_mode: None,
        });
    }
    answer(StatusCode::ACCEPTED)
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?;
    Some(value.to_str().expect("ASCII").to_owned())
}
