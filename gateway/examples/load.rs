//! Calls one tool of a running gateway as fast as some clients can, and prints what it took.
//!
//! ```console
//! $ cargo run --profile local -p gateway --example load -- --clients 8 filesystem___list_allowed_directories
//! clients 8: 20000 calls in 5.51 s, 3630 calls/s, p50 2.13 ms, p99 4.02 ms, 0 errors
//! ```
//!
//! Each client keeps one connection and has one call under way. The number of calls is bounded, and only a gateway on
//! this machine is called.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use clap::Parser;
use http::{Request, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::net::TcpStream;

#[derive(Clone, Parser)]
struct Arguments {
    /// Address of the gateway.
    #[arg(long, default_value = "127.0.0.1:8080")]
    address: SocketAddr,
    /// Clients that call at the same time.
    #[arg(long, default_value_t = 1)]
    clients: usize,
    /// Calls of all clients together.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    calls: u32,
    /// Calls before the clock starts: functions are warm then.
    #[arg(long, default_value_t = 200)]
    warm_up: u32,
    /// The tool: `<target>___<tool>`.
    tool: String,
    /// Its arguments as a JSON object.
    #[arg(default_value = "{}")]
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
    let params = json!({"name": arguments.tool, "arguments": values});
    let call =
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).to_string();
    let call = Bytes::from(call);

    run(&arguments, &call, arguments.warm_up as usize).await?;
    let started = Instant::now();
    let mut results = run(&arguments, &call, arguments.calls as usize).await?;
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
        "clients {}: {} calls in {:.2} s, {:.0} calls/s, p50 {:.2} ms, p99 {:.2} ms, {} errors",
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

async fn run(arguments: &Arguments, call: &Bytes, calls: usize) -> anyhow::Result<Results> {
    let left = Arc::new(AtomicUsize::new(calls));
    let clients: Vec<_> = (0..arguments.clients)
        .map(|_| tokio::spawn(client(arguments.address, call.clone(), Arc::clone(&left))))
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
async fn client(
    address: SocketAddr,
    call: Bytes,
    left: Arc<AtomicUsize>,
) -> anyhow::Result<Results> {
    let stream = TcpStream::connect(address)
        .await
        .with_context(|| format!("no gateway answers at {address}"))?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
    // Ends with the sender; a broken connection shows in the call.
    tokio::spawn(async move { drop(connection.await) });
    let mut results = Results::default();
    while left
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            left.checked_sub(1)
        })
        .is_ok()
    {
        let started = Instant::now();
        let answer = send(&mut sender, address, call.clone()).await?;
        results.times.push(started.elapsed());
        // A search of the text, because reading the answer would cost the machine that is measured.
        if !answer.windows(15).any(|text| text == br#""isError":false"#) {
            results.errors += 1;
            results.sample = String::from_utf8_lossy(&answer).chars().take(300).collect();
        }
    }
    Ok(results)
}

async fn send(
    sender: &mut SendRequest<Full<Bytes>>,
    address: SocketAddr,
    call: Bytes,
) -> anyhow::Result<Bytes> {
    let request = Request::post("/mcp")
        .header(header::HOST, address.to_string())
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/json, text/event-stream")
        .header("mcp-protocol-version", "2025-11-25")
        .body(Full::new(call))?;
    Ok(sender
        .send_request(request)
        .await?
        .into_body()
        .collect()
        .await?
        .to_bytes())
}
