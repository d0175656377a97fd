//! The X-Ray trace of the Lambda invocation that this process works on.
//!
//! Lambda hands it over with each invocation, and whoever calls another service passes it on as the header
//! [`HEADER`], so that X-Ray can join the two. It is kept for the process, not for a task: Lambda gives a process one
//! invocation at a time, and a tool's work may be spread over tasks. What a tool leaves running after its answer
//! carries the trace of the next invocation.
//!
//! <https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader>

use std::sync::{Arc, PoisonError, RwLock};

/// Name of the header, in HTTP requests to AWS.
pub const HEADER: &str = "x-amzn-trace-id";

/// Longest header that is passed on. X-Ray's own have about 100 bytes, 256 at most.
const LIMIT_BYTES: usize = 512;

static CURRENT: RwLock<Option<Trace>> = RwLock::new(None);

/// A tracing header: `Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace(Arc<str>);

impl Trace {
    /// Takes what came as a header. `None` for what could not be sent on as one.
    pub fn new(header: &str) -> Option<Self> {
        let is_header = header.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        let fits = !header.is_empty() && header.len() <= LIMIT_BYTES;
        (is_header && fits).then(|| Self(header.into()))
    }

    /// The whole header: visible ASCII characters and spaces.
    pub fn header(&self) -> &str {
        &self.0
    }

    /// The id of the trace, as the X-Ray console shows it: `1-5bef4de7-ad49b0e87f6ef6c87fc2e700`.
    pub fn id(&self) -> Option<&str> {
        let mut members = self.0.split(';').map(str::trim);
        members.find_map(|member| member.strip_prefix("Root="))
    }
}

/// From now on the process works on an invocation of this trace, or of none.
pub fn enter(trace: Option<Trace>) {
    *CURRENT.write().unwrap_or_else(PoisonError::into_inner) = trace;
}

/// The trace of the invocation at hand. `None` outside of Lambda.
pub fn current() -> Option<Trace> {
    let current = CURRENT.read().unwrap_or_else(PoisonError::into_inner);
    current.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_the_root_wherever_it_stands() {
        let id = |header| Trace::new(header).unwrap().id().map(str::to_owned);
        assert_eq!(id("Root=1-a-b;Parent=c;Sampled=0"), Some("1-a-b".into()));
        assert_eq!(id("Self=1-x-y; Root=1-a-b"), Some("1-a-b".into()));
        assert_eq!(id("Parent=c;Sampled=0"), None);
    }

    #[test]
    fn what_is_no_header_is_no_trace() {
        let long = "x".repeat(LIMIT_BYTES + 1);
        for header in ["", "Root=1\r\nx: y", "Root=\u{e9}", &long] {
            assert_eq!(Trace::new(header), None, "{header}");
        }
    }

    #[test]
    fn the_last_invocation_counts() {
        let trace = Trace::new("Root=1-a-b");
        enter(trace.clone());
        assert_eq!(current(), trace);
        enter(None);
        assert_eq!(current(), None);
    }
}
