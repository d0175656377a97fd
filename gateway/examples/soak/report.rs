//! The page.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::load::Tally;
use crate::processes::Usage;

/// What was seen in a phase.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) seconds: f64,
    pub(crate) calls_per_second: f64,
    pub(crate) p99_ms: f64,
    /// With the calls after the fault.
    pub(crate) tally: Tally,
    pub(crate) cold_starts: u64,
    /// At the end, without clients.
    pub(crate) usage: Usage,
    /// Most resident memory of the gateway, in kB.
    pub(crate) peak_kb: u64,
    /// The part of a core that the idle gateway used at the end.
    pub(crate) busy: f64,
    /// Temporary files that were left.
    pub(crate) leftovers: usize,
}

const INTRODUCTION: &str = "\
`gateway up` with five real servers (`filesystem`, `git-repo`, `prometheus`, `cfn-mcp` and a wrapped stdio program), at most four processes each, a stand-in for
Prometheus and AWS, and a client of the control plane. Clients call as fast as they can: in sessions, without, with event streams, with a new connection for each
call. Every answer is compared: *right* is what was asked for, *explained* a clear error that the fault causes; anything else is *wrong*, and no answer within 20 s
*lost*. Files are read back whole. After each fault everything must be right for two seconds. Clients, stand-in, gateway and handlers share the machine.

| phase | s | calls/s | right | explained | lost | wrong | p99 ms | slowest s | cold starts | gateway MB (peak) | handler MB | files | threads | processes |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
";

impl Row {
    /// The row of the table.
    pub(crate) fn line(&self) -> String {
        let Tally {
            right, lost, wrong, ..
        } = self.tally;
        let explained: u64 = self.tally.explained.values().sum();
        format!(
            "| {} | {:.0} | {:.0} | {right} | {explained} | {lost} | {wrong} | {:.1} | {:.1} | {} | {} ({}) | {} | {} | {} | {} |",
            self.name,
            self.seconds,
            self.calls_per_second,
            self.p99_ms,
            self.tally.slowest.as_secs_f64(),
            self.cold_starts,
            self.usage.gateway_kb / 1024,
            self.peak_kb / 1024,
            self.usage.handler_kb / 1024,
            self.usage.files,
            self.usage.threads,
            self.usage.processes,
        )
    }
}

/// The whole part of the page.
pub(crate) fn page(rows: &[Row], problems: &[String], refused: u64) -> String {
    let mut page = INTRODUCTION.to_owned();
    for row in rows {
        page.push_str(&row.line());
        page.push('\n');
    }
    page.push_str(
        "\np99 is of the right answers during the fault. Memory, files, threads and processes are the gateway's after the phase, without clients.\n\n",
    );
    for row in rows {
        let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
        for ((_, reason), count) in &row.tally.explained {
            *reasons.entry(reason).or_default() += count;
        }
        let reasons = reasons
            .iter()
            .map(|(reason, count)| format!("{reason} {count}"));
        let reasons: Vec<String> = reasons.collect();
        if !reasons.is_empty() {
            // Into a string: cannot fail.
            let _ = writeln!(page, "- explained, {}: {}", row.name, reasons.join(", "));
        }
    }
    if refused > 0 {
        let _ = writeln!(
            page,
            "- {refused} requests were refused for the time of their signature; the AWS SDK sent them again with the service's time"
        );
    }
    page.push('\n');
    if problems.is_empty() {
        page.push_str("Passed: no call lost or wrong, nothing grew, nothing was left behind.\n");
    } else {
        page.push_str("Failed:\n\n");
        for problem in problems {
            let _ = writeln!(page, "- {problem}");
        }
    }
    page
}
