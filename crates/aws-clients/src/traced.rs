//! An HTTP client that tells AWS which X-Ray trace a request belongs to.
//!
//! The header is added after signing. That is sound: SigV4 as the SDK does it leaves `X-Amzn-Trace-Id` unsigned, because
//! proxies on the way may change it. (The SDK would add it by itself from `_X_AMZN_TRACE_ID`, a variable that the
//! Node and Python runtimes set for each invocation; a Rust program cannot set one safely.)

use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// Adds the header to the requests of another client.
#[derive(Debug)]
pub(crate) struct Traced(pub(crate) SharedHttpClient);

#[derive(Debug)]
struct Connector(SharedHttpConnector);

impl HttpClient for Traced {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector(self.0.http_connector(settings, components)))
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.0.connector_metadata()
    }
}

impl HttpConnector for Connector {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        if let Some(trace) = invocation_trace::current() {
            let headers = request.headers_mut();
            // Of a visible ASCII text this cannot fail, and a trace is not worth a request.
            let _ = headers.try_insert(invocation_trace::HEADER, trace.header().to_owned());
        }
        self.0.call(request)
    }
}
