//! What is repeated and what is not, bounds of time and size, and answers that are none.

use std::time::Duration;

use serde_json::json;
use wiremock::matchers::{any, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::{NOBODY, empty_vector, failure, good, prometheus, query_answered_with, server};

fn error(status: u16, kind: &str, text: &str) -> ResponseTemplate {
    let body = json!({ "status": "error", "errorType": kind, "error": text });
    ResponseTemplate::new(status).set_body_json(body)
}

#[tokio::test]
async fn a_client_error_is_sent_once_and_prometheus_own_words_come_back() {
    for (status, kind) in [(400, "bad_data"), (422, "execution"), (404, "not_found")] {
        let result = query_answered_with(error(status, kind, "1:3: parse error\n\u{7}"), 1).await;
        let text = format!(
            "query_rejected: Prometheus refused the request (HTTP {status}, {kind}): 1:3: parse error"
        );
        assert_eq!(failure(&result), text);
    }
}

#[tokio::test]
async fn too_many_requests_is_not_repeated_either() {
    let result = query_answered_with(ResponseTemplate::new(429), 1).await;
    assert_eq!(
        failure(&result),
        "prometheus_http_error: the server at the Prometheus address answered HTTP 429\n\
         hint: wait some seconds and call again, with fewer calls at once"
    );
}

#[tokio::test]
async fn a_server_error_is_tried_three_times() {
    let result = query_answered_with(ResponseTemplate::new(503), 3).await;
    assert_eq!(
        failure(&result),
        "prometheus_http_error: the server at the Prometheus address answered HTTP 503\n\
         hint: call again in a moment"
    );
    let result = query_answered_with(error(500, "internal", "disk"), 3).await;
    assert_eq!(
        failure(&result),
        "prometheus_failed: Prometheus failed (HTTP 500, internal): disk\n\
         hint: this failed inside Prometheus; call again in a moment"
    );
}

#[tokio::test]
async fn a_second_attempt_that_works_is_the_answer() {
    let prometheus = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(502))
        .up_to_n_times(1)
        .expect(1)
        .mount(&prometheus)
        .await;
    Mock::given(any())
        .respond_with(empty_vector())
        .expect(1)
        .mount(&prometheus)
        .await;
    let server = server(&[("PROMETHEUS_URL", &prometheus.uri())], NOBODY);
    let result = server_testing::call(&server, "ExecuteQuery", json!({ "query": "up" })).await;
    assert_eq!(good(&result)["result"]["resultType"], "vector");
}

#[tokio::test]
async fn a_query_that_exhausted_prometheus_is_not_repeated() {
    let text = "query timed out in expression evaluation";
    let result = query_answered_with(error(503, "timeout", text), 1).await;
    assert_eq!(
        failure(&result),
        "prometheus_failed: Prometheus failed (HTTP 503, timeout): query timed out in expression evaluation\n\
         hint: ask for less (narrower matchers, shorter range, larger step)"
    );
}

#[tokio::test]
async fn a_call_ends_when_its_time_is_over() {
    let slow = empty_vector().set_delay(Duration::from_secs(300));
    let prometheus = prometheus(slow, 1).await;
    let settings = [
        ("PROMETHEUS_URL", prometheus.uri()),
        ("PROMETHEUS_TIMEOUT_SECONDS", "1".to_owned()),
    ];
    let settings = settings
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let server = server(&settings, NOBODY);
    let result = server_testing::call(&server, "ExecuteQuery", json!({ "query": "up" })).await;
    assert_eq!(
        failure(&result),
        "prometheus_timeout: no answer within 1 s\n\
         hint: ask for less (narrower matchers, shorter range, larger step), or raise `PROMETHEUS_TIMEOUT_SECONDS` and the function's timeout"
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = MockServer::start().await;
    Mock::given(any())
        .respond_with(empty_vector())
        .expect(0)
        .mount(&elsewhere)
        .await;
    let location = format!("{}/api/v1/query", elsewhere.uri());
    for status in [301, 302, 307, 308] {
        let redirect = ResponseTemplate::new(status).insert_header("location", location.as_str());
        let result = query_answered_with(redirect, 1).await;
        let text = format!(
            "redirect_refused: the server at the Prometheus address answered with a redirect (HTTP {status}), which is not followed\n\
             hint: set `PROMETHEUS_URL` to the address it leads to"
        );
        assert_eq!(failure(&result), text);
    }
    elsewhere.verify().await;
}

#[tokio::test]
async fn an_answer_over_the_limit_is_not_read_to_its_end() {
    let series: Vec<_> = (0..100)
        .map(|n| json!({ "metric": { "n": n.to_string() }, "value": [1, "1"] }))
        .collect();
    let body = json!({ "status": "success", "data": { "resultType": "vector", "result": series } });
    let prometheus = prometheus(ResponseTemplate::new(200).set_body_json(body), 2).await;
    let uri = prometheus.uri();
    let with_limit = |limit: &'static str| {
        server(
            &[
                ("PROMETHEUS_URL", &uri),
                ("PROMETHEUS_MAX_RESPONSE_BYTES", limit),
            ],
            NOBODY,
        )
    };
    let arguments = json!({ "query": "up" });
    let result = server_testing::call(&with_limit("1000"), "ExecuteQuery", arguments.clone()).await;
    assert_eq!(
        failure(&result),
        "result_too_large: the result is larger than 1000 bytes\n\
         hint: narrow the query with label matchers, aggregate with `sum by (…)` or `topk(…)`, or ask for a shorter range or a larger step; or raise `PROMETHEUS_MAX_RESPONSE_BYTES`"
    );
    let result = server_testing::call(&with_limit("100000"), "ExecuteQuery", arguments).await;
    assert_eq!(
        good(&result)["result"]["result"].as_array().unwrap().len(),
        100
    );
}

