//! The published interface against upstream's facts: no difference, argument by argument.

use std::collections::BTreeSet;

use git_repo_server::Server;
use serde_json::{Map, Value};

/// The types that a schema allows beside `null`. An integer is a number.
fn kinds(schema: &Value) -> BTreeSet<String> {
    let mut kinds = BTreeSet::new();
    for keyword in ["anyOf", "oneOf", "allOf"] {
        for branch in schema[keyword].as_array().into_iter().flatten() {
            kinds.extend(self::kinds(branch));
        }
    }
    let types = match &schema["type"] {
        Value::Array(types) => types.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    };
    kinds.extend(types.iter().filter_map(Value::as_str).map(str::to_owned));
    kinds.remove("null");
    if kinds.remove("integer") {
        kinds.insert("number".to_owned());
    }
    kinds
}

fn names(value: &Value) -> BTreeSet<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn compare_argument(place: &str, facts: &Value, ours: &Value, differences: &mut Vec<String>) {
    let mut differ = |what: &str, want: &dyn std::fmt::Debug, have: &dyn std::fmt::Debug| {
        differences.push(format!("{place}: {what} {have:?}, want {want:?}"));
    };
    if ours["description"].as_str().is_none_or(str::is_empty) {
        differ("description", &"one", &ours["description"]);
    }
    let (want, have) = (kinds(facts), kinds(ours));
    if want != have {
        differ("types", &want, &have);
    }
    // A default of null is the absence of one.
    let (want, have) = (&facts["default"], &ours["default"]);
    if want != have {
        differ("default", want, have);
    }
    for keyword in ["minItems", "maxItems", "maximum", "enum"] {
        if !facts[keyword].is_null() && facts[keyword] != ours[keyword] {
            differ(keyword, &facts[keyword], &ours[keyword]);
        }
    }
    if !facts["items"].is_null() && kinds(&facts["items"]) != kinds(&ours["items"]) {
        differ("items", &facts["items"], &ours["items"]);
    }
}

#[test]
fn no_difference_from_the_facts() {
    let facts: Value = serde_json::from_str(include_str!("fixtures/interface.json")).unwrap();
    let facts = facts["tools"].as_array().unwrap();
    let tools: Map<String, Value> = Server::tools()
        .list_all()
        .into_iter()
        .map(|tool| (tool.name.to_string(), serde_json::to_value(tool).unwrap()))
        .collect();
    let mut differences = Vec::new();
    let mut arguments = 0;
    for fact in facts {
        let name = fact["name"].as_str().unwrap();
        let Some(ours) = tools.get(name) else {
            differences.push(format!("{name}: missing"));
            continue;
        };
        if ours["description"].as_str().is_none_or(str::is_empty) {
            differences.push(format!("{name}: no description"));
        }
        for (hint, value) in fact["annotations"].as_object().unwrap() {
            if ours["annotations"][hint] != *value {
                differences.push(format!("{name}: {hint} is not {value}"));
            }
        }
        let (schema, ours) = (&fact["input_schema"], &ours["inputSchema"]);
        let empty = Map::new();
        let properties = |schema: &Value| schema["properties"].as_object().unwrap_or(&empty).clone();
        let (want, have) = (properties(schema), properties(ours));
        for (argument, fact) in &want {
            arguments += 1;
            match have.get(argument) {
                Some(ours) => {
                    compare_argument(&format!("{name}.{argument}"), fact, ours, &mut differences);
                }
                None => differences.push(format!("{name}.{argument}: missing")),
            }
        }
        for argument in have.keys().filter(|argument| !want.contains_key(*argument)) {
            differences.push(format!("{name}.{argument}: not upstream's"));
        }
        if names(&schema["required"]) != names(&ours["required"]) {
            differences.push(format!("{name}: required {}", ours["required"]));
        }
    }
    assert_eq!(differences, Vec::<String>::new());
    assert_eq!((tools.len(), facts.len(), arguments), (12, 12, 28));
}

#[test]
fn every_tool_states_what_it_does() {
    let mut smoke = Vec::new();
    for tool in Server::tools().list_all() {
        let tool = serde_json::to_value(tool).unwrap();
        let hints = &tool["annotations"];
        for hint in ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"] {
            assert!(hints[hint].is_boolean(), "{} leaves {hint} open", tool["name"]);
        }
        for keyword in ["anyOf", "oneOf", "allOf"] {
            assert!(tool["inputSchema"][keyword].is_null(), "{}", tool["name"]);
        }
        assert_eq!(tool["inputSchema"]["additionalProperties"], false, "{}", tool["name"]);
        if let Some(arguments) = tool["_meta"]["mcp-fleet/smoke"].as_object() {
            assert_eq!(hints["readOnlyHint"], true);
            smoke.push((tool["name"].clone(), Value::Object(arguments.clone())));
        }
    }
    let expected = (Value::from("git_status"), serde_json::json!({ "repo_path": "." }));
    assert_eq!(smoke, [expected]);
}
