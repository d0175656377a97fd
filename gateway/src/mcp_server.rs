//! A target that is a remote MCP server.

use bytes::Bytes;
use gateway_client::{Client, ClientError, Prepare};
use http::{HeaderName, HeaderValue};
use serde_json::Value;
use url::Url;

use crate::catalog::DELIMITER;
use crate::chain::Chain;
use crate::invoke::{Failure, Invocation, Invoke, Invoking, Returned};

/// An MCP server behind Streamable HTTP. Each call has a connection of its own, because the server may bind a session to
/// the headers that the client's are propagated in.
pub struct McpServer {
    endpoint: Url,
}

impl McpServer {
    /// The server at `endpoint`. Contacts nobody.
    pub fn new(endpoint: Url) -> Self {
        Self { endpoint }
    }

    /// All its tools, as it describes them.
    ///
    /// # Errors
    ///
    /// When it cannot be reached, or refuses.
    pub async fn tools(&self) -> Result<Vec<Value>, Failure> {
        let listed = async { self.connect(None).await?.tools().await };
        listed
            .await
            .map(|listing| listing.tools)
            .map_err(|error| self.failure(&error))
    }

    async fn connect(&self, prepare: Option<Prepare>) -> Result<Client, ClientError> {
        Client::connect(self.endpoint.clone(), "agentcore-gateway", prepare).await
    }

    async fn call(&self, invocation: Invocation) -> Result<Returned, Failure> {
        let Invocation { arguments, call } = invocation;
        let headers: Vec<(HeaderName, HeaderValue)> = call
            .headers
            .iter()
            .filter_map(|(name, value)| Some((name.parse().ok()?, value.parse().ok()?)))
            .collect();
        let prepare: Prepare = Box::new(move |request| {
            request.headers_mut().extend(headers.clone());
            Ok(())
        });
        let tool = call
            .tool
            .split_once(DELIMITER)
            .map_or(call.tool.as_str(), |(_, tool)| tool);
        let arguments: Value =
            serde_json::from_slice(&arguments).expect("arguments were read as an object");
        let called = async {
            self.connect(Some(prepare))
                .await?
                .call(tool, arguments)
                .await
        };
        let result = called.await.map_err(|error| self.failure(&error))?;
        Ok(Returned::ToolResult(Bytes::from(result.to_string())))
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
