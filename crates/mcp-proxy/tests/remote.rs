//! A remote MCP server on loopback: real HTTP, real sessions, and what goes wrong with them.

#![expect(clippy::unwrap_used, reason = "helpers of tests may, as tests may")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use agentcore_gateway_target::{Deadline, Dispatcher};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use mcp_proxy::remote::{Endpoint, Server};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::{RequestContext, serve_directly};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use support::text;

const STORED: &str = r#"{"tools": [
    {"name": "aws___search", "description": "Stored words.", "inputSchema": {"type": "object"},
     "annotations": {"readOnlyHint": true}, "_meta": {"mcp-fleet/smoke": {}}}
]}"#;

/// What the remote server does, and what was asked of it.
#[derive(Default)]
struct Remote {
    /// Answers with this status instead, if it is not 0.
    status: AtomicU16,
    /// Only so many times.
    times: AtomicUsize,
    /// Forgets its sessions.
    forget: AtomicUsize,
    initialized: AtomicUsize,
    calls: AtomicUsize,
    connections: AtomicUsize,
    cancelled: AtomicUsize,
}

impl Remote {
    fn fail(&self, status: u16, times: usize) {
        self.times.store(times, Ordering::SeqCst);
        self.status.store(status, Ordering::SeqCst);
    }

    fn seen(&self) -> (usize, usize) {
        (
            self.initialized.load(Ordering::SeqCst),
            self.calls.load(Ordering::SeqCst),
        )
    }
}

#[derive(Clone)]
struct Tools(Arc<Remote>);

