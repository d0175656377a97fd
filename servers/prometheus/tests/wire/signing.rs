//! Requests to AMP are signed. The signature on the wire is computed anew, from what arrived and
//! without the code that made it.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::{Digest, Sha256};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::mcp::{ACCESS_KEY, SECRET_KEY};
use crate::{NOBODY, amp, empty_vector, failure, good, server};

const ID: &str = "ws-11111111-aaaa-bbbb-cccc-000000000001";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// The `Authorization` that a request must have, as AWS's guide computes it:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
fn expected_authorization(request: &Request, region: &str) -> String {
    let sent = |name: &str| request.headers[name].to_str().expect("text").to_owned();
    let time = sent("x-amz-date");
    let day = &time[..8];
    // Every name here is sent in sorted order and escaped the way that signatures want it, so the
    // canonical query is the sent one.
    let mut query: Vec<&str> = request.url.query().unwrap_or_default().split('&').collect();
    query.sort_unstable();
    let canonical = format!(
        "GET\n{path}\n{query}\naccept:{accept}\nhost:{host}\nx-amz-date:{time}\n\naccept;host;x-amz-date\n{body}",
        path = request.url.path(),
        query = query.join("&"),
        accept = sent("accept"),
        host = sent("host"),
        body = hex(&Sha256::digest(&request.body)),
    );
    let scope = format!("{day}/{region}/aps/aws4_request");
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{time}\n{scope}\n{}",
        hex(&Sha256::digest(canonical.as_bytes()))
    );
    let mut key = format!("AWS4{SECRET_KEY}").into_bytes();
    for part in [day, region, "aps", "aws4_request"] {
        key = hmac(&key, part);
    }
    let signature = hex(&hmac(&key, &to_sign));
    format!(
        "AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/{scope}, SignedHeaders=accept;host;x-amz-date, Signature={signature}"
    )
}

async fn anything() -> MockServer {
    let prometheus = MockServer::start().await;
    Mock::given(any())
        .respond_with(empty_vector())
        .mount(&prometheus)
        .await;
    prometheus
}

async fn only_request(prometheus: &MockServer) -> Request {
    let mut requests = prometheus.received_requests().await.expect("recorded");
    assert_eq!(requests.len(), 1);
    requests.remove(0)
}

#[tokio::test]
async fn a_query_of_a_workspace_carries_a_signature_that_holds() {
    let prometheus = anything().await;
    let uri = prometheus.uri();
    let endpoint = format!("{uri}/workspaces/{ID}/");
    let amp = amp::start(&[(ID, None, "ACTIVE", Some(&endpoint))]).await;
    let server = server(&[("PROMETHEUS_TRUSTED_ORIGINS", &uri)], &amp.uri());
    let arguments = json!({
        "query": "sum by (a) (rate(x{b=~\"c d+|é\"}[5m])) / 2", "time": "2026-01-31T10:00:00+02:00",
        "workspace_id": ID, "region": "eu-central-1"
    });
    good(&server_testing::call(&server, "ExecuteQuery", arguments).await);
    let request = only_request(&prometheus).await;
    assert_eq!(request.url.path(), format!("/workspaces/{ID}/api/v1/query"));
    assert_eq!(
        request.headers["authorization"].to_str().unwrap(),
        expected_authorization(&request, "eu-central-1")
    );
}

#[tokio::test]
async fn a_configured_url_is_signed_only_when_the_settings_say_so() {
    let prometheus = anything().await;
    let uri = prometheus.uri();
    let always = server(
        &[("PROMETHEUS_URL", &uri), ("PROMETHEUS_SIGV4", "always")],
        NOBODY,
    );
    good(&server_testing::call(&always, "ExecuteQuery", json!({ "query": "up" })).await);
    let request = only_request(&prometheus).await;
    assert_eq!(
        request.headers["authorization"].to_str().unwrap(),
        expected_authorization(&request, "us-east-1")
    );
    for mode in ["auto", ""] {
        let prometheus = anything().await;
        let uri = prometheus.uri();
        let unsigned = server(
            &[("PROMETHEUS_URL", &uri), ("PROMETHEUS_SIGV4", mode)],
            NOBODY,
        );
        good(&server_testing::call(&unsigned, "ExecuteQuery", json!({ "query": "up" })).await);
        let request = only_request(&prometheus).await;
        for name in ["authorization", "x-amz-date", "x-amz-security-token"] {
            assert_eq!(request.headers.get(name), None, "{mode} {name}");
        }
    }
}

#[tokio::test]
async fn the_computation_here_notices_another_query_or_region() {
    let prometheus = anything().await;
    let uri = prometheus.uri();
    let signed = server(
        &[("PROMETHEUS_URL", &uri), ("PROMETHEUS_SIGV4", "always")],
        NOBODY,
    );
    good(&server_testing::call(&signed, "ExecuteQuery", json!({ "query": "up" })).await);
    let mut request = only_request(&prometheus).await;
    let sent = request.headers["authorization"]
        .to_str()
        .unwrap()
        .to_owned();
    assert_ne!(sent, expected_authorization(&request, "us-east-2"));
    request.url.set_query(Some("query=down"));
    assert_ne!(sent, expected_authorization(&request, "us-east-1"));
}

#[tokio::test]
async fn a_refusal_of_amp_names_action_workspace_and_request() {
    let prometheus = MockServer::start().await;
    Mock::given(any())
        .respond_with(
            ResponseTemplate::new(403)
                .insert_header("x-amzn-errortype", "AccessDeniedException:")
                .insert_header("x-amzn-requestid", "request-1")
                .set_body_json(
                    json!({ "message": "User: u is not authorized to perform: aps:QueryMetrics" }),
                ),
        )
        .expect(1)
        .mount(&prometheus)
        .await;
    let uri = prometheus.uri();
    let endpoint = format!("{uri}/workspaces/{ID}");
    let amp = amp::start(&[(ID, None, "ACTIVE", Some(&endpoint))]).await;
    let server = server(&[("PROMETHEUS_TRUSTED_ORIGINS", &uri)], &amp.uri());
    let arguments = json!({ "query": "up", "workspace_id": ID });
    let result = server_testing::call(&server, "ExecuteQuery", arguments).await;
    assert_eq!(
        failure(&result),
        format!(
            "aws_access_denied: `aps:QueryMetrics` for workspace `{ID}` in region `us-east-1` failed: AccessDeniedException: User: u is not authorized to perform: aps:QueryMetrics (request id request-1)\n\
             hint: allow `aps:QueryMetrics` in the policy of the role or user whose credentials these are"
        )
    );
}
