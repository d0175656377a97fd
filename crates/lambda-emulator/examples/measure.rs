//! Measures handlers under the Runtime API: cold start, warm call, peak memory.
//!
//! ```console
//! $ cargo build --profile lambda -p 'mcp-server-*'
//! $ cargo run --profile local -p lambda-emulator --example measure -- target/lambda/mcp-server-*
//! ```
//!
//! A cold call is the time from starting the process to its first answer. A warm call is the time from handing over the
//! event to the answer, as the Runtime API sees it: the adapter, the tool, and two HTTP messages on loopback. The call is
//! the one that the server marks as harmless (`_meta["mcp-fleet/smoke"]`).

#![expect(clippy::print_stdout, reason = "the table is this program's output")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use bytes::Bytes;
use lambda_emulator::{Emulator, FunctionSpec, Options};
use serde_json::{Value, json};

const COLD_STARTS: usize = 30;
const WARM_CALLS: usize = 5_000;

type Error = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Error> {
    println!("| handler | cold ms | warm p50 us | warm p99 us | peak memory MB | binary MB |");
    println!("|---|---|---|---|---|---|");
    for binary in std::env::args_os().skip(1).map(PathBuf::from) {
        if binary.extension().is_none() {
            println!("{}", measure(&binary).await?);
        }
    }
    Ok(())
}

async fn measure(binary: &Path) -> Result<String, Error> {
    let name = binary
        .file_name()
        .ok_or("not a file")?
        .to_string_lossy()
        .into_owned();
    let (event, context) = harmless_call(binary, &name)?;
    let mut cold = Vec::with_capacity(COLD_STARTS);
    for _ in 0..COLD_STARTS {
        let emulator = start(binary, &name)?;
        let began = Instant::now();
        call(&emulator, &name, &event, &context).await?;
        cold.push(began.elapsed());
        emulator.shutdown().await;
    }
    let emulator = start(binary, &name)?;
    let mut warm = Vec::with_capacity(WARM_CALLS);
    let mut memory_mb = 0;
    for _ in 0..WARM_CALLS {
        let (duration, memory) = call(&emulator, &name, &event, &context).await?;
        warm.push(duration);
        memory_mb = memory_mb.max(memory);
    }
    emulator.shutdown().await;
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    Ok(format!(
        "| {name} | {:.2} | {:.0} | {:.0} | {memory_mb} | {:.2} |",
        percentile(&mut cold, 0.5).as_secs_f64() * 1e3,
        micros(percentile(&mut warm, 0.5)),
        micros(percentile(&mut warm, 0.99)),
        std::fs::metadata(binary)?.len() as f64 / 1e6,
    ))
}

fn start(binary: &Path, name: &str) -> Result<Emulator, Error> {
    let spec = FunctionSpec {
        name: name.to_owned(),
        description: String::new(),
        binary: binary.to_owned(),
        environment: BTreeMap::new(),
        memory_mb: 256,
        timeout: Duration::from_secs(60),
        architecture: "x86_64".to_owned(),
        max_processes: 1,
        idle_timeout: Duration::from_secs(600),
    };
    Ok(Emulator::new(vec![spec], Options::default())?)
}

async fn call(
    emulator: &Emulator,
    name: &str,
    event: &Bytes,
    context: &str,
) -> Result<(Duration, u32), Error> {
    let invocation = emulator.invoke(name, event.clone(), Some(context)).await?;
    match invocation.function_error {
        None => Ok((invocation.report.duration, invocation.report.max_memory_mb)),
        Some(_) => Err(String::from_utf8_lossy(&invocation.payload).into()),
    }
}

/// The event and the client context of the call that the server marks as harmless.
fn harmless_call(binary: &Path, name: &str) -> Result<(Bytes, String), Error> {
    let listed = Command::new(binary).arg("tools").output()?;
    let listed: Value = serde_json::from_slice(&listed.stdout)?;
    let tools = listed["tools"].as_array().ok_or("no tools")?;
    let marked = tools
        .iter()
        .find(|tool| !tool["_meta"]["mcp-fleet/smoke"].is_null());
    let tool = marked.ok_or("no tool is marked as harmless")?;
    let arguments = tool["_meta"]["mcp-fleet/smoke"].to_string();
    let id = name.trim_start_matches("mcp-server-");
    let tool = format!("{id}___{}", tool["name"].as_str().unwrap_or_default());
    let context = json!({"custom": {"bedrockAgentCoreToolName": tool}});
    Ok((Bytes::from(arguments), context.to_string()))
}

fn percentile(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index into a short list"
    )]
    let index = ((times.len() - 1) as f64 * share).round() as usize;
    times[index]
}
