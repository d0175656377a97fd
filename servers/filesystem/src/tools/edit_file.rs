//! `edit_file`: replace parts of a text file.

use agentcore_gateway_target::Parameters;
use rmcp::handler::server::tool::schema_for_output;
use rmcp::model::CallToolResult;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer::{self, TextOutput};
use crate::edit::{Replacement, Text, apply, diff};
use crate::resolve::LastLink;
use crate::session::Session;
use crate::{FilesystemError, Server};

/// Input of `edit_file`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Input {
    /// The file: an absolute path under an allowed directory, or one relative to them. Must be
    /// UTF-8 text.
    path: String,
    /// The replacements, made one after the other. When one of them fails, none is made.
    edits: Vec<Edit>,
    /// Only show the difference; leave the file as it is.
    #[serde(default)]
    dry_run: bool,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(inline)]
struct Edit {
    /// The text to replace, exactly as it is in the file, and only once. If it is not there
    /// exactly, whole lines are compared without the white space around them.
    old_text: String,
    /// The text to put in its place. May be empty.
    new_text: String,
}

#[tool_router(router = edit_file_router, vis = "pub(crate)")]
impl Server {
    /// Replace parts of a text file, and return the difference as a unified diff. Each `oldText`
    /// must be in the file exactly once. Line endings (LF or CRLF) stay as they are in the file, and
    /// so does the indentation of lines that were found with another one.
    #[tool(
        output_schema = schema_for_output::<TextOutput>(),
        annotations(
            read_only_hint = false,
            destructive_hint = true,
            idempotent_hint = false,
            open_world_hint = false
        )
    )]
    async fn edit_file(
        &self,
        Parameters(input): Parameters<Input>,
    ) -> Result<CallToolResult, FilesystemError> {
        self.blocking(move |session| edit(session, &input)).await
    }
}

fn edit(session: &Session, input: &Input) -> Result<CallToolResult, FilesystemError> {
    let place = session.find(&input.path, LastLink::Follow)?;
    let hint = "make the change with `write_file`";
    let bytes = session.read_bytes(&place, hint)?;
    let original = String::from_utf8(bytes).map_err(|_| FilesystemError::NotText {
        path: input.path.clone(),
    })?;
    let before = Text::new(&original);
    let mut after = before.clone();
    let replacements = input.edits.iter().map(|edit| Replacement {
        old: &edit.old_text,
        new: &edit.new_text,
    });
    apply(&mut after, replacements, &input.path)?;
    // The answer first: a file is not changed by a call that fails.
    let text = diff(
        &place.shown().to_string_lossy(),
        before.as_str(),
        after.as_str(),
    );
    let answer = answer::text(text, "make fewer edits at once")?;
    let edited = after.to_string();
    if !input.dry_run && edited != original {
        place.replace(edited.as_bytes(), place.metadata())?;
    }
    Ok(answer)
}
