//! Every recorded call of upstream's metric tools, replayed: the answer, and the AWS calls.

#[path = "support/metrics.rs"]
mod metrics;

use std::path::Path;

use aws_testing::{Recording, differences, recordings};
use serde_json::{Value, json};
use server_testing::{call, text};

const TOOLS: &[&str] = &[
    "analyze_metric",
    "get_metric_data",
    "get_metric_metadata",
    "get_recommended_metric_alarms",
];

/// What ours answers where it is not upstream's answer. Each is in the README's table.
enum Ours {
    /// Upstream fails without a reason; ours with this one, before anything is sent.
    FailsAlike(&'static str),
    /// Upstream answers; ours fails with this text, before anything is sent.
    Fails(&'static str),
    /// Structured content as upstream's, and this text, where upstream has none.
    Text(&'static str),
    /// This value at this place of the structured content; everything else as upstream.
    Value(&'static str, &'static str),
}

const DIFFERENT: &[(&str, Ours)] = &[
    (
        "get_metric_data.4",
        Ours::FailsAlike(
            "invalid_arguments: `group_by_dimension` \"InstanceId\" is not among `schema_dimension_keys`; list there every dimension that the metrics have, \"InstanceId\" included",
        ),
    ),
    (
        "get_metric_metadata.2",
        Ours::Text("Nothing is known about metrics in the namespace `X`."),
    ),
    (
        "get_recommended_metric_alarms.1",
        Ours::Value("/recommendations/0/dimensions/0/value", "i-1"),
    ),
    (
        "get_recommended_metric_alarms.4",
        Ours::Fails(
            "aws_profile_not_found: profile `does-not-exist` is not in the AWS configuration files; there are none here, leave `profile` out",
        ),
    ),
];

#[tokio::test]
async fn every_recorded_call_gives_the_recorded_result_or_a_listed_better_one() {
    let aws = metrics::start().await;
    let server = metrics::server(&aws);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/recorded");
    let (mut equal, mut different, mut requests) = (Vec::new(), Vec::new(), 0);
    let recordings = recordings(&folder);
    for recording in recordings
        .iter()
        .filter(|one| TOOLS.contains(&one.tool.as_str()))
    {
        let ours = call(&server, &recording.tool, recording.arguments.clone()).await;
        let asked = aws.take_requests();
        let listed = DIFFERENT.iter().find(|(name, _)| *name == recording.name);
        let fails = matches!(listed, Some((_, Ours::Fails(_) | Ours::FailsAlike(_))));
        let expected = if fails {
            &[][..]
        } else {
            &recording.backend_requests[..]
        };
        requests += expected.len();
        let wanted_calls = differences(expected, &asked, ignored(recording));
        assert_eq!(wanted_calls, Vec::<String>::new(), "{}", recording.name);
        for request in asked.iter().filter(|_| !ignored(recording).is_empty()) {
            let at = |name: &str| request.body[name].as_f64().expect("a time");
            assert_eq!((at("EndTime") - at("StartTime")).round(), 1_209_600.0);
        }
        match listed {
            None => {
                same(
                    &recording.name,
                    recording.result["structured"].clone(),
                    &ours,
                );
                equal.push(recording.name.clone());
            }
            Some((name, expected)) => {
                differs(name, recording, expected, &ours);
                different.push(recording.name.clone());
            }
        }
    }
    assert_eq!(
        different.len(),
        DIFFERENT.len(),
        "listed, but not recorded: {different:?}"
    );
    assert_eq!(
        (equal.len(), different.len(), requests),
        (6, 4, 5),
        "{equal:?}"
    );
}

fn differs(name: &str, recording: &Recording, expected: &Ours, ours: &Value) {
    let failed = &recording.result["isError"];
    match expected {
        Ours::FailsAlike(reason) | Ours::Fails(reason) => {
            assert_eq!(*failed, matches!(expected, Ours::FailsAlike(_)), "{name}");
            assert_eq!(ours["isError"], true, "{name}: {ours}");
            assert_eq!(text(ours), *reason, "{name}");
        }
        Ours::Text(expected) => {
            assert_eq!(
                ours["structuredContent"], recording.result["structured"],
                "{name}"
            );
            assert_eq!(text(ours), *expected, "{name}");
        }
        Ours::Value(place, value) => {
            let mut theirs = recording.result["structured"].clone();
            *theirs.pointer_mut(place).expect("the place") = json!(value);
            same(name, theirs, ours);
        }
    }
}

/// Two weeks up to now are never the recorded ones; how long they are is checked.
fn ignored(recording: &Recording) -> &'static [&'static str] {
    match recording.tool.as_str() {
        "get_metric_data" => &[],
        _ => &["StartTime", "EndTime"],
    }
}

/// The same as structured content, and as indented text without upstream's wrapper.
fn same(name: &str, mut theirs: Value, ours: &Value) {
    assert_ne!(ours["isError"], true, "{name}: {ours}");
    // Read back as the text is: reading can differ in the last digit of a number.
    let structured = ours["structuredContent"].to_string();
    let mut structured: Value = serde_json::from_str(&structured).expect("JSON");
    let from_text: Value = serde_json::from_str(text(ours)).expect("JSON");
    assert_eq!(
        from_text,
        *structured.get("result").unwrap_or(&structured),
        "{name}"
    );
    if let Some(range) = structured.pointer_mut("/result/metric_info/time_range") {
        for end in ["start", "end"] {
            assert!(
                range[end]
                    .as_str()
                    .is_some_and(|time| time.ends_with("+00:00")),
                "{range}"
            );
        }
        *range = theirs["result"]["metric_info"]["time_range"].clone();
    }
    in_our_words(&mut theirs, &structured);
    assert_eq!(structured, theirs, "{name}");
}

/// For a sentence of upstream stands any of ours.
fn in_our_words(theirs: &mut Value, ours: &Value) {
    match theirs {
        Value::Object(fields) => {
            fields
                .iter_mut()
                .for_each(|(name, value)| in_our_words(value, &ours[name]));
        }
        Value::Array(items) => {
            let items = items.iter_mut().enumerate();
            items.for_each(|(at, item)| in_our_words(item, &ours[at]));
        }
        Value::String(text)
            if text.starts_with("<prose ")
                && ours.as_str().is_some_and(|ours| !ours.is_empty()) =>
        {
            *theirs = ours.clone();
        }
        _ => {}
    }
}

#[test]
fn every_listed_difference_is_a_row_of_the_readme() {
    let readme = include_str!("../README.md");
    let (_, table) = readme
        .split_once("# Differs from upstream, because")
        .expect("the section");
    for (name, _) in DIFFERENT {
        let cell = format!("`{name}`");
        let mut rows = table.lines().filter(|line| line.starts_with('|'));
        assert!(rows.any(|line| line.contains(&cell)), "{cell}");
    }
}
