// @generated from `servers.yaml` by `cargo run -p codegen`. Do not edit.

//! Entry point of `mcp-server-core-mcp`: wiring only.

use std::process::ExitCode;

use agentcore_gateway_target::ServerInfo;
use core_mcp_server::Server;

const SERVER: ServerInfo = ServerInfo {
    id: "core-mcp",
    name: "Core MCP Server",
    version: env!("CARGO_PKG_VERSION"),
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    agentcore_gateway_target::run(SERVER, Server::from_env).await
}
