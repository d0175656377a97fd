//! The Runtime API as a handler sees it, and the one handler behind it.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::io;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, Response, StatusCode};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

use crate::answer::{Posted, SECRET, contains};
use crate::invocation::Invocation;

/// Nothing takes this long; what does, hangs.
const PATIENCE: Duration = Duration::from_secs(60);

struct Api {
    queue: tokio::sync::Mutex<mpsc::Receiver<Invocation>>,
    posted: mpsc::Sender<Posted>,
    state: Mutex<Current>,
    /// Answers that nobody waited for.
    strays: AtomicU64,
}

/// The invocation that the handler works on.
#[derive(Default)]
struct Current {
    number: u64,
    answered: bool,
}

/// A handler's process.
pub(crate) struct Handler {
    child: Child,
    api: Arc<Api>,
    queue: mpsc::Sender<Invocation>,
    posted: mpsc::Receiver<Posted>,
    log: Arc<Log>,
}

/// What became of the handler's log.
#[derive(Debug, Default)]
struct Log {
    secrets: AtomicU64,
    last: Mutex<String>,
}

impl Handler {
    /// Starts a handler with nothing but this environment.
    pub(crate) async fn start(
        program: &Path,
        environment: &[(String, String)],
    ) -> io::Result<Self> {
        let (queue, received) = mpsc::channel(1);
        let (sender, posted) = mpsc::channel(8);
        let api = Arc::new(Api {
            queue: tokio::sync::Mutex::new(received),
            posted: sender,
            state: Mutex::default(),
            strays: AtomicU64::new(0),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let app = Router::new().fallback(answer).with_state(Arc::clone(&api));
        tokio::spawn(async move {
            axum::serve(
                axum::serve::ListenerExt::tap_io(listener, |stream| {
                    // Or each answer waits for an acknowledgement of its header.
                    let _ = stream.set_nodelay(true);
                }),
                app,
            )
            .await
        });
        let mut child = Command::new(program)
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("SOME_TOKEN", SECRET)
            // Else glibc keeps what an event of 6 MB needed, and that looks like growth.
            .env("MALLOC_MMAP_THRESHOLD_", "131072")
            .envs(environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let log = Arc::new(Log::default());
        if let Some(stderr) = child.stderr.take() {
            tokio::spawn(read(BufReader::new(stderr), Arc::clone(&log)));
        }
        Ok(Self {
            child,
            api,
            queue,
            posted,
            log,
        })
    }

    /// One invocation, answered once.
    pub(crate) async fn invoke(&mut self, invocation: Invocation) -> Result<Posted, String> {
        if self.queue.send(invocation).await.is_err() {
            return Err("the Runtime API is gone".to_owned());
        }
        let posted = tokio::select! {
            posted = tokio::time::timeout(PATIENCE, self.posted.recv()) => match posted {
                Ok(Some(posted)) => posted,
                Ok(None) => return Err("the Runtime API is gone".to_owned()),
                Err(_elapsed) => return Err(format!("no answer within {PATIENCE:?}")),
            },
            status = self.child.wait() => {
                let last = self.log.last.lock().unwrap_or_else(PoisonError::into_inner);
                let status = status.map_or_else(|error| error.to_string(), |status| status.to_string());
                return Err(format!("the process ended: {status}; its last words: {last}"));
            }
        };
        if self.api.strays.load(Ordering::Relaxed) > 0 {
            return Err("an invocation was answered twice".to_owned());
        }
        if self.log.secrets.load(Ordering::Relaxed) > 0 {
            return Err("a secret of the environment is in the log".to_owned());
        }
        Ok(posted)
    }

    /// The process's resident memory, in KiB.
    pub(crate) fn resident_kb(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()?)).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().trim_end_matches("kB").trim().parse().ok()
    }
}

async fn read(mut lines: BufReader<tokio::process::ChildStderr>, log: Arc<Log>) {
    let mut line = Vec::new();
    while let Ok(1..) = lines.read_until(b'\n', &mut line).await {
        if contains(&line, SECRET.as_bytes()) {
            log.secrets.fetch_add(1, Ordering::Relaxed);
        }
        let mut last = log.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = String::from_utf8_lossy(&line[..line.len().min(1000)]).into_owned();
        line.clear();
    }
}

async fn answer(State(api): State<Arc<Api>>, request: Request) -> Response<Body> {
    let path = request.uri().path().to_owned();
    let path = path.strip_prefix("/2018-06-01/runtime/invocation/");
    match (request.method(), path.and_then(|path| path.split_once('/'))) {
        (&Method::GET, None) if path == Some("next") => next(&api).await,
        (&Method::POST, Some((id, what @ ("response" | "error")))) => {
            posted(&api, id, what == "response", request).await
        }
        _ => status(StatusCode::NOT_FOUND),
    }
}

async fn next(api: &Api) -> Response<Body> {
    let Some(invocation) = api.queue.lock().await.recv().await else {
        return status(StatusCode::GONE);
    };
    let number = {
        let mut state = api.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.number += 1;
        state.answered = false;
        state.number
    };
    let id = format!("00000000-0000-4000-8000-{number:012}").into_bytes();
    let deadline = invocation.deadline.header();
    let mut response = Response::new(Body::from(invocation.body));
    let headers = [
        ("lambda-runtime-aws-request-id", Some(id)),
        ("lambda-runtime-deadline-ms", deadline),
        ("lambda-runtime-trace-id", invocation.trace),
        ("lambda-runtime-client-context", invocation.context),
    ];
    for (name, value) in headers {
        // What HTTP cannot carry was left out when it was made.
        if let Some(Ok(value)) = value.map(|value| HeaderValue::from_bytes(&value)) {
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
    }
    response
}

async fn posted(api: &Api, id: &str, is_response: bool, request: Request) -> Response<Body> {
    let number = id.rsplit('-').next().and_then(|number| number.parse().ok());
    let mode = request
        .headers()
        .get("lambda-runtime-function-response-mode");
    let streamed = mode.is_some_and(|mode| mode == "streaming");
    let Ok(body) = to_bytes(request.into_body(), usize::MAX).await else {
        return status(StatusCode::BAD_REQUEST);
    };
    let expected = {
        let mut state = api.state.lock().unwrap_or_else(PoisonError::into_inner);
        let expected = number == Some(state.number) && !state.answered;
        state.answered |= expected;
        expected
    };
    if !expected {
        api.strays.fetch_add(1, Ordering::Relaxed);
        return status(StatusCode::BAD_REQUEST);
    }
    let posted = Posted {
        is_response,
        streamed,
        body: body.into(),
    };
    // Nobody waits any more: the program is ending.
    let _ = api.posted.send(posted).await;
    status(StatusCode::ACCEPTED)
}

fn status(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
