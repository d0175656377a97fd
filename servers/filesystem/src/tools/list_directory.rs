//! `list_directory`: what is in a directory.

use agentcore_gateway_target::Parameters;
use rmcp::handler::server::tool::schema_for_output;
use rmcp::model::CallToolResult;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer::{self, TextOutput};
use crate::listing::Smallest;
use crate::resolve::LastLink;
use crate::session::Session;
use crate::{FilesystemError, Server};

/// Input of `list_directory`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// The directory: an absolute path under an allowed directory, or one relative to them.
    path: String,
}

#[tool_router(router = list_directory_router, vis = "pub(crate)")]
impl Server {
    /// List what is directly in a directory: one line an entry, `[DIR] name` or `[FILE] name`,
    /// sorted by name. A symbolic link to a directory counts as one.
    #[tool(
        output_schema = schema_for_output::<TextOutput>(),
        annotations(read_only_hint = true, open_world_hint = false)
    )]
    async fn list_directory(
        &self,
        Parameters(input): Parameters<Input>,
    ) -> Result<CallToolResult, FilesystemError> {
        let text = self
            .blocking(move |session| list(session, &input.path))
            .await?;
        answer::text(text, "list a directory further down")
    }
}

fn list(session: &Session, path: &str) -> Result<String, FilesystemError> {
    let place = session.find(path, LastLink::Follow)?;
    let dir = place.open_dir()?;
    let mut entries = Smallest::new(session.limits().entries);
    session.each_entry(&place, &dir, |entry| entries.push(entry))?;
    let note = entries.note();
    let line = |entry: crate::listing::Entry| {
        let mark = match session.is_directory(&place, &entry) {
            true => "[DIR]",
            false => "[FILE]",
        };
        format!("{mark} {}", entry.shown())
    };
    let lines: Vec<String> = entries.into_items().map(line).chain(note).collect();
    Ok(lines.join("\n"))
}
