// @generated from `servers.yaml` by `cargo run -p codegen`. Do not edit.

//! Entry point of `mcp-server-aws-docs`: wiring only.

use std::process::ExitCode;

use agentcore_gateway_target::ServerInfo;
use aws_docs_server::Server;

const SERVER: ServerInfo = ServerInfo {
    id: "aws-docs",
    name: "AWS Documentation MCP Server",
    version: env!("CARGO_PKG_VERSION"),
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    agentcore_gateway_target::run(SERVER, Server::from_env).await
}
