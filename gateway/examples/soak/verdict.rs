//! What makes a run fail.

use crate::phases::{AGAIN, PLAIN};
use crate::report::Row;

/// Part of the first throughput that the last one must reach. Two runs of the same on a quiet machine differ by less.
const LEAST_THROUGHPUT: f64 = 0.8;
/// What allocators keep, in kB.
const MEMORY_SLACK_KB: u64 = 8 * 1024;
/// File descriptors that a gateway keeps for one process, and that may come and go.
const FILES_OF_A_PROCESS: usize = 8;
const FILES_SLACK: usize = 8;
/// Threads that the runtime keeps for ten seconds after blocking work.
const THREADS_SLACK: usize = 4;
/// Part of a core that an idle gateway may use.
const IDLE: f64 = 0.1;

/// Answers that should have been others.
pub(crate) fn of_answers(rows: &[Row]) -> Vec<String> {
    let mut problems = Vec::new();
    for row in rows {
        for (count, what) in [(row.tally.lost, "lost"), (row.tally.wrong, "wrong")] {
            if count > 0 {
                problems.push(format!("{}: {count} calls {what}", row.name));
            }
        }
        for text in &row.tally.shown {
            problems.push(format!("{}: {text}", row.name));
        }
        if row.leftovers > 0 {
            problems.push(format!(
                "{}: {} files were left behind",
                row.name, row.leftovers
            ));
        }
        if row.usage.zombies > 0 {
            problems.push(format!("{}: {} zombies", row.name, row.usage.zombies));
        }
        if row.busy > IDLE {
            let percent = row.busy * 100.0;
            problems.push(format!(
                "{}: the idle gateway used {percent:.0}% of a core",
                row.name
            ));
        }
    }
    problems
}

/// What has grown between the first plain phase and the last.
pub(crate) fn of_rows(rows: &[Row]) -> Vec<String> {
    let named = |name| rows.iter().find(|row| row.name == name);
    let (Some(first), Some(last)) = (named(PLAIN), named(AGAIN)) else {
        return vec!["the run did not come to its end".to_owned()];
    };
    let mut problems = Vec::new();
    let part = last.calls_per_second / first.calls_per_second;
    if part < LEAST_THROUGHPUT {
        problems.push(format!("throughput fell to {:.0}%", part * 100.0));
    }
    for (what, first, last) in [
        ("the gateway", first.usage.gateway_kb, last.usage.gateway_kb),
        (
            "the largest handler",
            first.usage.handler_kb,
            last.usage.handler_kb,
        ),
    ] {
        if last > first + first / 4 + MEMORY_SLACK_KB {
            problems.push(format!("{what} grew from {first} kB to {last} kB"));
        }
    }
    if last.usage.threads > first.usage.threads + THREADS_SLACK {
        let (first, last) = (first.usage.threads, last.usage.threads);
        problems.push(format!(
            "threads of the gateway grew from {first} to {last}"
        ));
    }
    let more_processes = last.usage.processes.saturating_sub(first.usage.processes);
    let most = first.usage.files + more_processes * FILES_OF_A_PROCESS + FILES_SLACK;
    if last.usage.files > most {
        problems.push(format!(
            "open files of the gateway grew from {} to {}",
            first.usage.files, last.usage.files
        ));
    }
    problems
}
