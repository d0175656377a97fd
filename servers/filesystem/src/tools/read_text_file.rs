//! `read_text_file`: a file as text, whole or in part.

use agentcore_gateway_target::{Parameters, lenient};
use rmcp::handler::server::tool::schema_for_output;
use rmcp::model::CallToolResult;
use rmcp::{tool, tool_router};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use crate::answer::{self, TextOutput};
use crate::read::Part;
use crate::resolve::LastLink;
use crate::{FilesystemError, Server};

/// Input of `read_text_file` and `read_file`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// The file: an absolute path under an allowed directory, or one relative to them.
    path: String,
    /// Return only so many lines from the end of the file. Not together with `head`. 0 means all.
    #[serde(
        default,
        deserialize_with = "lenient::optional_integer",
        skip_serializing_if = "Option::is_none" // the schema then has no default `null`
    )]
    #[schemars(schema_with = "line_count")]
    tail: Option<u64>,
    /// Return only so many lines from the beginning of the file. Not together with `tail`. 0 means
    /// all.
    #[serde(
        default,
        deserialize_with = "lenient::optional_integer",
        skip_serializing_if = "Option::is_none" // the schema then has no default `null`
    )]
    #[schemars(schema_with = "line_count")]
    head: Option<u64>,
}

impl Input {
    fn part(&self) -> Result<Part, FilesystemError> {
        match (self.head.unwrap_or(0), self.tail.unwrap_or(0)) {
            (0, 0) => Ok(Part::Whole),
            (lines, 0) => Ok(Part::Head(lines)),
            (0, lines) => Ok(Part::Tail(lines)),
            _ => Err(FilesystemError::HeadAndTail),
        }
    }
}

#[tool_router(router = read_text_file_router, vis = "pub(crate)")]
impl Server {
    /// Read a text file, all of it or its first (`head`) or last (`tail`) lines. Bytes that are not
    /// UTF-8 are shown as U+FFFD. Large files must be read in parts.
    #[tool(
        output_schema = schema_for_output::<TextOutput>(),
        annotations(read_only_hint = true, open_world_hint = false)
    )]
    async fn read_text_file(
        &self,
        Parameters(input): Parameters<Input>,
    ) -> Result<CallToolResult, FilesystemError> {
        self.read_text(input).await
    }

    pub(super) async fn read_text(&self, input: Input) -> Result<CallToolResult, FilesystemError> {
        let part = input.part()?;
        let text = self
            .blocking(move |session| {
                let place = session.find(&input.path, LastLink::Follow)?;
                session.read_text(&place, part)
            })
            .await?;
        answer::text(text, "read fewer lines with `head` or `tail`")
    }
}

fn line_count(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "minimum": 0 })
}
