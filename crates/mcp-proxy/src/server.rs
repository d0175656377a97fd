//! The server that callers see: every list and every call goes on to the other one.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use agentcore_gateway_target::{Deadline, ToolError as _, tool_failure};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ListToolsResult, PaginatedRequestParams,
    ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::{RequestContext, ServiceError};
use rmcp::{ErrorData, RoleServer, ServerHandler};

use crate::catalog::{Catalog, Source};
use crate::error::Failure;
use crate::link::{Link, Upstream};
use crate::session::Session;

/// What is kept of a call's time to say that there was no more.
const MARGIN: Duration = Duration::from_millis(100);

/// How long a call may take where nobody sets a deadline: as long as any in Lambda.
const CALL_LIMIT: Duration = Duration::from_secs(15 * 60);

/// How long a list may take: there is another one to serve.
const LIST_LIMIT: Duration = Duration::from_secs(10);

/// How long to wait before what is safe to repeat is repeated, once.
const RETRY_PAUSE: Duration = Duration::from_millis(200);

/// More pages than any list of tools has: a server that never ends is stopped.
const MAX_PAGES: usize = 100;

/// An MCP server that forwards to another one. Clones share the connection.
pub struct Server<U> {
    shared: Arc<Shared<U>>,
}

struct Shared<U> {
    link: Arc<Link<U>>,
    source: Source,
    stored: Catalog,
    /// What the server last listed.
    live: RwLock<Option<Arc<Catalog>>>,
    instructions: String,
}

impl<U> Clone for Server<U> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<U> fmt::Debug for Server<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").finish_non_exhaustive()
    }
}

