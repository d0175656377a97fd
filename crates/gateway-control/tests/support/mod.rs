//! A control plane, requests to it, and targets whose tries end as the test wants.

#![allow(dead_code, reason = "each test file uses its own part")]
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use gateway_control::{
    ControlPlane, DryRun, DryRunning, GatewayRecord, Location, OpenError, Options, Place,
    TargetSettings, app,
};
use http::Request;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

pub(crate) const ROLE: &str = "arn:aws:iam::123456789012:role/gateway";
pub(crate) const FUNCTION: &str = "arn:aws:lambda:eu-west-1:123456789012:function:orders:live";

/// Tries targets out: one whose description begins with `fail` fails with it, one with `wait` waits for
/// [`Tries::release`], one with `panic` panics. An MCP server lists one tool per try so far.
pub(crate) struct Tries {
    gate: Semaphore,
    pub(crate) count: AtomicUsize,
}

impl Tries {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            gate: Semaphore::new(0),
            count: AtomicUsize::new(0),
        })
    }

    /// Lets everything that waits, now or later, go on.
    pub(crate) fn release(&self) {
        self.gate.add_permits(1000);
    }
}

impl DryRun for Tries {
    fn dry_run<'a>(&'a self, _: &'a GatewayRecord, target: &'a TargetSettings) -> DryRunning<'a> {
        Box::pin(async move {
            let count = self.count.fetch_add(1, Ordering::SeqCst) + 1;
            let description = target.description.as_deref().unwrap_or_default();
            if description.starts_with("wait") {
                let _permit = self.gate.acquire().await.unwrap();
            }
            assert!(!description.starts_with("panic"), "as the test wants");
            if description.contains("fail") {
                return Err(description.to_owned());
            }
            let tool = |index| json!({ "name": format!("tool{index}"), "inputSchema": { "type": "object" } });
            Ok((0..count).map(tool).collect())
        })
    }
}

pub(crate) fn options(tries: &Arc<Tries>) -> Options {
    Options {
        place: Place {
            region: "eu-west-1".to_owned(),
            account: "123456789012".to_owned(),
        },
        gateway_url: Arc::new(|id| format!("http://127.0.0.1:8080/{id}/mcp")),
        dry_run: Arc::clone(tries) as Arc<dyn DryRun>,
        dry_run_timeout: Duration::from_secs(60),
    }
}

/// A control plane under test.
pub(crate) struct Api {
    pub(crate) plane: Arc<ControlPlane>,
    pub(crate) tries: Arc<Tries>,
}

/// An answer: status, error type, body.
pub(crate) type Answer = (u16, String, Value);

impl Api {
    pub(crate) fn in_memory() -> Self {
        let tries = Tries::new();
        let plane = ControlPlane::open(&Location::Memory, options(&tries)).unwrap();
        Self { plane, tries }
    }

    pub(crate) fn in_file(path: &Path) -> Result<Self, OpenError> {
        let tries = Tries::new();
        let plane = ControlPlane::open(&Location::File(path.to_owned()), options(&tries))?;
        Ok(Self { plane, tries })
    }

    /// Opens the file of a control plane that was dropped, as soon as its last task has let go of it.
    pub(crate) async fn reopened(path: &Path) -> Result<Self, OpenError> {
        loop {
            match Self::in_file(path) {
                Err(OpenError::InUse { .. }) => tokio::time::sleep(Duration::from_millis(5)).await,
                result => return result,
            }
        }
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: impl Into<Body>) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .body(body.into())
            .unwrap();
        let response = app(self.plane.clone()).oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        assert!(
            response.headers().contains_key("x-amzn-requestid"),
            "{method} {path}"
        );
        let kind = response
            .headers()
            .get("x-amzn-errortype")
            .map_or("", |kind| kind.to_str().unwrap())
            .to_owned();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).unwrap()
        };
        (status, kind, body)
    }

    pub(crate) async fn json(&self, method: &str, path: &str, body: Value) -> Answer {
        self.send(method, path, body.to_string()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, Body::empty()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, Body::empty()).await
    }

    /// Creates a gateway and returns its path, with the last slash.
    pub(crate) async fn gateway(&self, name: &str) -> String {
        let (status, _, body) = self.json("POST", "/gateways/", gateway(name)).await;
        assert_eq!(status, 202, "{body}");
        format!("/gateways/{}/", body["gatewayId"].as_str().unwrap())
    }

    /// Creates a target below `gateway` and returns its path, with the last slash.
    pub(crate) async fn target(&self, gateway: &str, body: Value) -> String {
        let (status, _, body) = self.json("POST", &format!("{gateway}targets/"), body).await;
        assert_eq!(status, 202, "{body}");
        format!("{gateway}targets/{}/", body["targetId"].as_str().unwrap())
    }

    /// Sends each `body` to `path` and compares the members that the error names.
    pub(crate) async fn refuses(&self, path: &str, cases: Vec<(Value, &str, &str)>) {
        for (body, member, message) in cases {
            let (status, kind, answer) = self.json("POST", path, body.clone()).await;
            assert_eq!(
                (status, kind.as_str()),
                (400, "ValidationException"),
                "{body}: {answer}"
            );
            assert_eq!(answer["reason"], "FieldValidationFailed", "{answer}");
            assert_eq!(answer["fieldList"][0]["name"], member, "{answer}");
            let text = answer["message"].as_str().unwrap();
            assert!(
                text.contains(message) && text.contains(member),
                "{message:?} is not in {text:?}"
            );
        }
        assert!(
            self.get(path).await.2["items"]
                .as_array()
                .unwrap()
                .is_empty(),
            "nothing was kept"
        );
    }

    /// Waits until nothing is in progress.
    pub(crate) async fn settled(&self) {
        let idle = |snapshot: &gateway_control::Snapshot| {
            let mut targets = snapshot.iter().flat_map(|gateway| &gateway.targets);
            !targets.any(|target| json!(target.status).as_str().unwrap().ends_with("ING"))
        };
        self.plane.subscribe().wait_for(idle).await.unwrap();
    }
}

/// A body for CreateGateway and UpdateGateway.
pub(crate) fn gateway(name: &str) -> Value {
    json!({ "name": name, "roleArn": ROLE, "authorizerType": "NONE", "protocolType": "MCP" })
}

/// A body for CreateGatewayTarget: a Lambda function with one tool.
pub(crate) fn lambda(name: &str) -> Value {
    json!({
        "name": name,
        "targetConfiguration": { "mcp": { "lambda": { "lambdaArn": FUNCTION, "toolSchema": { "inlinePayload": [tool("get")] } } } },
        "credentialProviderConfigurations": [{ "credentialProviderType": "GATEWAY_IAM_ROLE" }],
    })
}

/// A body for CreateGatewayTarget: an MCP server.
pub(crate) fn server(name: &str) -> Value {
    json!({ "name": name, "targetConfiguration": { "mcp": { "mcpServer": { "endpoint": "https://mcp.example/mcp" } } } })
}

pub(crate) fn tool(name: &str) -> Value {
    json!({
        "name": name,
        "description": "Gets an order.",
        "inputSchema": { "type": "object", "properties": { "id": { "type": "string" } }, "required": ["id"] },
    })
}

/// `body` with `value` at `pointer`, whose last member may be new; a null removes it.
pub(crate) fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).unwrap();
    match parent {
        Value::Array(elements) => elements[name.parse::<usize>().unwrap()] = value,
        _ if value.is_null() => drop(parent.as_object_mut().unwrap().remove(name)),
        _ => parent[name] = value,
    }
    body
}
