//! A server whose variables may name secrets; each secret is a file of the folder `SECRETS`, for the tests beside it.

use std::convert::Infallible;
use std::io::Write as _;
use std::process::ExitCode;

use agentcore_gateway_target::{Reference, ServerInfo};
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::{ServerHandler, tool, tool_handler, tool_router};

#[derive(Clone)]
struct Fixture {
    token: String,
    tools: ToolRouter<Self>,
}

#[tool_router]
impl Fixture {
    /// The length and the last letter of `TOKEN` as the server has read it, and of the process's id.
    #[tool(annotations(read_only_hint = true))]
    async fn about(&self) -> String {
        let now = std::env::var("TOKEN").unwrap_or_default();
        let last = self.token.chars().last().unwrap_or('-');
        format!(
            "{} {last} {} {}",
            self.token.len(),
            now == self.token,
            std::process::id()
        )
    }
}

#[tool_handler(router = self.tools, name = "secrets-fixture")]
impl ServerHandler for Fixture {}

fn from_env(_: &[String]) -> Result<Fixture, Infallible> {
    Ok(Fixture {
        token: std::env::var("TOKEN").unwrap_or_default(),
        tools: Fixture::tool_router(),
    })
}

async fn read(reference: &Reference) -> Result<String, std::io::Error> {
    let folder = std::env::var("SECRETS").map_err(std::io::Error::other)?;
    let name = match reference {
        Reference::Secret { id, .. } => id,
        Reference::Parameter(name) => name.trim_start_matches('/'),
    };
    let folder = std::path::Path::new(&folder);
    // For a test to see that it was asked.
    let mut reads = std::fs::File::options()
        .create(true)
        .append(true)
        .open(folder.join("reads"))?;
    reads.write_all(b".")?;
    std::fs::read_to_string(folder.join(name))
}

const SERVER: ServerInfo = ServerInfo {
    id: "secrets-fixture",
    name: "Secrets Fixture",
    version: env!("CARGO_PKG_VERSION"),
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    agentcore_gateway_target::run_with_secrets(SERVER, read, from_env).await
}
