//! The `gateway` program: `up`, `tools`, `call`.

mod cli;

use std::process::ExitCode;

use clap::Parser as _;

use cli::{Cli, ClientArguments, Command, UpArguments};

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::INFO)
        .with_target(false)
        .without_time()
        .init();
    // `up` could not run: 1. A client that could not ask: 2, because 1 says that a tool answered with an error.
    let (done, could_not) = match Cli::parse().command {
        Command::Up(arguments) => (up(*arguments).await, 1),
        Command::Tools { gateway, json } => (tools(gateway, json).await, 2),
        Command::Call {
            tool,
            arguments,
            gateway,
            text,
        } => (call(gateway, &tool, &arguments, text).await, 2),
    };
    done.unwrap_or_else(|error| {
        report(&error);
        ExitCode::from(could_not)
    })
}

async fn up(arguments: UpArguments) -> anyhow::Result<ExitCode> {
    gateway::up(arguments.into_up()?).await?;
    Ok(ExitCode::SUCCESS)
}

async fn tools(gateway: ClientArguments, as_json: bool) -> anyhow::Result<ExitCode> {
    gateway::tools(&gateway.remote().await?, as_json).await?;
    Ok(ExitCode::SUCCESS)
}

async fn call(
    gateway: ClientArguments,
    tool: &str,
    arguments: &str,
    as_text: bool,
) -> anyhow::Result<ExitCode> {
    gateway::call(&gateway.remote().await?, tool, arguments, as_text).await
}

/// The message and what caused it, hints last and on their own lines.
fn report(error: &anyhow::Error) {
    let message = error.to_string();
    let (message, hint) = match message.split_once("\nhint: ") {
        Some((message, hint)) => (message, Some(hint)),
        None => (message.as_str(), None),
    };
    let causes: String = error
        .chain()
        .skip(1)
        .map(|cause| format!(": {cause}"))
        .collect();
    eprintln!("error: {message}{causes}");
    if let Some(hint) = hint {
        eprintln!("hint: {hint}");
    }
}
