//! Why nothing runs, and why a call did not reach a process.

use std::{fmt, io, path::PathBuf, time::Duration};

/// Why an [`Emulator`](crate::Emulator) could not be made: every problem of every function, together.
#[derive(Debug, thiserror::Error)]
#[error("{}", Lines(.problems))]
pub struct StartError {
    /// At least one.
    pub problems: Vec<Problem>,
}

/// One problem of one function's [`FunctionSpec`](crate::FunctionSpec).
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(
    missing_docs,
    reason = "fields repeat the specification and are named by the message"
)]
pub enum Problem {
    /// No file at the path.
    #[error("`{function}`: handler binary `{}` does not exist\nhint: {hint}", path.display())]
    BinaryMissing {
        function: String,
        path: PathBuf,
        hint: String,
    },
    /// A file that cannot be executed.
    #[error("`{function}`: handler binary `{}` is not an executable file", path.display())]
    BinaryNotExecutable { function: String, path: PathBuf },
    /// Two functions of one name.
    #[error("`{function}`: declared more than once")]
    Duplicate { function: String },
    /// A name that Lambda refuses.
    #[error("`{function}`: not a function name: use 1 to 64 letters, digits, `-` and `_`")]
    InvalidName { function: String },
    /// A variable that Lambda sets.
    #[error(
        "`{function}`: environment variable `{variable}` is set by Lambda itself and cannot be given"
    )]
    ReservedVariable { function: String, variable: String },
    /// A limit of zero.
    #[error("`{function}`: `{field}` must be greater than 0")]
    Zero {
        function: String,
        field: &'static str,
    },
}

/// Why a call was refused before a process saw it. What happens to a call that reached one is in its
/// [`Invocation`](crate::Invocation).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "fields are named by the message")]
pub enum InvokeError {
    /// No function of that name.
    #[error("function `{function}` does not exist")]
    UnknownFunction { function: String },
    /// Every process was busy for as long as a call may wait, or too many calls wait already.
    #[error(
        "all {max_processes} processes of `{function}` are busy: gave up after waiting {waited:.1?}"
    )]
    TooManyRequests {
        function: String,
        max_processes: usize,
        waited: Duration,
    },
    /// The event is larger than Lambda accepts.
    #[error("the event has {size} bytes, more than Lambda's {limit}")]
    RequestTooLarge { size: usize, limit: usize },
    /// The client context is larger than Lambda accepts.
    #[error("the client context has {size} bytes in base64, more than Lambda's {limit}")]
    ClientContextTooLarge { size: usize, limit: usize },
    /// The client context is not JSON: it holds control characters.
    #[error("the client context is not JSON")]
    InvalidClientContext,
    /// The handler's process could not be started.
    #[error("cannot start `{}` for `{function}`", binary.display())]
    CannotStart {
        function: String,
        binary: PathBuf,
        #[source]
        source: io::Error,
    },
    /// [`Emulator::shutdown`](crate::Emulator::shutdown) was called.
    #[error("the emulator is shutting down")]
    ShuttingDown,
}

struct Lines<'a>(&'a [Problem]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}
