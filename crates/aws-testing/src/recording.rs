//! Recorded calls of an upstream server, and the AWS calls that it made.

use std::path::Path;

use serde_json::{Map, Value};

use crate::form;
use crate::request::AwsRequest;

/// One recorded call of an upstream tool.
#[derive(Debug, Clone)]
pub struct Recording {
    /// The file's name without `.json`: `get_pricing.1`.
    pub name: String,
    /// Place in the order of all calls.
    pub seq: u64,
    /// The tool.
    pub tool: String,
    /// Its arguments.
    pub arguments: Value,
    /// How the backend was seeded, in words.
    pub setup: String,
    /// `isError`, `structured`, `text`.
    pub result: Value,
    /// The AWS calls that upstream made, each with `op`, `region`, and `request` when it had a
    /// body. None are recorded for tools that made none.
    pub backend_requests: Vec<Value>,
}

/// Every `*.json` of a folder, in the order of the recorded calls.
///
/// # Panics
///
/// When the folder or a file cannot be read, or is no recording.
pub fn recordings(folder: &Path) -> Vec<Recording> {
    let entries = std::fs::read_dir(folder).expect("the folder of recordings");
    let mut all: Vec<Recording> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy();
            let text = std::fs::read_to_string(&path).expect("a recording");
            let mut recording: Value = serde_json::from_str(&text).expect("JSON");
            let text = |value: &Value| value.as_str().expect("text").to_owned();
            Recording {
                seq: recording["seq"].as_u64().expect("seq"),
                tool: text(&recording["tool"]),
                setup: text(&recording["setup"]),
                arguments: recording["arguments"].take(),
                result: recording["result"].take(),
                backend_requests: match recording["backend_requests"].take() {
                    Value::Array(requests) => requests,
                    _ => Vec::new(),
                },
                name: name.into_owned(),
            }
        })
        .collect();
    all.sort_by_key(|recording| recording.seq);
    all
}

/// How the AWS calls that were made differ from the recorded ones, one line each: number, order,
/// operation, region, input. `ignored` are top-level members that are new on every call, such as
/// `ClientToken`; they only have to be there.
pub fn differences(recorded: &[Value], asked: &[AwsRequest], ignored: &[&str]) -> Vec<String> {
    let mut differences = Vec::new();
    if recorded.len() != asked.len() {
        let names: Vec<String> = asked.iter().map(AwsRequest::name).collect();
        differences.push(format!(
            "{} calls, want {}: {}",
            asked.len(),
            recorded.len(),
            names.join(", ")
        ));
    }
    for (number, (recorded, asked)) in recorded.iter().zip(asked).enumerate() {
        let number = number + 1;
        for (what, want, have) in [
            ("operation", &recorded["op"], asked.name()),
            ("region", &recorded["region"], asked.region.clone()),
        ] {
            if want != have.as_str() {
                differences.push(format!("call {number}: {what} {have}, want {want}"));
            }
        }
        let want = comparable(&input(&recorded["request"]), ignored);
        let have = comparable(&asked.body, ignored);
        if want != have {
            differences.push(format!("call {number}: input {have}, want {want}"));
        }
    }
    differences
}

/// The recorded input. Those of the query protocol are recorded as they were sent.
fn input(recorded: &Value) -> Value {
    match recorded {
        Value::Null => Value::Object(Map::new()),
        Value::String(form) => {
            let mut fields = form::decode(form);
            if let Value::Object(fields) = &mut fields {
                fields.remove("Action");
                fields.remove("Version");
            }
            fields
        }
        other => other.clone(),
    }
}

/// Whole numbers are the same with and without a fraction; what is ignored only has to be there.
fn comparable(value: &Value, ignored: &[&str]) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| match ignored.contains(&name.as_str()) {
                true => (name.clone(), Value::from("(ignored)")),
                false => (name.clone(), comparable(value, &[])),
            })
            .collect(),
        Value::Array(items) => items.iter().map(|item| comparable(item, &[])).collect(),
        Value::Number(number) => number.as_f64().map_or(Value::Null, Value::from),
        other => other.clone(),
    }
}
