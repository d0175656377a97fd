//! `list_allowed_directories`: where the other tools work.

use agentcore_gateway_target::{Parameters, tool_meta};
use rmcp::handler::server::tool::schema_for_output;
use rmcp::model::CallToolResult;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::answer::{self, TextOutput};
use crate::{FilesystemError, Server};

/// Input of `list_allowed_directories`: nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {}

#[tool_router(router = list_allowed_directories_router, vis = "pub(crate)")]
impl Server {
    /// List the directories that all the other tools are confined to, one per line. A relative
    /// path is looked for under each of them in this order.
    #[tool(
        output_schema = schema_for_output::<TextOutput>(),
        annotations(read_only_hint = true, open_world_hint = false),
        meta = tool_meta(&[], Some(json!({})))
    )]
    async fn list_allowed_directories(
        &self,
        Parameters(Input {}): Parameters<Input>,
    ) -> Result<CallToolResult, FilesystemError> {
        let mut text = "Allowed directories:".to_owned();
        for root in &self.config().roots {
            text.push('\n');
            text.push_str(&root.to_string_lossy());
        }
        answer::text(text, "configure fewer directories")
    }
}
