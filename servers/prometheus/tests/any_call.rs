//! Any calls of any tools, before a Prometheus and an AMP that answer anything: each is answered,
//! and shows no secret.

#[path = "support/amp.rs"]
mod amp;
#[path = "support/mcp.rs"]
mod mcp;

use prometheus_server::{Config, Server};
use serde_json::{Value, json};
use server_testing::{Damage, HttpAnswer, Rules, Words, calls, checked_call, damage, fuzz, words};
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const TOKEN: &str = "bearer-canary-5f3a";
const WORKSPACE: &str = "ws-11111111-2222-3333-4444-555555555555";

fn known() -> Words {
    let times = &[
        "2026-01-31T08:00:00Z",
        "1769846400",
        "1769846400.5",
        "2026-01-31T10:00:00+02:00",
    ];
    words(&[
        ("workspace_id", &[WORKSPACE, "ws-1"]),
        ("region", &["us-east-1", "eu-west-1"]),
        ("query", &["up", "rate(x[5m])", "a{b=\"c\"}", "1+1"]),
        ("time", times),
        ("start", times),
        ("end", times),
        ("step", &["15", "5m", "1h30m", "0.5"]),
    ])
}

/// What Prometheus and AMP answer, whatever they are asked for, before it is damaged.
fn good() -> [(&'static str, Value); 6] {
    let success = |data: Value| json!({ "status": "success", "data": data, "warnings": ["w"] });
    let workspace = amp::shape(
        &(WORKSPACE, Some("a"), "ACTIVE", Some("http://127.0.0.1:1/")),
        true,
    );
    let series = json!({ "metric": { "__name__": "up" }, "value": [1.5, "1"] });
    let range = json!({ "metric": {}, "values": [[1, "1"], [2.5, "NaN"]] });
    let series = json!({ "resultType": "vector", "result": [series] });
    let range = json!({ "resultType": "matrix", "result": [range] });
    [
        ("/api/v1/query", success(series)),
        ("/api/v1/query_range", success(range)),
        ("/api/v1/label/__name__/values", success(json!(["a", "b"]))),
        (
            "/api/v1/status/buildinfo",
            success(json!({ "version": "3" })),
        ),
        (
            "/workspaces",
            json!({ "workspaces": [workspace], "nextToken": null }),
        ),
        ("/workspaces/x", json!({ "workspace": workspace })),
    ]
}

fn response(answer: HttpAnswer) -> ResponseTemplate {
    ResponseTemplate::new(answer.status).set_body_raw(answer.body, &answer.content_type)
}

async fn answer(backend: &MockServer, damage: &Damage) {
    backend.reset().await;
    let mut last = Value::Null;
    for (place, good) in good() {
        Mock::given(method("GET"))
            .and(path(place))
            .respond_with(response(damage.http(&good)))
            .mount(backend)
            .await;
        last = good;
    }
    let other = response(damage.http(&last));
    Mock::given(any()).respond_with(other).mount(backend).await;
}

/// With a URL and a token, or with AMP alone.
fn server(backend: &MockServer, with_url: bool) -> Server {
    let config = Config::from_lookup(&[], &|name| match name {
        "PROMETHEUS_URL" if with_url => Some(backend.uri()),
        "PROMETHEUS_BEARER_TOKEN" if with_url => Some(TOKEN.to_owned()),
        "PROMETHEUS_TIMEOUT_SECONDS" => Some("1".to_owned()),
        "PROMETHEUS_TRUSTED_ORIGINS" => Some("http://127.0.0.1:1".to_owned()),
        _ => None,
    });
    Server::new(config.expect("good settings"), mcp::aws(&backend.uri()))
}

#[test]
fn any_calls_are_answered_before_any_backend() {
    let rules = Rules {
        secrets: &[TOKEN, mcp::SECRET_KEY],
        ..Rules::default()
    };
    assert_ne!(mcp::ACCESS_KEY, mcp::SECRET_KEY);
    let tools = Server::tools().list_all();
    let strategy = (calls(&tools, &known()), damage(), proptest::bool::ANY);
    let start = async || MockServer::start().await;
    fuzz(
        60,
        strategy,
        start,
        async |backend, (calls, damage, with_url)| {
            answer(backend, &damage).await;
            let server = server(backend, with_url);
            for call in &calls {
                checked_call(&server, call, &rules).await;
            }
        },
    );
}
