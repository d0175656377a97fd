//! Section 3.4: `tools/list`.

use std::collections::BTreeSet;
use std::sync::Arc;

use gateway::{Settings, Target, TargetTool};
use serde_json::{Value, json};

use crate::support::{Recorder, Recording, gateway_of, own, plain, request, tool};

fn target(name: &str, tools: Vec<TargetTool>) -> Target {
    Target::lambda(name, tools, Arc::new(Recording(Recorder::returning("{}"))))
}

fn tools(count: usize) -> Vec<TargetTool> {
    (0..count)
        .map(|index| tool(&format!("t{index:03}")))
        .collect()
}

#[tokio::test]
async fn section_3_4_an_entry_has_the_prefixed_name_and_what_the_target_registered() {
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
async fn section_3_4_all_targets_are_listed_sorted_thirty_a_page() {
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
async fn section_3_4_all_tools_are_on_one_page_with_the_switch() {
    let settings = Settings {
        disable_list_pagination: true,
        ..Settings::default()
    };
    let app = gateway_of(
        vec![target("zeta", tools(25)), target("alpha", tools(40))],
        settings,
    );
    let result = request(&app, "tools/list", json!({})).await["result"].clone();
    assert_eq!(
        (
            result["tools"].as_array().unwrap().len(),
            &result["nextCursor"]
        ),
        (65, &Value::Null)
    );
}

#[tokio::test]
async fn section_3_4_a_cursor_is_good_only_at_the_gateway_that_gave_it() {
    let app = || gateway_of(vec![target("alpha", tools(40))], Settings::default());
    let (one, another) = (app(), app());
    let cursor = request(&one, "tools/list", json!({})).await["result"]["nextCursor"].clone();
    let params = json!({"cursor": cursor});
    let rest = request(&one, "tools/list", params.clone()).await;
    assert_eq!(rest["result"]["tools"].as_array().map(Vec::len), Some(10));
    assert_eq!(
        request(&another, "tools/list", params).await["error"]["message"],
        "Invalid cursor"
    );
}

#[tokio::test]
async fn a_listing_goes_on_after_the_tools_changed() {
    let gateway = own(vec![target("alpha", tools(40))], Settings::default());
    let app = gateway::app(
        Arc::new(gateway::Gateways::new(Arc::clone(&gateway))),
        gateway::Reach::ThisMachine,
    );
    let cursor = request(&app, "tools/list", json!({})).await["result"]["nextCursor"].clone();
    let fewer = gateway::Catalog::new(vec![target("zeta", tools(2))]).unwrap();
    gateway.replace(fewer, Settings::default()).unwrap();
    let rest = request(&app, "tools/list", json!({"cursor": cursor})).await;
    assert_eq!(rest["result"]["tools"][0]["name"], "zeta___t000");
}

#[tokio::test]
async fn lists_that_are_empty_have_no_second_page() {
    for method in ["prompts/list", "resources/list", "resources/templates/list"] {
        let answer = request(&plain(), method, json!({"cursor": "x"})).await;
        assert_eq!(answer["error"]["code"], -32602, "{method}");
    }
}
