//! `tools/list` and the lists that Lambda targets leave empty.

use std::collections::BTreeSet;
use std::sync::Arc;

use gateway::{Settings, Target, TargetTool};
use serde_json::{Value, json};

use crate::support::{Recorder, Recording, gateway_of, plain, request, tool};

fn target(name: &str, tools: Vec<TargetTool>) -> Target {
    let invoke = Arc::new(Recording(Recorder::returning("{}")));
    Target {
        name: name.to_owned(),
        tools,
        invoke,
    }
}

#[tokio::test]
async fn an_entry_has_the_prefixed_name_and_what_the_target_registered() {
    let mut described = tool("read");
    described.output_schema =
        Some(json!({"type": "object", "properties": {"text": {"type": "string"}}}));
    let app = gateway_of(
        vec![target("files", vec![described, tool("write")])],
        Settings::default(),
    );
    let schema = json!({
        "type": "object",
        "properties": {"path": {"type": "string"}, "limit": {"type": "integer"}},
        "required": ["path"]
    });
    let expected = json!({"tools": [
        {
            "name": "files___read",
            "description": "Does read.",
            "inputSchema": schema,
            "outputSchema": {"type": "object", "properties": {"text": {"type": "string"}}},
        },
        {"name": "files___write", "description": "Does write.", "inputSchema": schema},
    ]});
    assert_eq!(
        request(&app, "tools/list", json!({})).await["result"],
        expected
    );
}

#[tokio::test]
async fn all_targets_are_listed_sorted_thirty_a_page() {
    let tools = |count: usize| {
        (0..count)
            .map(|index| tool(&format!("t{index:03}")))
            .collect::<Vec<_>>()
    };
    let app = gateway_of(
        vec![target("zeta", tools(25)), target("alpha", tools(40))],
        Settings::default(),
    );
    let mut names = Vec::new();
    let mut sizes = Vec::new();
    let mut params = json!({});
    loop {
        let result = request(&app, "tools/list", params).await["result"].clone();
        let page = result["tools"].as_array().unwrap();
        sizes.push(page.len());
        names.extend(
            page.iter()
                .map(|tool| tool["name"].as_str().unwrap().to_owned()),
        );
        match result["nextCursor"].as_str() {
            Some(cursor) => params = json!({"cursor": cursor}),
            None => break,
        }
    }
    assert_eq!(sizes, [30, 30, 5]);
    assert!(names.is_sorted());
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 65);
}

#[tokio::test]
async fn a_cursor_that_no_page_gave_is_invalid() {
    for (cursor, message) in [
        (json!("x"), "Invalid cursor"),
        (json!(""), "Invalid cursor"),
        (json!("files___read"), "Invalid cursor"),
        (json!(30), "Invalid params: `cursor` must be a string"),
    ] {
        let answer = request(&plain(), "tools/list", json!({"cursor": cursor})).await;
        assert_eq!(
            answer["error"],
            json!({"code": -32602, "message": message}),
            "{cursor}"
        );
    }
}

#[tokio::test]
async fn parameters_are_optional() {
    for params in [
        json!({}),
        json!({"cursor": null}),
        json!({"_meta": {"progressToken": 1}}),
        Value::Null,
    ] {
        let answer = request(&plain(), "tools/list", params).await;
        assert_eq!(answer["result"]["tools"].as_array().map(Vec::len), Some(1));
    }
}

#[tokio::test]
async fn lambda_targets_have_no_prompts_and_no_resources() {
    for (method, member) in [
        ("prompts/list", "prompts"),
        ("resources/list", "resources"),
        ("resources/templates/list", "resourceTemplates"),
    ] {
        assert_eq!(
            request(&plain(), method, json!({})).await["result"],
            json!({member: []})
        );
        let answer = request(&plain(), method, json!({"cursor": "x"})).await;
        assert_eq!(answer["error"]["code"], -32602, "{method}");
    }
}
