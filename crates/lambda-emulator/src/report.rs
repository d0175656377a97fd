//! What a call cost, as CloudWatch prints it.

use std::{fmt, time::Duration};

/// The figures of one call. `Display` prints CloudWatch's `REPORT` line (tab-separated, without a line ending).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// Name of the function.
    pub function: String,
    /// Request id, also in the call's [`Invocation`](crate::Invocation).
    pub request_id: String,
    /// Whether a process was started for this call.
    pub cold: bool,
    /// Time from process start to its first request for work; only when `cold` and only when it got that far.
    pub init: Option<Duration>,
    /// Time from handing over the event to the answer.
    pub duration: Duration,
    /// `init` and `duration` together, rounded up to a millisecond.
    pub billed_ms: u64,
    /// The function's limit, in MB.
    pub memory_mb: u32,
    /// Peak resident memory of the process so far, in MB, rounded up; 0 where the system does not tell (no `/proc`).
    pub max_memory_mb: u32,
    /// How the call ended.
    pub outcome: Outcome,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The function answered.
    Ok,
    /// The function reported an error, during the call or during initialisation; with the type it named.
    FunctionError(String),
    /// The process ended without an answer; with the text that AWS gives, such as `exit status 1` or `signal: killed`.
    Exited(String),
    /// The time limit was reached and the process killed.
    TimedOut,
    /// The memory limit was reached and the process killed.
    OutOfMemory,
    /// The answer was larger than Lambda returns.
    ResponseTooLarge,
}

impl Outcome {
    /// The `errorType` of the call's payload; `None` for [`Outcome::Ok`].
    pub fn error_type(&self) -> Option<&str> {
        match self {
            Self::Ok => None,
            Self::FunctionError(error_type) => Some(error_type),
            Self::Exited(_) => Some("Runtime.ExitError"),
            Self::TimedOut => Some("Sandbox.Timedout"),
            Self::OutOfMemory => Some("Runtime.OutOfMemory"),
            Self::ResponseTooLarge => Some("Function.ResponseSizeTooLarge"),
        }
    }
}

impl Report {
    pub(crate) fn billed(init: Option<Duration>, duration: Duration) -> u64 {
        let total = init.unwrap_or_default() + duration;
        u64::try_from(total.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "REPORT RequestId: {}\tDuration: {:.2} ms\tBilled Duration: {} ms\tMemory Size: {} MB\tMax Memory Used: {} MB",
            self.request_id,
            milliseconds(self.duration),
            self.billed_ms,
            self.memory_mb,
            self.max_memory_mb,
        )?;
        if let Some(init) = self.init {
            write!(f, "\tInit Duration: {:.2} ms", milliseconds(init))?;
        }
        match &self.outcome {
            // CloudWatch says nothing of an error that the function reported itself.
            Outcome::Ok | Outcome::FunctionError(_) => Ok(()),
            Outcome::TimedOut => f.write_str("\tStatus: timeout"),
            other => write!(
                f,
                "\tStatus: error\tError Type: {}",
                other.error_type().unwrap_or("Unknown")
            ),
        }
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(outcome: Outcome, init: Option<Duration>) -> Report {
        let duration = Duration::from_micros(1_248_310);
        Report {
            function: "f".to_owned(),
            request_id: "5b3aa800-5ff2-4756-89f4-8b01418f8b79".to_owned(),
            cold: init.is_some(),
            init,
            duration,
            billed_ms: Report::billed(init, duration),
            memory_mb: 128,
            max_memory_mb: 94,
            outcome,
        }
    }

    #[test]
    fn prints_cloudwatchs_line() {
        let cold = report(
            Outcome::Exited("exit status 1".to_owned()),
            Some(Duration::from_micros(293_050)),
        );
        assert_eq!(
            cold.to_string(),
            "REPORT RequestId: 5b3aa800-5ff2-4756-89f4-8b01418f8b79\tDuration: 1248.31 ms\tBilled Duration: 1542 ms\t\
             Memory Size: 128 MB\tMax Memory Used: 94 MB\tInit Duration: 293.05 ms\tStatus: error\tError Type: Runtime.ExitError"
        );
        let head = "REPORT RequestId: 5b3aa800-5ff2-4756-89f4-8b01418f8b79\tDuration: 1248.31 ms\tBilled Duration: 1249 ms\t\
                    Memory Size: 128 MB\tMax Memory Used: 94 MB";
        for (outcome, tail) in [
            (Outcome::Ok, ""),
            (Outcome::FunctionError("E".to_owned()), ""),
            (Outcome::TimedOut, "\tStatus: timeout"),
            (
                Outcome::OutOfMemory,
                "\tStatus: error\tError Type: Runtime.OutOfMemory",
            ),
            (
                Outcome::ResponseTooLarge,
                "\tStatus: error\tError Type: Function.ResponseSizeTooLarge",
            ),
        ] {
            assert_eq!(report(outcome, None).to_string(), format!("{head}{tail}"));
        }
    }
}
