//! Which errors a fault explains. Everything else is a failure of the run.

use crate::calls::Kind;
use crate::phases::Fault;

/// A process that was killed while it worked.
const KILLED: &str = "killed";

const NO_FILES: &str = "too many open files";

/// The short name of the reason, if the fault explains this error of this kind of call.
pub(crate) fn reason(fault: Fault, kind: Kind, text: &str) -> Option<&'static str> {
    // The handler, or the program behind it.
    const OF_KILLS: [(&str, &str); 2] = [("signal: killed", KILLED), ("(signal 9)", KILLED)];
    let known: &[(&str, &str)] = match (fault, kind) {
        (Fault::Kills | Fault::NoFiles, Kind::Control) => &[],
        (Fault::Kills, _) => &OF_KILLS,
        (Fault::Stuck, Kind::Query) => &[("prometheus_timeout", "timeout")],
        (Fault::Stuck, Kind::List) => &[("aws_timeout", "timeout")],
        (Fault::Broken, Kind::Query) => &[
            ("prometheus_unreachable", "unreachable"),
            ("not_prometheus", "not understood"),
            ("prometheus_http_error", "HTTP 500"),
        ],
        (Fault::Broken, Kind::List) => &[
            ("aws_unreachable", "unreachable"),
            ("aws_unreadable_answer", "not understood"),
            ("aws_service_error", "HTTP 500"),
        ],
        (Fault::FullDisk, Kind::Write) => &[("storage_full: ENOSPC", "no space left")],
        (Fault::FullDisk, Kind::Control) => &[("No space left", "no space left")],
        (Fault::NoFiles, _) => &[
            ("Too many open files", NO_FILES),
            ("too_many_open_files", NO_FILES),
            ("prometheus_unreachable", NO_FILES),
            ("aws_unreachable", NO_FILES),
            ("signal: killed", KILLED),
            ("(signal 9)", KILLED),
        ],
        // Lambda names the deadline by the clock: a call that is handed over while that jumps has none left.
        (Fault::Clock, _) => &[("deadline_exceeded: ", "deadline passed by")],
        _ => &[],
    };
    known
        .iter()
        .find(|(part, _)| text.contains(part))
        .map(|(_, name)| *name)
}

/// Whether a write that ended so may have been done: its process was killed at some point of it.
pub(crate) fn may_have_happened(reason: &str) -> bool {
    reason == KILLED
}
