//! Replaying what was recorded of the upstream server.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::path::Path;

use aws_testing::{AwsRequest, AwsStandIn, Recording, differences, recordings};
use cloudwatch_mcp_server::Server;
use serde_json::Value;
use server_testing::{call, text};

/// A call whose answer or whose AWS calls are not upstream's. Each is in the README's table.
pub(crate) struct Different {
    pub(crate) name: &'static str,
    pub(crate) answer: Answer,
    pub(crate) calls: Calls,
}

pub(crate) enum Answer {
    /// Ours fails, with this text.
    Fails(&'static str),
    /// Ours answers this JSON. A `<prose N chars>` of it stands for a text of ours.
    Is(&'static str),
}

pub(crate) enum Calls {
    /// As recorded, in any order.
    Same,
    /// These operations, with this input.
    Are(&'static [(&'static str, &'static str)]),
}

/// Recordings of some tools.
pub(crate) fn of(tools: &[&str]) -> Vec<Recording> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/recorded");
    let all = recordings(&folder);
    all.into_iter()
        .filter(|recording| tools.contains(&recording.tool.as_str()))
        .collect()
}

/// Calls a tool as it was recorded, and compares. Says whether the difference was listed.
pub(crate) async fn replay(
    server: &Server,
    aws: &AwsStandIn,
    recording: &Recording,
    different: &[Different],
    ignored: &[&str],
) -> bool {
    let name = &recording.name;
    aws.take_requests();
    let ours = call(server, &recording.tool, recording.arguments.clone()).await;
    let mut asked = sorted(aws.take_requests());
    // How often a query that goes on is looked at depends on the machine.
    asked.dedup_by(|one, other| {
        one.name() == "logs:GetQueryResults" && one.body == other.body && one.region == other.region
    });
    let listed = different.iter().find(|listed| listed.name == name);
    let expected = match listed.map(|listed| &listed.calls) {
        Some(Calls::Are(calls)) => calls.iter().map(expected).collect(),
        _ => recording.backend_requests.clone(),
    };
    let mut expected = sorted_recorded(expected);
    expected.dedup_by(|one, other| one["op"] == "logs:GetQueryResults" && one == other);
    assert_eq!(
        differences(&expected, &asked, ignored),
        Vec::<String>::new(),
        "{name}"
    );
    let theirs = &recording.result;
    assert_eq!(
        theirs["isError"], false,
        "{name}: upstream says so in the answer"
    );
    match listed.map(|listed| &listed.answer) {
        None => same(name, &theirs["structured"], &ours),
        Some(Answer::Is(json)) => same(name, &serde_json::from_str(json).expect("JSON"), &ours),
        Some(Answer::Fails(expected)) => {
            assert_eq!(ours["isError"], true, "{name}: {ours}");
            assert_eq!(text(&ours), *expected, "{name}");
        }
    }
    listed.is_some()
}

/// Every listed difference was recorded, and is a row of the README's table.
pub(crate) fn check_listed(different: &[Different], replayed: &[Recording]) {
    let readme = include_str!("../../README.md");
    let (_, table) = readme
        .split_once("# Differs from upstream, because")
        .expect("the section");
    for listed in different {
        assert!(
            replayed.iter().any(|one| one.name == listed.name),
            "{}",
            listed.name
        );
        let cell = format!("`{}`", listed.name);
        let mut rows = table.lines().filter(|line| line.starts_with('|'));
        assert!(rows.any(|line| line.contains(&cell)), "{cell}");
    }
}

/// The same as structured content, and as indented text without upstream's wrapper.
fn same(name: &str, expected: &Value, ours: &Value) {
    assert_ne!(ours["isError"], true, "{name}: {ours}");
    let structured = &ours["structuredContent"];
    assert_eq!(
        comparable(expected, structured),
        comparable(structured, structured),
        "{name}"
    );
    let from_text: Value = serde_json::from_str(text(ours)).expect("JSON");
    let unwrapped = structured.get("result").unwrap_or(structured);
    assert_eq!(from_text, *unwrapped, "{name}");
}

/// Whole numbers are the same with and without a fraction, recency is as of now, and for a text of
/// upstream stands any text of ours.
fn comparable(value: &Value, ours: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| *name != "recency_score")
            .map(|(name, value)| (name.clone(), comparable(value, &ours[name])))
            .collect(),
        Value::Array(items) => {
            let pairs = items.iter().enumerate();
            pairs
                .map(|(at, item)| comparable(item, &ours[at]))
                .collect()
        }
        Value::Number(number) => number.as_f64().map_or(Value::Null, Value::from),
        Value::String(text)
            if text.starts_with("<prose ")
                && ours.as_str().is_some_and(|ours| !ours.is_empty()) =>
        {
            ours.clone()
        }
        other => other.clone(),
    }
}

fn expected((operation, input): &(&str, &str)) -> Value {
    let input: Value = serde_json::from_str(input).expect("JSON");
    serde_json::json!({ "op": operation, "region": "us-east-1", "request": input })
}

/// Calls that ours makes at the same time come in any order.
fn sorted(mut requests: Vec<AwsRequest>) -> Vec<AwsRequest> {
    let key = |request: &AwsRequest| {
        (
            request.name(),
            request.region.clone(),
            query_of(&request.body),
        )
    };
    requests.sort_by_key(key);
    requests
        .iter_mut()
        .for_each(|request| in_order(&mut request.body));
    requests
}

fn sorted_recorded(mut requests: Vec<Value>) -> Vec<Value> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    requests.sort_by_key(|request| {
        (
            text(&request["op"]),
            text(&request["region"]),
            query_of(&request["request"]),
        )
    });
    requests
        .iter_mut()
        .for_each(|request| in_order(&mut request["request"]));
    requests
}

fn query_of(input: &Value) -> String {
    input["queryString"].as_str().unwrap_or_default().to_owned()
}

/// The kinds of alarms are a set.
fn in_order(input: &mut Value) {
    if let Some(kinds) = input.get_mut("AlarmTypes").and_then(Value::as_array_mut) {
        kinds.sort_by_key(ToString::to_string);
    }
}
