//! `ListMetrics`: one request, sorted names.

use serde_json::json;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer};

use crate::{NOBODY, failure, good, server, success};

#[tokio::test]
async fn names_are_sorted_and_asked_for_once() {
    let prometheus = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/base/api/v1/label/__name__/values"))
        .respond_with(success(&json!(["up", "a", "go_info", "a"])))
        .expect(1)
        .mount(&prometheus)
        .await;
    let url = format!("{}/base/", prometheus.uri());
    let server = server(&[("PROMETHEUS_URL", &url)], NOBODY);
    let result = server_testing::call(&server, "ListMetrics", json!({})).await;
    assert_eq!(good(&result), &json!({ "metrics": ["a", "go_info", "up"] }));
    assert_eq!(
        server_testing::text(&result),
        "{\n  \"metrics\": [\n    \"a\",\n    \"go_info\",\n    \"up\"\n  ]\n}"
    );
}

#[tokio::test]
async fn too_many_names_say_how_to_find_some() {
    let names: Vec<String> = (0..200).map(|n| format!("metric_{n}")).collect();
    let prometheus = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(success(&json!(names)))
        .expect(1)
        .mount(&prometheus)
        .await;
    let uri = prometheus.uri();
    let settings = [
        ("PROMETHEUS_URL", uri.as_str()),
        ("PROMETHEUS_MAX_RESPONSE_BYTES", "1000"),
    ];
    let result = server_testing::call(&server(&settings, NOBODY), "ListMetrics", json!({})).await;
    assert_eq!(
        failure(&result),
        "result_too_large: the result is larger than 1000 bytes\n\
         hint: there are too many metrics to list; find some with `ExecuteQuery`, as in `group by (__name__) ({__name__=~\"http_.*\"})`; or raise `PROMETHEUS_MAX_RESPONSE_BYTES`"
    );
}
