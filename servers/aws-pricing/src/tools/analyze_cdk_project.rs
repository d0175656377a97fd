//! `analyze_cdk_project`: which AWS services a CDK project uses.

use agentcore_gateway_target::{Parameters, tool_meta};
use rmcp::handler::server::tool::schema_for_output;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::analyze::{AnalysisError, Kind, SourceFile};
use crate::answer::Answer;
use crate::server::Server;

/// Input of `analyze_cdk_project`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Folder of the project, below the server's project root. With `files` only a name for it.
    project_path: String,
    /// The project's files, instead of a folder: `[{"path": …, "content": …}]` with paths such as
    /// `lib/stack.ts`. Nothing is read from disk then.
    #[serde(default)]
    files: Option<Vec<SourceFile>>,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "the schema of what `Answer` writes")]
struct Output {
    /// `status`, `services`, `message` and `details`.
    result: Option<Map<String, Value>>,
}

#[tool_router(router = analyze_cdk_project_router, vis = "pub(crate)")]
impl Server {
    /// Find the AWS services that a CDK project uses: TypeScript, JavaScript, Python, Java, C# and Go imports, and
    /// for scripts and Python the constructs they make (`configurations`). `service_code` is the code for
    /// `get_pricing`, where it is known.
    #[tool(
        annotations(read_only_hint = true),
        output_schema = schema_for_output::<Output>(),
        meta = tool_meta(&[], None)
    )]
    async fn analyze_cdk_project(
        &self,
        Parameters(input): Parameters<Input>,
    ) -> Result<Answer, AnalysisError> {
        self.analyze(Kind::Cdk, input.project_path, input.files)
            .await
    }
}
