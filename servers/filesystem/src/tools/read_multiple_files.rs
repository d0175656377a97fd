//! `read_multiple_files`: several texts at once.

use agentcore_gateway_target::{Parameters, ToolError as _};
use rmcp::handler::server::tool::schema_for_output;
use rmcp::model::CallToolResult;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer::{self, TextOutput};
use crate::read::Part;
use crate::resolve::LastLink;
use crate::session::Session;
use crate::{FilesystemError, Server};

const HINT: &str = "read fewer files at once";

/// Input of `read_multiple_files`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// The files: absolute paths under an allowed directory, or relative to them. At least one.
    #[schemars(length(min = 1))]
    paths: Vec<String>,
}

#[tool_router(router = read_multiple_files_router, vis = "pub(crate)")]
impl Server {
    /// Read several text files at once. Each comes under its path, with a line `---` between two of
    /// them. A file that cannot be read is reported in its place and does not stop the others.
    #[tool(
        output_schema = schema_for_output::<TextOutput>(),
        annotations(read_only_hint = true, open_world_hint = false)
    )]
    async fn read_multiple_files(
        &self,
        Parameters(input): Parameters<Input>,
    ) -> Result<CallToolResult, FilesystemError> {
        if input.paths.is_empty() {
            return Err(FilesystemError::NoPaths);
        }
        let (text, all_failed) = self
            .blocking(move |session| read_all(session, &input.paths))
            .await?;
        let mut result = answer::text(text, HINT)?;
        result.is_error = Some(all_failed);
        Ok(result)
    }
}

/// The files one after the other, and whether none could be read.
fn read_all(session: &Session, paths: &[String]) -> Result<(String, bool), FilesystemError> {
    let limit = session.limits().read_bytes;
    let mut texts = Vec::new();
    let mut failed = 0;
    let mut bytes = 0;
    for path in paths {
        session.check()?;
        let text = session
            .find(path, LastLink::Follow)
            .and_then(|place| session.read_text(&place, Part::Whole))
            .and_then(|text| {
                if bytes + text.len() as u64 > limit {
                    return Err(FilesystemError::FileTooLarge {
                        path: path.clone(),
                        what: "together with the files before it".to_owned(),
                        limit,
                        hint: HINT,
                    });
                }
                bytes += text.len() as u64;
                Ok(text)
            });
        texts.push(match text {
            Ok(text) => format!("{path}:\n{text}\n"),
            Err(FilesystemError::Cancelled) => return Err(FilesystemError::Cancelled),
            Err(error) => {
                failed += 1;
                format!("{path}: Error - {}: {error}", error.code())
            }
        });
    }
    Ok((texts.join("\n---\n"), failed == paths.len()))
}
