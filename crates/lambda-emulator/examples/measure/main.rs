//! Measures handlers under the Runtime API: cold start, warm call, peak memory.
//!
//! ```console
//! $ cargo build --profile lambda -p mcp-server-filesystem
//! $ cargo run --profile local -p lambda-emulator --example measure -- cases.json
//! ```
//!
//! `case.rs` says what a file of cases holds. A cold call is the time from starting the process to its first answer. A warm
//! call is the time from handing over the event to the answer, as the Runtime API sees it: the adapter, the tool, and two HTTP
//! messages on loopback. The figures are printed as JSON, one line a case, or what kept a case from being measured;
//! `scripts/bench` makes tables of them.

#![expect(clippy::print_stdout, reason = "the figures are this program's output")]

mod case;
mod first_request;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lambda_emulator::{Emulator, FunctionSpec, Options};
use serde_json::json;

use case::Case;
use first_request::Endpoint;

/// Time for the cold calls of a case, and for its warm calls: what is slow is measured with fewer of them.
const TIME: Duration = Duration::from_secs(20);

/// What a program prints to tell the peak of itself and its children, which the emulator does not see.
const PEAK_LINE: &str = "peak memory kB: ";

type Error = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let file = std::env::args_os().nth(1).ok_or("usage: measure CASES")?;
    for case in &Case::load(file.as_ref())? {
        let figures = measure(case).await;
        let figures =
            figures.unwrap_or_else(|error| json!({"name": case.name, "error": error.to_string()}));
        println!("{figures}");
    }
    Ok(())
}

async fn measure(case: &Case) -> Result<serde_json::Value, Error> {
    // A case that measures the first request for AWS is answered by nobody else.
    let endpoint = match case.calls_aws {
        true => Some(Endpoint::start().await?),
        false => None,
    };
    let mut cold = Vec::with_capacity(case.cold_starts);
    let mut first_requests = Vec::new();
    let end = Instant::now() + TIME;
    while cold.len() < case.cold_starts && Instant::now() < end {
        let function = Function::new(case, endpoint.as_ref())?;
        let began = Instant::now();
        function.call(case).await?;
        cold.push(began.elapsed());
        function.emulator.shutdown().await;
        if let Some(endpoint) = &endpoint {
            let arrived = endpoint.take().ok_or("the call asked AWS nothing")?;
            first_requests.push(arrived.duration_since(began));
        }
    }
    let function = Function::new(case, endpoint.as_ref())?;
    // The first call is cold.
    let (_, mut memory_mb) = function.call(case).await?;
    let mut warm = Vec::with_capacity(case.warm_calls);
    let end = Instant::now() + TIME;
    while warm.len() < case.warm_calls && Instant::now() < end {
        let (duration, memory) = function.call(case).await?;
        warm.push(duration);
        memory_mb = memory_mb.max(memory);
    }
    function.emulator.shutdown().await;
    let told_kb = *function.told_kb.lock().map_err(|_| "a call panicked")?;
    Ok(json!({
        "name": case.name,
        "tool": case.tool,
        "cold_ms": percentile(&mut cold, 0.5),
        "first_request_ms": percentile(&mut first_requests, 0.5),
        "warm_p50_ms": percentile(&mut warm, 0.5),
        "warm_p99_ms": percentile(&mut warm, 0.99),
        "memory_mb": memory_mb.max(told_kb.div_ceil(1024)),
    }))
}

/// The program of a case behind the Runtime API, not yet started.
struct Function {
    emulator: Emulator,
    told_kb: Arc<Mutex<u32>>,
}

impl Function {
    fn new(case: &Case, endpoint: Option<&Endpoint>) -> Result<Self, Error> {
        let mut environment = case.environment.clone();
        if let Some(endpoint) = endpoint {
            environment.insert("AWS_ENDPOINT_URL".to_owned(), endpoint.url.clone());
        }
        let spec = FunctionSpec {
            name: "measured".to_owned(),
            description: String::new(),
            binary: case.program.clone(),
            environment,
            memory_mb: 1024,
            timeout: Duration::from_secs(60),
            architecture: std::env::consts::ARCH.to_owned(),
            max_processes: 1,
            idle_timeout: Duration::from_secs(600),
        };
        let told_kb = Arc::new(Mutex::new(0));
        let told = Arc::clone(&told_kb);
        let on_log = move |_: &str, line: &str| {
            let peak = line.strip_prefix(PEAK_LINE);
            let peak = peak.and_then(|kb| kb.parse::<u32>().ok());
            if let (Some(peak), Ok(mut told)) = (peak, told.lock()) {
                *told = peak.max(*told);
            }
        };
        let options = Options {
            on_log: Arc::new(on_log),
            ..Options::default()
        };
        let emulator = Emulator::new(vec![spec], options)?;
        Ok(Self { emulator, told_kb })
    }

    /// Duration and peak memory of one call.
    async fn call(&self, case: &Case) -> Result<(Duration, u32), Error> {
        let context = case.client_context();
        let call = self
            .emulator
            .invoke("measured", case.event(), Some(&context));
        let invocation = call.await?;
        let may_fail = case.may_fail || case.calls_aws;
        if invocation.function_error.is_some() || !may_fail && is_error(&invocation.payload) {
            return Err(String::from_utf8_lossy(&invocation.payload).into());
        }
        Ok((invocation.report.duration, invocation.report.max_memory_mb))
    }
}

/// Whether a `CallToolResult` reports an error: the time of a refusal says nothing about the tool.
fn is_error(payload: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(payload)
        .is_ok_and(|result| result["isError"] == true)
}

/// In milliseconds; nothing of nothing.
fn percentile(times: &mut [Duration], share: f64) -> Option<f64> {
    times.sort_unstable();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index into a short list"
    )]
    let index = (times.len().checked_sub(1)? as f64 * share).round() as usize;
    times.get(index).map(|time| time.as_secs_f64() * 1e3)
}
