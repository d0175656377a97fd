//! Serves handler binaries behind the Lambda API, for the AWS CLI and SDKs:
//!
//! ```console
//! $ cargo run -p lambda-emulator --example serve -- 127.0.0.1:9001 target/debug/examples/obedient_handler
//! $ aws lambda invoke --endpoint-url http://127.0.0.1:9001 --function-name obedient_handler /dev/stdout
//! ```
//!
//! Port 0 takes a free one. The first line on stdout is the URL. Ctrl-C ends every handler.

use std::{env, io::Write, path::PathBuf, sync::Arc, time::Duration};

use lambda_emulator::{Emulator, FunctionSpec, Options};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let address = arguments.next().ok_or("expected ADDRESS:PORT BINARY...")?;
    let functions = arguments.map(|binary| function(binary.into())).collect();
    let options = Options {
        on_report: Arc::new(|report| eprintln!("{}: {report}", report.function)),
        on_log: Arc::new(|function, line| eprintln!("{function}: {line}")),
        ..Options::default()
    };
    let emulator = Emulator::new(functions, options)?;
    let listener = tokio::net::TcpListener::bind(&address).await?;
    writeln!(std::io::stdout(), "http://{}", listener.local_addr()?)?;
    tokio::select! {
        served = axum::serve(listener, emulator.lambda_api()) => served?,
        pressed = tokio::signal::ctrl_c() => pressed?,
    }
    emulator.shutdown().await;
    Ok(())
}

fn function(binary: PathBuf) -> FunctionSpec {
    let name = binary
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    FunctionSpec {
        name,
        description: String::new(),
        binary,
        environment: [].into(),
        memory_mb: 256,
        timeout: Duration::from_secs(60),
        architecture: env::consts::ARCH.replace("aarch64", "arm64"),
        max_processes: 4,
        idle_timeout: Duration::from_secs(300),
    }
}
