//! What is the same for every function.

use std::{env, fmt, sync::Arc, time::Duration};

use crate::Report;

/// Called with the report of each finished call.
pub type OnReport = Arc<dyn Fn(&Report) + Send + Sync>;

/// Called with a function's name and one line that its process wrote, without the line ending.
pub type OnLog = Arc<dyn Fn(&str, &str) + Send + Sync>;

/// Settings of an [`Emulator`](crate::Emulator). The default observes nothing and keeps AWS's limits.
#[derive(Clone)]
pub struct Options {
    /// Called with the report of each finished call, in the task that finished it: it must not block.
    pub on_report: OnReport,
    /// Called with each line that a handler writes to stdout or stderr: it must not block.
    /// All lines of a call come before its report.
    pub on_log: OnLog,
    /// Region in ARNs and in the handlers' `AWS_REGION`. Default: `AWS_REGION`, else `AWS_DEFAULT_REGION`, else `us-east-1`.
    pub region: String,
    /// Account in ARNs, 12 digits. Default: `123456789012`.
    pub account: String,
    /// Longest time from process start to its first request for work. Default: 10 s, as AWS.
    pub init_timeout: Duration,
    /// Most calls that wait for a process of one function. Default: 1,024.
    pub queue_limit: usize,
    /// Longest time that a call waits for a process. Default: 10 s. AWS does not wait at all.
    pub queue_wait: Duration,
    /// Longest time that a call waits for a process that has just answered, before another is started. Such a process asks for work
    /// within microseconds, unless it still has something to do; a client that makes one call after the other is to end up with one
    /// process. Default: 50 ms.
    pub settle_wait: Duration,
    /// Time between `SIGTERM` and `SIGKILL` when a process is ended. Default: 2 s.
    pub shutdown_grace: Duration,
}

impl Default for Options {
    fn default() -> Self {
        let region = ["AWS_REGION", "AWS_DEFAULT_REGION"]
            .into_iter()
            .filter_map(|name| env::var(name).ok())
            .find(|value| !value.is_empty())
            .unwrap_or_else(|| "us-east-1".to_owned());
        Self {
            on_report: Arc::new(|_| ()),
            on_log: Arc::new(|_, _| ()),
            region,
            account: "123456789012".to_owned(),
            init_timeout: Duration::from_secs(10),
            queue_limit: 1024,
            queue_wait: Duration::from_secs(10),
            settle_wait: Duration::from_millis(50),
            shutdown_grace: Duration::from_secs(2),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("region", &self.region)
            .field("account", &self.account)
            .field("init_timeout", &self.init_timeout)
            .field("queue_limit", &self.queue_limit)
            .field("queue_wait", &self.queue_wait)
            .field("settle_wait", &self.settle_wait)
            .field("shutdown_grace", &self.shutdown_grace)
            .finish_non_exhaustive()
    }
}
