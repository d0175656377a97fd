//! A gateway: what each MCP method answers.

use std::sync::Arc;

use gateway_auth::InboundAuth;
use http::HeaderMap;
use serde_json::value::RawValue;
use tokio::sync::watch;

use crate::arguments::Validation;
use crate::catalog::{Catalog, CatalogError, identifier};
use crate::cursor::Cursors;
use crate::jsonrpc::{Answer, Request};
use crate::methods::{
    cursor, discover, empty_list, implementation, initialize, invalid_cursor, method_not_found,
    no_prompt, no_resource,
};
use crate::outcome::{ExceptionLevel, ResultMode};
use crate::protocol::{Revision, SupportedVersions};
use crate::search::Search;
use crate::sessions::{SESSION_HEADER, SessionTimeout, Sessions};
use crate::stateless;

/// Name of the fleet's own gateway; its identifier begins with it.
pub(crate) const NAME: &str = "mcp-fleet";

/// Tools on one page of a listing.
pub const PAGE_SIZE: usize = 30;

/// How a gateway behaves where the service leaves a choice, or leaves it undocumented.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What becomes of a function's return value.
    pub result_mode: ResultMode,
    /// Whether clients are told why a call failed.
    pub exception_level: ExceptionLevel,
    /// How arguments are checked.
    pub validation: Validation,
    /// Protocol versions that are served.
    pub supported_versions: SupportedVersions,
    /// How long sessions last; without it there are none.
    pub session_timeout: Option<SessionTimeout>,
    /// Whether who accepts an event stream gets one, also when JSON would do.
    pub response_streaming: bool,
    /// Whether `tools/list` answers with all tools at once.
    pub disable_list_pagination: bool,
    /// What clients are told about the use of the tools.
    pub instructions: Option<String>,
    /// Whether the gateway has a tool that searches among the others.
    pub search: bool,
    /// Who may call; without it everybody.
    pub auth: Option<Arc<InboundAuth>>,
}

/// What a gateway serves at one moment.
pub(crate) struct Current {
    pub(crate) catalog: Catalog,
    pub(crate) settings: Settings,
    pub(crate) search: Option<Search>,
}

impl Current {
    fn new(catalog: Catalog, settings: Settings) -> Result<Arc<Self>, CatalogError> {
        let named = settings
            .session_timeout
            .and_then(|_| catalog.target_seeing(SESSION_HEADER));
        match named {
            Some(target) => Err(CatalogError::SessionHeader {
                target: target.to_owned(),
            }),
            None => Ok(Arc::new(Self {
                search: settings.search.then(|| Search::new(&catalog)),
                catalog,
                settings,
            })),
        }
    }
}

/// What of a request is not in its message.
#[derive(Clone, Copy)]
pub(crate) struct Arrival<'a> {
    pub(crate) headers: &'a HeaderMap,
    pub(crate) query: Option<&'a str>,
    pub(crate) revision: &'a Revision,
}

/// A gateway. Its tools and its settings can be replaced while it runs.
pub struct Gateway {
    pub(crate) id: Arc<str>,
    current: watch::Sender<Arc<Current>>,
    pub(crate) sessions: Sessions,
    cursors: Cursors,
}

impl Gateway {
    /// The fleet's own gateway.
    ///
    /// # Errors
    ///
    /// When `catalog` and `settings` do not go together.
    pub fn new(catalog: Catalog, settings: Settings) -> Result<Self, CatalogError> {
        Self::with_id(&format!("{NAME}-{}", identifier(NAME)), catalog, settings)
    }

    /// A gateway with an identifier of its own: `<name>-<ten letters and digits>`.
    ///
    /// # Errors
    ///
    /// When `catalog` and `settings` do not go together.
    pub fn with_id(id: &str, catalog: Catalog, settings: Settings) -> Result<Self, CatalogError> {
        Ok(Self {
            id: id.into(),
            current: watch::Sender::new(Current::new(catalog, settings)?),
            sessions: Sessions::default(),
            cursors: Cursors::new(),
        })
    }

    /// The gateway's identifier.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Serves `catalog` with `settings` from the next request on. Calls under way end as they began; clients that
    /// listen are told that the tools changed.
    ///
    /// # Errors
    ///
    /// When `catalog` and `settings` do not go together; nothing changes then.
    pub fn replace(&self, catalog: Catalog, settings: Settings) -> Result<(), CatalogError> {
        self.current.send_replace(Current::new(catalog, settings)?);
        Ok(())
    }

    pub(crate) fn current(&self) -> Arc<Current> {
        Arc::clone(&self.current.borrow())
    }

    /// Wakes up when the tools change.
    pub(crate) fn changes(&self) -> watch::Receiver<Arc<Current>> {
        self.current.subscribe()
    }

    /// Answers one request.
    pub(crate) async fn answer(
        &self,
        current: &Current,
        request: &Request<'_>,
        arrival: Arrival<'_>,
    ) -> Answer {
        tracing::debug!(
            mcp.method = request.method.as_ref(),
            mcp.message_id = request.id.text,
            "received request for {} method",
            request.method
        );
        let stateless = *arrival.revision == Revision::Stateless;
        let (answer, cacheable) = match (request.method.as_ref(), stateless) {
            ("initialize", false) => (initialize(request.params, &current.settings), false),
            ("ping", false) => (Ok("{}".to_owned()), false),
            ("server/discover", true) => (Ok(discover(&current.settings)), true),
            ("tools/list", _) => (self.list(request.params, current), true),
            ("tools/call", _) => (self.call(current, request, arrival).await, false),
            ("prompts/list", _) => (empty_list(request.params, "prompts"), true),
            ("resources/list", _) => (empty_list(request.params, "resources"), true),
            ("resources/templates/list", _) => {
                (empty_list(request.params, "resourceTemplates"), true)
            }
            ("prompts/get", _) => (no_prompt(request.params), false),
            ("resources/read", _) => (no_resource(request.params, stateless), false),
            (method, _) => (Err(method_not_found(method)), false),
        };
        match answer {
            Ok(result) if stateless => {
                Ok(stateless::dressed(&result, &implementation(), cacheable))
            }
            answer => answer,
        }
    }

    fn list(&self, params: Option<&RawValue>, current: &Current) -> Answer {
        let after = cursor(params)?
            .map(|cursor| self.cursors.read(&cursor))
            .transpose();
        let after = after.map_err(|_| invalid_cursor())?;
        let size = if current.settings.disable_list_pagination {
            usize::MAX
        } else {
            PAGE_SIZE
        };
        // The search tool comes first, and is one of the first page's.
        let search = current.search.as_ref().filter(|_| after.is_none());
        let page = current
            .catalog
            .page(after.as_deref(), size - usize::from(search.is_some()));
        let tools: Vec<&str> = search
            .map(|search| search.listed.as_str())
            .into_iter()
            .chain(page.tools)
            .collect();
        let tools = tools.join(",");
        Ok(match page.continues_after {
            None => format!(r#"{{"tools":[{tools}]}}"#),
            Some(last) => format!(
                r#"{{"tools":[{tools}],"nextCursor":"{}"}}"#,
                self.cursors.after(last)
            ),
        })
    }
}
