//! The published tools: one snapshot each, and the facts that must hold for all of them.

use aws_pricing_server::Server;

#[test]
fn tool_schemas() {
    for tool in Server::tools().list_all() {
        insta::assert_json_snapshot!(tool.name.as_ref(), tool);
    }
}

#[test]
fn tools_state_their_effect_and_one_is_for_smoke_tests() {
    let tools = Server::tools().list_all();
    let mut smoke = Vec::new();
    for tool in &tools {
        let name = &tool.name;
        let annotations = tool.annotations.as_ref().expect("annotations");
        assert_eq!(annotations.read_only_hint, Some(true), "{name}");
        let has_smoke = tool
            .meta
            .as_ref()
            .is_some_and(|meta| meta.0.contains_key("mcp-fleet/smoke"));
        smoke.extend(has_smoke.then_some(name.as_ref()));
        for keyword in ["anyOf", "oneOf", "allOf"] {
            assert!(!tool.input_schema.contains_key(keyword), "{name}");
        }
    }
    assert_eq!((tools.len(), smoke), (9, vec!["get_bedrock_patterns"]));
}
