//! `create_directory`: make a directory and those above it.

use std::ffi::OsString;
use std::io::ErrorKind;

use agentcore_gateway_target::Parameters;
use cap_std::fs::Dir;
use rmcp::handler::server::tool::schema_for_output;
use rmcp::model::CallToolResult;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer::{self, TextOutput};
use crate::error::Posix;
use crate::resolve::LastLink;
use crate::{FilesystemError, Server};

/// Input of `create_directory`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// The directory: an absolute path under an allowed directory, or one relative to them.
    path: String,
}

#[tool_router(router = create_directory_router, vis = "pub(crate)")]
impl Server {
    /// Make a directory, and those above it that are missing. A directory that exists already is
    /// fine.
    #[tool(
        output_schema = schema_for_output::<TextOutput>(),
        annotations(
            read_only_hint = false,
            destructive_hint = false,
            idempotent_hint = true,
            open_world_hint = false
        )
    )]
    async fn create_directory(
        &self,
        Parameters(input): Parameters<Input>,
    ) -> Result<CallToolResult, FilesystemError> {
        let text = format!("Successfully created directory {}", input.path);
        self.blocking(move |session| {
            let place = session.place(&input.path, LastLink::Follow)?;
            if place.is_dir() {
                return Ok(());
            }
            if place.exists() {
                return Err(FilesystemError::posix(Posix::AlreadyExists, &input.path));
            }
            let (dir, names) = place.missing();
            create_all(dir, names).map_err(|error| place.io(error))
        })
        .await?;
        answer::text(text, "use a shorter path")
    }
}

/// Makes one directory in the other. What somebody else makes meanwhile is fine.
fn create_all(dir: &Dir, names: &[OsString]) -> std::io::Result<()> {
    let mut here = dir.try_clone()?;
    for name in names {
        match here.create_dir(name) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
            _ => here = here.open_dir(name)?,
        }
    }
    Ok(())
}
