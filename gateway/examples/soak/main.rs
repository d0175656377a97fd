//! Loads a real gateway with real handlers for some minutes while things go wrong, and checks every answer.
//!
//! `scripts/soak` builds what is needed and runs this. A call is right, refused with a reason that the fault at hand
//! explains, or the run has failed: so it has when a call has no answer, memory or file descriptors grow, or anything is still
//! wrong after a fault. The page goes to standard output, what happens meanwhile to standard error.

mod answer;
mod backend;
mod calls;
mod client;
mod control;
mod explained;
mod faults;
mod files;
mod fleet;
mod load;
mod phases;
mod processes;
mod report;
mod verdict;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use crate::backend::Backend;
use crate::files::Setup;
use crate::fleet::Fleet;
use crate::phases::{CLOCK, MAIN, Runner};

#[derive(Debug, Parser)]
struct Arguments {
    /// Folder with the gateway, the handlers and the examples.
    #[arg(long)]
    bin_dir: PathBuf,
    /// An empty folder for the fleet and its data.
    #[arg(long)]
    folder: PathBuf,
    /// How long it takes, about.
    #[arg(long, default_value_t = 10.0)]
    minutes: f64,
    /// Clients that call at the same time.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(4..=64))]
    clients: u16,
    /// A small file system of its own, which is filled up. Without it there is no full disk.
    #[arg(long)]
    small_disk: Option<PathBuf>,
    /// libfaketime, which sets the clock of the gateway and its handlers. Without it the clock does not jump.
    #[arg(long)]
    faketime: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_target(false)
        .init();
    let backend = Backend::start().await?;
    let setup = Setup {
        binaries: std::path::absolute(&arguments.bin_dir)?,
        folder: arguments.folder,
        small_disk: arguments.small_disk,
        backend: backend.address,
    };
    let total = Duration::from_secs_f64(arguments.minutes * 60.0);
    let mut rows = Vec::new();

    let fleet = Fleet::start(&setup, None).await?;
    let mut runner = Runner::new(&fleet, &backend, usize::from(arguments.clients), total);
    for phase in MAIN {
        if let Some(row) = runner.run(phase).await? {
            rows.push(row);
        }
    }
    let mut problems = verdict::of_rows(&rows);
    problems.extend(fleet.end().await?);

    if let Some(library) = &arguments.faketime {
        // A gateway of its own: the library costs time at each look at the clock.
        let fleet = Fleet::start(&setup, Some(library)).await?;
        let mut runner = Runner::new(&fleet, &backend, usize::from(arguments.clients), total);
        for phase in CLOCK {
            rows.extend(runner.run(phase).await?);
        }
        problems.extend(fleet.end().await?);
    }
    problems.extend(verdict::of_answers(&rows));
    let page = report::page(&rows, &problems, backend.refused());
    std::io::stdout().lock().write_all(page.as_bytes())?;
    Ok(ExitCode::from(u8::from(!problems.is_empty())))
}
