//! Calls an rmcp server in the caller's own task: no session, no child task.

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ClientJsonRpcMessage, JsonRpcMessage, RequestId,
    ServerJsonRpcMessage,
};
use rmcp::service::{Peer, RequestContext, Service, serve_directly};
use rmcp::{ErrorData, RoleServer, ServerHandler};

/// A server, and what rmcp wants beside each request.
#[derive(Debug)]
pub struct Dispatcher<S> {
    server: S,
    peer: Peer<RoleServer>,
}

/// rmcp hands out a peer only with a running service: this one has nothing to serve.
#[derive(Debug)]
struct Nobody;

impl ServerHandler for Nobody {}

impl<S: ServerHandler> Dispatcher<S> {
    /// Wraps a server. Needs a running Tokio runtime.
    pub fn new(server: S) -> Self {
        let nowhere = (tokio::io::empty(), tokio::io::sink());
        let service = serve_directly::<_, _, _, std::io::Error, _>(Nobody, nowhere, None);
        let peer = service.peer().clone();
        Self { server, peer }
    }

    /// The server.
    pub fn server(&self) -> &S {
        &self.server
    }

    /// Calls one tool.
    ///
    /// # Errors
    ///
    /// When the server has no such tool, or breaks the protocol.
    pub async fn call_tool(
        &self,
        id: RequestId,
        call: CallToolRequestParams,
    ) -> Result<CallToolResponse, ErrorData> {
        self.server
            .call_tool(call, RequestContext::new(id, self.peer.clone()))
            .await
    }

    /// Answers one JSON-RPC message. A notification has no answer.
    pub async fn handle(&self, message: ClientJsonRpcMessage) -> Option<ServerJsonRpcMessage> {
        let JsonRpcMessage::Request(request) = message else {
            return None;
        };
        let context = RequestContext::new(request.id.clone(), self.peer.clone());
        Some(
            match self.server.handle_request(request.request, context).await {
                Ok(result) => ServerJsonRpcMessage::response(result, request.id),
                Err(error) => ServerJsonRpcMessage::error(error, Some(request.id)),
            },
        )
    }
}

/// Answers one JSON-RPC message with a server made for it, as tests want it.
pub async fn handle<S: ServerHandler>(
    server: S,
    message: ClientJsonRpcMessage,
) -> Option<ServerJsonRpcMessage> {
    Dispatcher::new(server).handle(message).await
}
