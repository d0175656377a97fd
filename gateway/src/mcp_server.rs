//! A target that is a remote MCP server.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use gateway_client::{Client, ClientError, Prepare};
use http::{HeaderName, HeaderValue};
use serde_json::Value;
use url::Url;

use crate::catalog::DELIMITER;
use crate::chain::Chain;
use crate::client_context::Call;
use crate::invoke::{Failure, Invocation, Invoke, Invoking, Returned};

/// Servers and load balancers close a silent connection after 60 seconds or later.
const LONGEST_IDLE: Duration = Duration::from_secs(50);
/// Most connections that are kept, the latest used.
const MOST_IDLE: usize = 32;

/// An MCP server behind Streamable HTTP. Connections and their sessions are kept for calls with the same propagated
/// headers, because the server may bind a session to them; calls at the same time have a connection each.
pub struct McpServer {
    endpoint: Url,
    idle: Mutex<Vec<Idle>>,
}

type Headers = Vec<(HeaderName, HeaderValue)>;

/// A connection after the handshake that no call uses.
struct Idle {
    client: Client,
    headers: Headers,
    since: Instant,
}

impl McpServer {
    /// The server at `endpoint`. Contacts nobody.
    pub fn new(endpoint: Url) -> Self {
        Self {
            endpoint,
            idle: Mutex::default(),
        }
    }

    /// All its tools, as it describes them.
    ///
    /// # Errors
    ///
    /// When it cannot be reached, or refuses.
    pub async fn tools(&self) -> Result<Vec<Value>, Failure> {
        let listed = async { self.connect(Vec::new()).await?.tools().await };
        listed
            .await
            .map(|listing| listing.tools)
            .map_err(|error| self.failure(&error))
    }

    async fn connect(&self, headers: Headers) -> Result<Client, ClientError> {
        let prepare: Prepare = Box::new(move |request| {
            request.headers_mut().extend(headers.clone());
            Ok(())
        });
        let endpoint = self.endpoint.clone();
        Client::connect(endpoint, "agentcore-gateway", Some(prepare)).await
    }

    async fn call(&self, invocation: Invocation) -> Result<Returned, Failure> {
        let Invocation { arguments, call } = invocation;
        let headers = propagated(&call);
        let tool = call
            .tool
            .split_once(DELIMITER)
            .map_or(call.tool.as_str(), |(_, tool)| tool);
        let arguments: Value =
            serde_json::from_slice(&arguments).expect("arguments were read as an object");
        let called = self.send(headers, tool, arguments).await;
        let result = called.map_err(|error| self.failure(&error))?;
        Ok(Returned::ToolResult(Bytes::from(result.to_string())))
    }

    async fn send(
        &self,
        headers: Headers,
        tool: &str,
        arguments: Value,
    ) -> Result<Value, ClientError> {
        let mut client = match self.take(&headers) {
            Some(client) => client,
            None => self.connect(headers.clone()).await?,
        };
        let answer = client.call(tool, arguments).await;
        // Whoever refuses is still there.
        if let Ok(_) | Err(ClientError::Refused(_)) = &answer {
            self.keep(Idle {
                client,
                headers,
                since: Instant::now(),
            });
        }
        answer
    }

    /// The connection for these headers that was used last.
    fn take(&self, headers: &Headers) -> Option<Client> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|kept| kept.since.elapsed() < LONGEST_IDLE);
        let position = idle.iter().rposition(|kept| kept.headers == *headers)?;
        Some(idle.remove(position).client)
    }

    fn keep(&self, unused: Idle) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() == MOST_IDLE {
            idle.remove(0);
        }
        idle.push(unused);
    }

    fn failure(&self, error: &ClientError) -> Failure {
        Failure::Server {
            server: self.endpoint.to_string(),
            reason: Chain(error).to_string(),
        }
    }
}

impl Invoke for McpServer {
    fn invoke(&self, invocation: Invocation) -> Invoking<'_> {
        Box::pin(self.call(invocation))
    }
}

fn propagated(call: &Call) -> Headers {
    call.headers
        .iter()
        .filter_map(|(name, value)| Some((name.parse().ok()?, value.parse().ok()?)))
        .collect()
}
