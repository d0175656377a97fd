//! The control plane beside a running fleet.

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Fleet, Running};

/// The control plane of a running gateway.
pub(crate) struct Api {
    pub(crate) http: Client,
    pub(crate) url: String,
}

impl Api {
    pub(crate) fn of(gateway: &Running) -> Self {
        let lines = gateway.announcement.lines();
        let url = lines
            .filter_map(|line| line.strip_prefix("Control plane "))
            .next()
            .unwrap();
        Self {
            http: Client::builder().no_proxy().build().unwrap(),
            url: url.trim().to_owned(),
        }
    }

    async fn send(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let request = self
            .http
            .request(method, format!("{}{path}", self.url))
            .json(&body);
        let answer = request.send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    pub(crate) async fn created(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.send(Method::POST, path, body).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
        answer
    }

    /// Waits until a target is no longer in progress, and returns it.
    async fn settled(&self, path: &str) -> Value {
        loop {
            let (status, target) = self.send(Method::GET, path, json!(null)).await;
            assert_eq!(status, StatusCode::OK, "{target}");
            if target["status"] != "CREATING" {
                return target;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}

impl Api {
    /// Creates a target in the gateway `id`, and returns it when it is no longer in progress.
    pub(crate) async fn target(&self, id: &Value, settings: Value) -> Value {
        let targets = format!("/gateways/{}/targets/", id.as_str().unwrap());
        let created = self.created(&targets, settings).await;
        let path = format!("{targets}{}/", created["targetId"].as_str().unwrap());
        self.settled(&path).await
    }
}

/// A target that is an MCP server.
pub(crate) fn server_target(name: &str, endpoint: &str) -> Value {
    json!({"name": name, "targetConfiguration": {"mcp": {"mcpServer": {"endpoint": endpoint}}}})
}

pub(crate) fn gateway_named(name: &str) -> Value {
    json!({"name": name, "roleArn": "arn:aws:iam::123456789012:role/gateway", "authorizerType": "NONE"})
}

pub(crate) fn lambda_target(name: &str, arn: &str) -> Value {
    let tools =
        json!([{"name": "echo", "description": "Echoes.", "inputSchema": {"type": "object"}}]);
    json!({
        "name": name,
        "targetConfiguration": {"mcp": {"lambda": {"lambdaArn": arn, "toolSchema": {"inlinePayload": tools}}}},
        "credentialProviderConfigurations": [{"credentialProviderType": "GATEWAY_IAM_ROLE"}],
        "metadataConfiguration": {"allowedRequestHeaders": ["X-Tenant"]},
    })
}

pub(crate) const ALPHA: &str = "arn:aws:lambda:us-east-1:123456789012:function:mcp-server-alpha";

/// Sends a message to a gateway and returns the answer.
async fn ask(http: &Client, url: &str, method: &str, params: Value) -> Value {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    let answer = http
        .post(url)
        .header("x-tenant", "acme")
        .json(&body)
        .send()
        .await
        .unwrap();
    answer.json().await.unwrap()
}

#[tokio::test]
async fn a_gateway_that_is_created_is_served_with_its_target_and_its_headers() {
    let fleet = Fleet::new();
    let gateway = fleet.up(&["--control-listen", "127.0.0.1:0"]);
    let api = Api::of(&gateway);
    let created = api.created("/gateways/", gateway_named("orders")).await;
    let id = created["gatewayId"].as_str().unwrap();
    let target = api
        .target(&created["gatewayId"], lambda_target("shop", ALPHA))
        .await;
    assert_eq!(target["status"], "READY");
    let path = format!(
        "/gateways/{id}/targets/{}/",
        target["targetId"].as_str().unwrap()
    );

    let url = created["gatewayUrl"].as_str().unwrap();
    let called = ask(
        &api.http,
        url,
        "tools/call",
        json!({"name": "shop___echo", "arguments": {"a": 1}}),
    )
    .await;
    let text = called["result"]["content"][0]["text"]
        .as_str()
        .unwrap_or_else(|| panic!("{called}"));
    let echo: Value = serde_json::from_str(text).unwrap();
    assert_eq!(echo["event"], json!({"a": 1}));
    let custom = &echo["context"]["custom"];
    assert_eq!(
        custom["bedrockAgentCorePropagatedHeaders"],
        json!({"X-Tenant": "acme"})
    );
    assert_eq!(
        (
            &custom["bedrockAgentCoreGatewayId"],
            &custom["bedrockAgentCoreTargetId"]
        ),
        (&json!(id), &target["targetId"])
    );

    let (status, _) = api.send(Method::DELETE, &path, json!(null)).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let listed = ask(&api.http, url, "tools/list", json!({})).await;
    assert_eq!(
        listed["result"]["tools"],
        json!([]),
        "listed at once without it"
    );
}

#[tokio::test]
async fn a_target_can_be_added_to_the_fleet_and_another_gateway_can_be_one() {
    let fleet = Fleet::new();
    let other = fleet.up(&[]);
    let gateway = fleet.up(&["--control-listen", "127.0.0.1:0"]);
    let api = Api::of(&gateway);
    let (_, gateways) = api.send(Method::GET, "/gateways/", json!(null)).await;
    assert_eq!(gateways["items"][0]["name"], "mcp-fleet");
    let id = &gateways["items"][0]["gatewayId"];
    let target = api.target(id, server_target("other", &other.mcp)).await;
    assert_eq!(target["status"], "READY", "{target}");

    let result = gateway.call("other___alpha___text", &json!({}));
    assert_eq!(
        (&result["isError"], &result["content"][0]["text"]),
        (&json!(false), &json!("a text"))
    );
    let result = gateway.call("beta___text", &json!({}));
    assert_eq!(
        result["content"][0]["text"], "a text",
        "the fleet's own targets stay"
    );
}

#[tokio::test]
async fn a_function_that_is_not_of_the_fleet_is_called_through_the_lambda_api() {
    let (alpha, beta) = (Fleet::of(&["alpha"]), Fleet::of(&["beta"]));
    let lambda = alpha.up(&[]);
    let environment = [
        ("AWS_ENDPOINT_URL_LAMBDA", lambda.lambda.as_str()),
        ("AWS_ACCESS_KEY_ID", "x"),
        ("AWS_SECRET_ACCESS_KEY", "x"),
    ];
    let gateway = beta.up_with(&["--control-listen", "127.0.0.1:0"], &environment);
    let api = Api::of(&gateway);
    let created = api.created("/gateways/", gateway_named("orders")).await;
    let url = created["gatewayUrl"].as_str().unwrap();
    let gone = ALPHA.replace("alpha", "gone");
    for (name, arn, status) in [("shop", ALPHA, "READY"), ("gone", gone.as_str(), "FAILED")] {
        let target = api
            .target(&created["gatewayId"], lambda_target(name, arn))
            .await;
        assert_eq!(target["status"], status, "{target}");
    }
    let called = ask(
        &api.http,
        url,
        "tools/call",
        json!({"name": "shop___echo", "arguments": {"a": 1}}),
    )
    .await;
    let text = called["result"]["content"][0]["text"]
        .as_str()
        .unwrap_or_else(|| panic!("{called}"));
    let echo: Value = serde_json::from_str(text).unwrap();
    let tool = &echo["context"]["custom"]["bedrockAgentCoreToolName"];
    assert_eq!(
        (&echo["event"], tool),
        (&json!({"a": 1}), &json!("shop___echo"))
    );
}

#[tokio::test]
async fn a_target_that_cannot_be_called_fails_and_is_not_listed() {
    let fleet = Fleet::new();
    let gateway = fleet.up(&["--control-listen", "127.0.0.1:0"]);
    let api = Api::of(&gateway);
    let created = api.created("/gateways/", gateway_named("broken")).await;
    let target = api
        .target(
            &created["gatewayId"],
            server_target("nowhere", "http://127.0.0.1:1/mcp"),
        )
        .await;
    assert_eq!(target["status"], "FAILED");
    let reasons = target["statusReasons"].to_string();
    assert!(reasons.contains("http://127.0.0.1:1/mcp"), "{reasons}");
    let url = created["gatewayUrl"].as_str().unwrap();
    assert_eq!(
        ask(&api.http, url, "tools/list", json!({})).await["result"]["tools"],
        json!([])
    );
}

#[tokio::test]
async fn what_was_created_is_there_after_a_restart() {
    let fleet = Fleet::new();
    let state = fleet.path("gateways.redb");
    let flags = [
        "--control-listen",
        "127.0.0.1:0",
        "--control-state",
        state.to_str().unwrap(),
    ];
    let mut gateway = fleet.up(&flags);
    let created = Api::of(&gateway)
        .created("/gateways/", gateway_named("kept"))
        .await;
    gateway.end(rustix::process::Signal::INT);
    let gateway = fleet.up(&flags);
    let api = Api::of(&gateway);
    let path = format!("/gateways/{}/", created["gatewayId"].as_str().unwrap());
    let (status, found) = api.send(Method::GET, &path, json!(null)).await;
    assert_eq!((status, &found["name"]), (StatusCode::OK, &json!("kept")));
    let listed = ask(
        &api.http,
        found["gatewayUrl"].as_str().unwrap(),
        "tools/list",
        json!({}),
    )
    .await;
    assert_eq!(listed["result"]["tools"], json!([]), "and is served");
}

#[tokio::test]
async fn a_gateway_is_served_to_its_callers_only() {
    let fleet = Fleet::new();
    let gateway = fleet.up(&["--control-listen", "127.0.0.1:0"]);
    let api = Api::of(&gateway);
    let mut guarded = gateway_named("guarded");
    guarded["authorizerType"] = json!("CUSTOM_JWT");
    guarded["authorizerConfiguration"] = json!({"customJWTAuthorizer": {
        "discoveryUrl": "https://idp.example/.well-known/openid-configuration", "allowedAudience": ["a"],
    }});
    let created = api.created("/gateways/", guarded).await;
    let url = created["gatewayUrl"].as_str().unwrap();
    let refused = api.http.post(url).json(&json!({})).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    let challenge = refused.headers()["www-authenticate"].to_str().unwrap();
    let path = format!(
        "/.well-known/oauth-protected-resource/{}/mcp\"",
        created["gatewayId"].as_str().unwrap()
    );
    assert!(challenge.ends_with(&path), "{challenge}");
}

#[tokio::test]
async fn the_fleets_own_gateway_is_described_as_it_is() {
    let fleet = Fleet::of(&["alpha"]);
    let keys = [
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    let flags = [
        "--control-listen",
        "127.0.0.1:0",
        "--auth",
        "iam",
        "--search",
    ];
    let gateway = fleet.up_with(&flags, &keys);
    let api = Api::of(&gateway);
    let (_, listed) = api.send(Method::GET, "/gateways/", json!(null)).await;
    let id = listed["items"][0]["gatewayId"].as_str().unwrap();
    let (_, own) = api
        .send(Method::GET, &format!("/gateways/{id}/"), json!(null))
        .await;
    assert_eq!(own["authorizerType"], "AWS_IAM");
    assert_eq!(
        own["protocolConfiguration"]["mcp"]["searchType"],
        "SEMANTIC"
    );
}