#[tokio::test]
async fn what_is_no_answer_of_prometheus_is_said_to_be_none() {
    let text = "not_prometheus: the server at the Prometheus address answered HTTP 200 with `text/html`, which is not an answer of the Prometheus API\n\
                hint: check `PROMETHEUS_URL`";
    for body in [
        "<html>sign in</html>",
        "",
        "[]",
        "{\"status\":\"success\"}",
        "{\"status\":\"success\",\"data\":{\"resultType\":\"cube\",\"result\":[]}}",
    ] {
        let page = ResponseTemplate::new(200).set_body_raw(body, "text/html");
        assert_eq!(failure(&query_answered_with(page, 1).await), text, "{body}");
    }
}

#[tokio::test]
async fn an_error_with_a_good_status_is_still_an_error() {
    let result = query_answered_with(error(200, "bad_data", "no"), 1).await;
    assert_eq!(
        failure(&result),
        "query_rejected: Prometheus refused the request (HTTP 200, bad_data): no"
    );
}

#[tokio::test]
async fn pages_of_a_proxy_are_not_passed_on() {
    let page = ResponseTemplate::new(404).set_body_raw("<html>secret page</html>", "text/html");
    assert_eq!(
        failure(&query_answered_with(page, 1).await),
        "prometheus_http_error: the server at the Prometheus address answered HTTP 404\n\
         hint: check the path of `PROMETHEUS_URL`; the API is expected at `/api/v1` below it"
    );
}

#[tokio::test]
async fn a_connection_that_breaks_is_tried_again() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = tokio::spawn(async move {
        // Ends in the middle of the head, in the middle of the body, then answers.
        let whole = "HTTP/1.1 200 OK\r\ncontent-length: 63\r\n\r\n\
                     {\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}";
        for part in [&whole[..10], &whole[..60], whole] {
            let (mut connection, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let read = connection.read(&mut request).await.unwrap();
            assert!(request[..read].starts_with(b"GET /api/v1/query?query=up HTTP/1.1\r\n"));
            connection.write_all(part.as_bytes()).await.unwrap();
        }
    });
    let server = server(&[("PROMETHEUS_URL", &format!("http://{address}"))], NOBODY);
    let result = server_testing::call(&server, "ExecuteQuery", json!({ "query": "up" })).await;
    assert_eq!(good(&result)["result"]["result"], json!([]));
    connections.await.unwrap();
}

#[tokio::test]
async fn only_get_is_ever_sent() {
    let prometheus = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(400))
        .mount(&prometheus)
        .await;
    let server = server(&[("PROMETHEUS_URL", &prometheus.uri())], NOBODY);
    let range = json!({ "query": "up", "start": "1", "end": "2", "step": "1" });
    server_testing::call(&server, "ExecuteQuery", json!({ "query": "up" })).await;
    server_testing::call(&server, "ExecuteRangeQuery", range).await;
    server_testing::call(&server, "ListMetrics", json!({})).await;
    server_testing::call(&server, "GetServerInfo", json!({})).await;
    let requests = prometheus.received_requests().await.unwrap();
    // One each, no test of the connection before it, and none for `GetServerInfo`.
    let sent: Vec<_> = requests
        .iter()
        .map(|r| format!("{} {}", r.method, r.url.path()))
        .collect();
    assert_eq!(
        sent,
        [
            "GET /api/v1/query",
            "GET /api/v1/query_range",
            "GET /api/v1/label/__name__/values"
        ]
    );
}
