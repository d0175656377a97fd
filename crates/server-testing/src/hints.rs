//! What every tool of every server has to state.

use agentcore_gateway_target::SMOKE_META;
use rmcp::model::Tool;
use serde_json::Value;

/// The call that a server marks as harmless anywhere, for `verify`.
#[derive(Debug, Clone, PartialEq)]
pub struct SmokeCall {
    /// Name of the tool.
    pub tool: String,
    /// Its arguments.
    pub arguments: Value,
}

/// Checks each tool's hints and schema, and returns the one harmless call.
///
/// # Panics
///
/// When a tool leaves `readOnlyHint` open, or `destructiveHint` although it writes; when its schema
/// takes unknown arguments or has alternatives at the top, which clients and models refuse; when
/// not exactly one tool, and one that only reads, is marked as harmless.
pub fn check_hints(tools: &[Tool]) -> SmokeCall {
    let mut harmless = Vec::new();
    for tool in tools {
        let name = &tool.name;
        let tool = serde_json::to_value(tool).expect("a tool is JSON");
        let hints = &tool["annotations"];
        let read_only = hints["readOnlyHint"].as_bool();
        let read_only = read_only.unwrap_or_else(|| panic!("{name} leaves `readOnlyHint` open"));
        let destructive = hints["destructiveHint"].is_boolean();
        assert!(
            read_only || destructive,
            "{name} leaves `destructiveHint` open"
        );
        let schema = &tool["inputSchema"];
        assert_eq!(
            schema["additionalProperties"], false,
            "{name} takes unknown arguments"
        );
        for keyword in ["anyOf", "oneOf", "allOf"] {
            assert!(
                schema[keyword].is_null(),
                "{name} has `{keyword}` at the top"
            );
        }
        let arguments = &tool["_meta"][SMOKE_META];
        if arguments.is_object() {
            assert!(read_only, "{name} writes, and is marked as harmless");
            let arguments = arguments.clone();
            harmless.push(SmokeCall {
                tool: name.to_string(),
                arguments,
            });
        }
    }
    assert_eq!(
        harmless.len(),
        1,
        "one tool has to be marked as harmless: {harmless:?}"
    );
    harmless.remove(0)
}
