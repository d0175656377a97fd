//! The tools against servers that answer as each test says: what is sent, and what is made of the
//! answer. A module per tool, and one per rule that all tools share.

#[path = "../support/amp.rs"]
mod amp;
#[path = "../support/mcp.rs"]
mod mcp;

mod execute_query;
mod execute_range_query;
mod get_available_workspaces;
mod get_server_info;
mod list_metrics;
mod login;
mod settings;
mod signing;
mod target;
mod transport;

use prometheus_server::{Config, Server};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// An address that nothing listens on: port 1 of loopback takes a privilege to listen on.
const NOBODY: &str = "http://127.0.0.1:1";

/// A server with exactly these variables. `amp` answers for AMP's control plane.
fn server(variables: &[(&str, &str)], amp: &str) -> Server {
    let config = config(variables).expect("good settings");
    Server::new(config, mcp::aws(amp))
}

fn config(variables: &[(&str, &str)]) -> Result<Config, prometheus_server::ConfigError> {
    Config::from_lookup(&[], &|name| {
        let found = variables.iter().find(|(known, _)| *known == name)?;
        Some(found.1.to_owned())
    })
}

/// An answer that every query understands.
fn empty_vector() -> ResponseTemplate {
    success(&json!({ "resultType": "vector", "result": [] }))
}

fn success(data: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({ "status": "success", "data": data }))
}

/// A Prometheus that answers every instant query like this, exactly so many times.
async fn prometheus(response: ResponseTemplate, times: u64) -> MockServer {
    let prometheus = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/api/v1/query"))
        .respond_with(response)
        .expect(times)
        .mount(&prometheus)
        .await;
    prometheus
}

/// `ExecuteQuery` of `up` at a Prometheus that answers like this, exactly so many times.
async fn query_answered_with(response: ResponseTemplate, times: u64) -> Value {
    let prometheus = prometheus(response, times).await;
    let server = server(&[("PROMETHEUS_URL", &prometheus.uri())], NOBODY);
    server_testing::call(&server, "ExecuteQuery", json!({ "query": "up" })).await
}

/// The text of a call that must have failed.
fn failure(result: &Value) -> &str {
    assert_eq!(result["isError"], true, "{result}");
    server_testing::text(result)
}

/// The structured content of a call that must have worked.
fn good(result: &Value) -> &Value {
    assert_ne!(result["isError"], true, "{result}");
    &result["structuredContent"]
}
