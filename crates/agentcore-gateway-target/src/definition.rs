//! A tool as a Lambda target of the gateway takes it.

use rmcp::model::{JsonObject, Tool};
use serde::Serialize;

use crate::prose::unwrapped;
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
    /// What the tool is for, its wrapped lines joined. Never empty: the gateway insists on it.
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
            description: unwrapped(description.or(tool.title.as_deref()).unwrap_or(&name)),
            name,
            input_schema: lowered.schema,
        };
        (definition, changes)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;

    #[test]
    fn descriptions_lose_the_line_breaks_of_their_source() {
        let schema = json!({
            "type": "object",
            "properties": {"id": {"type": "string", "description": "Which note,\nby its id.", "minLength": 1}},
        });
        let schema = schema.as_object().cloned().unwrap();
        let tool = Tool::new(
            "note_get",
            "Read one note,\nwhole.\n\nOr:\n- a\n- b",
            Arc::new(schema),
        );
        let (definition, _) = ToolDefinition::lower(&tool);
        assert_eq!(
            definition.description,
            "Read one note, whole.\n\nOr:\n- a\n- b"
        );
        assert_eq!(
            definition.input_schema["properties"]["id"]["description"],
            "Which note, by its id. At least 1 character."
        );
    }
}
