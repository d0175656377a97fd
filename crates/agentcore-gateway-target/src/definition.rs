//! A tool as a Lambda target of the gateway takes it.

use rmcp::model::{JsonObject, Tool};
use serde::Serialize;

use crate::schema::{self, Action, Change};

/// The gateway's `ToolDefinition`: name, description, and schemas of five keywords.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolDefinition {
    /// Name, without the target's prefix.
    pub name: String,
    /// What the tool is for. Never empty: the gateway insists on it.
    pub description: String,
    /// Schema of the arguments, lowered.
    pub input_schema: JsonObject,
    /// Schema of the structured content, lowered, where it describes an object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_schema: Option<JsonObject>,
}

impl ToolDefinition {
    /// Lowers a tool, and says what that changed: paths start at the tool, `/inputSchema/properties/…`.
    pub fn lower(tool: &Tool) -> (Self, Vec<Change>) {
        let mut changes = Vec::new();
        let mut lower = |root: &str, schema: &JsonObject| {
            let lowered = schema::lower_object(schema);
            changes.extend(lowered.changes.into_iter().map(|change| Change {
                path: format!("/{root}{}", change.path),
                ..change
            }));
            lowered.schema
        };
        let input_schema = lower("inputSchema", &tool.input_schema);
        // The gateway wants an object at the top, and a result that is none cannot be described as one.
        let output = tool.output_schema.as_deref();
        let is_object =
            |schema: &&JsonObject| schema.get("type").is_some_and(|kind| kind == "object");
        let output_schema = output
            .filter(is_object)
            .map(|schema| lower("outputSchema", schema));
        if output.is_some() && output_schema.is_none() {
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
            input_schema,
            output_schema,
        };
        (definition, changes)
    }
}
