//! Why a call did not get the other server's answer.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use agentcore_gateway_target::ToolError;
use rmcp::service::ServiceError;

/// Why a call did not get the other server's answer. `server` is its program or its host.
///
/// What the other server or its network said is in the sources: it is logged, not shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "fields are named by the message")]
pub enum Failure {
    /// There is no such program.
    #[error("`{server}` is not installed here: {reason}")]
    NotInstalled { server: String, reason: String },
    /// The system did not start it.
    #[error("`{server}` cannot be started: {reason}")]
    Start {
        server: String,
        /// The system's own words, such as too many open files.
        reason: std::io::Error,
    },
    /// It ended before it spoke MCP.
    #[error(
        "`{server}` ended while it was started ({ended}); the log has what it wrote to standard error"
    )]
    EndedAtStart { server: String, ended: String },
    /// It spoke something else.
    #[error("`{server}` does not answer as an MCP server does")]
    Handshake {
        server: String,
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// It said nothing in time.
    #[error("`{server}` was not ready after {}: it has not answered the MCP handshake", seconds(*waited))]
    NotReady { server: String, waited: Duration },
    /// It failed again and again.
    #[error(
        "`{server}` has failed {failures} times in a row{}; it is started again in {} at the earliest",
        last_of(last.as_deref()), seconds(*wait)
    )]
    Paused {
        server: String,
        failures: u32,
        wait: Duration,
        last: Option<Arc<Failure>>,
    },
    /// It ended in the middle.
    #[error(
        "`{server}` ended while it worked on `{tool}` ({ended}), so whether that was done is not known; the next call starts it anew"
    )]
    Ended {
        server: String,
        tool: String,
        ended: String,
    },
    /// It did not answer in time.
    #[error(
        "`{server}` had not answered `{tool}` after {}, all the time there was; the call was cancelled",
        seconds(*waited)
    )]
    TimedOut {
        server: String,
        tool: String,
        waited: Duration,
    },
    /// No connection could be made.
    #[error("cannot reach `{server}`")]
    Unreachable {
        server: String,
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The connection broke after the call was sent.
    #[error(
        "the connection to `{server}` broke while it worked on `{tool}`, so whether that was done is not known"
    )]
    Broken {
        server: String,
        tool: String,
        #[source]
        source: Box<ServiceError>,
    },
    /// It wants other credentials.
    #[error("`{server}` refuses the credentials (HTTP {status}); check `headers` of this server")]
    Refused {
        server: String,
        status: u16,
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// It wants to be asked less often.
    #[error("`{server}` is asked too often (HTTP 429){}", retry(retry_after.as_deref()))]
    Throttled {
        server: String,
        retry_after: Option<String>,
    },
    /// It answered with another failure.
    #[error("`{server}` answered with HTTP {status}")]
    Status {
        server: String,
        status: u16,
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// A header cannot be made.
    #[error(
        "the header `{header}` for `{server}` needs the environment variable `{variable}`, which {problem}"
    )]
    Header {
        server: String,
        header: String,
        variable: String,
        problem: &'static str,
    },
    /// A fault of this crate.
    #[error(
        "the connection to `{server}` could not be made because of a defect here; the log has the place"
    )]
    Defect { server: String },
}

impl ToolError for Failure {
    fn code(&self) -> &'static str {
        match self {
            Self::NotInstalled { .. } | Self::Header { .. } => "server_not_configured",
            Self::Start { .. }
            | Self::EndedAtStart { .. }
            | Self::Handshake { .. }
            | Self::NotReady { .. }
            | Self::Paused { .. }
            | Self::Unreachable { .. }
            | Self::Status { .. } => "server_unavailable",
            Self::Ended { .. } | Self::Broken { .. } => "server_lost",
            Self::TimedOut { .. } => "deadline_exceeded",
            Self::Refused { .. } => "server_refused",
            Self::Throttled { .. } => "throttled",
            Self::Defect { .. } => "internal_error",
        }
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn last_of(failure: Option<&Failure>) -> String {
    failure.map_or_else(String::new, |failure| format!(", last so: {failure}"))
}

fn retry(after: Option<&str>) -> String {
    // Seconds, or a date: anything else is not passed on.
    let sane = after.filter(|after| {
        after.len() <= 40 && (after.chars()).all(|c| c.is_ascii_alphanumeric() || " ,:".contains(c))
    });
    match sane {
        Some(after) if after.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("; try again in {after} s")
        }
        Some(date) => format!("; try again after {date}"),
        None => "; try again later".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_machine_has_run_out_of_is_named() {
        let failure = Failure::Start {
            server: "clock".to_owned(),
            reason: rustix::io::Errno::MFILE.into(),
        };
        assert_eq!(
            failure.to_string(),
            "`clock` cannot be started: Too many open files (os error 24)"
        );
    }
}
