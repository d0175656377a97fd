//! Every recorded call of the upstream server, replayed against a real Prometheus and a stand-in
//! for AMP's control plane. What differs is in [`DIFFERENT`], exactly, and in the README.

#[path = "support/amp.rs"]
mod amp;
#[path = "support/mcp.rs"]
mod mcp;
#[path = "support/prometheus.rs"]
mod prometheus;

use std::collections::BTreeMap;
use std::path::Path;

use prometheus_server::{Config, Server};
use serde_json::{Value, json};
use wiremock::MockServer;

use prometheus::Prometheus;

const FIRST: &str = "ws-11111111-aaaa-bbbb-cccc-000000000001";

/// Where the recordings' clock stood: their `start` of range queries.
const RECORDED_START: i64 = 1_795_225_926;

/// How ours differs.
enum Different {
    /// Upstream fails without a reason; ours with this text.
    Says(&'static str),
    /// Upstream fails; ours answers this.
    Answers(&'static str),
    /// Upstream answers something wrong or less; ours this.
    Lists(&'static [&'static str]),
}

use Different::{Answers, Lists, Says};

/// Calls whose result is not upstream's. Each has its row in the README's table.
const DIFFERENT: &[(&str, Different)] = &[
    (
        "ExecuteQuery.8",
        Says(
            "query_rejected: Prometheus refused the request (HTTP 400, bad_data): invalid parameter \"query\": 1:4: parse error: unexpected end of input inside braces",
        ),
    ),
    (
        "ExecuteQuery.10",
        Answers("{\n  \"resultType\": \"vector\",\n  \"result\": []\n}"),
    ),
    (
        "ExecuteQuery.13",
        Says("invalid_arguments: required argument `query` is missing"),
    ),
    (
        "ExecuteQuery.14",
        Says(
            "invalid_arguments: `time`: \"yesterday\" is not a time; write RFC 3339 with a zone (`2026-01-31T08:00:00Z`) or Unix seconds (`1769846400.5`)",
        ),
    ),
    (
        "ExecuteQuery.17",
        Says(
            "aws_profile_not_found: profile `nope` is not in the AWS configuration files; there are none here, leave `profile` out",
        ),
    ),
    (
        "ExecuteQuery.20",
        Says(
            "workspace_not_queryable: workspace `ws-22222222-aaaa-bbbb-cccc-000000000002` in `us-east-1` cannot be queried: its status is ACTIVE and AMP gives no query endpoint for it",
        ),
    ),
    (
        "ExecuteQuery.22",
        Says(
            "prometheus_http_error: the server at the Prometheus address answered HTTP 404: 404 page not found\nhint: check the path of `PROMETHEUS_URL`; the API is expected at `/api/v1` below it",
        ),
    ),
    (
        "ExecuteQuery.23",
        Says(
            "prometheus_unreachable: the Prometheus address cannot be reached (3 attempts)\nhint: check `PROMETHEUS_URL`, that Prometheus runs, and that the network lets this server reach it",
        ),
    ),
    (
        "ExecuteRangeQuery.2",
        Says("invalid_arguments: `end` (START-52) lies before `start` (START+8)"),
    ),
    (
        "ExecuteRangeQuery.4",
        Says("invalid_arguments: required argument `step` is missing"),
    ),
    (
        "ExecuteRangeQuery.5",
        Says(
            "query_rejected: Prometheus refused the request (HTTP 400, bad_data): exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)",
        ),
    ),
    (
        "GetAvailableWorkspaces.1",
        Lists(&[
            "false",
            "Queries go to `PROMETHEUS_URL`, which is no AMP workspace; leave `workspace_id` out.",
        ]),
    ),
    (
        "GetAvailableWorkspaces.2",
        Lists(&[
            "true",
            "Choose a workspace and pass its `workspace_id` to the other tools.",
        ]),
    ),
    (
        "GetServerInfo.4",
        Says(
            "not_configured: there is no Prometheus to ask: set `PROMETHEUS_URL`, or pass a `workspace_id` from `GetAvailableWorkspaces`",
        ),
    ),
];

/// Text of ours that holds this run's address and times, as the recording would have them.
struct World {
    prometheus: Prometheus,
    amp: MockServer,
    start: i64,
}

impl World {
    async fn new() -> Self {
        let prometheus = Prometheus::start(5).await;
        let endpoint = format!("http://{}/", prometheus.address);
        let amp = amp::start(&[
            (FIRST, Some("prod"), "ACTIVE", Some(&endpoint)),
            (
                "ws-22222222-aaaa-bbbb-cccc-000000000002",
                Some("empty"),
                "ACTIVE",
                None,
            ),
            (
                "ws-33333333-aaaa-bbbb-cccc-000000000003",
                Some("gone"),
                "DELETING",
                None,
            ),
        ])
        .await;
        let now = prometheus
            .get("query?query=time()")
            .await
            .expect("the time");
        let start = now["data"]["result"][0].as_f64().expect("seconds");
        Self {
            prometheus,
            amp,
            #[expect(clippy::cast_possible_truncation, reason = "seconds of this century")]
            start: start as i64,
        }
    }

