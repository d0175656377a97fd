//! The HTTP client below all SDK clients: one pool and one TLS set-up, which any other request can use as well.
//!
//! Every request names the X-Ray trace that it belongs to. The header is added after signing. That is sound: SigV4 as
//! the SDK does it leaves `X-Amzn-Trace-Id` unsigned, because proxies on the way may change it. (The SDK would add it
//! by itself from `_X_AMZN_TRACE_ID`, a variable that the Node and Python runtimes set for each invocation; a Rust
//! program cannot set one safely.)

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// Time to connect, and to the first byte of an answer. Providers of credentials have times of their own.
type Times = (Option<Duration>, Option<Duration>);

/// One connector, with its pool, for each pair of times. Built when first needed: TLS takes some milliseconds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connectors(Arc<Mutex<HashMap<Times, SharedHttpConnector>>>);

impl Connectors {
    pub(crate) fn get(&self, settings: &HttpConnectorSettings) -> SharedHttpConnector {
        let times = (settings.connect_timeout(), settings.read_timeout());
        let mut built = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let connector = built.entry(times).or_insert_with(|| {
            let connector = aws_smithy_http_client::Connector::builder()
                .connector_settings(settings.clone())
                .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
                .proxy_config(ProxyConfig::from_env())
                .build();
            SharedHttpConnector::new(Traced(SharedHttpConnector::new(connector)))
        });
        connector.clone()
    }
}

impl HttpClient for Connectors {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.get(settings)
    }
}

#[derive(Debug)]
struct Traced(SharedHttpConnector);

impl HttpConnector for Traced {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        if let Some(trace) = invocation_trace::current() {
            let headers = request.headers_mut();
            // Of a visible ASCII text this cannot fail, and a trace is not worth a request.
            let _ = headers.try_insert(invocation_trace::HEADER, trace.header().to_owned());
        }
        self.0.call(request)
    }
}
