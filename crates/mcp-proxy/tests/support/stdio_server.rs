//! A stdio MCP server that does what servers should not, for the tests beside it.
//!
//! Arguments: `exit CODE` ends before it speaks, `hang` never speaks, `stubborn` goes on after its
//! input is closed and after SIGTERM.

use std::io::{self, Write as _};
use std::process::{Command, exit};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt as _};
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};

#[derive(Clone, Default)]
struct Fixture {
    cancelled: Arc<AtomicUsize>,
}

/// Name, and whether it says that it only reads.
const TOOLS: [(&str, Option<bool>); 10] = [
    ("pid", Some(true)),
    ("echo", Some(true)),
    ("slow", Some(true)),
    ("cancelled", Some(true)),
    ("crash", Some(true)),
    ("noise", Some(true)),
    ("environment", Some(true)),
    ("spawn", Some(true)),
    ("refuse", Some(true)),
    ("write", None),
];

impl ServerHandler for Fixture {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tools = TOOLS.map(|(name, reads)| {
            let mut tool = json!({"name": name, "description": "Live words.", "inputSchema": {"type": "object"}});
            if let Some(reads) = reads {
                tool["annotations"] = json!({"readOnlyHint": reads});
            }
            serde_json::from_value::<Tool>(tool).expect("a tool")
        });
        Ok(ListToolsResult::with_all_items(tools.to_vec()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = Value::Object(request.arguments.unwrap_or_default());
        let answer = match request.name.as_ref() {
            "pid" | "write" => json!(std::process::id()),
            "echo" => arguments["text"].clone(),
            "slow" => {
                let time = Duration::from_millis(arguments["ms"].as_u64().unwrap_or(600_000));
                if context
                    .ct
                    .run_until_cancelled(tokio::time::sleep(time))
                    .await
                    .is_none()
                {
                    self.cancelled.fetch_add(1, Ordering::SeqCst);
                }
                json!("slept")
            }
            "cancelled" => json!(self.cancelled.load(Ordering::SeqCst)),
            "crash" => exit(arguments["code"].as_i64().unwrap_or(3) as i32),
            "noise" => {
                let mut out = io::stdout();
                let _ = writeln!(
                    out,
                    "plain text\n\n[1, 2\n{{\"level\":30,\"msg\":\"json\"}}\n42\nnull"
                );
                let _ = out.flush();
                let _ = writeln!(io::stderr(), "a line on standard error");
                json!("quiet again")
            }
            "environment" => {
                let mut names: Vec<String> = std::env::vars().map(|(name, _)| name).collect();
                names.sort();
                json!(names)
            }
            "spawn" => {
                // Another process that keeps every stream open, and ignores SIGTERM.
                let script = "trap '' TERM; while :; do sleep 1; done";
                let child = Command::new("sh").args(["-c", script]).spawn();
                json!(child.expect("a shell").id())
            }
            _ => return Err(ErrorData::invalid_params("refused as asked", None)),
        };
        let text = answer
            .as_str()
            .map_or_else(|| answer.to_string(), str::to_owned);
        Ok(CallToolResult::success(vec![ContentBlock::text(text)]).into())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["exit", code] => exit(code.parse().expect("a code")),
        ["hang"] => tokio::time::sleep(Duration::from_secs(600)).await,
        ["stubborn"] => {
            let mut terminate = signal(SignalKind::terminate()).expect("a signal");
            serve().await;
            loop {
                terminate.recv().await;
            }
        }
        _ => serve().await,
    }
}

async fn serve() {
    let running = Fixture::default().serve(rmcp::transport::stdio()).await;
    if let Ok(running) = running {
        let _ = running.waiting().await;
    }
}
