//! The Lambda Runtime API, one listener for each process.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::{convert::Infallible, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::JoinSet,
    time::sleep,
};
use tokio_util::task::TaskTracker;

use crate::{
    event::Event,
    persist::Persist,
    process::{Answer, Process, Refused},
};

/// Largest answer of a function: <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html> says 6 MB, the error says this.
pub(crate) const RESPONSE_LIMIT: usize = 6_291_556;

const PREFIX: &str = "/2018-06-01/runtime/";
/// `streaming` when the answer is sent as it comes into being.
const RESPONSE_MODE: &str = "lambda-runtime-function-response-mode";
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Serves one process until it has ended and its connections have.
pub(crate) async fn serve(listener: TcpListener, process: Arc<Process>) {
    let mut connections = JoinSet::new();
    let answers = TaskTracker::new();
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of file descriptors, for one: the process will try again, and so does this.
                    tracing::warn!(%error, "cannot accept a connection to the Runtime API");
                    sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            Some(_) = connections.join_next() => continue,
            () = process.closing.cancelled() => break,
        };
        // Or each answer waits for an acknowledgement of its header.
        let _ = stream.set_nodelay(true);
        connections.spawn(connection(stream, Arc::clone(&process), answers.clone()));
    }
    while connections.join_next().await.is_some() {}
    answers.close();
    answers.wait().await;
}

/// A connection that breaks is the process's affair: if it has ended, the supervisor knows.
async fn connection(stream: TcpStream, process: Arc<Process>, answers: TaskTracker) {
    let service = service_fn(|request: Request<Incoming>| {
        // What a process says counts, also when it ends while saying it. One that no longer waits for work is to get none.
        let goes_on = request.method() == Method::POST;
        let process = Arc::clone(&process);
        let work = async move { Ok::<_, Infallible>(answer(process, request).await) };
        // Here, not in an async block: a future that was never polled is dropped, too.
        Persist::new(work, goes_on.then(|| answers.clone()))
    });
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(process: Arc<Process>, request: Request<Incoming>) -> Response<Full<Bytes>> {
    // A page in the person's browser can reach a loopback port; a runtime sends neither.
    if request.headers().contains_key(header::ORIGIN)
        || request.headers().contains_key("sec-fetch-mode")
    {
        return error(StatusCode::FORBIDDEN, "Forbidden", "not for browsers");
    }
    let path = request.uri().path().strip_prefix(PREFIX).unwrap_or("");
    let mut segments = path.split('/');
    match (
        request.method(),
        segments.next(),
        segments.next(),
        segments.next(),
        segments.next(),
    ) {
        (&Method::GET, Some("invocation"), Some("next"), None, None) => next(&process).await,
        (
            &Method::POST,
            Some("invocation"),
            Some(id),
            Some(kind @ ("response" | "error")),
            None,
        ) => {
            let (id, is_error) = (id.to_owned(), kind == "error");
            outcome(&process, &id, is_error, request).await
        }
        (&Method::POST, Some("init"), Some("error"), None, None) => {
            init_error(&process, request).await
        }
        _ => error(StatusCode::NOT_FOUND, "NotFound", "404 page not found"),
    }
}

async fn next(process: &Arc<Process>) -> Response<Full<Bytes>> {
    let event = match process.next() {
        Ok(event) => event,
        Err(refused) => return refuse(&refused, "Ready"),
    };
    match event.await {
        Ok(event) => hand_over(*event),
        // A second request for work took this one's place, or the process is being ended.
        Err(_) => error(
            StatusCode::FORBIDDEN,
            "InvalidStateTransition",
            "another request for work was made",
        ),
    }
}

fn hand_over(event: Event) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(event.payload));
    let headers = response.headers_mut();
    headers.reserve(8);
    headers.insert(header::CONTENT_TYPE, JSON);
    headers.insert(
        "lambda-runtime-aws-request-id",
        HeaderValue::from_str(&event.request_id).expect("a UUID is a header value"),
    );
    headers.insert(
        "lambda-runtime-deadline-ms",
        HeaderValue::from(event.deadline_ms),
    );
    headers.insert("lambda-runtime-invoked-function-arn", event.function_arn);
    headers.insert("lambda-runtime-trace-id", event.trace_id);
    if let Some(context) = event.client_context {
        headers.insert("lambda-runtime-client-context", context);
    }
    response
}

