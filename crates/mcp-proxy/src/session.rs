//! One connection to another MCP server.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use rmcp::RoleClient;
use rmcp::model::{
    ClientCapabilities, ClientConfig, ClientRequest, Implementation, PingRequest, ProtocolVersion,
};
use rmcp::service::{ClientInitializeError, Peer, RunningService, ServiceError, serve_client};
use rmcp::transport::IntoTransport;
use tokio::sync::watch;

/// How a process ended, once it has: `exit code 3`.
pub(crate) type Ended = watch::Receiver<Option<String>>;

/// An initialised connection. Dropping it closes it.
#[derive(Debug)]
pub(crate) struct Session {
    service: RunningService<RoleClient, ClientConfig>,
    /// `None` where there is no process.
    ended: Option<Ended>,
    /// Whether a call was ever answered.
    served: AtomicBool,
    /// By the clock on the wall: another may stand still while Lambda has frozen the process.
    used: Mutex<SystemTime>,
}

/// Who calls. No capabilities: nobody is there to be asked for samples, roots or input.
fn client() -> ClientConfig {
    ClientConfig::new(
        ClientCapabilities::default(),
        Implementation::new("mcp-fleet", env!("CARGO_PKG_VERSION")),
    )
    .with_protocol_version(ProtocolVersion::LATEST_WITH_INITIALIZE)
}

impl Session {
    /// The MCP handshake over a transport.
    pub(crate) async fn open<T, E, A>(
        transport: T,
        ended: Option<Ended>,
    ) -> Result<Self, ClientInitializeError>
    where
        T: IntoTransport<RoleClient, E, A>,
        E: std::error::Error + Send + Sync + 'static,
    {
        Ok(Self {
            service: serve_client(client(), transport).await?,
            ended,
            served: AtomicBool::new(false),
            used: Mutex::new(SystemTime::now()),
        })
    }

    pub(crate) fn peer(&self) -> &Peer<RoleClient> {
        self.service.peer()
    }

    /// Whether a call can be sent, as far as is known.
    pub(crate) fn is_open(&self) -> bool {
        let runs = |ended: &Ended| ended.borrow().is_none();
        !self.service.peer().is_transport_closed() && self.ended.as_ref().is_none_or(runs)
    }

    /// Whether a call was ever answered.
    pub(crate) fn has_served(&self) -> bool {
        self.served.load(Ordering::Relaxed)
    }

    /// Records that the other side has just answered.
    pub(crate) fn answered(&self, call: bool) {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner) = SystemTime::now();
        if call {
            self.served.store(true, Ordering::Relaxed);
        }
    }

    /// How long ago the other side last answered. A clock that was set back counts as long ago.
    pub(crate) fn idle(&self) -> Duration {
        let used = *self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.elapsed().unwrap_or(Duration::MAX)
    }

    /// Whether the other side answers at all.
    pub(crate) async fn answers(&self, patience: Duration) -> bool {
        let ping = ClientRequest::PingRequest(PingRequest::default());
        let answer = tokio::time::timeout(patience, self.peer().send_request(ping)).await;
        let alive = matches!(answer, Ok(Ok(_) | Err(ServiceError::McpError(_))));
        if alive {
            self.answered(false);
        }
        alive
    }

    /// How the process ended; waits a moment for it. `None` when it did not, or is none.
    pub(crate) async fn how_it_ended(&self, patience: Duration) -> Option<String> {
        let mut ended = self.ended.clone()?;
        let how = tokio::time::timeout(patience, ended.wait_for(Option::is_some)).await;
        how.ok()?.ok()?.clone()
    }
}
