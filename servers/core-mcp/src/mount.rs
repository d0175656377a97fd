//! A server whose tools are offered under a prefix.

use std::fmt;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use rmcp::model::{CallToolRequestParams, CallToolResponse, ListToolsResult, Tool};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};

/// The harmless call of a server is that of its own handler.
const SMOKE: &str = "mcp-fleet/smoke";

/// What is asked of a mounted server; [`ServerHandler`] itself cannot be a trait object.
pub(crate) trait Inner: Send + Sync {
    fn instructions(&self) -> Option<String>;
    fn tool(&self, name: &str) -> Option<Tool>;
    fn list(
        &self,
        context: RequestContext<RoleServer>,
    ) -> BoxFuture<'_, Result<ListToolsResult, ErrorData>>;
    fn call(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> BoxFuture<'_, Result<CallToolResponse, ErrorData>>;
}

impl<S: ServerHandler> Inner for S {
    fn instructions(&self) -> Option<String> {
        self.get_info().instructions
    }

    fn tool(&self, name: &str) -> Option<Tool> {
        self.get_tool(name)
    }

    fn list(
        &self,
        context: RequestContext<RoleServer>,
    ) -> BoxFuture<'_, Result<ListToolsResult, ErrorData>> {
        // The fleet's servers answer in one page.
        self.list_tools(None, context).boxed()
    }

    fn call(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> BoxFuture<'_, Result<CallToolResponse, ErrorData>> {
        self.call_tool(request, context).boxed()
    }
}

/// A mounted server.
pub(crate) struct Mount {
    /// Without the `_` that follows it in the names of tools.
    pub(crate) prefix: &'static str,
    /// Its name in the fleet.
    pub(crate) server: &'static str,
    pub(crate) inner: Box<dyn Inner>,
}

impl fmt::Debug for Mount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mount")
            .field("prefix", &self.prefix)
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

impl Mount {
    /// The server's own name of a tool that has the prefix.
    pub(crate) fn own_name<'a>(&self, name: &'a str) -> Option<&'a str> {
        name.strip_prefix(self.prefix)?.strip_prefix('_')
    }

    /// Its tools as they are offered. A server that cannot list its own takes nothing from the others.
    pub(crate) async fn tools(&self, context: RequestContext<RoleServer>) -> Vec<Tool> {
        match self.inner.list(context).await {
            Ok(listed) => {
                let tools = listed.tools.into_iter();
                tools.map(|tool| self.offered(tool)).collect()
            }
            Err(error) => {
                tracing::warn!(
                    server.id = self.server,
                    "a mounted server cannot list its tools: {}",
                    error.message
                );
                Vec::new()
            }
        }
    }

    /// One of the server's tools as it is offered: what its hints and `_meta` say of access and actions stays.
    pub(crate) fn offered(&self, mut tool: Tool) -> Tool {
        tool.name = format!("{}_{}", self.prefix, tool.name).into();
        if let Some(meta) = &mut tool.meta {
            meta.0.remove(SMOKE);
        }
        tool
    }
}
