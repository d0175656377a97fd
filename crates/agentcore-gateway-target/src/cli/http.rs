//! `http --listen ADDR:PORT`: any number of clients over Streamable HTTP.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use clap::Args;
use rmcp::ServerHandler;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{FAILED, MISCONFIGURED, fail, is_loopback};
use crate::guarded::Guarded;

/// Path of the MCP endpoint.
const PATH: &str = "/mcp";

/// Browser pages that may speak to a server on this machine.
const LOCAL_ORIGINS: [&str; 3] = ["http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*"];

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8000")]
    listen: SocketAddr,
    /// Listen where other machines can connect. There is no authentication: put some in front.
    #[arg(long)]
    allow_remote: bool,
    /// Name, or name:port, by which clients call this server (their `Host` header). Repeatable.
    #[arg(long, value_name = "HOST")]
    allow_host: Vec<String>,
    /// Origin of browser pages that may call this server, such as https://app.example.com:443. Repeatable.
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Vec<String>,
}

/// Serves until Ctrl-C or SIGTERM, then ends the sessions.
pub(super) async fn serve<S: ServerHandler>(server: Arc<Guarded<S>>, options: Options) -> ExitCode {
    let listen = options.listen;
    if !is_loopback(&listen) && !options.allow_remote {
        let text = format!(
            "`--listen {listen}` can be reached from other machines, and the server has no authentication; listen on 127.0.0.1, or add `--allow-remote`"
        );
        return fail(MISCONFIGURED, &text);
    }
    let listener = match TcpListener::bind(listen).await {
        Ok(listener) => listener,
        Err(error) => return fail(FAILED, &format!("cannot listen on {listen}: {error}")),
    };
    let address = match listener.local_addr() {
        Ok(address) => address,
        Err(error) => return fail(FAILED, &format!("cannot listen on {listen}: {error}")),
    };
    let stop = CancellationToken::new();
    let app = app(server, &options, stop.clone());
    // Told on stderr, because stdout is for data.
    let _ = writeln!(std::io::stderr(), "listening on http://{address}{PATH}");
    let ended = async move {
        shutdown().await;
        stop.cancel();
    };
    match axum::serve(listener, app)
        .with_graceful_shutdown(ended)
        .await
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(FAILED, &format!("the HTTP server ended: {error}")),
    }
}

fn app<S: ServerHandler>(server: Arc<Guarded<S>>, options: &Options, stop: CancellationToken) -> Router {
    let mut hosts: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into();
    hosts.push(options.listen.ip().to_string());
    hosts.extend(options.allow_host.iter().cloned());
    let origins = LOCAL_ORIGINS.iter().copied();
    let origins = origins.chain(options.allow_origin.iter().map(String::as_str));
    let config = StreamableHttpServerConfig::default()
        .with_cancellation_token(stop)
        .with_allowed_hosts(hosts)
        .with_allowed_origins(origins)
        .enforce_origin_validation();
    let sessions = Arc::new(LocalSessionManager::default());
    let service = StreamableHttpService::new(move || Ok(Arc::clone(&server)), sessions, config);
    Router::new().route_service(PATH, service)
}

/// Ctrl-C, or the signal that service managers send.
async fn shutdown() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without a handler for the signal the system's default ends the process, which is as good.
    let _ = interrupt.await;
}
