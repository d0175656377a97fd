//! A gateway is read from any control plane of this API, over a socket and signed.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use std::sync::{Arc, Mutex};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use axum::extract::Request;
use axum::middleware;
use gateway_control::{Endpoint, GatewayName, LoadError, Loaded, app, load_from_endpoint};
use serde_json::{Value, json};
use support::{Api, lambda, server, with};

/// Serves `router` and returns its address; ends with the test's runtime.
async fn serve(router: axum::Router) -> Endpoint {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    Endpoint {
        url: url.parse().unwrap(),
        region: "eu-west-1".to_owned().try_into().unwrap(),
        credentials: SharedCredentialsProvider::new(Credentials::new(
            "AKIDEXAMPLE",
            "secret",
            None,
            None,
            "test",
        )),
    }
}

async fn load(endpoint: &Endpoint, name: &str) -> Result<Loaded, LoadError> {
    load_from_endpoint(endpoint, Some(&name.parse::<GatewayName>()?)).await
}

#[tokio::test]
async fn all_of_a_gateway_is_read_by_name_and_by_id() {
    let api = Api::in_memory();
    api.gateway("before").await;
    let path = api.gateway("orders").await;
    api.target(&path, lambda("function")).await;
    api.target(&path, server("remote")).await;
    api.target(
        &path,
        with(lambda("broken"), "/description", json!("fails")),
    )
    .await;
    api.settled().await;

    let signatures = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&signatures);
    let record = move |request: Request| {
        seen.lock().unwrap().push(
            request.headers()["authorization"]
                .to_str()
                .unwrap()
                .to_owned(),
        );
        async { request }
    };
    let endpoint = serve(app(api.plane.clone()).layer(middleware::map_request(record))).await;
    let id = path.trim_matches('/').strip_prefix("gateways/").unwrap();
    for name in ["orders", id] {
        let loaded = load(&endpoint, name).await.unwrap();
        let snapshot = api.plane.snapshot();
        let original = snapshot
            .iter()
            .find(|gateway| gateway.id.as_str() == id)
            .unwrap();
        assert_eq!(loaded.gateway.settings, original.settings);
        assert_eq!(
            (loaded.gateway.created_at, &loaded.gateway.id),
            (original.created_at, &original.id)
        );
        assert_eq!(loaded.left_out, ["target broken is \"FAILED\" there"]);
        assert_eq!(loaded.gateway.targets.len(), 2);
        for target in &loaded.gateway.targets {
            assert_eq!(
                target.settings,
                original.target(&target.id).unwrap().settings
            );
            assert!(target.served);
        }
    }
    for signature in signatures.lock().unwrap().iter() {
        let scope =
            "/eu-west-1/bedrock-agentcore/aws4_request, SignedHeaders=host;x-amz-date, Signature=";
        assert!(
            signature.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
                && signature.contains(scope),
            "{signature}"
        );
    }
}

/// An endpoint that has one gateway, with `gateway` over its members and `targets` in two pages.
async fn fixed(gateway: Value, targets: Vec<Value>) -> Endpoint {
    let mut found = json!({
        "gatewayId": "orders-0123456789",
        "gatewayArn": "arn:aws:bedrock-agentcore:us-east-2:123456789012:gateway/orders-0123456789",
        "name": "orders", "roleArn": support::ROLE, "authorizerType": "NONE", "status": "READY",
        "createdAt": "2026-01-02T03:04:05Z", "updatedAt": "2026-01-02T03:04:05.123456Z",
    });
    found
        .as_object_mut()
        .unwrap()
        .extend(gateway.as_object().unwrap().clone());
    let answer = move |request: Request| {
        let path = request.uri().path().to_owned();
        let second = request.uri().query() == Some("nextToken=a%2Fb%20%3D");
        let body = if let Some(id) = path
            .strip_prefix("/gateways/orders-0123456789/targets/")
            .filter(|id| !id.is_empty())
        {
            let id = id.trim_end_matches('/');
            targets
                .iter()
                .find(|target| target["targetId"] == id)
                .cloned()
                .unwrap()
        } else if path.ends_with("/targets/") {
            let (first, rest) = targets.split_at(targets.len().min(1));
            if second {
                json!({ "items": rest })
            } else {
                json!({ "items": first, "nextToken": "a/b =" })
            }
        } else {
            found.clone()
        };
        async move { axum::Json(body) }
    };
    serve(axum::Router::new().fallback(answer)).await
}

fn target(id: &str, body: Value) -> Value {
    let mut target =
        json!({ "targetId": id, "status": "READY", "createdAt": "2026-01-02T03:04:05Z" });
    target
        .as_object_mut()
        .unwrap()
        .extend(body.as_object().unwrap().clone());
    target
}

