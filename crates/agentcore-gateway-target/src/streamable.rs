//! MCP over Streamable HTTP, for `http --listen` and for HTTP events.
//!
//! One shape for both: rmcp's service is compiled anew for each type of server, session manager and request body, which is
//! 0.1 MB of code.

use std::convert::Infallible;
use std::error::Error;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use http_body_util::combinators::{BoxBody, UnsyncBoxBody};
use rmcp::ServerHandler;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};

use crate::guarded::Guarded;

/// What requests are answered with.
pub(crate) type Body = BoxBody<Bytes, Infallible>;

/// A server behind HTTP, with its sessions.
pub(crate) struct Streamable<S>(StreamableHttpService<Arc<Guarded<S>>, LocalSessionManager>);

impl<S: ServerHandler> Streamable<S> {
    pub(crate) fn new(server: Arc<Guarded<S>>, config: StreamableHttpServerConfig) -> Self {
        let server = move || Ok(Arc::clone(&server));
        Self(StreamableHttpService::new(server, Arc::default(), config))
    }

    /// Answers one request.
    pub(crate) async fn answer<B>(&self, request: Request<B>) -> Response<Body>
    where
        B: hyper::body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let request = request.map(|body| -> UnsyncBoxBody<_, Box<dyn Error + Send + Sync>> {
            body.map_err(Into::into).boxed_unsync()
        });
        self.0.handle(request).await
    }
}
