//! Command-line mode: the same server for a laptop's MCP client, and for looking at it.

mod call;
mod http;
mod stdio;
mod tools;

use std::error::Error;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use rmcp::ServerHandler;
use rmcp::model::RequestId;
use secret_references::Reference;
use serde::Serialize;

use crate::access::Access;
use crate::dispatch::Dispatcher;
use crate::guarded::{Filter, Guarded};
use crate::logging::{self, Format};
use crate::run::{MISCONFIGURED, ServerInfo, StartError};
use crate::secrets::Secrets;
use crate::settings::{Settings, SettingsError};

/// Exit code of what ran and did not succeed.
const FAILED: u8 = 1;

/// What the help says beside the options.
const AFTER_HELP: &str = "\
Arguments after `--` go to the server; without them it gets those in MCP_FLEET_ARGS.

Environment: MCP_FLEET_ACCESS, MCP_FLEET_TOOLS_INCLUDE, MCP_FLEET_TOOLS_EXCLUDE, MCP_FLEET_ARGS, MCP_FLEET_LOG.
Exit codes: 0 done; 1 the tool answered with an error, or the server failed; 2 wrong usage or settings.";

#[derive(Debug, Parser)]
#[command(after_help = AFTER_HELP, disable_help_subcommand = true)]
struct Arguments {
    /// Highest level of tools to offer: read-only, read-write or sensitive. Overrides MCP_FLEET_ACCESS.
    #[arg(long, value_name = "LEVEL", global = true)]
    access: Option<Access>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Speak MCP on standard input and output (the default).
    Stdio,
    /// Speak MCP over Streamable HTTP, at the path /mcp.
    Http(http::Options),
    /// Print the tools as JSON.
    Tools {
        /// As the AgentCore Gateway takes them: schemas lowered, and what was changed.
        #[arg(long)]
        gateway: bool,
    },
    /// Call one tool and print its result as JSON.
    Call {
        /// Name of the tool.
        tool: String,
        /// Its arguments, a JSON object.
        #[arg(default_value = "{}", allow_hyphen_values = true)]
        json: String,
    },
}

/// Runs what the command line asks for.
pub(crate) async fn run<S, E, F>(
    info: ServerInfo,
    settings: Result<Settings, SettingsError>,
    resolve: impl AsyncFn(&Reference) -> Result<String, F>,
    from_env: impl FnOnce(&[String]) -> Result<S, E>,
) -> ExitCode
where
    S: ServerHandler,
    E: Error,
    F: Error,
{
    let mut own: Vec<String> = Vec::new();
    let mut for_server: Option<Vec<String>> = None;
    for argument in std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()) {
        match &mut for_server {
            Some(rest) => rest.push(argument),
            None if argument == "--" => for_server = Some(Vec::new()),
            None => own.push(argument),
        }
    }
    let arguments = match parse(info, own) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help goes to stdout, a mistake to stderr; a closed pipe is nobody's concern.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(MISCONFIGURED));
        }
    };
    let dispatcher = match start(settings, &arguments, for_server, resolve, from_env).await {
        Ok(dispatcher) => dispatcher,
        Err(error) => return fail(MISCONFIGURED, &error.to_string()),
    };
    match arguments.command.unwrap_or(Command::Stdio) {
        Command::Stdio => stdio::serve(dispatcher.into_server()).await,
        Command::Http(options) => http::serve(dispatcher.into_server(), options).await,
        Command::Tools { gateway } => tools::print(&dispatcher, gateway).await,
        Command::Call { tool, json } => call::print(&dispatcher, tool, &json).await,
    }
}

fn parse(info: ServerInfo, own: Vec<String>) -> Result<Arguments, clap::Error> {
    let called_as = own.first().map(Path::new).and_then(Path::file_name);
    let name = called_as.map_or(info.id.into(), |name| name.to_string_lossy().into_owned());
    let usage = format!("{name} [--access LEVEL] [COMMAND] [-- ARGS...]");
    let command = Arguments::command()
        .name(info.id)
        .bin_name(&name)
        .display_name(name)
        .version(info.version)
        .about(info.name)
        .override_usage(usage);
    Arguments::from_arg_matches(&command.try_get_matches_from(own)?)
}

async fn start<S: ServerHandler, E: Error, F: Error>(
    settings: Result<Settings, SettingsError>,
    arguments: &Arguments,
    for_server: Option<Vec<String>>,
    resolve: impl AsyncFn(&Reference) -> Result<String, F>,
    from_env: impl FnOnce(&[String]) -> Result<S, E>,
) -> Result<Dispatcher<Guarded<S>>, StartError> {
    let mut settings = settings?;
    logging::init(settings.log, Format::Text);
    if let Some(access) = arguments.access {
        settings.access = access;
    }
    if let Some(args) = for_server {
        settings.args = args;
    }
    // What a server offers does not depend on its secrets, and is asked where there are none.
    if !matches!(arguments.command, Some(Command::Tools { .. })) {
        Secrets::at_start(resolve, settings.secrets_refresh).await?;
    }
    let server = from_env(&settings.args).map_err(|error| StartError::server(&error))?;
    let dispatcher = Dispatcher::new(Guarded::new(server, Filter::new(&settings)));
    let context = dispatcher.context(RequestId::Number(0));
    dispatcher.server().check_filter(&context).await?;
    Ok(dispatcher)
}

/// One line on stderr, and the exit code for it.
fn fail(code: u8, message: &str) -> ExitCode {
    // Nobody is left to tell when stderr is closed.
    let _ = writeln!(io::stderr(), "error: {message}");
    ExitCode::from(code)
}

/// Data for stdout: JSON, indented, one final newline.
fn print_json(value: &impl Serialize, code: ExitCode) -> ExitCode {
    let text = match serde_json::to_string_pretty(value) {
        Ok(text) => text,
        Err(error) => return fail(FAILED, &format!("the output is not JSON: {error}")),
    };
    match writeln!(io::stdout(), "{text}") {
        Ok(()) => code,
        // `| head` has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => code,
        Err(error) => fail(FAILED, &format!("stdout: {error}")),
    }
}

/// Whether an address can be reached from this machine only.
fn is_loopback(address: &SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}
