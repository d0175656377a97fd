//! The client against a gateway that answers as the test says.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use gateway_client::{Client, ClientError, Prepare};
use serde_json::{Value, json};
use wiremock::matchers::{body_partial_json, header, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn result(result: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"jsonrpc": "2.0", "id": 1, "result": result}))
}

async fn on(server: &MockServer, message: Value, response: ResponseTemplate) {
    Mock::given(method("POST"))
        .and(body_partial_json(message))
        .respond_with(response)
        .expect(1)
        .mount(server)
        .await;
}

/// A gateway that has agreed on a version and given a session.
async fn connected(server: &MockServer) -> Client {
    let agreed = result(&json!({"protocolVersion": "2025-11-25"}));
    on(
        server,
        json!({"method": "initialize"}),
        agreed.insert_header("mcp-session-id", "s1"),
    )
    .await;
    let notified = json!({"method": "notifications/initialized"});
    on(server, notified, ResponseTemplate::new(202)).await;
    Client::connect(url(server), "test", None).await.unwrap()
}

fn url(server: &MockServer) -> url::Url {
    format!("{}/mcp", server.uri()).parse().unwrap()
}

/// Why the first request got no result.
async fn refused(response: ResponseTemplate) -> ClientError {
    let server = MockServer::start().await;
    on(&server, json!({"method": "initialize"}), response).await;
    match Client::connect(url(&server), "test", None).await {
        Ok(_) => panic!("the gateway refuses"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn pages_are_followed_with_version_and_session() {
    let server = MockServer::start().await;
    let mut client = connected(&server).await;
    assert_eq!(client.version(), Some("2025-11-25"));
    let pages = [
        (
            json!({}),
            json!({"tools": [{"name": "a"}], "nextCursor": "2"}),
        ),
        (json!({"cursor": "2"}), json!({"tools": [{"name": "b"}]})),
    ];
    for (params, page) in pages {
        Mock::given(body_partial_json(
            json!({"method": "tools/list", "params": params}),
        ))
        .and(header("mcp-protocol-version", "2025-11-25"))
        .and(header("mcp-session-id", "s1"))
        .respond_with(result(&page))
        .up_to_n_times(1)
        .expect(1)
        .mount(&server)
        .await;
    }
    let listing = client.tools().await.unwrap();
    assert_eq!(json!(listing.tools), json!([{"name": "a"}, {"name": "b"}]));
    assert_eq!(listing.pages, 2);
}

#[tokio::test]
async fn a_list_without_end_is_left() {
    let server = MockServer::start().await;
    let mut client = connected(&server).await;
    Mock::given(body_partial_json(json!({"method": "tools/list"})))
        .respond_with(result(&json!({"tools": [], "nextCursor": "again"})))
        .expect(2)
        .mount(&server)
        .await;
    let error = client.tools().await.unwrap_err().to_string();
    assert!(
        error.ends_with("the cursor \"again\" comes twice"),
        "{error}"
    );
}

#[tokio::test]
async fn a_list_that_is_none_has_no_tools() {
    let server = MockServer::start().await;
    let mut client = connected(&server).await;
    let message = json!({"method": "tools/list"});
    on(&server, message, result(&json!(["tools"]))).await;
    assert_eq!(client.tools().await.unwrap().tools.len(), 0);
}

#[tokio::test]
async fn a_request_is_prepared_when_it_is_complete() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(500))
        .mount(&server)
        .await;
    let prepare: Prepare = Box::new(|request| {
        assert_eq!(request.headers()["content-type"], "application/json");
        let length = request.body().len().to_string();
        request.headers_mut().insert("x-length", length.parse()?);
        Ok(())
    });
    let _ = Client::connect(url(&server), "test", Some(prepare)).await;
    let requests = server.received_requests().await.unwrap_or_default();
    let sent = &requests[0];
    assert_eq!(
        sent.headers["x-length"],
        sent.body.len().to_string().as_str()
    );

    let prepare: Prepare = Box::new(|_| Err("no credentials".into()));
    let error = Client::connect(url(&server), "test", Some(prepare)).await;
    assert!(
        matches!(error, Err(ClientError::Unprepared(reason)) if reason.to_string() == "no credentials")
    );
}

#[tokio::test]
async fn refusals_say_what_the_gateway_says() {
    let denied = |status: u16| ResponseTemplate::new(status);
    let challenge = "Bearer error=\"invalid_token\"";
    let cases = [
        (
            denied(401).insert_header("www-authenticate", challenge),
            "401 Unauthorized: Bearer error=\"invalid_token\"",
        ),
        (
            denied(403).set_body_json(json!({"message": "not allowed"})),
            "403 Forbidden: not allowed",
        ),
        (denied(403), "403 Forbidden: it does not say why"),
        (
            denied(404).set_body_string("no such page"),
            "404 Not Found, which is not MCP: no such page",
        ),
        (
            denied(307).insert_header("location", "/other"),
            "307 Temporary Redirect, which is not MCP: nothing",
        ),
    ];
    for (response, expected) in cases {
        let error = refused(response).await.to_string();
        assert!(error.ends_with(&format!("answered {expected}")), "{error}");
    }
    let error = json!({"jsonrpc": "2.0", "id": 1, "error": {"code": -32602, "message": "bad"}});
    let error = refused(ResponseTemplate::new(400).set_body_json(error)).await;
    assert_eq!(
        error.to_string(),
        "the gateway refused the request: bad (-32602)"
    );
}

#[tokio::test]
async fn a_session_that_the_server_forgot_is_begun_again_and_the_call_repeated() {
    let server = MockServer::start().await;
    for session in ["s1", "s2"] {
        let agreed = result(&json!({"protocolVersion": "2025-11-25"}));
        Mock::given(body_partial_json(json!({"method": "initialize"})))
            .respond_with(agreed.insert_header("mcp-session-id", session))
            .up_to_n_times(1)
            .expect(1)
            .mount(&server)
            .await;
    }
    for (session, answer) in [
        ("s1", ResponseTemplate::new(404)),
        ("s2", result(&json!({"content": []}))),
    ] {
        Mock::given(body_partial_json(json!({"method": "tools/call"})))
            .and(header("mcp-session-id", session))
            .respond_with(answer)
            .expect(1)
            .mount(&server)
            .await;
    }
    let notified = json!({"method": "notifications/initialized"});
    Mock::given(body_partial_json(notified))
        .respond_with(ResponseTemplate::new(202))
        .expect(2)
        .mount(&server)
        .await;
    let mut client = Client::connect(url(&server), "test", None).await.unwrap();
    let answer = client.call("tool", json!({})).await.unwrap();
    assert_eq!(answer, json!({"content": []}));
}
