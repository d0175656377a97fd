//! A handler as `codegen` writes them, its program or address from the environment.

use std::process::ExitCode;

use agentcore_gateway_target::ServerInfo;
use mcp_proxy::{command, remote};

const SERVER: ServerInfo = ServerInfo {
    id: "wrapped",
    name: "Wrapped",
    version: "0.0.0",
};

/// `pid` and `echo` as they once were, and a tool that is gone.
const TOOLS: &str = include_str!("tools.json");

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    if let Ok(url) = std::env::var("FIXTURE_URL") {
        let endpoint = remote::Endpoint {
            url: url.leak(),
            headers: &[],
            tools: TOOLS,
        };
        return remote::run(SERVER, endpoint).await;
    }
    let program = std::env::var("FIXTURE_PROGRAM").unwrap_or_default();
    let command = command::Command {
        program: program.leak(),
        tools: TOOLS,
    };
    command::run(SERVER, command).await
}
