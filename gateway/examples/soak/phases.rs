//! What happens, in which order, and for how long.

use std::time::{Duration, Instant};

use crate::backend::Backend;
use crate::faults::Undo;
use crate::fleet::Fleet;
use crate::load::Load;
use crate::processes::{self, Usage};
use crate::report::Row;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// Handlers are killed, at random.
    Kills,
    /// The backend answers, but late.
    Slow,
    /// The backend does not answer.
    Stuck,
    /// The backend hangs up, answers nonsense, stops in the middle, fails.
    Broken,
    FullDisk,
    /// No file descriptors are left.
    NoFiles,
    /// The clock jumps.
    Clock,
}

/// A part of the run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Phase {
    pub(crate) name: &'static str,
    fault: Fault,
    /// Of the whole time, in hundredths.
    share: u32,
}

const fn phase(name: &'static str, fault: Fault, share: u32) -> Phase {
    Phase { name, fault, share }
}

/// With one gateway.
pub(crate) const MAIN: &[Phase] = &[
    phase("warm-up", Fault::None, 5),
    phase(PLAIN, Fault::None, 14),
    phase("handlers killed at random", Fault::Kills, 18),
    phase("slow backends", Fault::Slow, 7),
    phase("stuck backends", Fault::Stuck, 9),
    phase("broken backends", Fault::Broken, 9),
    phase("full disk", Fault::FullDisk, 8),
    phase("no file descriptors", Fault::NoFiles, 8),
    phase(AGAIN, Fault::None, 14),
];

/// With another, whose clock can be set.
pub(crate) const CLOCK: &[Phase] = &[phase("clock jumps", Fault::Clock, 8)];

/// What the end is compared with.
pub(crate) const PLAIN: &str = "plain";
pub(crate) const AGAIN: &str = "plain again";

/// After a fault everything must be right for this long.
const AFTER: Duration = Duration::from_secs(2);
/// A program behind a handler that could not be started twice in a row is left alone for so long.
const LEFT_ALONE: Duration = Duration::from_secs(4);
/// The gateway is looked at so often.
const LOOK: Duration = Duration::from_millis(500);
/// Time in which an idle gateway should do nothing.
const IDLE: Duration = Duration::from_secs(2);

/// Runs phases against a fleet.
pub(crate) struct Runner<'a> {
    fleet: &'a Fleet,
    undo: Undo<'a>,
    load: Option<Load>,
    clients: usize,
    total: Duration,
}

impl<'a> Runner<'a> {
    pub(crate) fn new(
        fleet: &'a Fleet,
        backend: &'a Backend,
        clients: usize,
        total: Duration,
    ) -> Self {
        Self {
            fleet,
            undo: Undo::new(fleet, backend),
            load: None,
            clients,
            total,
        }
    }

    /// Runs a phase, unless something for it is missing.
    pub(crate) async fn run(&mut self, phase: &Phase) -> anyhow::Result<Option<Row>> {
        if phase.fault == Fault::FullDisk && self.fleet.small_disk.is_none() {
            return Ok(None);
        }
        let time = self.total * phase.share / 100;
        tracing::info!("{}: {:.0} s", phase.name, time.as_secs_f64());
        let fleet = self.fleet;
        let load = match &mut self.load {
            Some(load) => load,
            None => self.load.insert(Load::new(fleet, self.clients)?),
        };
        let cold_before = fleet.cold_starts();
        let began = Instant::now();
        let mut peak_kb = 0;
        let mut tally = tokio::select! {
            tally = load.run(fleet, time, phase.fault) => tally,
            () = self.undo.cause(phase.fault) => unreachable!("it goes on"),
            () = watch(fleet.pid, &mut peak_kb) => unreachable!("it goes on"),
        };
        let took = began.elapsed();
        let calls_per_second = tally.answered() as f64 / took.as_secs_f64();
        let p99_ms = tally.p99_ms();
        self.undo.all()?;
        if phase.fault == Fault::NoFiles {
            tokio::time::sleep(LEFT_ALONE).await;
        }
        if phase.fault != Fault::None {
            tally.add(load.run(fleet, AFTER, Fault::None).await);
        }
        // The clients have gone: what is left is the gateway's own.
        let busy = processes::busy(fleet.pid, IDLE).await;
        let row = Row {
            name: phase.name,
            seconds: took.as_secs_f64(),
            calls_per_second,
            p99_ms,
            tally,
            cold_starts: fleet.cold_starts() - cold_before,
            usage: Usage::of(fleet.pid),
            peak_kb,
            busy,
            leftovers: leftovers(fleet),
        };
        tracing::info!("{}", row.line());
        for text in &row.tally.shown {
            tracing::error!("{text}");
        }
        Ok(Some(row))
    }
}

async fn watch(gateway: i32, peak_kb: &mut u64) {
    loop {
        tokio::time::sleep(LOOK).await;
        *peak_kb = (*peak_kb).max(Usage::of(gateway).gateway_kb);
    }
}

/// Files that nobody asked for.
fn leftovers(fleet: &Fleet) -> usize {
    let names = std::fs::read_dir(&fleet.files)
        .into_iter()
        .flatten()
        .flatten();
    names
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with("client-"))
        .count()
}
