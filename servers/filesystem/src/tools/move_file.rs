//! `move_file`: move or rename.

use agentcore_gateway_target::Parameters;
use rmcp::handler::server::tool::schema_for_output;
use rmcp::model::CallToolResult;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer::{self, TextOutput};
use crate::resolve::LastLink;
use crate::session::Session;
use crate::{FilesystemError, Server};

/// Input of `move_file`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// What to move: an absolute path under an allowed directory, or one relative to them.
    source: String,
    /// Its new path, with the new name. Nothing may be there, and the directory above must exist.
    destination: String,
}

#[tool_router(router = move_file_router, vis = "pub(crate)")]
impl Server {
    /// Move or rename a file or a directory. Never replaces anything. A symbolic link is moved
    /// itself; what it leads to stays.
    #[tool(
        output_schema = schema_for_output::<TextOutput>(),
        annotations(
            read_only_hint = false,
            destructive_hint = true,
            idempotent_hint = false,
            open_world_hint = false
        )
    )]
    async fn move_file(
        &self,
        Parameters(input): Parameters<Input>,
    ) -> Result<CallToolResult, FilesystemError> {
        let Input {
            source,
            destination,
        } = &input;
        let text = format!("Successfully moved {source} to {destination}");
        self.blocking(move |session| rename(session, &input))
            .await?;
        answer::text(text, "use shorter paths")
    }
}

fn rename(session: &Session, input: &Input) -> Result<(), FilesystemError> {
    let source = session.find(&input.source, LastLink::Keep)?;
    // A link that leads out of the roots is out of reach, as for every other tool.
    if let Err(error @ FilesystemError::LinkLeavesRoots { .. }) =
        session.find(&input.source, LastLink::Follow)
    {
        return Err(error);
    }
    let destination = session.place(&input.destination, LastLink::Keep)?;
    source.rename_to(&destination)
}
