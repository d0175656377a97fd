//! `write_file`: make or replace a file.

use agentcore_gateway_target::Parameters;
use rmcp::handler::server::tool::schema_for_output;
use rmcp::model::CallToolResult;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer::{self, TextOutput};
use crate::resolve::LastLink;
use crate::{FilesystemError, Server};

/// Input of `write_file`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// The file: an absolute path under an allowed directory, or one relative to them. Its
    /// directory must exist.
    path: String,
    /// All that the file is to hold.
    content: String,
}

#[tool_router(router = write_file_router, vis = "pub(crate)")]
impl Server {
    /// Make a file, or replace all that a file holds, without asking. The file is replaced as a
    /// whole or not at all; its permissions stay. For small changes use `edit_file`.
    #[tool(
        output_schema = schema_for_output::<TextOutput>(),
        annotations(
            read_only_hint = false,
            destructive_hint = true,
            idempotent_hint = true,
            open_world_hint = false
        )
    )]
    async fn write_file(
        &self,
        Parameters(input): Parameters<Input>,
    ) -> Result<CallToolResult, FilesystemError> {
        let text = format!("Successfully wrote to {}", input.path);
        self.blocking(move |session| {
            let place = session.place(&input.path, LastLink::Follow)?;
            place.replace(input.content.as_bytes(), None)
        })
        .await?;
        answer::text(text, "use a shorter path")
    }
}
