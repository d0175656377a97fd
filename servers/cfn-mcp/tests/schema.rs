//! The published tools: one snapshot each, and the facts that must hold for all of them.

use agentcore_gateway_target::{Access, ToolDefinition};
use cfn_mcp_server::Server;
use serde_json::json;

#[test]
fn tool_schemas() {
    for tool in Server::tools().list_all() {
        insta::assert_json_snapshot!(tool.name.as_ref(), tool);
    }
}

#[test]
fn tools_state_their_effect_and_their_permissions() {
    let tools = Server::tools().list_all();
    let mut smoke = Vec::new();
    for tool in &tools {
        let name = tool.name.as_ref();
        let annotations = tool.annotations.as_ref().expect("annotations");
        let read_only = annotations.read_only_hint.expect("always explicit");
        assert_eq!(
            annotations.destructive_hint.is_some(),
            !read_only,
            "{name}: said for writes only"
        );
        assert_eq!(annotations.open_world_hint, Some(true), "{name}");
        let meta = &tool.meta.as_ref().expect("meta").0;
        let iam = meta["mcp-fleet/iam"].as_array().expect("a list");
        assert!(
            iam.iter()
                .all(|action| action.as_str().unwrap().starts_with("cloudformation:")),
            "{name}"
        );
        if let Some(arguments) = meta.get("mcp-fleet/smoke") {
            assert!(read_only, "{name}");
            smoke.push((name.to_owned(), arguments.clone()));
        }
        for keyword in ["anyOf", "oneOf", "allOf"] {
            assert!(!tool.input_schema.contains_key(keyword), "{name}");
        }
    }
    assert_eq!(tools.len(), 8);
    let arguments = json!({ "resource_type": "AWS::S3::Bucket" });
    assert_eq!(
        smoke,
        [("get_resource_schema_information".to_owned(), arguments)]
    );
}

#[test]
fn whatever_changes_something_needs_more_than_read_only_access() {
    let mut writing: Vec<(String, bool)> = Server::tools()
        .list_all()
        .iter()
        .filter(|tool| Access::of(tool) == Access::ReadWrite)
        .map(|tool| {
            let hints = tool.annotations.as_ref().expect("annotations");
            (tool.name.to_string(), hints.destructive_hint == Some(true))
        })
        .collect();
    writing.sort();
    let expected = [
        ("create_resource", false),
        ("create_template", false),
        ("delete_resource", true),
        ("update_resource", true),
    ];
    assert_eq!(
        writing,
        expected.map(|(name, hint)| (name.to_owned(), hint))
    );
}

/// The gateway takes five keywords: what it cannot take is folded, and nothing is lost silently.
#[test]
fn every_tool_can_be_lowered_for_the_gateway() {
    for tool in Server::tools().list_all() {
        let (definition, _) = ToolDefinition::lower(&tool);
        let arguments = |schema: &serde_json::Map<String, serde_json::Value>| {
            let properties = schema["properties"].as_object().expect("properties");
            properties.keys().cloned().collect::<Vec<_>>()
        };
        assert_eq!(
            arguments(&definition.input_schema),
            arguments(&tool.input_schema),
            "{}",
            tool.name
        );
    }
}

/// The gateway checks arguments against the lowered schema, where every property has one type:
/// a `value` with a type there would refuse all others.
#[test]
fn any_value_of_a_patch_passes_the_gateway() {
    let tools = Server::tools().list_all();
    let tool = tools
        .iter()
        .find(|tool| tool.name == "update_resource")
        .expect("the tool");
    let (definition, _) = ToolDefinition::lower(tool);
    let items = &definition.input_schema["properties"]["patch_document"]["items"];
    let description = items["description"].as_str().expect("a description");
    assert!(description.contains("`value`"), "{description}");
    assert_eq!(
        *items,
        json!({ "type": "object", "description": description })
    );
}
