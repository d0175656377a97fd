//! `ToolDefinition` and `SchemaDefinition`: what a Lambda target's tools may say about themselves.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::check::{Findings, text};

/// Quotas of the service: <https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/bedrock-agentcore-limits.html>
pub(crate) const MOST_TOOLS: usize = 1000;

text!(TOOL_NAME, (1, 256));

/// `ToolDefinition`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ToolDefinition {
    /// Name without the target's prefix.
    pub name: String,
    /// What it does.
    pub description: String,
    /// What it takes: an object.
    pub input_schema: SchemaDefinition,
    /// What it returns, when it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_schema: Option<SchemaDefinition>,
}

/// `SchemaDefinition`: the five keywords that a Lambda target's schema has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemaDefinition {
    /// Type of the value.
    #[serde(rename = "type")]
    pub kind: SchemaType,
    /// Members of an object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub properties: Option<BTreeMap<String, SchemaDefinition>>,
    /// Members that an object must have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<Vec<String>>,
    /// Elements of an array.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<Box<SchemaDefinition>>,
    /// For the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// `SchemaType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "named by the API")]
pub enum SchemaType {
    String,
    Number,
    Object,
    Array,
    Boolean,
    Integer,
}

/// Checks the tools of one target.
pub(crate) fn check(tools: &[ToolDefinition], findings: &mut Findings, path: &str) {
    let mut names = BTreeSet::new();
    for (index, tool) in tools.iter().enumerate() {
        let path = format!("{path}[{index}]");
        findings.text(format_args!("{path}.name"), Some(&tool.name), &TOOL_NAME);
        if !names.insert(&tool.name) {
            findings.add(
                format_args!("{path}.name"),
                format_args!("tool '{}' is declared twice", tool.name),
            );
        }
        if tool.input_schema.kind != SchemaType::Object {
            findings.add(
                format_args!("{path}.inputSchema.type"),
                "must be 'object' for a tool's input",
            );
        }
    }
}
