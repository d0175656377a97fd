//! `http --listen ADDR:PORT`: any number of clients over Streamable HTTP.

use std::convert::Infallible;
use std::io::Write as _;
use std::net::SocketAddr;
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use rmcp::ServerHandler;
use rmcp::transport::streamable_http_server::StreamableHttpServerConfig;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{FAILED, MISCONFIGURED, fail, is_loopback};
use crate::guarded::Guarded;
use crate::streamable::{Body, Streamable};

/// Path of the MCP endpoint.
const PATH: &str = "/mcp";

/// Browser pages that may speak to a server on this machine.
const LOCAL_ORIGINS: [&str; 3] = ["http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*"];

/// How long to wait when the system hands out no connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

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
    let service = Arc::new(service(server, &options, stop.clone()));
    // Told on stderr, because stdout is for data.
    let _ = writeln!(std::io::stderr(), "listening on http://{address}{PATH}");
    let connections = GracefulShutdown::new();
    let mut ended = pin!(shutdown());
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut ended => break,
        };
        let Ok((stream, _client)) = stream else {
            // Too many open files, or a client that has gone: the next one may come through.
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let service = Arc::clone(&service);
        let answer = service_fn(move |request| answer(Arc::clone(&service), request));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
        tokio::spawn(connections.watch(connection));
    }
    stop.cancel();
    connections.shutdown().await;
    ExitCode::SUCCESS
}

/// Not axum's server: it brings HTTP/2 along, 0.1 MB in every handler with an AWS client, and one path needs no router.
async fn answer<S: ServerHandler>(
    service: Arc<Streamable<S>>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    if request.uri().path() == PATH {
        return Ok(service.answer(request).await);
    }
    let mut nothing = Response::new(Empty::new().boxed());
    *nothing.status_mut() = StatusCode::NOT_FOUND;
    Ok(nothing)
}

fn service<S: ServerHandler>(
    server: Arc<Guarded<S>>,
    options: &Options,
    stop: CancellationToken,
) -> Streamable<S> {
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
    Streamable::new(server, config)
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
