//! The entry point of a program.

use std::error::Error;
use std::process::ExitCode;

use rmcp::ServerHandler;

use secret_references::Reference;

use crate::error::with_causes;
use crate::secrets::SecretsError;
use crate::settings::{RUNTIME_API, Settings, SettingsError};
use crate::{cli, lambda, logging};

/// Exit code for a program that cannot start as it is configured.
pub(crate) const MISCONFIGURED: u8 = 2;

/// Who the server is. All of it is fixed when the program is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerInfo {
    /// Short name: `[a-z0-9-]`, as in `mcp-server-<id>`.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Version of the program: `env!("CARGO_PKG_VERSION")`.
    pub version: &'static str,
}

/// Runs a server: as a Lambda function where `AWS_LAMBDA_RUNTIME_API` is set, else as its command
/// line says. Returns when there is nothing more to do, with the process's exit code.
///
/// `from_env` gets the server's arguments (`MCP_FLEET_ARGS`, or what follows `--` on the command
/// line) and makes the server. It is called once, during Lambda's initialisation, and should
/// neither touch the network nor fail for a setting that is merely absent: then tools can be
/// listed anywhere.
///
/// # Errors
///
/// None are returned: what stops the program from starting is one line on stderr and exit code 2;
/// in Lambda it is reported as the initialisation's error, with exit code 1.
pub async fn run<S, E>(
    info: ServerInfo,
    from_env: impl FnOnce(&[String]) -> Result<S, E>,
) -> ExitCode
where
    S: ServerHandler,
    E: Error,
{
    run_with_secrets(info, async |_: &Reference| Err(NoSecrets), from_env).await
}

/// [`run`], for a server whose variables may name secrets: `${secretsmanager:NAME}`, `${secretsmanager:NAME#KEY}`, `${ssm:/NAME}`.
///
/// `resolve` reads what a reference stands for: `aws_clients::secret` does. Before `from_env` is called the variables hold that: the
/// program starts itself anew for it. In Lambda they are read again from time to time between invocations
/// (`MCP_FLEET_SECRETS_REFRESH`), and when one has changed, the program starts itself anew.
///
/// # Errors
///
/// As [`run`]; a reference that cannot be resolved stops the program from starting.
pub async fn run_with_secrets<S, E, R, F>(
    info: ServerInfo,
    resolve: R,
    from_env: impl FnOnce(&[String]) -> Result<S, E>,
) -> ExitCode
where
    S: ServerHandler,
    E: Error,
    R: AsyncFn(&Reference) -> Result<String, F>,
    F: Error,
{
    std::panic::set_hook(Box::new(logging::panicked));
    let settings = Settings::from_env();
    match std::env::var(RUNTIME_API) {
        Ok(authority) if !authority.is_empty() => {
            lambda::run(info, &authority, settings, resolve, from_env).await
        }
        _ => cli::run(info, settings, resolve, from_env).await,
    }
}

/// What a program says to a reference that it has no means to resolve.
#[derive(Debug, thiserror::Error)]
#[error(
    "it names a secret, and this program was built without reading any; give the variable in the server's `env`, run codegen and build again"
)]
struct NoSecrets;

/// Why a server cannot start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Filter(#[from] crate::guarded::FilterError),
    #[error("{}", with_causes(.0))]
    Secrets(#[from] SecretsError),
    #[error("{0}")]
    Server(String),
}

impl StartError {
    /// The server's own error, with everything below it.
    pub(crate) fn server(error: &impl Error) -> Self {
        Self::Server(with_causes(error))
    }
}
