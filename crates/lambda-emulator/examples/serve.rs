//! Serves handler binaries behind the Lambda API, for the AWS CLI and SDKs:
//!
//! ```console
//! $ cargo run -p lambda-emulator --example serve -- 127.0.0.1:9001 target/debug/examples/obedient_handler
//! $ aws lambda invoke --endpoint-url http://127.0.0.1:9001 --function-name obedient_handler /dev/stdout
//! ```
//!
//! Port 0 takes a free one. The first line on stdout is the URL. With `--function-urls` before the address each function has a
//! URL of its own too, on a free port: a line `NAME URL` each. `--env NAME=VALUE` sets a variable for all functions.
//! Ctrl-C ends every handler.

use std::{collections::BTreeMap, env, io::Write, path::PathBuf, sync::Arc, time::Duration};

use lambda_emulator::{Emulator, FunctionSpec, Options};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1).peekable();
    let (mut urls, mut environment) = (false, BTreeMap::new());
    while let Some(option) = arguments.next_if(|argument| argument.starts_with("--")) {
        match option.as_str() {
            "--function-urls" => urls = true,
            "--env" => {
                let pair = arguments.next().unwrap_or_default();
                let (name, value) = pair.split_once('=').ok_or("expected --env NAME=VALUE")?;
                environment.insert(name.to_owned(), value.to_owned());
            }
            other => return Err(format!("there is no option `{other}`").into()),
        }
    }
    let address = arguments
        .next()
        .ok_or("expected [--function-urls] [--env NAME=VALUE]... ADDRESS:PORT BINARY...")?;
    let functions = arguments
        .map(|binary| function(binary.into(), environment.clone()))
        .collect();
    let options = Options {
        on_report: Arc::new(|report| eprintln!("{}: {report}", report.function)),
        on_log: Arc::new(|function, line| eprintln!("{function}: {line}")),
        ..Options::default()
    };
    let emulator = Emulator::new(functions, options)?;
    let listener = tokio::net::TcpListener::bind(&address).await?;
    writeln!(std::io::stdout(), "http://{}", listener.local_addr()?)?;
    for function in emulator.functions().iter().filter(|_| urls) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        writeln!(std::io::stdout(), "{} http://{address}/", function.name)?;
        let router = emulator.function_url(&function.name);
        tokio::spawn(async move { axum::serve(listener, router).await });
    }
    tokio::select! {
        served = axum::serve(listener, emulator.lambda_api()) => served?,
        pressed = tokio::signal::ctrl_c() => pressed?,
    }
    emulator.shutdown().await;
    Ok(())
}

fn function(binary: PathBuf, environment: BTreeMap<String, String>) -> FunctionSpec {
    let name = binary
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    FunctionSpec {
        name,
        description: String::new(),
        binary,
        environment,
        memory_mb: 256,
        timeout: Duration::from_secs(60),
        architecture: env::consts::ARCH.replace("aarch64", "arm64"),
        max_processes: 4,
        idle_timeout: Duration::from_secs(300),
    }
}
