//! Secrets for a private Prometheus: sent there, and nowhere else.

use serde_json::json;
use wiremock::matchers::{any, header};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::{NOBODY, amp, config, empty_vector, failure, good, query_answered_with, server};

async fn sent_authorization(settings: &[(&str, &str)], expected: &str) {
    let prometheus = MockServer::start().await;
    Mock::given(header("authorization", expected))
        .respond_with(empty_vector())
        .expect(1)
        .mount(&prometheus)
        .await;
    let uri = prometheus.uri();
    let mut settings = settings.to_vec();
    settings.push(("PROMETHEUS_URL", &uri));
    let result = server_testing::call(
        &server(&settings, NOBODY),
        "ExecuteQuery",
        json!({ "query": "up" }),
    )
    .await;
    good(&result);
}

#[tokio::test]
async fn token_and_password_are_sent_as_authorization() {
    sent_authorization(&[("PROMETHEUS_BEARER_TOKEN", "t0ken")], "Bearer t0ken").await;
    let basic = [
        ("PROMETHEUS_USERNAME", "user"),
        ("PROMETHEUS_PASSWORD", "pass:word"),
    ];
    sent_authorization(&basic, "Basic dXNlcjpwYXNzOndvcmQ=").await;
}

#[tokio::test]
async fn without_a_login_a_refusal_says_what_to_set() {
    let result = query_answered_with(ResponseTemplate::new(401), 1).await;
    assert_eq!(
        failure(&result),
        "prometheus_http_error: the server at the Prometheus address answered HTTP 401\n\
         hint: set `PROMETHEUS_BEARER_TOKEN`, or `PROMETHEUS_USERNAME` and `PROMETHEUS_PASSWORD`, to what it accepts"
    );
}

#[tokio::test]
async fn a_login_is_not_sent_to_a_workspace() {
    let prometheus = MockServer::start().await;
    Mock::given(any())
        .respond_with(empty_vector())
        .expect(1)
        .mount(&prometheus)
        .await;
    let uri = prometheus.uri();
    let amp = amp::start(&[("ws-1", None, "ACTIVE", Some(&uri))]).await;
    let settings = [
        ("PROMETHEUS_BEARER_TOKEN", "t0ken"),
        ("PROMETHEUS_TRUSTED_ORIGINS", &uri),
    ];
    let arguments = json!({ "query": "up", "workspace_id": "ws-1" });
    good(&server_testing::call(&server(&settings, &amp.uri()), "ExecuteQuery", arguments).await);
    let requests = prometheus.received_requests().await.unwrap();
    let authorization = requests[0].headers["authorization"].to_str().unwrap();
    assert!(
        authorization.starts_with("AWS4-HMAC-SHA256 "),
        "{authorization}"
    );
}

#[test]
fn secrets_are_not_printed() {
    let settings = [
        ("PROMETHEUS_URL", "http://h"),
        ("PROMETHEUS_USERNAME", "user"),
        ("PROMETHEUS_PASSWORD", "s3cret"),
    ];
    let shown = format!("{:?}", server(&settings, NOBODY));
    assert!(
        shown.contains("user") && !shown.contains("s3cret"),
        "{shown}"
    );
    let shown = format!(
        "{:?}",
        config(&[("PROMETHEUS_BEARER_TOKEN", "s3cret")]).unwrap()
    );
    assert!(!shown.contains("s3cret"), "{shown}");
}
