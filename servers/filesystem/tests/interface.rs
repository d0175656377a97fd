//! The tools as a client sees them: compared with upstream's interface, argument by argument, and
//! kept as snapshots.

use std::collections::{BTreeMap, BTreeSet};

use filesystem_server::Server;
use serde_json::{Map, Value, json};

const FACTS: &str = include_str!("fixtures/interface.json");

fn facts() -> Vec<Value> {
    let facts: Value = serde_json::from_str(FACTS).expect("the fixture is JSON");
    facts["tools"].as_array().cloned().expect("a list of tools")
}

fn ours() -> BTreeMap<String, Value> {
    let tools = Server::tools().list_all();
    let tool = |tool| serde_json::to_value(tool).expect("a tool is JSON");
    let tools = tools.iter().map(tool);
    tools
        .map(|tool| (tool["name"].as_str().unwrap_or_default().to_owned(), tool))
        .collect()
}

#[test]
fn no_difference_from_the_facts() {
    let (facts, ours) = (facts(), ours());
    let mut differences = Vec::new();
    let mut arguments = 0;
    for fact in &facts {
        let name = fact["name"].as_str().unwrap();
        let Some(tool) = ours.get(name) else {
            differences.push(format!("{name}: missing"));
            continue;
        };
        if tool["description"].as_str().is_none_or(str::is_empty) {
            differences.push(format!("{name}: no description"));
        }
        arguments += compare_arguments(name, fact, tool, &mut differences);
        let output = without_prose(&tool["outputSchema"]);
        if output != fact["output_schema"] {
            differences.push(format!(
                "{name}: output {output} want {}",
                fact["output_schema"]
            ));
        }
        if tool["annotations"] != fact["annotations"] {
            let (ours, theirs) = (&tool["annotations"], &fact["annotations"]);
            differences.push(format!("{name}: annotations {ours} want {theirs}"));
        }
    }
    let names: BTreeSet<&str> = facts
        .iter()
        .filter_map(|fact| fact["name"].as_str())
        .collect();
    let extra = ours.keys().filter(|name| !names.contains(name.as_str()));
    differences.extend(extra.map(|name| format!("{name}: not upstream")));
    assert_eq!(differences, Vec::<String>::new());
    assert_eq!((facts.len(), arguments), (14, 25));
}

/// Appends what differs, and counts the arguments.
fn compare_arguments(
    name: &str,
    fact: &Value,
    tool: &Value,
    differences: &mut Vec<String>,
) -> usize {
    let (theirs, ours) = (&fact["input_schema"], &tool["inputSchema"]);
    let empty = Map::new();
    let wanted = theirs["properties"].as_object().unwrap_or(&empty);
    let offered = ours["properties"].as_object().unwrap_or(&empty);
    for (argument, wanted) in wanted {
        let Some(offered) = offered.get(argument) else {
            differences.push(format!("{name}.{argument}: missing"));
            continue;
        };
        if offered["description"].as_str().is_none_or(str::is_empty) {
            differences.push(format!("{name}.{argument}: no description"));
        }
        compare_schemas(&format!("{name}.{argument}"), wanted, offered, differences);
    }
    let extra = offered
        .keys()
        .filter(|argument| !wanted.contains_key(*argument));
    differences.extend(extra.map(|argument| format!("{name}.{argument}: not upstream")));
    if required(ours) != required(theirs) {
        differences.push(format!("{name}: required {:?}", required(ours)));
    }
    if ours["additionalProperties"] != false {
        differences.push(format!("{name}: accepts what it does not know"));
    }
    for keyword in ["anyOf", "oneOf", "allOf"] {
        if ours.get(keyword).is_some() {
            differences.push(format!("{name}: `{keyword}` at the top"));
        }
    }
    wanted.len()
}

/// Type (an integer is a number), enum, default, bounds, and the same of items and members.
fn compare_schemas(place: &str, wanted: &Value, offered: &Value, differences: &mut Vec<String>) {
    let kind = |schema: &Value| match &schema["type"] {
        Value::String(kind) if kind == "integer" => json!("number"),
        kind => kind.clone(),
    };
    if kind(offered) != kind(wanted) {
        differences.push(format!("{place}: type {offered} want {wanted}"));
    }
    for keyword in ["enum", "default", "minItems", "minimum", "maximum"] {
        let (ours, theirs) = (offered.get(keyword), wanted.get(keyword));
        // A line count cannot be negative here; upstream does not say.
        let stricter = keyword == "minimum" && theirs.is_none() && ours == Some(&json!(0));
        if ours != theirs && !stricter {
            differences.push(format!("{place}: {keyword} {ours:?} want {theirs:?}"));
        }
    }
    if let Some(items) = wanted.get("items") {
        compare_schemas(&format!("{place}[]"), items, &offered["items"], differences);
    }
    if let Some(members) = wanted["properties"].as_object() {
        for (member, wanted) in members {
            let offered = &offered["properties"][member];
            compare_schemas(&format!("{place}.{member}"), wanted, offered, differences);
        }
        if required(wanted) != required(offered) {
            differences.push(format!("{place}: required {:?}", required(offered)));
        }
    }
}

fn required(schema: &Value) -> BTreeSet<&str> {
    let names = schema["required"].as_array().into_iter().flatten();
    names.filter_map(Value::as_str).collect()
}

/// A schema without what is meant for people, and without the dialect.
fn without_prose(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let prose = |key: &str| matches!(key, "description" | "title" | "$schema");
            let members = members.iter().filter(|(key, _)| !prose(key));
            Value::Object(
                members
                    .map(|(key, value)| (key.clone(), without_prose(value)))
                    .collect(),
            )
        }
        Value::Array(items) => items.iter().map(without_prose).collect(),
        other => other.clone(),
    }
}

#[test]
fn tool_schemas() {
    for (name, tool) in ours() {
        insta::assert_json_snapshot!(name, tool);
    }
}

#[test]
fn hints_are_explicit_and_one_call_is_harmless() {
    let mut smoke = Vec::new();
    for (name, tool) in ours() {
        let hints = &tool["annotations"];
        let read_only = hints["readOnlyHint"].as_bool().expect("stated");
        assert!(read_only || hints["destructiveHint"].is_boolean(), "{name}");
        assert_eq!(hints["openWorldHint"], false, "{name}");
        if let Some(arguments) = tool["_meta"].get("mcp-fleet/smoke") {
            smoke.push((name, read_only, arguments.clone()));
        }
    }
    assert_eq!(
        smoke,
        [("list_allowed_directories".to_owned(), true, json!({}))]
    );
}
