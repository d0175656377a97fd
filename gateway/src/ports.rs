//! The ports of `gateway up`.

use std::net::SocketAddr;

use axum::Router;
use axum::middleware::from_fn;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::loopback;
use crate::up::Up;

/// Ports that are taken, and not yet served.
pub(crate) struct Ports {
    mcp: TcpListener,
    lambda: TcpListener,
    control: Option<TcpListener>,
}

/// Where the ports are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addresses {
    pub(crate) mcp: SocketAddr,
    pub(crate) lambda: SocketAddr,
    pub(crate) control: Option<SocketAddr>,
}

impl Ports {
    /// Takes the ports.
    ///
    /// # Errors
    ///
    /// When one is taken already; the message names its flag.
    pub(crate) async fn bind(up: &Up) -> anyhow::Result<Self> {
        Ok(Self {
            mcp: bind(up.listen, "--listen").await?,
            lambda: bind(up.lambda_listen, "--lambda-listen").await?,
            control: match &up.control {
                Some(control) => Some(bind(control.listen, "--control-listen").await?),
                None => None,
            },
        })
    }

    pub(crate) fn addresses(&self) -> std::io::Result<Addresses> {
        Ok(Addresses {
            mcp: self.mcp.local_addr()?,
            lambda: self.lambda.local_addr()?,
            control: self
                .control
                .as_ref()
                .map(TcpListener::local_addr)
                .transpose()?,
        })
    }

    /// Serves each port, until `stop`.
    pub(crate) fn serve(
        self,
        mcp: Router,
        lambda: Router,
        control: Option<Router>,
        stop: &CancellationToken,
    ) -> JoinSet<std::io::Result<()>> {
        // Neither asks callers who they are.
        let local = |router: Router| router.layer(from_fn(loopback::only));
        let mut servers = JoinSet::new();
        servers.spawn(serve(self.mcp, mcp, stop.clone()));
        servers.spawn(serve(self.lambda, local(lambda), stop.clone()));
        if let (Some(listener), Some(router)) = (self.control, control) {
            servers.spawn(serve(listener, local(router), stop.clone()));
        }
        servers
    }
}

async fn bind(address: SocketAddr, flag: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let port = address.port();
        match error.kind() {
            std::io::ErrorKind::AddrInUse => anyhow::anyhow!(
                "port {port} is in use ({address})\nhint: end the program that uses it, or choose another port with `{flag}`"
            ),
            _ => anyhow::anyhow!("cannot listen on {address} (`{flag}`): {error}"),
        }
    })
}

async fn serve(listener: TcpListener, app: Router, stop: CancellationToken) -> std::io::Result<()> {
    // Answers are one small write: waiting to fill a packet would only delay them.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    axum::serve(listener, app)
        .with_graceful_shutdown(stop.cancelled_owned())
        .await
}
