//! Calls an rmcp server in the caller's own task: no session, no child task.

use std::sync::Arc;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ClientJsonRpcMessage, GetExtensions as _,
    GetMeta as _, JsonRpcMessage, RequestId, ServerJsonRpcMessage, ServerResult,
};
use rmcp::service::{Peer, RequestContext, Service, serve_directly};
use rmcp::{ErrorData, RoleServer, ServerHandler};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::arguments::tidy;

/// Where messages come from and go to. One type for all: rmcp's loop is compiled anew for each, which is 25 kB of code.
pub(crate) type Streams = (
    Box<dyn AsyncRead + Send + Unpin>,
    Box<dyn AsyncWrite + Send + Unpin>,
);

/// A server, and what rmcp wants beside each request.
#[derive(Debug)]
pub struct Dispatcher<S> {
    server: Arc<S>,
    peer: Peer<RoleServer>,
}

impl<S: ServerHandler> Dispatcher<S> {
    /// Wraps a server. Needs a running Tokio runtime.
    pub fn new(server: S) -> Self {
        let server = Arc::new(server);
        // rmcp hands out a peer only with a running service: this one has nothing to serve, and ends at once.
        let nowhere: Streams = (Box::new(tokio::io::empty()), Box::new(tokio::io::sink()));
        let service = serve_directly(Arc::clone(&server), nowhere, None);
        let peer = service.peer().clone();
        Self { server, peer }
    }

    /// The server.
    pub fn server(&self) -> &Arc<S> {
        &self.server
    }

    /// The server alone.
    pub(crate) fn into_server(self) -> Arc<S> {
        self.server
    }

    /// A context for a request. Its peer reaches nobody.
    pub(crate) fn context(&self, id: RequestId) -> RequestContext<RoleServer> {
        RequestContext::new(id, self.peer.clone())
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
        self.call_tool_in(self.context(id), call).await
    }

    /// Calls one tool in a context that the caller has prepared.
    pub(crate) async fn call_tool_in(
        &self,
        mut context: RequestContext<RoleServer>,
        mut call: CallToolRequestParams,
    ) -> Result<CallToolResponse, ErrorData> {
        if let Some(meta) = call.meta.take() {
            context.meta = meta;
        }
        let mut response = self.server.call_tool(call, context).await?;
        if let CallToolResponse::Complete(result) = &mut response {
            tidy(result);
        }
        Ok(response)
    }

    /// Answers one JSON-RPC message. A notification has no answer.
    pub async fn handle(&self, message: ClientJsonRpcMessage) -> Option<ServerJsonRpcMessage> {
        let JsonRpcMessage::Request(request) = &message else {
            return None;
        };
        let context = self.context(request.id.clone());
        self.handle_in(context, message).await
    }

    /// Answers one JSON-RPC message in a context that the caller has prepared.
    pub(crate) async fn handle_in(
        &self,
        mut context: RequestContext<RoleServer>,
        message: ClientJsonRpcMessage,
    ) -> Option<ServerJsonRpcMessage> {
        let JsonRpcMessage::Request(mut request) = message else {
            return None;
        };
        // As rmcp's own loop does: what is in `_meta` belongs to the context, and whether the
        // protocol version in it is served is decided there.
        std::mem::swap(&mut context.meta, request.request.get_meta_mut());
        context
            .extensions
            .extend(std::mem::take(request.request.extensions_mut()));
        Some(
            match self.server.handle_request(request.request, context).await {
                Ok(mut result) => {
                    if let ServerResult::CallToolResult(result) = &mut result {
                        tidy(result);
                    }
                    ServerJsonRpcMessage::response(result, request.id)
                }
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
