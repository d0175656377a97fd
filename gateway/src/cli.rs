//! The command line.

mod auth;
mod behaviour;
mod client;
mod control;
mod fleet;
mod listen;
mod up;

use clap::{Parser, Subcommand};
pub(crate) use client::ClientArguments;
pub(crate) use up::UpArguments;

/// The AgentCore Gateway on a laptop: real handler processes behind one MCP endpoint.
#[derive(Parser)]
#[command(version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run the fleet: MCP endpoint and Lambda API, until Ctrl-C.
    Up(Box<UpArguments>),
    /// List the tools of a running gateway.
    Tools {
        #[command(flatten)]
        gateway: ClientArguments,
        /// Print the whole list as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Call a tool of a running gateway. Exit code: 0, 1 if the tool reports an error, 2 if it could not be called.
    Call {
        /// The tool: `<target>___<tool>`.
        tool: String,
        /// Its arguments as a JSON object; `-` reads them from standard input.
        #[arg(default_value = "{}")]
        arguments: String,
        #[command(flatten)]
        gateway: ClientArguments,
        /// Print the text of the result instead of the result as JSON.
        #[arg(long)]
        text: bool,
    },
}
