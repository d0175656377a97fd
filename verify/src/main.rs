//! Smoke tests of a fleet, local or deployed.
//!
//! The same checks and the same client for both: `--endpoint-url` points at the Lambda API of a
//! local gateway; `--deployed` checks the functions of the AWS account; `--gateway-url` goes through a
//! gateway, as a client does.
//!
//! Exit code: 0 all checks passed, 1 a check failed, 2 could not check.

mod answer;
mod arguments;
mod aws;
mod calls;
mod checks;
mod configuration;
mod files;
mod fleet;
mod gateway;
mod lambda;
mod prefix;
mod report;

use std::process::ExitCode;

use clap::Parser as _;
use futures_util::future::join_all;

use crate::arguments::{Arguments, Format};
use crate::fleet::Fleet;
use crate::gateway::Gateway;
use crate::lambda::Functions;
use crate::report::{GatewayResult, Report};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(report) if report.passed() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(error) => {
            eprintln!("verify: {error:#}");
            ExitCode::from(2)
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<Report> {
    arguments.check()?;
    let fleet = Fleet::load(&arguments.manifest, &arguments.handlers, &arguments.servers)?;
    // First, because nothing is known of any server when there is no way in.
    let gateway = match &arguments.gateway_url {
        Some(url) => Some(Gateway::connect(url, &arguments).await?),
        None => None,
    };
    let functions = match arguments.functions() {
        true => Some(Functions::connect(&arguments).await?),
        false => None,
    };
    let parts = arguments.parts();
    let servers = fleet
        .servers
        .iter()
        .map(|server| checks::check(server, &arguments.prefix, functions.as_ref(), parts));
    let mut results = Vec::new();
    for result in join_all(servers).await {
        results.push(result?);
    }
    let gateway = match gateway {
        Some(gateway) => Some(through(gateway, &fleet, &mut results).await?),
        None => None,
    };
    let report = Report::new(gateway, results);
    let text = match arguments.format {
        Format::Table => report.table(),
        Format::Json => report.json()?,
        Format::Junit => report.junit()?,
    };
    print(&text)?;
    Ok(report)
}

/// Adds what the gateway shows of each server. One call after the other: it is one connection.
async fn through(
    mut gateway: Gateway,
    fleet: &Fleet,
    results: &mut [report::ServerResult],
) -> anyhow::Result<GatewayResult> {
    for (expected, result) in fleet.servers.iter().zip(results) {
        checks::check_through(expected, &mut gateway, &mut result.checks).await?;
    }
    Ok(gateway.result())
}

/// Writes the report; a reader that went away is no error of the fleet.
fn print(text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}