    /// The server, as the recording's `setup` says that upstream was started.
    fn server(&self, setup: &str) -> Server {
        let loopback = format!("http://{}", self.prometheus.address);
        let url = if setup.contains("Started without a URL") {
            None
        } else if setup.contains("nothing listens on") {
            Some(format!("http://127.0.0.1:{}", prometheus::free_port()))
        } else if setup.contains("whose path names workspace") {
            Some(format!("{loopback}/workspaces/{FIRST}"))
        } else {
            assert!(
                setup.contains("Started with --url to the loopback"),
                "{setup}"
            );
            Some(loopback.clone())
        };
        let args: Vec<String> = url
            .into_iter()
            .flat_map(|url| ["--url".to_owned(), url])
            .collect();
        // The stand-in says that the workspace is on loopback: that is no address of AMP.
        let lookup = |name: &str| (name == "PROMETHEUS_TRUSTED_ORIGINS").then(|| loopback.clone());
        let config = Config::from_lookup(&args, &lookup).expect("good settings");
        Server::new(config, mcp::aws(&self.amp.uri()))
    }

    /// The recorded arguments, moved to this run's clock.
    fn arguments(&self, recorded: &Value) -> Value {
        let mut arguments = recorded.clone();
        for name in ["start", "end"] {
            if let Some(time) = arguments[name].as_str().and_then(|t| t.parse::<i64>().ok())
                && time > 0
            {
                arguments[name] = json!((time - RECORDED_START + self.start).to_string());
            }
        }
        arguments
    }

    /// Ours in the recording's terms: its address, and no wall-clock times.
    fn in_recorded_terms(&self, text: &str) -> String {
        timeless(&text.replace(&self.prometheus.address, "127.0.0.1:9090"))
    }
}

/// Times of samples are wall clock: `<time>`. In the indented text each stands on a line of its own.
fn timeless(text: &str) -> String {
    text.split('\n')
        .map(|line| match line.trim().strip_suffix(',') {
            Some(number) if number.parse::<f64>().is_ok_and(|n| n > 1e9) => {
                line.replace(number, "<time>")
            }
            _ => line.to_owned(),
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// Structured content in the same terms.
fn timeless_value(value: &mut Value) {
    match value {
        Value::Number(number) if number.as_f64().is_some_and(|n| n > 1e9) => {
            *value = json!("<time>");
        }
        Value::Array(items) => items.iter_mut().for_each(timeless_value),
        Value::Object(fields) => fields.values_mut().for_each(timeless_value),
        _ => {}
    }
}

/// Recordings shorten lists over three entries. Cuts ours the same way, whatever its length; how
/// long it has to be is compared elsewhere.
fn cut_like(recorded: &Value, ours: &mut Value) {
    match (recorded, ours) {
        (Value::Array(recorded), Value::Array(ours)) => {
            if let Some(more) = recorded.last().filter(|last| is_cut(last)) {
                assert!(
                    ours.len() > 3,
                    "cut in the recording, but only {} here",
                    ours.len()
                );
                ours.truncate(3);
                ours.push(more.clone());
            }
            for (recorded, ours) in recorded.iter().zip(ours) {
                cut_like(recorded, ours);
            }
        }
        (Value::Object(recorded), Value::Object(ours)) => {
            for (name, ours) in ours {
                if let Some(recorded) = recorded.get(name) {
                    cut_like(recorded, ours);
                }
            }
        }
        _ => {}
    }
}

fn is_cut(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with("... "))
}

fn recordings() -> BTreeMap<(u64, String), Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/recorded");
    let entries = std::fs::read_dir(folder).expect("the recordings");
    entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let recording = std::fs::read_to_string(&path).expect("a recording");
            let recording: Value = serde_json::from_str(&recording).expect("JSON");
            let name = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            ((recording["seq"].as_u64().expect("seq"), name), recording)
        })
        .collect()
}

#[tokio::test]
async fn every_recorded_call_gives_the_recorded_result_or_a_listed_better_one() {
    let world = World::new().await;
    let (mut equal, mut different) = (Vec::new(), Vec::new());
    for ((_, name), recording) in recordings() {
        let server = world.server(recording["setup"].as_str().expect("setup"));
        let tool = recording["tool"].as_str().expect("tool");
        let before = world.metrics().await;
        let ours =
            server_testing::call(&server, tool, world.arguments(&recording["arguments"])).await;
        match DIFFERENT.iter().find(|(listed, _)| *listed == name) {
            Some((_, difference)) => {
                world.check_difference(&name, difference, &recording, &ours);
                different.push(name);
            }
            None => {
                world.check_equal(&name, &recording, &ours);
                world.check_length(&name, &ours, &before).await;
                equal.push(name);
            }
        }
    }
    assert_eq!(
        different.len(),
        DIFFERENT.len(),
        "listed, but not recorded: {different:?}"
    );
    assert_eq!((equal.len(), different.len()), (13, 14), "{equal:?}");
}

