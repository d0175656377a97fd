//! What nobody may read in a log: planted in arguments, settings, credentials and answers, and looked for in all that is
//! logged at level `trace`. One test: the subscriber is the process's.

#[path = "support/mcp.rs"]
mod mcp;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use futures_util::future::join_all;
use prometheus_server::{Config, Server};
use serde_json::json;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// Everything that was logged.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// The program's own crates at `trace`, all others at `info`: as in a function whose level is `trace`.
    fn start() -> Self {
        let log = Self::default();
        let written = log.clone();
        let own = [
            "agentcore_gateway_target",
            "aws_clients",
            "prometheus_api",
            "prometheus_server",
        ];
        let targets = Targets::new().with_default(LevelFilter::INFO);
        let targets = targets.with_targets(own.map(|target| (target, LevelFilter::TRACE)));
        let layer = fmt::layer().with_writer(move || written.clone());
        tracing_subscriber::registry()
            .with(targets)
            .with(layer)
            .init();
        log
    }

    fn text(&self) -> String {
        let bytes = self.0.lock().expect("no panic while it is held").clone();
        String::from_utf8(bytes).expect("UTF-8")
    }
}

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut log = self.0.lock().expect("no panic while it is held");
        log.write(line)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Answers that fail in every way, and one that does not.
fn answers() -> Vec<ResponseTemplate> {
    let error = json!({ "status": "error", "errorType": "planted", "error": "planted" });
    let refused = json!({ "message": "planted", "__type": "AccessDeniedException" });
    let cube = json!({ "status": "success", "data": { "resultType": "planted", "result": [] } });
    let list = json!({ "status": "success", "data": "planted" });
    let good = json!({ "status": "success", "data": { "resultType": "string", "result": [1, "planted"] } });
    vec![
        ResponseTemplate::new(200).set_body_json(good),
        ResponseTemplate::new(200).set_body_json(cube),
        ResponseTemplate::new(200).set_body_json(list),
        ResponseTemplate::new(200).set_body_string("planted"),
        ResponseTemplate::new(200).set_body_string("planted".repeat(1_000)),
        ResponseTemplate::new(302).insert_header("location", "/x?query=planted"),
        ResponseTemplate::new(400).set_body_json(&error),
        ResponseTemplate::new(503).set_body_json(error),
        ResponseTemplate::new(403).set_body_json(refused),
        ResponseTemplate::new(502).set_body_string("planted"),
    ]
}

async fn answering(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

/// A server with secrets, and the endpoint of its AWS.
fn server(settings: &[(&str, &str)], aws: &str) -> Server {
    let config = Config::from_lookup(&[], &|name| {
        let limit = ("PROMETHEUS_MAX_RESPONSE_BYTES", "2000");
        let mut all = settings.iter().chain([&limit]);
        all.find(|(known, _)| *known == name)
            .map(|(_, value)| (*value).to_owned())
    });
    let credentials = Credentials::from_keys("planted-id", "planted-key", Some("planted".into()));
    let aws = mcp::aws(aws).credentials(SharedCredentialsProvider::new(credentials));
    Server::new(config.expect("good settings"), aws)
}

async fn call_all(server: &Server) {
    for (tool, arguments) in [
        ("ExecuteQuery", json!({ "query": "planted" })),
        ("ExecuteQuery", json!({ "query": ["planted"] })),
        (
            "ExecuteQuery",
            json!({ "query": "planted", "time": "planted" }),
        ),
        (
            "ExecuteQuery",
            json!({ "query": "planted", "workspace_id": "ws-planted" }),
        ),
        (
            "ExecuteQuery",
            json!({ "query": "planted", "profile": "planted" }),
        ),
        ("ListMetrics", json!({ "planted": "planted" })),
        ("GetAvailableWorkspaces", json!({})),
    ] {
        server_testing::call(server, tool, arguments).await;
    }
}

/// With every kind of login, against the same answer of Prometheus and AWS.
async fn call_as_everyone(uri: &str) {
    let url = ("PROMETHEUS_URL", uri);
    let token = ("PROMETHEUS_BEARER_TOKEN", "planted");
    let user = ("PROMETHEUS_USERNAME", "planted");
    let password = ("PROMETHEUS_PASSWORD", "planted");
    let signed = ("PROMETHEUS_SIGV4", "always");
    let logins: [&[(&str, &str)]; 4] = [&[url, token], &[url, user, password], &[url, signed], &[]];
    for settings in logins {
        call_all(&server(settings, uri)).await;
    }
}

#[tokio::test]
async fn no_argument_answer_or_secret_is_logged_at_any_level() {
    let log = Log::start();
    let mut uris = vec!["http://127.0.0.1:1".to_owned()];
    let mut servers = Vec::new();
    for answer in answers() {
        let server = answering(answer).await;
        uris.push(server.uri());
        servers.push(server);
    }
    // At once, because most of the time is spent between attempts.
    join_all(uris.iter().map(|uri| call_as_everyone(uri))).await;
    let log = log.text();
    for code in [
        "prometheus_unreachable",
        "not_prometheus",
        "redirect_refused",
        "aws_",
    ] {
        assert!(
            log.contains(code),
            "failures of this kind are logged: {code}"
        );
    }
    let found = log.lines().find(|line| line.contains("planted"));
    assert_eq!(found, None);
}
