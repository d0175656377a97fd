//! Smoke tests of a fleet, local or deployed.
//!
//! The same checks and the same client for both: `--endpoint-url` points at the Lambda API of a
//! local gateway; without it the functions of the AWS account are checked.
//!
//! Exit code: 0 all checks passed, 1 a check failed, 2 could not check.

mod checks;
mod fleet;
mod lambda;
mod report;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use futures_util::future::join_all;
use url::Url;

use crate::fleet::Fleet;
use crate::lambda::Functions;
use crate::report::Report;

/// Smoke-test every server of a fleet, local or deployed.
#[derive(Debug, Parser)]
#[command(
    name = "verify",
    version,
    after_help = "Exit code: 0 all checks passed, 1 a check failed, 2 could not check."
)]
struct Arguments {
    /// Manifest of the fleet.
    #[arg(long, value_name = "FILE", default_value = "servers.yaml")]
    manifest: PathBuf,
    /// Folder of the generated handlers.
    #[arg(long, value_name = "DIR", default_value = "handlers")]
    handlers: PathBuf,
    /// Lambda API to ask, such as `http://127.0.0.1:9001` of a local gateway. Default: AWS.
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<Url>,
    /// Check only this server. Repeat for more.
    #[arg(long = "server", value_name = "ID")]
    servers: Vec<String>,
    /// How to print the results.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Forms of the report.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
    /// For a build server.
    Junit,
}

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
    let fleet = Fleet::load(&arguments.manifest, &arguments.handlers, &arguments.servers)?;
    let functions = Functions::connect(arguments.endpoint_url.as_ref()).await?;
    let servers = fleet
        .servers
        .iter()
        .map(|server| checks::check(server, &functions));
    let results = join_all(servers)
        .await
        .into_iter()
        .collect::<Result<Vec<_>, _>>()?;
    let report = Report::new(results);
    let text = match arguments.format {
        Format::Table => report.table(),
        Format::Json => report.json()?,
        Format::Junit => report.junit()?,
    };
    print(&text)?;
    Ok(report)
}

/// Writes the report; a reader that went away is no error of the fleet.
fn print(text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}
