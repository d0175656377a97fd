//! What the kernel says about processes.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags, Resource, Rlimit, Signal};

/// One process, as it was when it was looked at.
#[derive(Debug, Clone)]
pub(crate) struct Process {
    pub(crate) pid: i32,
    parent: i32,
    is_zombie: bool,
    /// Clock ticks of user and system time.
    ticks: u64,
}

/// What a gateway and its processes use.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    /// Resident memory of the gateway, in kB.
    pub(crate) gateway_kb: u64,
    /// Resident memory of the largest handler, in kB.
    pub(crate) handler_kb: u64,
    /// Open file descriptors of the gateway.
    pub(crate) files: usize,
    pub(crate) threads: usize,
    /// Processes below the gateway.
    pub(crate) processes: usize,
    pub(crate) zombies: usize,
}

impl Usage {
    pub(crate) fn of(gateway: i32) -> Self {
        let below = descendants(gateway);
        let handlers = below.iter().map(|process| resident_kb(process.pid));
        Self {
            gateway_kb: resident_kb(gateway),
            handler_kb: handlers.max().unwrap_or_default(),
            files: entries(gateway, "fd"),
            threads: entries(gateway, "task"),
            processes: below.len(),
            zombies: below.iter().filter(|process| process.is_zombie).count(),
        }
    }
}

/// Everything below a process.
pub(crate) fn descendants(root: i32) -> Vec<Process> {
    let numbers = fs::read_dir("/proc").into_iter().flatten().flatten();
    let all: Vec<Process> = numbers
        .filter_map(|entry| process(entry.file_name().to_str()?.parse().ok()?))
        .collect();
    let mut found: Vec<Process> = Vec::new();
    let mut parents = vec![root];
    while let Some(parent) = parents.pop() {
        for child in all.iter().filter(|process| process.parent == parent) {
            parents.push(child.pid);
            found.push(child.clone());
        }
    }
    found
}

/// Everything below `root` that runs a program of this name.
pub(crate) fn running(root: i32, programs: &[&Path]) -> Vec<i32> {
    let below = descendants(root).into_iter().map(|process| process.pid);
    below
        .filter(|pid| program(*pid).is_some_and(|path| programs.contains(&path.as_path())))
        .collect()
}

pub(crate) fn program(pid: i32) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{pid}/exe")).ok()
}

/// Kills a process, if it still runs this program: the number may be another's by now.
pub(crate) fn kill(pid: i32, expected: &Path) -> bool {
    let Some(number) = Pid::from_raw(pid) else {
        return false;
    };
    let Ok(handle) = rustix::process::pidfd_open(number, PidfdFlags::empty()) else {
        return false;
    };
    program(pid).is_some_and(|path| path == expected)
        && rustix::process::pidfd_send_signal(&handle, Signal::KILL).is_ok()
}

/// Sets how many files a process may have open; without a number, as many as this one, whose limits it has inherited.
pub(crate) fn limit_files(pid: i32, most: Option<usize>) {
    let own = rustix::process::getrlimit(Resource::Nofile);
    let current = most.map_or(own.current, |most| u64::try_from(most).ok());
    // Fails when the process has just ended.
    let _ = rustix::process::prlimit(
        Pid::from_raw(pid),
        Resource::Nofile,
        Rlimit { current, ..own },
    );
}

/// How many files a process has open.
pub(crate) fn open_files(pid: i32) -> usize {
    entries(pid, "fd")
}

/// The part of one core that a process uses, over some time.
pub(crate) async fn busy(pid: i32, time: Duration) -> f64 {
    let ticks = || process(pid).map_or(0, |process| process.ticks);
    let before = ticks();
    tokio::time::sleep(time).await;
    let per_second = rustix::param::clock_ticks_per_second();
    (ticks() - before) as f64 / per_second as f64 / time.as_secs_f64()
}

fn process(pid: i32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before may hold anything.
    let (_, rest) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Process {
        pid,
        parent: i32::try_from(number(1)?).ok()?,
        is_zombie: fields.first() == Some(&"Z"),
        ticks: number(11)? + number(12)?,
    })
}

fn resident_kb(pid: i32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok())
        .unwrap_or_default()
}

fn entries(pid: i32, folder: &str) -> usize {
    fs::read_dir(format!("/proc/{pid}/{folder}")).map_or(0, Iterator::count)
}
