//! Calls tools of a running gateway, or of any MCP server with Streamable HTTP, as fast as some clients can, and prints what it took.
//!
//! ```console
//! $ cargo run --profile local -p gateway --example load -- --clients 8 filesystem___list_allowed_directories
//! clients 8: 20000 calls in 5.51 s, 3630 calls/s, p50 2.13 ms, p99 4.02 ms, 0 errors
//! ```
//!
//! Each client initializes, keeps its session if it is given one, keeps one connection and has one call under way; of several
//! tools it calls one after the other. The number of calls is bounded, and only this machine is called.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use clap::Parser;
use http::{HeaderValue, Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::net::TcpStream;

/// One that every server of the last years knows.
const PROTOCOL_VERSION: &str = "2025-06-18";
const SESSION: &str = "mcp-session-id";

#[derive(Clone, Parser)]
struct Arguments {
    /// Address of the gateway.
    #[arg(long, default_value = "127.0.0.1:8080")]
    address: SocketAddr,
    /// Path of the MCP endpoint.
    #[arg(long, default_value = "/mcp")]
    path: String,
    /// Clients that call at the same time.
    #[arg(long, default_value_t = 1)]
    clients: usize,
    /// Calls of all clients together.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    calls: u32,
    /// Seconds after which no further call begins.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Calls before the clock starts: functions are warm then.
    #[arg(long, default_value_t = 200)]
    warm_up: u32,
    /// The tools: `<target>___<tool>` of a gateway.
    #[arg(required = true)]
    tools: Vec<String>,
    /// Their arguments as a JSON object.
    #[arg(long, default_value = "{}")]
    arguments: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    ensure!(
        arguments.address.ip().is_loopback(),
        "`--address` must be a loopback address"
    );
    let values: Value =
        serde_json::from_str(&arguments.arguments).context("the arguments are not JSON")?;
    let calls = arguments.tools.iter().map(|tool| {
        let params = json!({"name": tool, "arguments": values});
        message(json!({"id": 1, "method": "tools/call", "params": params}))
    });
    let calls: Arc<[Bytes]> = calls.collect();

    run(&arguments, &calls, arguments.warm_up).await?;
    let started = Instant::now();
    let mut results = run(&arguments, &calls, arguments.calls).await?;
    let took = started.elapsed();

    results.times.sort_unstable();
    let quantile = |part: usize| {
        let time = results
            .times
            .get(results.times.len() * part / 100)
            .copied()
            .unwrap_or_default();
        time.as_secs_f64() * 1000.0
    };
    writeln!(
        std::io::stdout().lock(),
        "clients {}: {} calls in {:.2} s, {:.0} calls/s, p50 {:.3} ms, p99 {:.3} ms, {} errors",
        arguments.clients,
        results.times.len(),
        took.as_secs_f64(),
        results.times.len() as f64 / took.as_secs_f64(),
        quantile(50),
        quantile(99),
        results.errors
    )?;
    ensure!(
        results.errors == 0,
        "{} calls did not succeed, such as: {}",
        results.errors,
        results.sample
    );
    Ok(())
}

/// What the calls of some clients took.
#[derive(Default)]
struct Results {
    times: Vec<Duration>,
    errors: usize,
    /// One of the answers that were errors.
    sample: String,
}

/// What all clients share.
struct Load {
    arguments: Arguments,
    calls: Arc<[Bytes]>,
    left: AtomicU32,
    end: Instant,
}

async fn run(arguments: &Arguments, calls: &Arc<[Bytes]>, count: u32) -> anyhow::Result<Results> {
    let load = Arc::new(Load {
        arguments: arguments.clone(),
        calls: Arc::clone(calls),
        left: AtomicU32::new(count),
        end: Instant::now() + Duration::from_secs(arguments.seconds),
    });
    let clients: Vec<_> = (0..arguments.clients)
        .map(|_| tokio::spawn(client(Arc::clone(&load))))
        .collect();
    let mut all = Results::default();
    for client in clients {
        let results = client.await??;
        all.times.extend(results.times);
        all.errors += results.errors;
        if all.sample.is_empty() {
            all.sample = results.sample;
        }
    }
    Ok(all)
}

/// Calls until none are left.
async fn client(load: Arc<Load>) -> anyhow::Result<Results> {
    let mut connection = Connection::open(&load.arguments).await?;
    let mut results = Results::default();
    while Instant::now() < load.end {
        let next = |left: u32| left.checked_sub(1);
        let Ok(left) = load
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, next)
        else {
            break;
        };
        let call = load.calls[left as usize % load.calls.len()].clone();
        let started = Instant::now();
        let answer = connection.send(call).await?.into_body();
        let answer = answer.collect().await?.to_bytes();
        results.times.push(started.elapsed());
        // A search of the text, because reading the answer would cost the machine that is measured.
        if !answer.windows(15).any(|text| text == br#""isError":false"#) {
            results.errors += 1;
            results.sample = String::from_utf8_lossy(&answer).chars().take(300).collect();
        }
    }
    Ok(results)
}

/// The connection of a client that has introduced itself.
struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
    path: String,
    session: Option<HeaderValue>,
}

impl Connection {
    async fn open(arguments: &Arguments) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(arguments.address)
            .await
            .with_context(|| format!("nobody answers at {}", arguments.address))?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // Ends with the sender; a broken connection shows in the call.
        tokio::spawn(async move { drop(connection.await) });
        let mut connection = Self {
            sender,
            host: arguments.address.to_string(),
            path: arguments.path.clone(),
            session: None,
        };
        let client = json!({"name": "load", "version": "1"});
        let params =
            json!({"protocolVersion": PROTOCOL_VERSION, "capabilities": {}, "clientInfo": client});
        let initialize = message(json!({"id": 0, "method": "initialize", "params": params}));
        let answer = connection.send(initialize).await?;
        connection.session = answer.headers().get(SESSION).cloned();
        answer.into_body().collect().await?;
        let initialized = message(json!({"method": "notifications/initialized"}));
        let answer = connection.send(initialized).await?;
        answer.into_body().collect().await?;
        Ok(connection)
    }

    async fn send(&mut self, message: Bytes) -> anyhow::Result<Response<Incoming>> {
        let mut request = Request::post(&self.path)
            .header(header::HOST, &self.host)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json, text/event-stream")
            .header("mcp-protocol-version", PROTOCOL_VERSION);
        if let Some(session) = &self.session {
            request = request.header(SESSION, session);
        }
        // The answer before may have been read to its end before the connection knows.
        self.sender.ready().await?;
        let answer = self
            .sender
            .send_request(request.body(Full::new(message))?)
            .await?;
        ensure!(
            answer.status().is_success(),
            "{} answered {}",
            self.path,
            answer.status()
        );
        Ok(answer)
    }
}

fn message(mut members: Value) -> Bytes {
    members["jsonrpc"] = "2.0".into();
    Bytes::from(members.to_string())
}