#[tokio::test]
async fn what_cannot_be_served_here_is_left_out_and_named() {
    let function = "/targetConfiguration/mcp/lambda/lambdaArn";
    let arn = json!("arn:aws:lambda:us-east-2:123456789012:function:orders");
    let endpoint = fixed(
        json!({ "policyEngineConfiguration": { "mode": "ENFORCE" }, "newMember": 1 }),
        vec![
            target("AAAAAAAAAA", with(lambda("good"), function, arn)),
            target("BBBBBBBBBB", lambda("elsewhere")),
            target(
                "CCCCCCCCCC",
                json!({ "name": "api", "targetConfiguration": { "mcp": { "openApiSchema": {} } } }),
            ),
            with(
                target("DDDDDDDDDD", lambda("unknown")),
                "/status",
                json!("RESTING"),
            ),
        ],
    )
    .await;
    let loaded = load(&endpoint, "orders-0123456789").await.unwrap();
    assert_eq!(loaded.gateway.targets.len(), 1);
    assert_eq!(
        loaded.gateway.created_at.to_string(),
        "2026-01-02T03:04:05Z"
    );
    let starts = [
        "policyEngineConfiguration: the local gateway has no policy engine",
        "target elsewhere cannot be served here: 1 validation error detected: at 'targetConfiguration.mcp.lambda.lambdaArn': the function is in Region 'eu-west-1'",
        "target api cannot be served here: `targetConfiguration.mcp.openApiSchema`: the local gateway cannot serve",
        "target unknown is \"RESTING\" there",
    ];
    for (found, start) in loaded.left_out.iter().zip(starts) {
        assert!(found.starts_with(start), "{found}");
    }
    assert_eq!(loaded.left_out.len(), starts.len());
}

#[tokio::test]
async fn protection_that_cannot_be_read_ends_the_load() {
    let authorizer = json!({ "authorizerType": "CUSTOM_JWT", "authorizerConfiguration": { "customJWTAuthorizer": {
        "discoveryUrl": "https://issuer.example/.well-known/openid-configuration",
        "allowedWorkloadConfiguration": { "workloadIdentities": ["abc"] },
    } } });
    let endpoint = fixed(authorizer, Vec::new()).await;
    let error = load(&endpoint, "orders-0123456789").await.unwrap_err();
    assert!(
        matches!(&error, LoadError::Unservable { problem, .. } if problem.contains("allowedWorkloadConfiguration")),
        "{error}"
    );
}

#[tokio::test]
async fn failures_say_what_failed() {
    let api = Api::in_memory();
    let endpoint = serve(app(api.plane.clone())).await;
    let error = load(&endpoint, "missing").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "the control plane at {} has no gateway `missing`",
            endpoint.url
        )
    );
    let error = load(&endpoint, "missing-0123456789").await.unwrap_err();
    assert!(matches!(error, LoadError::NotFound { .. }), "{error}");

    let refuse = || async {
        (
            http::StatusCode::FORBIDDEN,
            axum::Json(json!({ "message": "no" })),
        )
    };
    let endpoint = serve(axum::Router::new().fallback(refuse)).await;
    let error = load(&endpoint, "orders").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "ListGateways was refused with status 403: no"
    );

    let endpoint = serve(axum::Router::new().fallback(|| async { "<html>" })).await;
    let error = load(&endpoint, "orders").await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("the answer to ListGateways is not what the API returns: "),
        "{error}"
    );

    let list = || async { axum::Json(json!(["items"])) };
    let endpoint = serve(axum::Router::new().fallback(list)).await;
    let error = load(&endpoint, "orders").await.unwrap_err();
    assert!(error.to_string().contains("it has no `items`"), "{error}");

    let endpoint = serve(
        axum::Router::new()
            .fallback(|| async { axum::Json(json!({ "items": [], "nextToken": "x" })) }),
    )
    .await;
    let error = load(&endpoint, "orders").await.unwrap_err();
    assert!(
        error.to_string().contains("its pages do not end"),
        "{error}"
    );

    for name in ["", "a/b", "a_b", "../x"] {
        let error = load(&endpoint, name).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("`{name}` is neither a gateway id nor a gateway name")
        );
    }
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", free.local_addr().unwrap())
        .parse()
        .unwrap();
    drop(free);
    let error = load(&Endpoint { url, ..endpoint }, "orders")
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("could not be asked for ListGateways"),
        "{error}"
    );
}

#[tokio::test]
async fn without_a_name_the_only_gateway_is_read() {
    let api = Api::in_memory();
    let endpoint = serve(app(api.plane.clone())).await;
    let only = || load_from_endpoint(&endpoint, None);
    let error = only().await.unwrap_err();
    assert!(matches!(error, LoadError::Empty { .. }), "{error}");
    api.gateway("orders").await;
    assert_eq!(only().await.unwrap().gateway.settings.name, "orders");
    api.gateway("billing").await;
    let error = only().await.unwrap_err().to_string();
    let (_, ids) = error.split_once("has several gateways: ").unwrap();
    assert!(
        ids.starts_with("billing-") && ids.contains(", orders-"),
        "{error}"
    );
}
