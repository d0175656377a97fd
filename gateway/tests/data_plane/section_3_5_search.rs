//! Section 3.5: the search tool.

use gateway::{Settings, Target};
use serde_json::{Value, json};

use crate::support::{Recorder, call, gateway_of, plain, request, target, text_of};

const SEARCH: &str = "x_amz_bedrock_agentcore_search";

fn targets() -> Vec<Target> {
    let recorder = Recorder::returning("{}");
    let mut targets = vec![
        target("files", &["read_file", "write_file"], &recorder),
        target("clock", &["current_time"], &recorder),
    ];
    targets[1].tools[0].description = "Tells what time it is.".to_owned();
    targets
}

fn searching() -> Settings {
    Settings {
        search: true,
        ..Settings::default()
    }
}

#[tokio::test]
async fn section_3_5_the_tool() {
    let listed = request(&gateway_of(targets(), searching()), "tools/list", json!({})).await;
    let tools = listed["result"]["tools"].as_array().unwrap();
    let names: Vec<&str> = tools
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    assert_eq!(names[0], SEARCH, "present with search, and first");
    assert!(names[1..].is_sorted() && names.len() == 4, "{names:?}");
    let schema = &tools[0]["inputSchema"];
    let found = (
        &schema["type"],
        &schema["properties"]["query"]["type"],
        &schema["required"],
    );
    assert_eq!(
        found,
        (&json!("object"), &json!("string"), &json!(["query"])),
        "inputSchema"
    );

    let without = request(&plain(), "tools/list", json!({})).await;
    assert_ne!(
        without["result"]["tools"][0]["name"], SEARCH,
        "absent without search"
    );
    let unknown = call(&plain(), SEARCH, json!({"query": "x"})).await;
    assert_eq!(unknown["error"]["code"], -32602, "absent without search");
}

#[tokio::test]
async fn section_3_5_the_result() {
    let message = call(
        &gateway_of(targets(), searching()),
        SEARCH,
        json!({"query": "what time is it"}),
    )
    .await;
    let found = &message["result"]["structuredContent"]["tools"];
    let keys: Vec<&String> = found[0].as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        ["description", "inputSchema", "name"],
        "each tool has these"
    );
    assert_eq!(found[0]["name"], "clock___current_time");
    let (text, is_error) = text_of(&message);
    let text: Value = serde_json::from_str(text).unwrap();
    assert_eq!(
        (&text, is_error),
        (&message["result"]["structuredContent"], false),
        "the same JSON as text, no error"
    );
}

#[tokio::test]
async fn section_3_5_a_search_without_a_query_is_refused_as_any_call() {
    let message = call(&gateway_of(targets(), searching()), SEARCH, json!({})).await;
    let text = "ValidationException - Parameter validation failed: Invalid request parameters:\n- Missing required field(s): 'query'";
    assert_eq!(text_of(&message), (text, true));
}

#[tokio::test]
async fn the_search_tool_is_one_of_the_thirty_of_the_first_page() {
    let names: Vec<String> = (0..40).map(|index| format!("t{index:02}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let app = gateway_of(
        vec![target("many", &names, &Recorder::returning("{}"))],
        searching(),
    );
    let first = request(&app, "tools/list", json!({})).await["result"].clone();
    let second =
        request(&app, "tools/list", json!({"cursor": first["nextCursor"]})).await["result"].clone();
    let sizes = [&first, &second].map(|page| page["tools"].as_array().unwrap().len());
    assert_eq!(
        (sizes, &second["tools"][0]["name"]),
        ([30, 11], &json!("many___t29"))
    );
}
