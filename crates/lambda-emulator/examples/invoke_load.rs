//! Calls per second through real processes, with 1, 8 and 64 callers at once. Prints; judges nothing.
//!
//! ```console
//! $ cargo run --profile local -p lambda-emulator --example invoke_load
//! ```

use std::{
    env,
    io::Write,
    time::{Duration, Instant},
};

use bytes::Bytes;
use lambda_emulator::{Emulator, FunctionSpec, Options};

const TIME: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout();
    writeln!(out, "callers  processes  calls/s  median us  p99 us")?;
    for (callers, max_processes) in [(1, 1), (8, 2), (8, 8), (64, 4), (64, 16)] {
        let emulator = Emulator::new(vec![function(max_processes)?], Options::default())?;
        // Every process has started before the clock does.
        measure(&emulator, callers, Duration::from_millis(300)).await?;
        let mut times = measure(&emulator, callers, TIME).await?;
        times.sort_unstable();
        let at = |part: usize| {
            times
                .get(times.len() * part / 100)
                .copied()
                .unwrap_or_default()
        };
        writeln!(
            out,
            "{callers:>7}  {max_processes:>9}  {:>7.0}  {:>9}  {:>6}",
            times.len() as f64 / TIME.as_secs_f64(),
            at(50).as_micros(),
            at(99).as_micros(),
        )?;
        emulator.shutdown().await;
    }
    Ok(())
}

async fn measure(
    emulator: &Emulator,
    callers: usize,
    time: Duration,
) -> Result<Vec<Duration>, Box<dyn std::error::Error>> {
    let end = Instant::now() + time;
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let emulator = emulator.clone();
            tokio::spawn(async move {
                let mut times = Vec::new();
                loop {
                    let began = Instant::now();
                    if began > end {
                        return Ok(times);
                    }
                    let payload = Bytes::from_static(br#"{"do":"pid"}"#);
                    let context = r#"{"custom":{"bedrockAgentCoreToolName":"target___tool"}}"#;
                    let invocation = emulator.invoke("load", payload, Some(context)).await?;
                    if invocation.function_error.is_some() {
                        return Err(format!("{:?}", invocation.payload).into());
                    }
                    times.push(began.elapsed());
                }
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        let result: Result<Vec<Duration>, Box<dyn std::error::Error + Send + Sync>> = task.await?;
        times.extend(result.map_err(|error| error.to_string())?);
    }
    Ok(times)
}

fn function(max_processes: usize) -> Result<FunctionSpec, Box<dyn std::error::Error>> {
    Ok(FunctionSpec {
        name: "load".to_owned(),
        description: String::new(),
        binary: env::current_exe()?.with_file_name("obedient_handler"),
        environment: [].into(),
        memory_mb: 256,
        timeout: Duration::from_secs(60),
        architecture: env::consts::ARCH.to_owned(),
        max_processes,
        idle_timeout: Duration::from_secs(300),
    })
}
