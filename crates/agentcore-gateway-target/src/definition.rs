//! A tool as a Lambda target of the gateway takes it.

use rmcp::model::{JsonObject, Tool};
use serde::Serialize;

use crate::schema::{self, Action, Change};

/// The gateway's `ToolDefinition`: name, description, and an input schema of five keywords.
///
/// It has no output schema, although the gateway would list one: a client refuses a result without
/// the structured content that an output schema promises, and whether the gateway passes a
/// function's structured content on is not documented.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolDefinition {
    /// Name, without the target's prefix.
    pub name: String,
    /// What the tool is for. Never empty: the gateway insists on it.
    pub description: String,
    /// Schema of the arguments, lowered.
    pub input_schema: JsonObject,
}

impl ToolDefinition {
    /// Lowers a tool, and says what that changed: paths start at the tool, `/inputSchema/properties/…`.
    pub fn lower(tool: &Tool) -> (Self, Vec<Change>) {
        let lowered = schema::lower_object(&tool.input_schema);
        let mut changes: Vec<Change> = lowered.changes;
        for change in &mut changes {
            change.path.insert_str(0, "/inputSchema");
        }
        if tool.output_schema.is_some() {
            changes.push(Change {
                path: String::new(),
                keyword: "outputSchema".to_owned(),
                action: Action::Dropped,
            });
        }
        let name = tool.name.clone().into_owned();
        let description = tool.description.as_deref().map(str::trim);
        let description = description.filter(|text| !text.is_empty());
        let definition = Self {
            description: description
                .or(tool.title.as_deref())
                .unwrap_or(&name)
                .to_owned(),
            name,
            input_schema: lowered.schema,
        };
        (definition, changes)
    }
}
