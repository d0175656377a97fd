//! The published tools: one snapshot each, and the facts that must hold for all of them.

use prometheus_server::Server;

#[test]
fn tool_schemas() {
    for tool in Server::tools().list_all() {
        insta::assert_json_snapshot!(tool.name.as_ref(), tool);
    }
}

#[test]
fn tools_state_their_effect_and_their_permissions() {
    let tools = Server::tools().list_all();
    let mut smoke = 0;
    for tool in &tools {
        let name = &tool.name;
        let annotations = tool.annotations.as_ref().expect("annotations");
        assert_eq!(annotations.read_only_hint, Some(true), "{name}");
        assert_eq!(annotations.open_world_hint, Some(true), "{name}");
        let meta = &tool.meta.as_ref().expect("meta").0;
        let iam = meta["mcp-fleet/iam"].as_array().expect("a list");
        assert!(!iam.is_empty(), "{name}");
        assert!(
            iam.iter()
                .all(|action| action.as_str().unwrap().starts_with("aps:")),
            "{name}"
        );
        smoke += usize::from(meta.contains_key("mcp-fleet/smoke"));
        for keyword in ["anyOf", "oneOf", "allOf"] {
            assert!(!tool.input_schema.contains_key(keyword), "{name}");
        }
    }
    assert_eq!((tools.len(), smoke), (5, 1));
}
