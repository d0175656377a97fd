//! The server and its one tool.

use std::convert::Infallible;

use agentcore_gateway_target::{Parameters, tool_meta};
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::handler::server::tool::schema_for_output;
use rmcp::model::{CallToolResult, ContentBlock};
use rmcp::{ServerHandler, tool, tool_handler, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::topic::Topic;

/// The server. It has no state and no settings.
#[derive(Debug, Clone)]
pub struct Server {
    tools: ToolRouter<Self>,
}

/// Input of `GetReactDocsByTopic`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// `essential-knowledge`: how such an application is set up and built, from the first command to deployment.
    /// `troubleshooting`: what commonly goes wrong, by symptom.
    topic: Topic,
}

/// Output of `GetReactDocsByTopic`.
#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    /// The document, in Markdown.
    result: &'static str,
}

impl Server {
    /// The server. Takes no arguments and reads no variables.
    ///
    /// # Errors
    ///
    /// None.
    pub fn from_env(_args: &[String]) -> Result<Self, Infallible> {
        Ok(Self {
            tools: Self::tools(),
        })
    }

    /// Every tool, once.
    pub fn tools() -> ToolRouter<Self> {
        Self::router()
    }
}

#[tool_router(router = router)]
impl Server {
    /// Read how to build a React application with a backend on AWS Amplify (Gen 2): project set-up, data, sign-in, file
    /// storage, user interface, deployment. Read it before writing code; it is short.
    #[tool(
        name = "GetReactDocsByTopic",
        annotations(read_only_hint = true, idempotent_hint = true, open_world_hint = false),
        output_schema = schema_for_output::<Output>(),
        meta = tool_meta(&[], Some(json!({"topic": "troubleshooting"})))
    )]
    async fn get_react_docs_by_topic(
        &self,
        Parameters(input): Parameters<Input>,
    ) -> CallToolResult {
        let document = input.topic.document();
        let mut result = CallToolResult::success(vec![ContentBlock::text(document)]);
        result.structured_content = Some(json!(Output { result: document }));
        result
    }
}

#[tool_handler(
    router = self.tools,
    name = "frontend",
    instructions = "Guidance for React applications on AWS Amplify. Call `GetReactDocsByTopic` with `essential-knowledge` before \
        building one, and with `troubleshooting` when something fails."
)]
impl ServerHandler for Server {}
