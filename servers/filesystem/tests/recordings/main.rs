//! Replays what upstream answered to 121 calls, in order, on the same folder. Every answer is the
//! same, or the other one that `differences.rs` gives together with its reason.

mod differences;
mod seed;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};
use support::{Answer, Folder};

use differences::{DIFFERENCES, Ours};

#[derive(Deserialize)]
struct Recording {
    name: String,
    seq: u32,
    tool: String,
    arguments: Value,
    result: Value,
}

#[tokio::test]
async fn answers_are_those_of_upstream_or_listed() {
    let text = include_str!("../fixtures/recordings.json");
    let recordings: Vec<Recording> = serde_json::from_str(text).unwrap();
    let mut folder = seed::seeded();
    let base = folder.arg("");
    let (mut equal, mut refused, mut different) = (0, 0, 0);
    let mut used = BTreeSet::new();
    let mut last = 0;
    for recording in &recordings {
        assert!(recording.seq > last, "{} is out of order", recording.name);
        last = recording.seq;
        folder = folder.with_roots(match recording.name.as_str() {
            // Upstream's client offered this root; ours is told by its settings.
            "list_allowed_directories.2" | "read_text_file.37" => &["second"],
            "read_text_file.38" => &["allowed", "second"],
            _ => &["allowed"],
        });
        let arguments = recording.arguments.to_string().replace("${ROOT}", &base);
        let arguments = serde_json::from_str(&arguments).unwrap();
        let answer = folder.call(&recording.tool, arguments).await;
        let ours = shape(&answer, &base);
        // The older name of a tool that answers the same.
        let name = recording.name.replace("read_file.", "read_text_file.");
        let difference = DIFFERENCES.iter().find(|(other, ..)| *other == name);
        match difference {
            None => {
                let theirs = local(&recording.result, &ours, &folder);
                assert_eq!(ours, theirs, "{}", recording.name);
                equal += 1;
            }
            Some((listed, _, expected)) => {
                used.insert(*listed);
                assert_ne!(ours, recording.result, "{} needs no entry", recording.name);
                check(&recording.name, expected, &recording.result, &ours, &answer);
                match recording.result["isError"] == true && ours["isError"] == true {
                    true => refused += 1,
                    false => different += 1,
                }
            }
        }
    }
    // Equal; a failure there and here; another answer. Nothing is left out.
    assert_eq!((equal, refused, different), (53, 54, 14));
    assert_eq!(equal + refused + different, 121);
    let unused: Vec<_> = DIFFERENCES
        .iter()
        .filter(|(name, ..)| !used.contains(name))
        .collect();
    assert_eq!(unused.len(), 0, "entries without a recording");
}

#[test]
fn every_reason_is_a_row_of_the_readme() {
    let readme = include_str!("../../README.md");
    for (name, row, _) in DIFFERENCES {
        assert!(readme.contains(&format!("\n| {row} | ")), "{name}: {row}");
    }
}

#[track_caller]
fn check(name: &str, expected: &Ours, theirs: &Value, ours: &Value, answer: &Answer) {
    let allowed = |text: &str| text.replace("$A", "${ROOT}/allowed");
    match expected {
        Ours::Refused(text) => {
            let expected = json!({ "isError": true, "structured": null, "text": allowed(text) });
            assert_eq!(*ours, expected, "{name}");
        }
        Ours::Arguments(argument) => {
            assert_eq!(ours["isError"], true, "{name}");
            let text = ours["text"].as_str().unwrap_or_default();
            assert!(text.contains("invalid_arguments: "), "{name}: {text}");
            assert!(text.contains(&format!("`{argument}`")), "{name}: {text}");
        }
        Ours::Text(text) => assert_eq!(*ours, success(&allowed(text)), "{name}"),
        Ours::Lines(changes) => {
            let mut text = theirs["text"].as_str().unwrap_or_default().to_owned();
            for (theirs, ours) in *changes {
                assert_eq!(text.matches(theirs).count(), 1, "{name}: {theirs}");
                text = text.replace(theirs, ours);
            }
            assert_eq!(*ours, success(&text), "{name}");
        }
        Ours::Protocol(code) => assert_eq!(answer.reply["error"]["code"], *code, "{name}"),
    }
    // A reason of the operating system keeps its name.
    let theirs = theirs["text"].as_str().unwrap_or_default();
    if let Some((word, _)) = theirs.split_once(": ")
        && word.starts_with('E')
        && ours["isError"] == true
    {
        let text = ours["text"].as_str().unwrap_or_default();
        assert!(text.contains(&format!(": {word}: ")), "{name}: {text}");
    }
}

fn success(text: &str) -> Value {
    json!({ "isError": false, "structured": { "content": text }, "text": text })
}

/// A reply in the form of a recording.
fn shape(answer: &Answer, base: &str) -> Value {
    let text = answer.reply.to_string().replace(base, "${ROOT}");
    let reply: Value = serde_json::from_str(&text).expect("still JSON");
    let result = &reply["result"];
    let blocks = result["content"].as_array().cloned().unwrap_or_default();
    let is_text = |block: &Value| block["type"] == "text";
    let (texts, others): (Vec<_>, Vec<_>) = blocks.into_iter().partition(is_text);
    let texts: Vec<&str> = texts
        .iter()
        .filter_map(|block| block["text"].as_str())
        .collect();
    let mut shape = json!({
        "isError": result["isError"],
        "structured": result.get("structuredContent"),
        "text": (!texts.is_empty()).then(|| texts.join("\n")),
    });
    if !others.is_empty() {
        shape["other_content"] = json!(others);
    }
    shape
}

/// A recorded result with what is the machine's own: times that the recording leaves open, once
/// ours has the form of one, and the size of a directory, which each file system chooses.
fn local(theirs: &Value, ours: &Value, folder: &Folder) -> Value {
    let Some(text) = theirs["text"]
        .as_str()
        .filter(|text| text.contains("${TIME}"))
    else {
        return theirs.clone();
    };
    let ours = ours["text"].as_str().unwrap_or_default();
    let directory = folder
        .path("allowed/docs")
        .metadata()
        .expect("metadata")
        .len();
    let line = |(theirs, ours): (&str, &str)| match theirs.split_once(": ") {
        Some((label, "${TIME}")) => {
            let time = ours
                .strip_prefix(label)
                .and_then(|rest| rest.strip_prefix(": "));
            assert!(time.is_some_and(is_date), "{ours}");
            ours.to_owned()
        }
        Some(("size", "4096")) => format!("size: {directory}"),
        _ => theirs.to_owned(),
    };
    let lines: Vec<String> = text.lines().zip(ours.lines()).map(line).collect();
    success(&lines.join("\n"))
}

/// `Mon Jan 01 2024 00:00:00 GMT+0000 (Coordinated Universal Time)`
fn is_date(text: &str) -> bool {
    let form = "aaa aaa 00 0000 00:00:00 GMT+0000 (Coordinated Universal Time)";
    let fits = |(letter, form): (char, char)| match form {
        '0' => letter.is_ascii_digit(),
        'a' => letter.is_ascii_alphabetic(),
        form => letter == form,
    };
    text.len() == form.len() && {
        let (date, zone) = text.split_at(25);
        date.chars().zip(form.chars()).all(fits) && form.ends_with(zone)
    }
}
