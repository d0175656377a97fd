//! Any stdio MCP server as a program that the handler starts.
//!
//! It is started by the first call, initialised once, kept, and shared by all calls. When it ends,
//! the call that notices fails, and the next one starts it anew. It never outlives the handler:
//! see [`guard`].

mod environment;
mod guard;
mod process;
mod program;
mod stderr;

use std::error::Error;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use agentcore_gateway_target::{Reference, ServerInfo};
use rmcp::service::{ClientInitializeError, ServiceError};

use crate::catalog::{self, ToolListError};
use crate::error::Failure;
use crate::link::Upstream;
use crate::session::Session;

/// How long after it closed its output to wait for a process to say how it ended.
const EXIT_PATIENCE: Duration = Duration::from_secs(2);

/// A program that is an MCP server on standard input and output.
#[derive(Debug, Clone, Copy)]
pub struct Command {
    /// A name to look for in `PATH`, or a path.
    pub program: &'static str,
    /// Its tools as they last were: `{"tools": [...]}`, as MCP's `tools/list` answers.
    pub tools: &'static str,
}

/// The MCP server that forwards to a [`Command`].
pub type Server = crate::Server<Process>;

/// The program of a [`Server`], with its arguments.
#[derive(Debug)]
pub struct Process {
    program: String,
    args: Vec<String>,
}

/// Runs a handler that forwards to a program: [`agentcore_gateway_target::run`], or what the
/// handler started itself for, to look after that program.
pub async fn run(info: ServerInfo, command: Command) -> ExitCode {
    if let Some(code) = guard::run_if_asked() {
        return code;
    }
    agentcore_gateway_target::run(info, |args| Server::from_env(&command, args)).await
}

/// [`run`], for a program whose variables name secrets: [`agentcore_gateway_target::run_with_secrets`].
pub async fn run_with_secrets<F: Error>(
    info: ServerInfo,
    resolve: impl AsyncFn(&Reference) -> Result<String, F>,
    command: Command,
) -> ExitCode {
    if let Some(code) = guard::run_if_asked() {
        return code;
    }
    let from_env = |args: &[String]| Server::from_env(&command, args);
    agentcore_gateway_target::run_with_secrets(info, resolve, from_env).await
}

impl Server {
    /// Makes the server; starts nothing. `args` go to the program. The program must be a handler
    /// that calls [`run`]: it starts itself once more beside the command.
    ///
    /// # Errors
    ///
    /// When the stored list of tools, or the one named by [`TOOL_LIST`](crate::TOOL_LIST), is none.
    pub fn from_env(command: &Command, args: &[String]) -> Result<Self, ToolListError> {
        let process = Process {
            program: command.program.to_owned(),
            args: args.to_vec(),
        };
        let how = "a program that is started by the first call and kept";
        Ok(Self::new(process, catalog::from_env(command.tools)?, how))
    }
}

impl Upstream for Process {
    fn name(&self) -> &str {
        &self.program
    }

    /// An interpreter with many modules takes that long on a small function.
    const START_LIMIT: Duration = Duration::from_secs(60);

    const IDLE_LIMIT: Option<Duration> = None;

    /// Nothing after the first failure, then 1, 2, 4 up to 32 s.
    fn pause(failures: u32) -> Duration {
        match failures {
            0 | 1 => Duration::ZERO,
            many => Duration::from_secs(1 << (many - 2).min(5)),
        }
    }

    async fn connect(&self) -> Result<Session, Failure> {
        let server = || self.program.clone();
        let path = program::find(&self.program).map_err(|reason| Failure::NotInstalled {
            server: server(),
            reason,
        })?;
        let (transport, ended) =
            process::start(&path, &self.args).map_err(|reason| Failure::Start {
                server: server(),
                reason,
            })?;
        let mut exit = ended.clone();
        match Session::open(transport, Some(ended)).await {
            Ok(session) => Ok(session),
            Err(source @ ClientInitializeError::JsonRpcError(_)) => Err(Failure::Handshake {
                server: server(),
                source: Box::new(source),
            }),
            Err(source) => {
                let how = tokio::time::timeout(EXIT_PATIENCE, exit.wait_for(Option::is_some)).await;
                match how.ok().and_then(Result::ok).and_then(|how| how.clone()) {
                    Some(ended) => Err(Failure::EndedAtStart {
                        server: server(),
                        ended,
                    }),
                    None => Err(Failure::Handshake {
                        server: server(),
                        source: Box::new(source),
                    }),
                }
            }
        }
    }

    fn may_have_arrived(error: &ServiceError) -> bool {
        // A pipe without a reader: not all of the message was written.
        let broken_pipe = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
        match error {
            ServiceError::TransportSend(error) => {
                !(error.error.downcast_ref::<io::Error>()).is_some_and(broken_pipe)
            }
            _ => true,
        }
    }

    async fn failure(&self, session: &Session, tool: &str, error: ServiceError) -> Failure {
        let (server, tool) = (self.program.clone(), tool.to_owned());
        match session.how_it_ended(EXIT_PATIENCE).await {
            Some(ended) => Failure::Ended {
                server,
                tool,
                ended,
            },
            None => Failure::Broken {
                server,
                tool,
                source: Box::new(error),
            },
        }
    }
}
