//! `codegen`: `servers.yaml` to `handlers/`, and the tables in the documents.
//!
//! Exit codes: 0 done, or nothing to do; 1 `--check` found differences; 2 could not.

mod build;
mod change;
mod cli;
mod differences;
mod docs;
mod fleet;
mod fleet_guide;
mod generate;
mod hand_edits;
mod handler_tools;
mod list;
mod policy;
mod regions;
mod render;
mod scaffold;
mod stale;
mod stored_list;
mod variables;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

/// Exit code for differences that `--check` found.
const DIFFERENCES: u8 = 1;
/// Exit code for everything that went wrong.
const FAILED: u8 = 2;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    match cli::run(arguments).await {
        Ok(outcome) => outcome,
        Err(error) => {
            report(&error);
            ExitCode::from(FAILED)
        }
    }
}

#[expect(clippy::print_stderr, reason = "a program's error message")]
fn report(error: &anyhow::Error) {
    eprintln!("error: {error:#}");
}
