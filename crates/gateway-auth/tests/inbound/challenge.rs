//! What a refused caller reads (contract 3.6 and 3.7), and the document it is pointed to (RFC 9728).

use gateway_auth::{InboundAuth, JwtOptions, PROTECTED_RESOURCE_METADATA_PATH, Refusal};
use http::{HeaderValue, Response};
use serde_json::{Value, json};
use url::Url;
use wiremock::MockServer;

use crate::support::{Key, auth, call, claims, config, publish, request};

fn response(refusal: Refusal) -> (Response<()>, Value) {
    let metadata: Url = format!("http://127.0.0.1:8080{PROTECTED_RESOURCE_METADATA_PATH}")
        .parse()
        .unwrap();
    let (parts, body) = refusal.into_response(&metadata).into_parts();
    assert_eq!(parts.headers["content-type"], "application/json");
    (
        Response::from_parts(parts, ()),
        serde_json::from_str(&body).unwrap(),
    )
}

fn challenge(response: &Response<()>) -> Option<&HeaderValue> {
    response.headers().get("www-authenticate")
}

async fn scoped() -> (MockServer, Key, InboundAuth) {
    let (server, key) = (MockServer::start().await, Key::p256());
    publish(&server, &[key.jwk("one")]).await;
    let mut config = config(&server);
    config.allowed_scopes = Some(vec!["invoke".into(), "admin".into()]);
    config.advertised_scope_mapping =
        Some([("invoke".into(), "api://gateway/invoke".into())].into());
    let auth = auth(config, JwtOptions::default());
    (server, key, auth)
}

#[tokio::test]
async fn without_a_token_the_answer_is_the_one_of_the_live_gateway() {
    let (_server, _, auth) = scoped().await;
    let refusal = auth.authenticate(&request(&[]), b"{}").await.unwrap_err();
    let (response, body) = response(refusal);
    assert_eq!(response.status(), 401);
    assert_eq!(
        challenge(&response).unwrap(),
        "Bearer error=\"invalid_token\", scope=\"api://gateway/invoke admin\", \
         resource_metadata=\"http://127.0.0.1:8080/.well-known/oauth-protected-resource\""
    );
    assert_eq!(
        body,
        json!({ "jsonrpc": "2.0", "id": 0, "error": { "code": -32001, "message": "Missing Bearer token" } })
    );
}

#[tokio::test]
async fn what_is_not_one_bearer_token_is_refused_as_a_bad_token() {
    let (_server, _, auth) = scoped().await;
    let two = request(&[
        ("authorization", "Bearer a.b.c"),
        ("authorization", "Bearer a.b.c"),
    ]);
    let mut cases = vec![two];
    for value in [
        "",
        "Bearer",
        "Bearer ",
        "Bearer  ",
        "Basic YTpi",
        "Bearer a b",
        "Bearer\ta",
        "AWS4-HMAC-SHA256 Credential=x",
    ] {
        cases.push(request(&[("authorization", value)]));
    }
    for parts in cases {
        let refusal = auth.authenticate(&parts, b"").await.unwrap_err();
        assert_eq!(
            refusal.reason(),
            "`Authorization` is not one bearer token",
            "{:?}",
            parts.headers
        );
        let (response, body) = response(refusal);
        assert_eq!(response.status(), 401);
        assert!(challenge(&response).is_some());
        assert_eq!(body["error"]["message"], "Invalid Bearer token");
    }
}

#[tokio::test]
async fn a_scheme_is_read_in_any_case() {
    let (server, key, auth) = scoped().await;
    let mut claims = claims(&server);
    claims["scope"] = json!("invoke");
    let token = key.token(&json!({ "alg": "ES256" }), &claims);
    let parts = request(&[("authorization", &format!("bearer  {token}"))]);
    assert!(auth.authenticate(&parts, b"").await.is_ok());
}

#[tokio::test]
async fn a_missing_scope_is_403_insufficient_scope() {
    let (server, key, auth) = scoped().await;
    let token = key.token(&json!({ "alg": "ES256" }), &claims(&server));
    let (response, body) = response(call(&auth, &token).await.unwrap_err());
    assert_eq!(response.status(), 403);
    assert_eq!(
        challenge(&response).unwrap(),
        "Bearer error=\"insufficient_scope\", scope=\"api://gateway/invoke admin\", \
         resource_metadata=\"http://127.0.0.1:8080/.well-known/oauth-protected-resource\""
    );
    assert_eq!(
        body["error"],
        json!({ "code": -32002, "message": "Insufficient scope" })
    );
}

#[tokio::test]
async fn without_allowed_scopes_no_scope_is_asked_for() {
    let (server, key) = (MockServer::start().await, Key::p256());
    publish(&server, &[key.jwk("one")]).await;
    let auth = auth(config(&server), JwtOptions::default());
    let (response, _) = response(auth.authenticate(&request(&[]), b"").await.unwrap_err());
    assert_eq!(
        challenge(&response).unwrap(),
        "Bearer error=\"invalid_token\", resource_metadata=\"http://127.0.0.1:8080/.well-known/oauth-protected-resource\""
    );
    let document = auth
        .protected_resource_metadata("http://127.0.0.1:8080/mcp")
        .unwrap();
    assert_eq!(
        document,
        json!({ "authorization_servers": [server.uri()], "resource": "http://127.0.0.1:8080/mcp" })
    );
}

#[tokio::test]
async fn a_resource_metadata_url_cannot_break_out_of_its_quotes() {
    let (_server, _, auth) = scoped().await;
    let refusal = auth.authenticate(&request(&[]), b"").await.unwrap_err();
    let url: Url = "http://h/\"x\", evil=\"\r\n".parse().unwrap();
    let header = refusal.www_authenticate(&url).unwrap();
    assert!(
        header
            .to_str()
            .unwrap()
            .ends_with("resource_metadata=\"http://h/%22x%22,%20evil=%22\""),
        "{header:?}"
    );
}

#[tokio::test]
async fn the_metadata_document_names_resource_issuer_and_advertised_scopes() {
    let (server, _, auth) = scoped().await;
    assert_eq!(
        auth.protected_resource_metadata("http://127.0.0.1:8080/mcp")
            .unwrap(),
        json!({ "authorization_servers": [server.uri()], "resource": "http://127.0.0.1:8080/mcp",
                "scopes_supported": ["api://gateway/invoke", "admin"] })
    );
}

#[tokio::test]
async fn an_issuer_that_cannot_be_reached_is_503_without_a_challenge() {
    let server = MockServer::start().await; // Answers 404.
    let key = Key::p256();
    let auth = auth(config(&server), JwtOptions::default());
    let token = key.token(&json!({ "alg": "ES256", "kid": "one" }), &claims(&server));
    let (response, body) = response(call(&auth, &token).await.unwrap_err());
    assert_eq!(response.status(), 503);
    assert_eq!(challenge(&response), None);
    assert_eq!(response.headers()["retry-after"], "5");
    assert_eq!(
        body["error"],
        json!({ "code": -32603, "message": "The token issuer cannot be reached" })
    );
}

#[tokio::test]
async fn with_none_everybody_is_the_same_caller_and_there_is_no_document() {
    let auth = InboundAuth::None;
    let one = auth.authenticate(&request(&[]), b"").await.unwrap();
    let two = auth
        .authenticate(&request(&[("authorization", "Bearer x")]), b"{}")
        .await
        .unwrap();
    assert_eq!(one, two);
    assert_eq!(
        auth.protected_resource_metadata("http://127.0.0.1/mcp"),
        None
    );
}
