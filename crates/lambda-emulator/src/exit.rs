//! How a process ended, in the words that Lambda uses.

use std::{os::unix::process::ExitStatusExt, process::ExitStatus};

/// How a process ended, as Lambda words it.
pub(crate) fn exit_text(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(signal)) => {
            let core = if status.core_dumped() {
                " (core dumped)"
            } else {
                ""
            };
            format!("signal: {}{core}", signal_name(signal))
        }
        (None, None) => "unknown".to_owned(),
    }
}

/// The names of Go's `syscall` package, which Lambda's texts show.
fn signal_name(signal: i32) -> String {
    let name = match signal {
        1 => "hangup",
        2 => "interrupt",
        3 => "quit",
        4 => "illegal instruction",
        5 => "trace/breakpoint trap",
        6 => "aborted",
        7 => "bus error",
        8 => "floating point exception",
        9 => "killed",
        10 => "user defined signal 1",
        11 => "segmentation fault",
        12 => "user defined signal 2",
        13 => "broken pipe",
        14 => "alarm clock",
        15 => "terminated",
        other => return format!("signal {other}"),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_an_exit_as_lambda_does() {
        for (wait_status, text) in [
            (0, "exit status 0"),
            (1 << 8, "exit status 1"),
            (106 << 8, "exit status 106"),
            (9, "signal: killed"),
            (11, "signal: segmentation fault"),
            (6 | 0x80, "signal: aborted (core dumped)"),
            (31, "signal: signal 31"),
        ] {
            assert_eq!(exit_text(ExitStatus::from_raw(wait_status)), text);
        }
    }
}
