//! A server whose tools do what tools should not, for the tests beside it.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use agentcore_gateway_target::{
    Deadline, GatewayContext, Parameters, ServerInfo, ToolError, tool_failure,
};
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::handler::server::tool::IntoCallToolResult;
use rmcp::handler::server::wrapper::Json;
use rmcp::model::CallToolResponse;
use rmcp::{ErrorData, ServerHandler, tool, tool_handler, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

#[derive(Clone)]
struct Fixture {
    args: Vec<String>,
    cancelled: Arc<AtomicBool>,
    tools: ToolRouter<Self>,
}

/// Input of `echo`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Echo {
    /// What to say.
    text: String,
}

/// Output of `echo`.
#[derive(Debug, Serialize, JsonSchema)]
struct Echoed {
    /// What was said.
    text: String,
}

/// Input of `large`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Large {
    /// Size of the text in bytes.
    size_bytes: usize,
}

/// Input of `block`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Block {
    /// How long to hold the thread, in milliseconds.
    ms: u64,
}

/// Input of `raw_input`, which takes rmcp's own way.
#[derive(Debug, Deserialize, JsonSchema)]
struct Raw {
    /// Any number.
    number: u8,
}

#[derive(Debug, thiserror::Error)]
#[error("the thing `{name}` does not exist")]
struct Missing {
    name: &'static str,
    #[source]
    cause: std::io::Error,
}

impl ToolError for Missing {
    fn code(&self) -> &'static str {
        "thing_not_found"
    }
}

impl IntoCallToolResult for Missing {
    fn into_call_tool_result(self) -> Result<CallToolResponse, ErrorData> {
        Ok(tool_failure(&self))
    }
}

#[tool_router]
impl Fixture {
    /// Say it again.
    #[tool(annotations(read_only_hint = true))]
    async fn echo(&self, Parameters(echo): Parameters<Echo>) -> Json<Echoed> {
        Json(Echoed { text: echo.text })
    }

    /// Panic.
    #[tool(annotations(read_only_hint = true))]
    async fn panics(&self) -> String {
        let secret = "hunter2";
        panic!("no more {secret}");
    }

    /// Never answer.
    #[tool(annotations(read_only_hint = true))]
    async fn hang(&self, token: CancellationToken) -> String {
        let cancelled = Arc::clone(&self.cancelled);
        tokio::spawn(async move {
            token.cancelled().await;
            cancelled.store(true, Ordering::SeqCst);
        });
        std::future::pending().await
    }

    /// Whether `hang` was told to stop.
    #[tool(annotations(read_only_hint = true))]
    async fn was_cancelled(&self) -> String {
        self.cancelled.load(Ordering::SeqCst).to_string()
    }

    /// Hold the thread.
    #[tool(annotations(read_only_hint = true))]
    async fn block(&self, Parameters(block): Parameters<Block>) -> String {
        std::thread::sleep(Duration::from_millis(block.ms));
        "done".to_owned()
    }

    /// Answer with much.
    #[tool(annotations(read_only_hint = true))]
    async fn large(&self, Parameters(large): Parameters<Large>) -> String {
        "x".repeat(large.size_bytes)
    }

    /// Fail with a code and a cause.
    #[tool(annotations(read_only_hint = true))]
    async fn fail(&self) -> Result<String, Missing> {
        Err(Missing {
            name: "thing",
            cause: std::io::Error::other("disk on fire at /secret/place"),
        })
    }

    /// Break the protocol.
    #[tool(annotations(read_only_hint = true))]
    async fn breaks(&self) -> Result<String, ErrorData> {
        Err(ErrorData::internal_error("the server is upside down", None))
    }

    /// Take arguments as rmcp does.
    #[tool(annotations(read_only_hint = true))]
    async fn raw_input(&self, input: rmcp::handler::server::wrapper::Parameters<Raw>) -> String {
        input.0.number.to_string()
    }

    /// A name with the delimiter in it.
    #[tool(name = "twice___split", annotations(read_only_hint = true))]
    async fn twice_split(&self) -> String {
        "split".to_owned()
    }

    /// What the server knows of the call.
    #[tool(annotations(read_only_hint = true))]
    async fn about(&self, context: GatewayContext, deadline: Deadline) -> String {
        let tenant = context.header("x-tenant").unwrap_or("none");
        let target = context.target_id().unwrap_or("none");
        let time = match deadline.remaining() {
            Some(left) if left > Duration::from_secs(3600) => "too much",
            Some(_) => "limited",
            None => "unlimited",
        };
        format!(
            "tenant={tenant} target={target} time={time} args={:?}",
            self.args
        )
    }

    /// Write.
    #[tool(annotations(read_only_hint = false, destructive_hint = true))]
    async fn write(&self) -> String {
        "written".to_owned()
    }

    /// Do something sensitive.
    #[tool(
        annotations(read_only_hint = true),
        meta = serde_json::from_str(r#"{"mcp-fleet/access":"sensitive"}"#).expect("an object")
    )]
    async fn secret(&self) -> String {
        "told".to_owned()
    }
}

#[tool_handler(router = self.tools, name = "fixture")]
impl ServerHandler for Fixture {}

/// Refuses `--refuse`, with a cause.
#[derive(Debug, thiserror::Error)]
#[error("`--refuse` was given")]
struct Refused(#[source] std::fmt::Error);

fn from_env(args: &[String]) -> Result<Fixture, Refused> {
    if args.iter().any(|arg| arg == "--refuse") {
        return Err(Refused(std::fmt::Error));
    }
    Ok(Fixture {
        args: args.to_vec(),
        cancelled: Arc::default(),
        tools: Fixture::tool_router(),
    })
}

const SERVER: ServerInfo = ServerInfo {
    id: "fixture",
    name: "Fixture Server",
    version: env!("CARGO_PKG_VERSION"),
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    agentcore_gateway_target::run(SERVER, from_env).await
}
