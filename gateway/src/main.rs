//! The `gateway` program: `up`, `tools`, `call`.

mod cli;

use std::process::ExitCode;

use clap::Parser as _;

use cli::{Cli, Command, UpArguments};

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
        Command::Tools { url, json } => (
            gateway::tools(url, json).await.map(|()| ExitCode::SUCCESS),
            2,
        ),
        Command::Call {
            tool,
            arguments,
            url,
            text,
        } => (gateway::call(url, &tool, &arguments, text).await, 2),
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
