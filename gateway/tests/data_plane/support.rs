//! A gateway whose targets answer from memory, and a client that speaks raw HTTP.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use bytes::Bytes;
use gateway::{
    Catalog, Failure, Gateway, Invocation, Invoke, Invoking, PAGE_SIZE, Settings, Target,
    TargetTool, app,
};
use http::{HeaderMap, Method, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// Records what it is invoked with, and returns what it was told to.
pub(crate) struct Recorder {
    pub(crate) invocations: Mutex<Vec<(Value, Value)>>,
    returns: Box<dyn Fn() -> Result<Bytes, Failure> + Send + Sync>,
}

impl Recorder {
    pub(crate) fn returning(payload: &'static str) -> Arc<Self> {
        Self::doing(move || Ok(Bytes::from_static(payload.as_bytes())))
    }

    pub(crate) fn doing(
        returns: impl Fn() -> Result<Bytes, Failure> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            invocations: Mutex::default(),
            returns: Box::new(returns),
        })
    }

    /// Arguments and client context of each call.
    pub(crate) fn seen(&self) -> Vec<(Value, Value)> {
        self.invocations.lock().unwrap().clone()
    }
}

/// The recorder as a target.
pub(crate) struct Recording(pub(crate) Arc<Recorder>);

impl Invoke for Recording {
    fn invoke(&self, invocation: Invocation) -> Invoking<'_> {
        let arguments = serde_json::from_slice(&invocation.arguments).unwrap();
        let context = serde_json::from_str(&invocation.client_context).unwrap();
        self.0
            .invocations
            .lock()
            .unwrap()
            .push((arguments, context));
        let returned = (self.0.returns)();
        Box::pin(std::future::ready(returned))
    }
}

pub(crate) fn tool(name: &str) -> TargetTool {
    TargetTool {
        name: name.to_owned(),
        description: format!("Does {name}."),
        input_schema: json!({
            "type": "object",
            "properties": {"path": {"type": "string"}, "limit": {"type": "integer"}},
            "required": ["path"]
        }),
        output_schema: None,
    }
}

pub(crate) fn gateway_of(targets: Vec<Target>, settings: Settings) -> Router {
    app(Arc::new(Gateway::new(
        Catalog::new(targets, PAGE_SIZE).unwrap(),
        settings,
    )))
}

/// A gateway with the one tool `files___read`, behind `recorder`.
pub(crate) fn gateway(recorder: &Arc<Recorder>, settings: Settings) -> Router {
    let invoke = Arc::new(Recording(Arc::clone(recorder)));
    gateway_of(
        vec![Target {
            name: "files".to_owned(),
            tools: vec![tool("read")],
            invoke,
        }],
        settings,
    )
}

/// A gateway with the one tool `files___read`, whose function returns `{}`.
pub(crate) fn plain() -> Router {
    gateway(&Recorder::returning("{}"), Settings::default())
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// Sends one request; `headers` replace the defaults of the same name, and an empty value removes one.
pub(crate) async fn send(
    app: &Router,
    method: Method,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Reply {
    let mut request = Request::builder()
        .method(method)
        .uri("/mcp")
        .body(body.into())
        .unwrap();
    let defaults = [
        ("host", "127.0.0.1:8080"),
        ("content-type", "application/json"),
        ("accept", "application/json, text/event-stream"),
    ];
    for (name, value) in defaults.iter().chain(headers) {
        let name: http::HeaderName = name.parse().unwrap();
        if value.is_empty() {
            request.headers_mut().remove(name);
        } else {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
    }
    let response = app.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    Reply {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

/// Posts one JSON document.
pub(crate) async fn post(app: &Router, body: &Value) -> Reply {
    send(app, Method::POST, &[], body.to_string()).await
}

/// Sends the request `method` and returns the response message, which is sent with status 200.
pub(crate) async fn request(app: &Router, method: &str, params: Value) -> Value {
    let reply = post(
        app,
        &json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}),
    )
    .await;
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (StatusCode::OK, "application/json"),
        "{}",
        reply.body
    );
    let message = reply.json();
    assert_eq!(
        (&message["jsonrpc"], &message["id"]),
        (&json!("2.0"), &json!(1))
    );
    message
}

pub(crate) async fn call(app: &Router, name: &str, arguments: Value) -> Value {
    request(
        app,
        "tools/call",
        json!({"name": name, "arguments": arguments}),
    )
    .await
}
