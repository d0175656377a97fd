//! `read_file`: the older name of `read_text_file`.

use agentcore_gateway_target::Parameters;
use rmcp::handler::server::tool::schema_for_output;
use rmcp::model::CallToolResult;
use rmcp::{tool, tool_router};

use super::read_text_file::Input;
use crate::answer::TextOutput;
use crate::{FilesystemError, Server};

#[tool_router(router = read_file_router, vis = "pub(crate)")]
impl Server {
    /// Older name of `read_text_file`, which does exactly the same; use that one.
    #[tool(
        output_schema = schema_for_output::<TextOutput>(),
        annotations(read_only_hint = true, open_world_hint = false)
    )]
    async fn read_file(
        &self,
        Parameters(input): Parameters<Input>,
    ) -> Result<CallToolResult, FilesystemError> {
        self.read_text(input).await
    }
}
