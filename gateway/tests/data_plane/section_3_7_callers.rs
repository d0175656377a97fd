//! Section 3.7: callers who are turned away; and 3.8: whose a session is.

use std::sync::Arc;
use std::time::SystemTime;

use aws_clients::{RegionName, sign};
use aws_credential_types::Credentials;
use axum::Router;
use axum::body::{Body, to_bytes};
use gateway::Settings;
use gateway_auth::{
    AccessKey, AwsIam, CustomJwt, CustomJwtConfig, IamConfig, InboundAuth, JwtOptions,
};
use http::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::support::{plain, send, send_to, with};

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
const INITIALIZE: &str =
    r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}"#;
const METADATA: &str = "/.well-known/oauth-protected-resource";

fn jwt() -> Router {
    let config = CustomJwtConfig {
        discovery_url: "https://idp.example/.well-known/openid-configuration".to_owned(),
        allowed_audience: Some(vec!["gateway".to_owned()]),
        allowed_scopes: Some(vec!["invoke".to_owned(), "read".to_owned()]),
        ..CustomJwtConfig::default()
    };
    let auth = CustomJwt::new(config, JwtOptions::default()).unwrap();
    with(Settings {
        auth: Some(Arc::new(auth.into())),
        ..Settings::default()
    })
}

#[tokio::test]
async fn section_3_7_the_challenge() {
    let challenge = "Bearer error=\"invalid_token\", scope=\"invoke read\", \
                     resource_metadata=\"http://127.0.0.1:8080/.well-known/oauth-protected-resource\"";
    for (statement, method, headers, body) in [
        ("no token", Method::POST, vec![], PING),
        (
            "no bearer token",
            Method::POST,
            vec![("authorization", "Basic eDp5")],
            PING,
        ),
        (
            "a bad token",
            Method::POST,
            vec![("authorization", "Bearer x.y.z")],
            PING,
        ),
        (
            "before anything is said of the body",
            Method::POST,
            vec![],
            "{",
        ),
        (
            "before anything is said of media types",
            Method::POST,
            vec![("content-type", "text/plain")],
            PING,
        ),
    ] {
        let reply = send(&jwt(), method, &headers, body).await;
        let found = (reply.status, reply.header("www-authenticate"));
        assert_eq!(found, (StatusCode::UNAUTHORIZED, challenge), "{statement}");
    }
}

#[tokio::test]
async fn section_3_7_the_metadata_document() {
    for path in [METADATA.to_owned(), format!("{METADATA}/mcp")] {
        let reply = send_to(&jwt(), &path, Method::GET, &[], "").await;
        assert_eq!(reply.status, StatusCode::OK, "unauthenticated");
        let document = reply.json();
        assert_eq!(
            document["resource"], "http://127.0.0.1:8080/mcp",
            "names the resource"
        );
        assert_eq!(
            document["authorization_servers"],
            json!(["https://idp.example"]),
            "and the issuer"
        );
        assert_eq!(document["scopes_supported"], json!(["invoke", "read"]));
    }
    let none = send_to(&plain(), METADATA, Method::GET, &[], "").await;
    assert_eq!(
        none.status,
        StatusCode::NOT_FOUND,
        "a gateway that takes no tokens has none"
    );
}

fn iam() -> Router {
    let key = |id: &str| {
        let text = json!({"AccessKeyId": id, "SecretAccessKey": format!("secret-of-{id}")});
        serde_json::from_value::<AccessKey>(text).unwrap()
    };
    let config = IamConfig {
        region: "eu-central-1".to_owned(),
        access_keys: vec![key("ADA"), key("EVE")],
    };
    let auth: InboundAuth = AwsIam::new(config).unwrap().into();
    let session_timeout = Some("900".parse().unwrap());
    with(Settings {
        auth: Some(Arc::new(auth)),
        session_timeout,
        ..Settings::default()
    })
}

/// Sends a request that the owner of access key `id` signed.
async fn signed(
    app: &Router,
    id: &str,
    method: Method,
    session: &str,
    body: &'static str,
) -> Response<Body> {
    let mut request = Request::builder()
        .method(method)
        .uri("http://127.0.0.1:8080/mcp")
        .header("host", "127.0.0.1:8080")
        .header("content-type", "application/json")
        .body(body)
        .unwrap();
    if !session.is_empty() {
        request
            .headers_mut()
            .insert("mcp-session-id", session.parse().unwrap());
    }
    let credentials = Credentials::new(id, format!("secret-of-{id}"), None, None, "test");
    let region = RegionName::try_from("eu-central-1".to_owned()).unwrap();
    sign(
        &mut request,
        "bedrock-agentcore",
        &region,
        &credentials,
        SystemTime::now(),
    )
    .unwrap();
    app.clone().oneshot(request.map(Body::from)).await.unwrap()
}

#[tokio::test]
async fn section_3_8_a_session_is_bound_to_the_principal_that_began_it() {
    let app = iam();
    let begun = signed(&app, "ADA", Method::POST, "", INITIALIZE).await;
    assert_eq!(begun.status(), StatusCode::OK);
    let session = begun.headers()["mcp-session-id"]
        .to_str()
        .unwrap()
        .to_owned();
    for (statement, id, method, body, status) in [
        ("its owner is answered", "ADA", Method::POST, PING, 200),
        ("another user: 404", "EVE", Method::POST, PING, 404),
        ("another user cannot end it", "EVE", Method::DELETE, "", 404),
        (
            "a stranger is turned away before",
            "BOB",
            Method::POST,
            PING,
            403,
        ),
        ("its owner ends it", "ADA", Method::DELETE, "", 204),
        ("and then it is gone", "ADA", Method::POST, PING, 404),
    ] {
        let reply = signed(&app, id, method, &session, body).await;
        assert_eq!(reply.status().as_u16(), status, "{statement}");
    }
}

#[tokio::test]
async fn a_signature_is_for_one_body() {
    let app = iam();
    let reply = signed(&app, "ADA", Method::POST, "", PING).await;
    assert_eq!(
        reply.status(),
        StatusCode::BAD_REQUEST,
        "good, and without a session"
    );
    let bytes = to_bytes(reply.into_body(), usize::MAX).await.unwrap();
    let message: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(
        message["error"]["message"],
        "Invalid request: the Mcp-Session-Id header is missing"
    );
    let unsigned = send(&app, Method::POST, &[], PING).await;
    assert_eq!(unsigned.status, StatusCode::FORBIDDEN);
}
