//! A gateway whose targets answer from memory, and a client that speaks raw HTTP.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use bytes::Bytes;
use gateway::{
    Catalog, Failure, Gateway, Gateways, Invocation, Invoke, Invoking, Reach, Returned, Settings,
    Target, TargetTool, app,
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
        let returned = invocation.call.client_context().and_then(|context| {
            let arguments = serde_json::from_slice(&invocation.arguments).unwrap();
            let context = serde_json::from_str(&context).unwrap();
            self.0
                .invocations
                .lock()
                .unwrap()
                .push((arguments, context));
            (self.0.returns)().map(Returned::Value)
        });
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

/// A target that answers what `recorder` was told to.
pub(crate) fn target(name: &str, tools: &[&str], recorder: &Arc<Recorder>) -> Target {
    let invoke = Arc::new(Recording(Arc::clone(recorder)));
    Target::lambda(name, tools.iter().map(|name| tool(name)).collect(), invoke)
}

pub(crate) fn gateway_of(targets: Vec<Target>, settings: Settings) -> Router {
    app(
        Arc::new(Gateways::new(own(targets, settings))),
        Reach::ThisMachine,
    )
}

/// A gateway that the test can change while it runs.
pub(crate) fn own(targets: Vec<Target>, settings: Settings) -> Arc<Gateway> {
    Arc::new(Gateway::new(Catalog::new(targets).unwrap(), settings).unwrap())
}

/// A gateway with the one tool `files___read`, behind `recorder`.
pub(crate) fn gateway(recorder: &Arc<Recorder>, settings: Settings) -> Router {
    gateway_of(vec![target("files", &["read"], recorder)], settings)
}

/// A gateway with the one tool `files___read`, whose function returns `{}`.
pub(crate) fn plain() -> Router {
    with(Settings::default())
}

/// The same with other settings.
pub(crate) fn with(settings: Settings) -> Router {
    gateway(&Recorder::returning("{}"), settings)
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
    send_to(app, "/mcp", method, headers, body).await
}

/// The same to another path.
pub(crate) async fn send_to(
    app: &Router,
    path: &str,
    method: Method,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Reply {
    let request = request_to(path, method, headers, body.into());
    let response = app.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    Reply {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

pub(crate) fn request_to(
    path: &str,
    method: Method,
    headers: &[(&str, &str)],
    body: Body,
) -> Request<Body> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .body(body)
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
    request
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

/// The text of a result, and whether it is an error.
pub(crate) fn text_of(message: &Value) -> (&str, bool) {
    let result = &message["result"];
    assert_eq!(result["content"].as_array().unwrap().len(), 1, "{message}");
    (
        result["content"][0]["text"].as_str().unwrap(),
        result["isError"].as_bool().unwrap(),
    )
}

/// The headers of a request of 2026-07-28; a tool's name only for a call.
pub(crate) fn stateless_headers<'a>(method: &'a str, name: &'a str) -> [(&'a str, &'a str); 3] {
    [
        ("mcp-protocol-version", "2026-07-28"),
        ("mcp-method", method),
        ("mcp-name", name),
    ]
}

/// The body of a request of 2026-07-28.
pub(crate) fn stateless_body(method: &str, mut params: Value) -> String {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string()
}

/// Sends a request of 2026-07-28 with everything that belongs to it.
pub(crate) async fn stateless(app: &Router, method: &str, params: Value) -> Reply {
    let name = params["name"]
        .as_str()
        .or(params["uri"].as_str())
        .unwrap_or_default()
        .to_owned();
    let body = stateless_body(method, params);
    send(app, Method::POST, &stateless_headers(method, &name), body).await
}
