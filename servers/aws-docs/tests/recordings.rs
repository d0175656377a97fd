//! Every recorded call of the upstream server, replayed against a stand-in that answers as the
//! recordings' one did. What differs is in [`expected`], exactly, each with its row of the README.

mod expected;
mod support;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};
use server_testing::{call, text};

use expected::Different::{self, AnswersAs, Fails, Has, More, Reads};
use expected::{DIFFERENT, FAILING};

/// A recording. Pages are read, and so named, with https: the README's row "Addresses".
fn recording(name: &str) -> Value {
    let path = Path::new("tests/fixtures/recorded").join(format!("{name}.json"));
    let text = std::fs::read_to_string(&path).expect("a recording");
    let mut recording: Value = serde_json::from_str(&text).expect("JSON");
    // Results of the search are the search's own addresses.
    if recording["tool"] != "search_documentation" {
        let result = recording["result"].to_string();
        recording["result"] = json_of(&result.replace("http://docs.", "https://docs."));
    }
    recording
}

fn names() -> Vec<String> {
    let files = std::fs::read_dir("tests/fixtures/recorded").expect("recordings");
    let name = |file: std::fs::DirEntry| {
        let name = file.file_name().into_string().expect("ASCII");
        name.strip_suffix(".json").expect("JSON").to_owned()
    };
    let mut names: Vec<String> = files.map(|file| name(file.expect("a file"))).collect();
    names.sort();
    names
}

fn assert_fails(name: &str, result: &Value, expected: &str) {
    assert_eq!(result["isError"], true, "{name}: {result}");
    assert_eq!(text(result), expected, "{name}");
}

/// Compares a result with what is expected, and its text with the structure.
fn assert_answers(name: &str, result: &Value, expected: &Value) {
    assert_ne!(result["isError"], true, "{name}: {result}");
    let structured = &result["structuredContent"];
    if let (Some(ours), Some(theirs)) = (structured["result"].as_str(), expected["result"].as_str())
    {
        assert_eq!(
            ours.lines().collect::<Vec<_>>(),
            theirs.lines().collect::<Vec<_>>(),
            "{name}"
        );
    }
    assert_eq!(structured, expected, "{name}");
    match &structured["result"] {
        Value::String(whole) => assert_eq!(text(result), whole, "{name}"),
        Value::Null => assert_eq!(json_of(text(result)), *structured, "{name}"),
        list => assert_eq!(json_of(text(result)), *list, "{name}"),
    }
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON as text")
}

fn apply(name: &str, expected: &mut Value, different: &Different) {
    match different {
        Reads(replacements) => {
            let mut text = expected["result"].as_str().expect("a text").to_owned();
            for (theirs, ours) in *replacements {
                assert_eq!(text.matches(theirs).count(), 1, "{name}: {theirs}");
                text = text.replace(theirs, ours);
            }
            expected["result"] = text.into();
        }
        Has(places) => {
            for (place, ours) in *places {
                let place = expected.pointer_mut(place).expect("a place");
                assert_ne!(*place, json!(ours), "{name}: no difference");
                *place = json!(ours);
            }
        }
        More(entries) => {
            let list = expected["result"].as_array_mut().expect("a list");
            list.extend(json_of(entries).as_array().expect("a list").clone());
        }
        Fails(_) | AnswersAs(_) => unreachable!("{name}: compared otherwise"),
    }
}

fn different(name: &str) -> Option<&'static Different> {
    let found = DIFFERENT.iter().find(|(known, ..)| *known == name);
    found.map(|(.., different)| different)
}

#[tokio::test]
async fn recorded_calls_answer_alike() {
    let web = support::recorded().await;
    let (mut equal, mut alike, mut listed) = (0, 0, BTreeSet::new());
    for name in names() {
        let recorded = recording(&name);
        let setup = recorded["setup"].as_str().expect("a setup");
        let partition = if setup.contains("aws-cn") {
            "aws-cn"
        } else {
            "aws"
        };
        let server = support::server(&web, partition);
        let tool = recorded["tool"].as_str().expect("a tool");
        let result = call(&server, tool, recorded["arguments"].clone()).await;
        let mut expected = recorded["result"]["structured"].clone();
        if let Some(different) = different(&name) {
            listed.insert(name.clone());
            match different {
                Fails(text) => {
                    assert_ne!(recorded["result"]["isError"], true, "{name}");
                    assert_fails(&name, &result, text);
                    continue;
                }
                AnswersAs(other) => {
                    assert_eq!(recorded["result"]["isError"], true, "{name}");
                    let heading = "from https://docs.aws.amazon.com/page.html?x=1:";
                    assert!(text(&result).contains(heading), "{name}: {result}");
                    let result = result.to_string().replace(".html?x=1", ".html");
                    let mut expected = recording(other)["result"]["structured"].clone();
                    apply(
                        other,
                        &mut expected,
                        self::different(other).expect("listed"),
                    );
                    assert_answers(&name, &json_of(&result), &expected);
                    continue;
                }
                _ => apply(&name, &mut expected, different),
            }
        } else if recorded["result"]["isError"] == true {
            let failing = FAILING.iter().find(|(known, _)| *known == name);
            assert_fails(&name, &result, failing.expect("listed").1);
            alike += 1;
            continue;
        } else {
            equal += 1;
        }
        assert_answers(&name, &result, &expected);
    }
    assert_eq!((equal, alike, listed.len()), (8, 15, 18));
    assert_eq!(listed.len(), DIFFERENT.len(), "each names a recording");
}

#[test]
fn the_readme_has_every_difference() {
    let readme = include_str!("../README.md");
    for (name, row, _) in DIFFERENT {
        let row = readme
            .lines()
            .find(|line| line.starts_with(&format!("| {row} |")));
        let row = row.unwrap_or_else(|| panic!("{name}: the README has no such row"));
        assert!(row.contains(&format!("`{name}`")), "{name} is not in {row}");
    }
}
