//! Variables whose value names a secret: replaced by the secret when a server starts, and again when the secret changes.
//!
//! Servers and the libraries below them read variables by themselves, and a process cannot change its own safely. So the program
//! starts itself anew (`exec`) with the values in its environment: the same process for Lambda, and about as long as a cold start
//! of the program. Only programs with references do so.

use std::collections::BTreeMap;
use std::error::Error;
use std::ffi::OsString;
use std::time::{Duration, Instant};
use std::{env, io};

use secret_references::{InvalidReference, Reference};

use crate::deadline::Deadline;
use crate::error::with_causes;
use crate::settings::SECRET_REFERENCES;

/// Time for reading all secrets: at the start, within Lambda's ten seconds for initialisation.
const START_TIMEOUT: Duration = Duration::from_secs(8);
/// The same after an invocation, whose caller has its answer, but which is billed until the next.
const REFRESH_TIMEOUT: Duration = Duration::from_secs(3);

/// Values by variable. Never logged, so not `Debug`.
pub(crate) struct Values(BTreeMap<String, String>);

/// The variables of this process that hold what references stand for.
pub(crate) struct Secrets<R> {
    references: BTreeMap<String, Reference>,
    resolve: R,
    every: Duration,
    /// When they are looked at again.
    due: Instant,
}

/// Why variables could not be replaced.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SecretsError {
    #[error("{variable}: {reason}")]
    Invalid {
        variable: String,
        reason: InvalidReference,
    },
    #[error("{variable}: {reason}")]
    Unresolved { variable: String, reason: String },
    #[error(
        "{variable}: what `{reference}` stands for has a NUL byte, which a variable cannot hold"
    )]
    Nul {
        variable: String,
        reference: Reference,
    },
    #[error("what the references in the environment stand for could not be read in {} s", .0.as_secs())]
    Timeout(Duration),
    #[error("the program could not start itself anew with the secrets in its environment")]
    Exec(#[source] io::Error),
}

impl<R, E> Secrets<R>
where
    R: AsyncFn(&Reference) -> Result<String, E>,
    E: Error,
{
    /// Finds the references in the environment. If there are any that this process has not resolved yet, it becomes
    /// another one, which has.
    ///
    /// # Errors
    ///
    /// When one is malformed or cannot be resolved.
    pub(crate) async fn at_start(resolve: R, every: Duration) -> Result<Self, SecretsError> {
        let resolved = env::var(SECRET_REFERENCES).ok();
        let resolved =
            resolved.and_then(|list| serde_json::from_str::<BTreeMap<String, String>>(&list).ok());
        let is_resolved = resolved.is_some();
        let named = resolved.unwrap_or_else(|| env::vars_os().filter_map(as_text).collect());
        let secrets = Self {
            references: references(named)?,
            resolve,
            every,
            due: Instant::now() + every,
        };
        if is_resolved || secrets.references.is_empty() {
            return Ok(secrets);
        }
        let values = secrets.read(START_TIMEOUT).await?;
        Err(secrets.restart(values))
    }

    /// The values, if it is time to look at them and one has changed. A failure leaves those that the process has.
    pub(crate) async fn changed(&mut self, deadline: Deadline) -> Option<Values> {
        if self.references.is_empty() || Instant::now() < self.due {
            return None;
        }
        self.due = Instant::now() + self.every;
        match self.read(deadline.at_most(REFRESH_TIMEOUT)).await {
            Ok(values) => {
                let changed =
                    |(name, value): (&String, &String)| env::var(name).as_ref() != Ok(value);
                values.0.iter().any(changed).then_some(values)
            }
            Err(error) => {
                tracing::warn!(
                    error.chain = error.to_string(),
                    "secrets could not be read again; the old ones stay"
                );
                None
            }
        }
    }

    async fn read(&self, limit: Duration) -> Result<Values, SecretsError> {
        let all = async {
            let mut values = BTreeMap::new();
            for (variable, reference) in &self.references {
                let value =
                    (self.resolve)(reference)
                        .await
                        .map_err(|error| SecretsError::Unresolved {
                            variable: variable.clone(),
                            reason: with_causes(&error),
                        })?;
                if value.contains('\0') {
                    return Err(SecretsError::Nul {
                        variable: variable.clone(),
                        reference: reference.clone(),
                    });
                }
                values.insert(variable.clone(), value);
            }
            Ok(Values(values))
        };
        tokio::time::timeout(limit, all)
            .await
            .unwrap_or(Err(SecretsError::Timeout(limit)))
    }

    /// Becomes the same program with these values in its environment. Returns only if that fails.
    pub(crate) fn restart(&self, values: Values) -> SecretsError {
        let names = self.references.iter();
        let names: BTreeMap<&String, String> = names
            .map(|(name, reference)| (name, reference.to_string()))
            .collect();
        let names = serde_json::to_string(&names).unwrap_or_default();
        SecretsError::Exec(exec(values, &names))
    }
}

#[cfg(unix)]
fn exec(Values(values): Values, references: &str) -> io::Error {
    use std::os::unix::process::CommandExt as _;

    let program = match env::current_exe() {
        Ok(program) => program,
        Err(error) => return error,
    };
    let mut arguments = env::args_os();
    let name = arguments.next().unwrap_or_else(|| program.clone().into());
    std::process::Command::new(program)
        .arg0(name)
        .args(arguments)
        .envs(values)
        .env(SECRET_REFERENCES, references)
        .exec()
}

#[cfg(not(unix))]
fn exec(_: Values, _: &str) -> io::Error {
    io::ErrorKind::Unsupported.into()
}

fn as_text((name, value): (OsString, OsString)) -> Option<(String, String)> {
    Some((name.into_string().ok()?, value.into_string().ok()?))
}

fn references(
    named: BTreeMap<String, String>,
) -> Result<BTreeMap<String, Reference>, SecretsError> {
    let mut references = BTreeMap::new();
    for (variable, value) in named {
        match Reference::read(&value) {
            Ok(Some(reference)) => drop(references.insert(variable, reference)),
            Ok(None) => {}
            Err(reason) => return Err(SecretsError::Invalid { variable, reason }),
        }
    }
    Ok(references)
}
