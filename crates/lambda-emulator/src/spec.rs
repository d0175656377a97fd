//! What to run: one function of the fleet.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

/// One Lambda function: a handler binary and the limits it runs under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionSpec {
    /// Function name, such as `mcp-server-filesystem`: letters, digits, `-` and `_`, at most 64.
    pub name: String,
    /// Shown by `GetFunction` and `ListFunctions`.
    pub description: String,
    /// The handler: an executable that speaks the Lambda Runtime API. A relative path is resolved once, by
    /// [`Emulator::new`](crate::Emulator::new).
    pub binary: PathBuf,
    /// The function's own environment variables. They win over those passed on from this process; the names that
    /// Lambda sets itself ([`RESERVED_VARIABLES`](crate::RESERVED_VARIABLES)) are refused.
    pub environment: BTreeMap<String, String>,
    /// Peak resident memory of a process, in MB. Over it, the process is killed and its call fails.
    pub memory_mb: u32,
    /// Longest time a call may take, without initialisation.
    pub timeout: Duration,
    /// `arm64` or `x86_64`, as declared. Reported, not checked: the binary is this machine's.
    pub architecture: String,
    /// Most processes at once, and so most calls at once: what reserved concurrency is on AWS.
    pub max_processes: usize,
    /// A process without a call for this long is ended.
    pub idle_timeout: Duration,
}
