//! Requests that no SDK client sends: bounds of time and size, and what comes back.

use std::time::Duration;

use aws_clients::{Aws, Http, HttpError};
use http::{Request, Response};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const LONG: Duration = Duration::from_secs(60);

async fn answering(response: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/x"))
        .respond_with(response)
        .expect(1)
        .mount(&server)
        .await;
    server
}

async fn send(
    http: &Http,
    server: &str,
    longest_bytes: usize,
    time: Duration,
) -> Result<Response<Vec<u8>>, HttpError> {
    let request = Request::post(format!("{server}/x")).body(b"sent".to_vec());
    http.send(request.expect("a URI"), longest_bytes, time)
        .await
}

async fn answer(response: ResponseTemplate) -> Result<Response<Vec<u8>>, HttpError> {
    let server = answering(response).await;
    let http = Aws::builder().variables(&[]).build().http();
    let answer = send(&http, &server.uri(), 100, LONG).await;
    let requests = server.received_requests().await.expect("recorded");
    assert_eq!(requests[0].body, b"sent");
    let agent = requests[0].headers["user-agent"].to_str().expect("ASCII");
    assert!(agent.starts_with("mcp-fleet/"), "{agent}");
    answer
}

#[tokio::test]
async fn a_good_answer_is_whole_or_an_error() {
    let fits = answer(ResponseTemplate::new(200).set_body_string("x".repeat(100))).await;
    assert_eq!(fits.expect("an answer").body().len(), 100);
    let longer = answer(ResponseTemplate::new(200).set_body_string("x".repeat(101))).await;
    assert!(
        matches!(longer, Err(HttpError::TooLong { limit: 100 })),
        "{longer:?}"
    );
}

#[tokio::test]
async fn a_bad_answer_is_an_answer_and_cut_off() {
    let refused = answer(ResponseTemplate::new(503).set_body_string("x".repeat(1_000))).await;
    let refused = refused.expect("an answer");
    assert_eq!(
        (refused.status().as_u16(), refused.body().len()),
        (503, 1_000)
    );
    let endless = answer(ResponseTemplate::new(500).set_body_string("x".repeat(1_000_000))).await;
    assert!(endless.expect("an answer").body().len() <= 64 * 1024);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = ResponseTemplate::new(307).insert_header("location", "/elsewhere");
    let answer = answer(elsewhere).await.expect("an answer");
    assert_eq!(answer.headers()["location"], "/elsewhere");
}

#[tokio::test]
async fn silence_ends_in_time() {
    let server = answering(ResponseTemplate::new(200).set_delay(LONG * 10)).await;
    let http = Aws::builder().variables(&[]).build().http();
    let silent = send(&http, &server.uri(), 100, Duration::from_millis(300)).await;
    assert!(matches!(silent, Err(HttpError::Timeout(_))), "{silent:?}");
}

#[tokio::test]
async fn an_address_without_a_listener_is_unreachable() {
    let http = Aws::builder().variables(&[]).build().http();
    let refused = send(&http, "http://127.0.0.1:1", 100, LONG).await;
    assert!(
        matches!(refused, Err(HttpError::Unreachable(_))),
        "{refused:?}"
    );
}
