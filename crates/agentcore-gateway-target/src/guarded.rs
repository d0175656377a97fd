//! A server with the tools left out that it is not allowed to offer.

mod delegate;
mod filter;

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt as _;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ListToolsResult, PaginatedRequestParams, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};

use crate::access::Access;
use crate::arguments::tidy;
use crate::error::tool_failure;
use crate::failure::{CallFailure, list, shortened};

pub(crate) use filter::{Filter, FilterError};

/// Wraps a server: hides and refuses the tools that its [`Filter`] keeps back, and turns a panic
/// in a tool into that call's own error.
#[derive(Debug)]
pub(crate) struct Guarded<S> {
    server: S,
    filter: Filter,
    known: KnownTools,
}

/// What a call needs, by tool, of the tools that were asked for so far: the answer does not change while a process lives, and
/// to ask the server clones the tool with its schemas. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct KnownTools(Arc<Mutex<HashMap<Box<str>, Access>>>);

impl KnownTools {
    /// Whether the server has a tool of this name, and it was asked for before.
    pub(crate) fn contains(&self, tool: &str) -> bool {
        self.lock().contains_key(tool)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Box<str>, Access>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: ServerHandler> Guarded<S> {
    pub(crate) fn new(server: S, filter: Filter) -> Self {
        Self {
            server,
            filter,
            known: KnownTools::default(),
        }
    }

    /// The tools that were called so far.
    pub(crate) fn known_tools(&self) -> KnownTools {
        self.known.clone()
    }

    /// Every tool of the server, allowed or not.
    pub(crate) async fn all_tools(
        &self,
        context: &RequestContext<RoleServer>,
    ) -> Result<Vec<Tool>, ErrorData> {
        let mut tools = Vec::new();
        let mut page = None;
        loop {
            let listed = self.server.list_tools(page, context.clone()).await?;
            tools.extend(listed.tools);
            match listed.next_cursor {
                Some(cursor) => {
                    page = Some(PaginatedRequestParams::default().with_cursor(Some(cursor)));
                }
                None => return Ok(tools),
            }
        }
    }

    /// Every tool that may be called, sorted by name.
    pub(crate) async fn allowed_tools(
        &self,
        context: &RequestContext<RoleServer>,
    ) -> Result<Vec<Tool>, ErrorData> {
        let mut tools = self.all_tools(context).await?;
        tools.retain(|tool| self.filter.allows(tool));
        tools.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(tools)
    }

    /// Whether every name in the filter is a tool of the server.
    pub(crate) async fn check_filter(
        &self,
        context: &RequestContext<RoleServer>,
    ) -> Result<(), FilterError> {
        if self.filter.names_tools() {
            let tools = self.all_tools(context).await.map_err(FilterError::List)?;
            self.filter.check(&tools)?;
        }
        Ok(())
    }

    /// Whether the server has a tool of this name, allowed or not.
    pub(crate) async fn has(&self, tool: &str, context: &RequestContext<RoleServer>) -> bool {
        self.needed_by(tool, context).await.is_some()
    }

    /// Why a tool may not be called.
    pub(crate) async fn refusal(
        &self,
        tool: &str,
        context: &RequestContext<RoleServer>,
    ) -> Option<CallFailure> {
        match self.needed_by(tool, context).await {
            Some(needed) => self.filter.refusal(tool, needed),
            None => {
                let known = self.allowed_tools(context).await.unwrap_or_default();
                Some(CallFailure::UnknownTool {
                    tool: shortened(tool).to_owned(),
                    known: known.into_iter().map(|tool| tool.name.into()).collect(),
                })
            }
        }
    }

    async fn needed_by(&self, name: &str, context: &RequestContext<RoleServer>) -> Option<Access> {
        if let Some(access) = self.known.lock().get(name) {
            return Some(*access);
        }
        if let Some(tool) = self.server.get_tool(name) {
            let access = Access::of(&tool);
            self.known.lock().insert(name.into(), access);
            return Some(access);
        }
        // Not every server answers `get_tool`: the default says that there is none.
        let tools = self.all_tools(context).await.ok()?;
        let mut known = self.known.lock();
        known.extend(
            tools
                .iter()
                .map(|tool| (tool.name.as_ref().into(), Access::of(tool))),
        );
        known.get(name).copied()
    }

    /// [`ServerHandler::call_tool`], with a panic as a result.
    async fn call(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if let Some(failure) = self.refusal(&request.name, &context).await {
            return match failure {
                // MCP wants a protocol error here, and clients look for this text.
                CallFailure::UnknownTool { tool, known } => Err(ErrorData::invalid_params(
                    format!("Unknown tool: {tool}; known: {}", list(&known)),
                    None,
                )),
                refused => Ok(tool_failure(&refused)),
            };
        }
        let tool = request.name.clone();
        let cancelled = context.ct.clone();
        let call = AssertUnwindSafe(self.server.call_tool(request, context));
        // A client that has gone, or said that it no longer wants to know, ends the tool too.
        let Some(ended) = cancelled.run_until_cancelled(call.catch_unwind()).await else {
            let text = format!("`{tool}` was cancelled");
            return Err(ErrorData::internal_error(text, None));
        };
        match ended {
            Ok(Ok(CallToolResponse::Complete(mut result))) => {
                tidy(&mut result);
                Ok(result.into())
            }
            Ok(answer) => answer,
            Err(_panic) => Ok(tool_failure(&CallFailure::Panic {
                tool: tool.into_owned(),
            })),
        }
    }

    /// [`ServerHandler::list_tools`], one page, without what is not allowed.
    async fn list(
        &self,
        page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let mut listed = self.server.list_tools(page, context).await?;
        listed.tools.retain(|tool| self.filter.allows(tool));
        Ok(listed)
    }
}

#[cfg(test)]
mod tests;
