// @generated from `servers.yaml` by `cargo run -p codegen`. Do not edit.

//! Entry point of `mcp-server-aws-knowledge`: wiring only.

use std::process::ExitCode;

use agentcore_gateway_target::ServerInfo;
use mcp_proxy::remote::{self, Endpoint};

const SERVER: ServerInfo = ServerInfo {
    id: "aws-knowledge",
    name: "AWS Knowledge MCP Server",
    version: env!("CARGO_PKG_VERSION"),
};

const ENDPOINT: Endpoint = Endpoint {
    url: "https://knowledge-mcp.global.api.aws/",
    headers: &[],
    tools: include_str!("../tools.json"),
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    remote::run(SERVER, ENDPOINT).await
}