async fn outcome(
    process: &Process,
    id: &str,
    is_error: bool,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    let to = if is_error {
        "InvocationErrorResponse"
    } else {
        "InvocationResponse"
    };
    if let Err(refused) = process.works_on(id) {
        return refuse(&refused, to);
    }
    let error_type = error_type(request.headers());
    let streams = request.headers().get(RESPONSE_MODE);
    let streams = !is_error && streams.is_some_and(|mode| mode == "streaming");
    let body = match process.stream(id).filter(|_| streams) {
        Some(stream) => forward(request.into_body(), stream).await,
        None => read(request.into_body()).await,
    };
    let answer = match body {
        Ok(Some(body)) if is_error => Answer::Error { body, error_type },
        Ok(Some(body)) => Answer::Response(body),
        Ok(None) => Answer::TooLarge,
        // The connection broke: if the process has ended, its call is answered for it, else it may try again.
        Err(_) => {
            return error(
                StatusCode::BAD_REQUEST,
                "TruncatedHTTPRequest",
                "HTTP request detected as truncated",
            );
        }
    };
    let too_large = matches!(answer, Answer::TooLarge);
    match process.answer(id, answer) {
        Ok(()) if too_large => error(
            StatusCode::PAYLOAD_TOO_LARGE,
            "RequestEntityTooLarge",
            &format!("Exceeded maximum allowed payload size ({RESPONSE_LIMIT} bytes)."),
        ),
        Ok(()) => accepted(),
        Err(refused) => refuse(&refused, to),
    }
}

async fn init_error(process: &Process, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let error_type = error_type(request.headers());
    let body = match read(request.into_body()).await {
        Ok(body) => body.unwrap_or_default(),
        Err(_) => {
            return error(
                StatusCode::BAD_REQUEST,
                "TruncatedHTTPRequest",
                "HTTP request detected as truncated",
            );
        }
    };
    match process.init_error(body, error_type) {
        Ok(()) => accepted(),
        Err(refused) => refuse(&refused, "InitError"),
    }
}

/// Hands on a streamed answer as it comes. It is read to its end, also when nobody listens any more.
async fn forward(
    mut body: Incoming,
    stream: mpsc::Sender<Bytes>,
) -> Result<Option<Bytes>, hyper::Error> {
    while let Some(frame) = body.frame().await {
        if let Ok(piece) = frame?.into_data() {
            let _ = stream.send(piece).await;
        }
    }
    Ok(Some(Bytes::new()))
}

/// The body, or nothing when it is larger than Lambda returns. That is read to its end all the same: a process that is still writing
/// would not see an answer.
async fn read(mut body: Incoming) -> Result<Option<Bytes>, hyper::Error> {
    let mut first = Bytes::new();
    let mut whole = BytesMut::new();
    let mut size = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else {
            continue;
        };
        size += data.len();
        if size > RESPONSE_LIMIT {
            whole.clear();
        } else if size == data.len() {
            // Nearly every answer comes in one piece, and is then not copied.
            first = data;
        } else {
            if whole.is_empty() {
                whole.extend_from_slice(&first);
            }
            whole.extend_from_slice(&data);
        }
    }
    Ok(match size {
        size if size > RESPONSE_LIMIT => None,
        _ if whole.is_empty() => Some(first),
        _ => Some(whole.freeze()),
    })
}

fn error_type(headers: &HeaderMap) -> String {
    headers
        .get("lambda-runtime-function-error-type")
        .and_then(|value| value.to_str().ok())
        .unwrap_or("Unknown")
        .to_owned()
}

fn accepted() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(b"{\"status\":\"OK\"}\n")));
    *response.status_mut() = StatusCode::ACCEPTED;
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response
}

fn refuse(refused: &Refused, to: &str) -> Response<Full<Bytes>> {
    match refused {
        Refused::RequestId => error(
            StatusCode::BAD_REQUEST,
            "InvalidRequestID",
            "Invalid request ID",
        ),
        Refused::State { from } => error(
            StatusCode::FORBIDDEN,
            "InvalidStateTransition",
            &format!(
                "State transition from {from} to {to} failed for runtime. Error: State transition is not allowed"
            ),
        ),
    }
}

fn error(status: StatusCode, error_type: &str, message: &str) -> Response<Full<Bytes>> {
    let body = json!({ "errorMessage": message, "errorType": error_type }).to_string();
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response
}
