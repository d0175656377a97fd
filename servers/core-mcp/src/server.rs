//! The server: its own tool, and those of the servers that its roles mount.

use std::sync::Arc;

use agentcore_gateway_target::Parameters;
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::handler::server::tool::{ToolCallContext, schema_for_output};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ListToolsResult,
    MetaObject, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler, tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::available::Mounts;
use crate::config::ConfigError;
use crate::guidance;
use crate::roles::{self, Role};

/// The server. Clones are cheap and share the mounted servers.
#[derive(Debug, Clone)]
pub struct Server {
    tools: ToolRouter<Self>,
    roles: Vec<&'static Role>,
    mounts: Arc<Mounts>,
}

/// Input of `prompt_understanding`: nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {}

/// Output of `prompt_understanding`.
#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    /// The guidance, in Markdown.
    result: String,
}

impl Server {
    /// Reads the roles and builds the servers that they mount, and no others. Touches neither
    /// network nor disk.
    ///
    /// # Errors
    ///
    /// For an argument, or a setting of a mounted server that is malformed.
    pub fn from_env(args: &[String]) -> Result<Self, ConfigError> {
        let text = |name: &str| Some(std::env::var_os(name)?.to_string_lossy().into_owned());
        Self::from_lookup(args, &text)
    }

    /// As [`Self::from_env`], with the roles from somewhere else. The mounted servers read the
    /// process's environment all the same.
    ///
    /// # Errors
    ///
    /// As [`Self::from_env`].
    pub fn from_lookup(
        args: &[String],
        lookup: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        if let Some(argument) = args.first() {
            return Err(ConfigError::Argument(argument.clone()));
        }
        let roles = roles::active(lookup);
        Ok(Self {
            tools: Self::tools(),
            mounts: Arc::new(Mounts::new(&roles)?),
            roles,
        })
    }

    /// The server's own tool.
    pub fn tools() -> ToolRouter<Self> {
        Self::router()
    }
}

#[tool_router(router = router)]
impl Server {
    /// Read which server of this fleet to use for which need, with the names of the tools and what each server may
    /// change. Read it first when it is not clear which tool fits.
    #[tool(
        annotations(read_only_hint = true, idempotent_hint = true, open_world_hint = false),
        output_schema = schema_for_output::<Output>(),
        meta = meta()
    )]
    async fn prompt_understanding(
        &self,
        Parameters(Input {}): Parameters<Input>,
    ) -> CallToolResult {
        let result = guidance::text(&self.roles, &self.mounts);
        let mut answer = CallToolResult::success(vec![ContentBlock::text(result.clone())]);
        answer.structured_content = Some(json!(Output { result }));
        answer
    }
}

fn meta() -> MetaObject {
    let mut meta = MetaObject::new();
    meta.insert("mcp-fleet/smoke".to_owned(), json!({}));
    meta
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_instructions(guidance::instructions(&self.mounts))
    }

    async fn list_tools(
        &self,
        _page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let mut tools = self.tools.list_all();
        for mount in &self.mounts.mounted {
            tools.extend(mount.tools(context.clone()).await);
        }
        Ok(ListToolsResult::with_all_items(tools))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        match self.mounts.find(name) {
            Some((mount, own)) => Some(mount.offered(mount.inner.tool(own)?)),
            None => self.tools.get(name).cloned(),
        }
    }

    async fn call_tool(
        &self,
        mut request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        match self.mounts.find(&request.name) {
            Some((mount, own)) => {
                request.name = own.to_owned().into();
                mount.inner.call(request, context).await
            }
            None => {
                self.tools
                    .call(ToolCallContext::new(self, request, context))
                    .await
            }
        }
    }
}