impl ServerHandler for Tools {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tools = ["aws___search", "aws___added"].map(|name| {
            let tool = json!({"name": name, "description": "Live words.", "inputSchema": {"type": "object"}});
            serde_json::from_value::<Tool>(tool).unwrap()
        });
        Ok(ListToolsResult::with_all_items(tools.to_vec()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        self.0.calls.fetch_add(1, Ordering::SeqCst);
        let arguments = Value::Object(request.arguments.unwrap_or_default());
        if arguments["slow"] == true {
            let sleep = tokio::time::sleep(Duration::from_secs(600));
            if context.ct.run_until_cancelled(sleep).await.is_none() {
                self.0.cancelled.fetch_add(1, Ordering::SeqCst);
            }
        }
        let parts = context.extensions.get::<axum::http::request::Parts>();
        let token = parts.and_then(|parts| parts.headers.get("x-token"));
        let token = token.map_or("", |token| token.to_str().unwrap());
        let said = format!("{} {token}", request.name);
        Ok(CallToolResult::success(vec![ContentBlock::text(said)]).into())
    }
}

async fn misbehave(State(remote): State<Arc<Remote>>, request: Request, next: Next) -> Response {
    let status = remote.status.load(Ordering::SeqCst);
    let has_session = request.headers().contains_key("mcp-session-id");
    if status != 0 && remote.times.load(Ordering::SeqCst) > 0 {
        remote.times.fetch_sub(1, Ordering::SeqCst);
        let status = StatusCode::from_u16(status).unwrap();
        return (status, [("retry-after", "7")], "their own words").into_response();
    }
    if has_session && remote.forget.swap(0, Ordering::SeqCst) > 0 {
        return StatusCode::NOT_FOUND.into_response();
    }
    if !has_session && request.method() == "POST" {
        remote.initialized.fetch_add(1, Ordering::SeqCst);
    }
    next.run(request).await
}

/// Starts the remote server; its address and what it sees.
async fn remote() -> (String, Arc<Remote>) {
    serve(TcpListener::bind("127.0.0.1:0").await.unwrap())
}

fn serve(listener: TcpListener) -> (String, Arc<Remote>) {
    let remote = Arc::<Remote>::default();
    let tools = Tools(Arc::clone(&remote));
    let sessions = Arc::new(LocalSessionManager::default());
    let config = StreamableHttpServerConfig::default();
    let service = StreamableHttpService::new(move || Ok(tools.clone()), sessions, config);
    let app = Router::new()
        .route_service("/mcp", service)
        .layer(from_fn_with_state(Arc::clone(&remote), misbehave));
    let address = listener.local_addr().unwrap();
    let counted = axum::serve::ListenerExt::tap_io(listener, {
        let remote = Arc::clone(&remote);
        move |_| {
            remote.connections.fetch_add(1, Ordering::SeqCst);
        }
    });
    tokio::spawn(async move { axum::serve(counted, app).await });
    (format!("http://{address}/mcp"), remote)
}

fn server(url: &str) -> Server {
    let endpoint = Endpoint {
        url: url.to_owned().leak(),
        // The one variable that every test has.
        headers: &[("x-token", "of ${CARGO_PKG_NAME}")],
        tools: STORED,
    };
    Server::from_env(&endpoint).unwrap()
}

async fn call(server: &Server, tool: &'static str) -> Value {
    server_testing::call(server, tool, json!({})).await
}

async fn tools(server: &Server) -> Value {
    let request = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    let request = serde_json::from_value(request).unwrap();
    let reply = Dispatcher::new(server.clone()).handle(request).await;
    serde_json::to_value(reply).unwrap()["result"]["tools"].take()
}

#[tokio::test]
async fn one_session_and_connection_serve_all_calls_under_short_names() {
    let (url, remote) = remote().await;
    let server = server(&url);
    for _ in 0..5 {
        let result = call(&server, "search").await;
        assert_eq!(text(&result), "aws___search of mcp-proxy");
    }
    assert_eq!(remote.seen(), (1, 5));
    // One for the calls; the worker's notification may have used a second one.
    assert!(remote.connections.load(Ordering::SeqCst) <= 2);
    let listed = tools(&server).await;
    assert_eq!(listed[0]["name"], "added");
    assert_eq!(listed[1]["name"], "search");
    assert_eq!(listed[1]["description"], "Live words.");
    // What access rests on is the stored list's.
    assert_eq!(listed[1]["annotations"]["readOnlyHint"], true);
    assert_eq!(listed[1]["_meta"]["mcp-fleet/smoke"], json!({}));
    assert_eq!(listed[0]["annotations"], Value::Null);
    assert_eq!(
        text(&call(&server, "added").await),
        "aws___added of mcp-proxy"
    );
}

#[tokio::test]
async fn a_forgotten_session_is_opened_anew_within_the_call() {
    let (url, remote) = remote().await;
    let server = server(&url);
    call(&server, "search").await;
    remote.forget.store(1, Ordering::SeqCst);
    assert_eq!(
        text(&call(&server, "search").await),
        "aws___search of mcp-proxy"
    );
    assert_eq!(remote.seen(), (2, 2));
}

#[tokio::test]
async fn what_may_have_arrived_is_not_sent_twice() {
    let (url, remote) = remote().await;
    let server = server(&url);
    call(&server, "search").await;
    let host = url.trim_start_matches("http://").trim_end_matches("/mcp");
    let cases = [
        (
            500,
            format!("server_unavailable: `{host}` answered with HTTP 500"),
        ),
        (
            401,
            format!(
                "server_refused: `{host}` refuses the credentials (HTTP 401); check `headers` of this server"
            ),
        ),
        (
            403,
            format!(
                "server_refused: `{host}` refuses the credentials (HTTP 403); check `headers` of this server"
            ),
        ),
        (
            429,
            format!("throttled: `{host}` is asked too often (HTTP 429); try again in 7 s"),
        ),
        (
            302,
            format!("server_unavailable: `{host}` answered with HTTP 302"),
        ),
    ];
    for (status, message) in cases {
        remote.fail(status, 1);
        let result = call(&server, "search").await;
        assert_eq!(text(&result), message);
        assert_eq!(result["isError"], true);
        // One answer was used up, so the call was not repeated; and the session is still good.
        assert_eq!(
            text(&call(&server, "search").await),
            "aws___search of mcp-proxy"
        );
    }
    assert_eq!(remote.initialized.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_list_is_asked_for_again_and_then_the_stored_one_is_served() {
    let (url, remote) = remote().await;
    let server = server(&url);
    remote.fail(503, 1);
    assert_eq!(tools(&server).await[0]["name"], "added");
    remote.fail(503, usize::MAX);
    // As the server last listed it.
    assert_eq!(tools(&server).await[0]["name"], "added");
    // Nothing was ever listed.
    let listed = tools(&self::server(&url)).await;
    assert_eq!(listed[0]["description"], "Stored words.");
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_server_that_is_down_cannot_be_reached_and_comes_back() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let server = server(&format!("http://{address}/mcp"));
    let result = call(&server, "search").await;
    assert_eq!(
        text(&result),
        format!("server_unavailable: cannot reach `{address}`")
    );
    assert_eq!(tools(&server).await[0]["description"], "Stored words.");
    let (_, remote) = serve(TcpListener::bind(address).await.unwrap());
    assert_eq!(
        text(&call(&server, "search").await),
        "aws___search of mcp-proxy"
    );
    assert_eq!(remote.seen(), (1, 1));
}

/// Calls a tool with so much time.
async fn call_within(server: &Server, limit: Duration, arguments: Value) -> Value {
    let nowhere = (tokio::io::empty(), tokio::io::sink());
    let service =
        serve_directly::<RoleServer, _, _, std::io::Error, _>(server.clone(), nowhere, None);
    let mut context = RequestContext::new(
        rmcp::model::NumberOrString::Number(1),
        service.peer().clone(),
    );
    context
        .extensions
        .insert(Deadline::at(Instant::now() + limit));
    let params = CallToolRequestParams::new("search")
        .with_arguments(arguments.as_object().cloned().unwrap());
    match server.call_tool(params, context).await.unwrap() {
        CallToolResponse::Complete(result) => serde_json::to_value(result).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_slow_call_is_cancelled_at_its_deadline() {
    let (url, remote) = remote().await;
    let server = server(&url);
    let result = call_within(&server, Duration::from_millis(1500), json!({"slow": true})).await;
    let message = text(&result);
    assert!(
        message.starts_with("deadline_exceeded: ") && message.ends_with("the call was cancelled"),
        "{message}"
    );
    while remote.cancelled.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(
        text(&call(&server, "search").await),
        "aws___search of mcp-proxy"
    );
    assert_eq!(remote.initialized.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_server_that_accepts_and_says_nothing_is_an_error_within_the_deadline() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = server(&format!("http://{address}/mcp"));
    let result = call_within(&server, Duration::from_millis(600), json!({})).await;
    let message = text(&result);
    assert!(
        message.starts_with("server_unavailable: ") && message.contains("was not ready after"),
        "{message}"
    );
}

#[tokio::test]
async fn what_is_no_mcp_server_is_said() {
    let app = Router::new().fallback(|| async { "<html>hello</html>" });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    let server = server(&format!("http://{address}/mcp"));
    let result = call(&server, "search").await;
    assert_eq!(
        text(&result),
        format!("server_unavailable: `{address}` does not answer as an MCP server does")
    );
}

#[tokio::test]
async fn a_missing_variable_is_named_by_the_call_alone() {
    let endpoint = Endpoint {
        url: "https://mcp.example.invalid/mcp",
        headers: &[("authorization", "Bearer ${MCP_PROXY_TEST_NEVER_SET}")],
        tools: STORED,
    };
    let server = Server::from_env(&endpoint).unwrap();
    let result = call(&server, "search").await;
    assert_eq!(
        text(&result),
        "server_not_configured: the header `authorization` for `mcp.example.invalid` needs the environment \
         variable `MCP_PROXY_TEST_NEVER_SET`, which is not set"
    );
}
