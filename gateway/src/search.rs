//! The gateway's own tool: search among all others.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Value, json};
use tool_search::{Tool, ToolIndex};

use crate::arguments::{Validation, refusal};
use crate::catalog::Catalog;
use crate::outcome;
use crate::schema::InputSchema;

/// Its name, without a prefix.
pub(crate) const SEARCH_TOOL: &str = "x_amz_bedrock_agentcore_search";

/// Most tools that a search finds; about as many as in samples of the service.
const MOST_FOUND: usize = 10;

/// All tools of a catalog, ready to be searched.
pub(crate) struct Search {
    index: ToolIndex,
    /// What is shown of each tool: JSON.
    tools: Vec<String>,
    input: InputSchema,
    /// The tool itself as `tools/list` shows it: JSON.
    pub(crate) listed: String,
}

/// What a listed tool and a found tool have in common.
#[derive(Deserialize, serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(default, borrow)]
    description: Cow<'a, str>,
    input_schema: Value,
}

impl Search {
    pub(crate) fn new(catalog: &Catalog) -> Self {
        let shown: Vec<Shown<'_>> = catalog
            .listed()
            .map(|tool| serde_json::from_str(tool).expect("a tool that the catalog wrote"))
            .collect();
        let index = ToolIndex::new(shown.iter().map(|tool| Tool {
            name: &tool.name,
            description: &tool.description,
            input_schema: &tool.input_schema,
        }));
        let schema = json!({
            "type": "object",
            "properties": {"query": {"type": "string", "description": "What the tools are wanted for."}},
            "required": ["query"],
        });
        let description =
            "Finds the tools that fit a task, so that not all of them have to be read.";
        Self {
            index,
            tools: shown.iter().map(crate::jsonrpc::json).collect(),
            input: InputSchema::read(&schema).expect("a schema of five keywords"),
            listed: json!({"name": SEARCH_TOOL, "description": description, "inputSchema": schema})
                .to_string(),
        }
    }

    /// The result of a call with `arguments`.
    pub(crate) fn call(&self, arguments: &Value, rules: Validation) -> String {
        if let Some(text) = refusal(&self.input, arguments, rules) {
            return outcome::refused(text);
        }
        let query = arguments["query"].as_str().unwrap_or_default();
        let found = self.index.search(query, MOST_FOUND);
        let found: Vec<&str> = found
            .iter()
            .filter_map(|&tool| self.tools.get(tool).map(String::as_str))
            .collect();
        let found = format!(r#"{{"tools":[{}]}}"#, found.join(","));
        let text = Value::String(found.clone());
        format!(
            r#"{{"content":[{{"type":"text","text":{text}}}],"structuredContent":{found},"isError":false}}"#
        )
    }
}