impl World {
    fn check_equal(&self, name: &str, recording: &Value, ours: &Value) {
        let theirs = &recording["result"];
        assert_eq!(
            theirs["isError"], false,
            "{name}: upstream failed; list what ours does"
        );
        assert_ne!(ours["isError"], true, "{name}: {ours}");
        let their_text = theirs["text"].as_str().expect("text");
        let our_text = self.in_recorded_terms(server_testing::text(ours));
        match their_text.strip_suffix("   (cut: lists longer than 3)") {
            None => assert_eq!(our_text, timeless(their_text), "{name}"),
            Some(cut) => {
                let cut = timeless(cut);
                let (before, after) = cut.split_once("\"... ").expect("the cut");
                let after = after.split_once('\n').expect("a line").1;
                assert!(our_text.starts_with(before), "{name}: {our_text}");
                assert!(our_text.ends_with(after), "{name}: {our_text}");
            }
        }
        let mut theirs = theirs["structured"].clone();
        let ours = ours["structuredContent"].to_string();
        let ours = ours.replace(&self.prometheus.address, "127.0.0.1:9090");
        let mut ours: Value = serde_json::from_str(&ours).expect("JSON");
        cut_like(&theirs, &mut ours);
        timeless_value(&mut theirs);
        timeless_value(&mut ours);
        assert_eq!(ours, theirs, "{name}");
    }

    /// The lengths that the recording's cut hides.
    async fn check_length(&self, name: &str, ours: &Value, before: &[String]) {
        let structured = &ours["structuredContent"];
        let values = &structured["result"]["result"][0]["values"];
        match name {
            "ExecuteRangeQuery.1" => {
                let times: Vec<i64> = (0..5).map(|step| self.start + 2 * step).collect();
                let values: Vec<_> = values.as_array().expect("values").iter().collect();
                let expected: Vec<_> = times.iter().map(|time| json!([time, "1"])).collect();
                assert_eq!(values, expected.iter().collect::<Vec<_>>());
            }
            "ExecuteQuery.7" => {
                let values = values.as_array().expect("values");
                assert!((5..=11).contains(&values.len()), "{}", values.len());
                assert!(values.iter().all(|sample| sample[1] == "1"), "{values:?}");
            }
            "ListMetrics.1" | "ListMetrics.2" => {
                let after = self.metrics().await;
                let metrics: Vec<String> =
                    serde_json::from_value(structured["metrics"].clone()).expect("names");
                assert!(metrics.is_sorted(), "{metrics:?}");
                // Prometheus may have made new ones meanwhile, but none are lost or invented.
                assert!(before.iter().all(|metric| metrics.contains(metric)));
                assert!(metrics.iter().all(|metric| after.contains(metric)));
            }
            _ => assert!(
                !ours.to_string().contains("... "),
                "{name}: has its own rule"
            ),
        }
    }

    /// What Prometheus itself says that it has.
    async fn metrics(&self) -> Vec<String> {
        let answer = self.prometheus.get("label/__name__/values").await;
        let answer = answer.expect("an answer");
        serde_json::from_value(answer["data"].clone()).expect("names")
    }

    fn check_difference(
        &self,
        name: &str,
        difference: &Different,
        recording: &Value,
        ours: &Value,
    ) {
        let theirs = &recording["result"];
        match difference {
            Says(expected) => {
                assert_eq!(theirs["isError"], true, "{name}");
                assert_eq!(ours["isError"], true, "{name}: {ours}");
                let expected = expected
                    .replace("START+8", &(self.start + 8).to_string())
                    .replace("START-52", &(self.start - 52).to_string());
                assert_eq!(server_testing::text(ours), expected, "{name}");
            }
            Answers(expected) => {
                assert_eq!(theirs["isError"], true, "{name}");
                assert_ne!(ours["isError"], true, "{name}: {ours}");
                assert_eq!(server_testing::text(ours), *expected, "{name}");
            }
            Lists(expected) => {
                let [selection, message] = expected else {
                    panic!("selection and message");
                };
                let mut listing = theirs["structured"].clone();
                let result = &mut listing["result"];
                // In both recordings the second workspace is missing.
                let second = json!({
                    "workspace_id": "ws-22222222-aaaa-bbbb-cccc-000000000002",
                    "alias": "empty", "status": "ACTIVE", "region": "us-east-1",
                    "is_configured": false,
                    "note": "AMP gives no query endpoint for this workspace."
                });
                let workspaces = result["workspaces"].as_array_mut().expect("a list");
                workspaces.insert(1, second);
                workspaces[2]["is_configured"] = json!(false);
                result["count"] = json!(3);
                result["requires_user_selection"] = json!(*selection == "true");
                result["message"] = json!(message);
                let ours = ours["structuredContent"].to_string();
                let ours = ours.replace(&self.prometheus.address, "127.0.0.1:9090");
                let ours: Value = serde_json::from_str(&ours).expect("JSON");
                assert_eq!(ours, listing, "{name}");
            }
        }
    }
}

#[test]
fn every_listed_difference_is_explained_in_the_readme() {
    let readme = include_str!("../README.md");
    for (name, _) in DIFFERENT {
        assert!(readme.contains(&format!("`{name}`")), "{name}");
    }
}