#[expect(private_bounds, reason = "there are two, both of this crate")]
impl<U: Upstream> Server<U> {
    pub(crate) fn new(upstream: U, (source, stored): (Source, Catalog), how: &str) -> Self {
        let instructions = format!("These are the tools of `{}`, {how}.", upstream.name());
        let shared = Shared {
            link: Arc::new(Link::new(upstream)),
            source,
            stored,
            live: RwLock::default(),
            instructions,
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    fn upstream(&self) -> &U {
        &self.shared.link.upstream
    }

    /// The list as the server gave it, else as it is stored.
    async fn catalog(&self, deadline: Deadline) -> Result<Arc<Catalog>, Arc<Failure>> {
        let shared = &self.shared;
        if shared.source == Source::Stored {
            return Ok(Arc::new(shared.stored.clone()));
        }
        let until = Instant::now() + time_left(deadline, LIST_LIMIT);
        match self.listed(until).await {
            Ok(tools) => {
                let live = Arc::new(match shared.source {
                    Source::Live => Catalog::raw(tools),
                    _ => Catalog::live(tools, &shared.stored),
                });
                *shared.live.write().unwrap_or_else(PoisonError::into_inner) =
                    Some(Arc::clone(&live));
                Ok(live)
            }
            Err(failure) if shared.source == Source::Live => Err(failure),
            Err(failure) => match self.last_live() {
                None if shared.stored.is_empty() => Err(failure),
                last => {
                    tracing::warn!(
                        error.code = failure.code(),
                        "the tools are listed as they last were: {failure}"
                    );
                    Ok(last.unwrap_or_else(|| Arc::new(shared.stored.clone())))
                }
            },
        }
    }

    /// Asks for the list, and once more when that fails.
    async fn listed(&self, until: Instant) -> Result<Vec<Tool>, Arc<Failure>> {
        match self.list_once(until).await {
            Err(first) if is_passing(&first) && left(until) > RETRY_PAUSE => {
                tokio::time::sleep(RETRY_PAUSE).await;
                self.list_once(until).await
            }
            listed => listed,
        }
    }

    async fn list_once(&self, until: Instant) -> Result<Vec<Tool>, Arc<Failure>> {
        let session = self.shared.link.session(left(until)).await?;
        let mut tools = Vec::new();
        let mut page = None;
        for _ in 0..MAX_PAGES {
            let asked = session.peer().list_tools(page);
            let started = Instant::now();
            let listed = match tokio::time::timeout(left(until), asked).await {
                Ok(Ok(listed)) => listed,
                Ok(Err(error)) => return Err(self.lost(&session, "tools/list", error).await),
                Err(_elapsed) => {
                    return Err(Arc::new(Failure::TimedOut {
                        server: self.upstream().name().to_owned(),
                        tool: "tools/list".to_owned(),
                        waited: started.elapsed(),
                    }));
                }
            };
            session.answered(false);
            tools.extend(listed.tools);
            match listed.next_cursor {
                Some(cursor) => {
                    page = Some(PaginatedRequestParams::default().with_cursor(Some(cursor)))
                }
                None => break,
            }
        }
        Ok(tools)
    }

    /// What an error means; its session is not used again when it is broken.
    async fn lost(&self, session: &Arc<Session>, tool: &str, error: ServiceError) -> Arc<Failure> {
        Arc::new(self.upstream().failure(session, tool, error).await)
    }

    /// One call. `Ok(Err)` is the other server's own protocol error.
    async fn call(
        &self,
        request: CallToolRequestParams,
        until: Instant,
    ) -> Result<Result<CallToolResponse, ErrorData>, Arc<Failure>> {
        let started = Instant::now();
        let mut may_repeat = true;
        loop {
            let session = match self.shared.link.session(left(until)).await {
                // Nothing was sent: a connection may be tried again.
                Err(failure) if may_repeat && is_passing(&failure) && left(until) > RETRY_PAUSE => {
                    may_repeat = false;
                    tokio::time::sleep(RETRY_PAUSE).await;
                    continue;
                }
                session => session?,
            };
            let asked = session.peer().call_tool_once(request.clone());
            // Dropped when the time is over, and then the other server is told so.
            let error = match tokio::time::timeout(left(until), asked).await {
                Ok(Ok(response)) => {
                    session.answered(true);
                    return Ok(Ok(response));
                }
                Ok(Err(ServiceError::McpError(error))) => {
                    session.answered(true);
                    return Ok(Err(error));
                }
                Ok(Err(error)) => error,
                Err(_elapsed) => {
                    return Err(Arc::new(Failure::TimedOut {
                        server: self.upstream().name().to_owned(),
                        tool: request.name.into_owned(),
                        waited: started.elapsed(),
                    }));
                }
            };
            if may_repeat && !U::may_have_arrived(&error) {
                may_repeat = false;
                self.shared.link.forget(&session);
                continue;
            }
            return Err(self.lost(&session, &request.name, error).await);
        }
    }

    fn last_live(&self) -> Option<Arc<Catalog>> {
        let live = self.shared.live.read();
        live.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl<U: Upstream> ServerHandler for Server<U> {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_instructions(self.shared.instructions.clone())
    }

    async fn list_tools(
        &self,
        _page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        match self.catalog(Deadline::of(&context)).await {
            Ok(catalog) => Ok(ListToolsResult::with_all_items(catalog.tools().to_vec())),
            Err(failure) => Err(ErrorData::internal_error(
                format!("{}: {failure}", failure.code()),
                None,
            )),
        }
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        let live = self.last_live();
        let live = live.as_ref().and_then(|catalog| catalog.get(name));
        live.or_else(|| self.shared.stored.get(name)).cloned()
    }

    async fn call_tool(
        &self,
        mut request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let until = Instant::now() + time_left(Deadline::of(&context), CALL_LIMIT);
        let live = self.last_live();
        let names = live
            .as_deref()
            .filter(|live| live.get(&request.name).is_some());
        let own = names.unwrap_or(&self.shared.stored).own_name(&request.name);
        request.name = own.to_owned().into();
        match self.call(request, until).await {
            Ok(answer) => answer,
            Err(failure) => Ok(tool_failure(&*failure)),
        }
    }
}

fn time_left(deadline: Deadline, limit: Duration) -> Duration {
    deadline.at_most(limit + MARGIN).saturating_sub(MARGIN)
}

fn left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now())
}

/// Whether trying again soon may help.
fn is_passing(failure: &Failure) -> bool {
    match failure {
        Failure::Unreachable { .. } | Failure::Broken { .. } => true,
        Failure::Status { status, .. } => *status >= 500,
        _ => false,
    }
}
