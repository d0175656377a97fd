//! A remote MCP server, reached over Streamable HTTP.
//!
//! One session and its connections are kept and shared by all calls. A session that the server
//! has forgotten (HTTP 404) is opened anew within the call. What may have reached the server is
//! never sent twice, except for lists.

mod client;
mod endpoint;
mod failure;
mod headers;

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use agentcore_gateway_target::{Reference, ServerInfo};
use rmcp::service::ServiceError;
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;

use crate::catalog;
use crate::error::Failure;
use crate::link::Upstream;
use crate::session::Session;

pub use endpoint::EndpointError;

use client::Client;
use endpoint::Address;
use headers::Template;

/// A remote MCP server.
#[derive(Debug, Clone, Copy)]
pub struct Endpoint {
    /// Its address: `https`, or `http` on this machine.
    pub url: &'static str,
    /// Names and values of headers to send; `${NAME}` in a value is the environment variable.
    pub headers: &'static [(&'static str, &'static str)],
    /// Its tools as they last were: `{"tools": [...]}`, as MCP's `tools/list` answers.
    pub tools: &'static str,
}

/// The MCP server that forwards to an [`Endpoint`].
pub type Server = crate::Server<Remote>;

/// The address and headers of a [`Server`].
#[derive(Debug)]
pub struct Remote {
    address: Address,
    headers: Vec<Template>,
}

/// Runs a handler that forwards to a remote server.
pub async fn run(info: ServerInfo, endpoint: Endpoint) -> ExitCode {
    agentcore_gateway_target::run(info, |_args| Server::from_env(&endpoint)).await
}

/// [`run`], where variables in headers name secrets: [`agentcore_gateway_target::run_with_secrets`].
pub async fn run_with_secrets<F: Error>(
    info: ServerInfo,
    resolve: impl AsyncFn(&Reference) -> Result<String, F>,
    endpoint: Endpoint,
) -> ExitCode {
    let from_env = |_: &[String]| Server::from_env(&endpoint);
    agentcore_gateway_target::run_with_secrets(info, resolve, from_env).await
}

impl Server {
    /// Makes the server; connects to nothing.
    ///
    /// # Errors
    ///
    /// When the address or a header is none, or the stored list of tools, or the one named by
    /// [`TOOL_LIST`](crate::TOOL_LIST). A variable that is not set is an error of the calls.
    pub fn from_env(endpoint: &Endpoint) -> Result<Self, EndpointError> {
        let templates = endpoint.headers.iter();
        let remote = Remote {
            address: Address::parse(endpoint.url)?,
            headers: templates
                .map(|(name, value)| Template::parse(name, value))
                .collect::<Result<_, _>>()?,
        };
        let how = "a remote server";
        Ok(Self::new(remote, catalog::from_env(endpoint.tools)?, how))
    }
}

impl Upstream for Remote {
    fn name(&self) -> &str {
        self.address.host()
    }

    const START_LIMIT: Duration = Duration::from_secs(15);

    /// Load balancers close a silent connection after 60 s, and Lambda does not see it while the
    /// function is frozen.
    const IDLE_LIMIT: Option<Duration> = Some(Duration::from_secs(50));

    fn pause(_failures: u32) -> Duration {
        Duration::ZERO
    }

    async fn connect(&self) -> Result<Session, Failure> {
        let headers = headers::resolve(self.name(), &self.headers, |name| std::env::var_os(name))?;
        let client = Client::new(&self.address, headers).map_err(|error| Failure::Unreachable {
            server: self.name().to_owned(),
            source: Box::new(error),
        })?;
        let config = StreamableHttpClientTransportConfig::with_uri(self.address.as_str());
        let transport = StreamableHttpClientTransport::with_client(client, config);
        let opened = Session::open(transport, None).await;
        opened.map_err(|error| failure::of_start(self.name(), error))
    }

    fn may_have_arrived(error: &ServiceError) -> bool {
        failure::may_have_arrived(error)
    }

    async fn failure(&self, _session: &Session, tool: &str, error: ServiceError) -> Failure {
        failure::of_call(self.name(), tool, error)
    }
}
