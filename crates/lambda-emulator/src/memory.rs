//! Peak memory of a process, from `/proc`.

use std::{
    fs::File,
    os::unix::fs::FileExt,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

/// A reading costs some microseconds, so a busy process is not read at each of its thousands of calls a second.
pub(crate) const SAMPLE_EVERY: Duration = Duration::from_millis(50);

/// The high-water mark of one process.
pub(crate) struct Memory {
    pid: i32,
    /// Opened once: it stays this process's even when the number is given to another. Not open when there were too many open files.
    status: OnceLock<File>,
    opened: Instant,
    /// Time of the last reading, milliseconds after `opened`, plus one; 0 before the first.
    read_at: AtomicU64,
    peak_kb: AtomicU64,
}

impl Memory {
    pub(crate) fn of(pid: i32) -> Self {
        let memory = Self {
            pid,
            status: OnceLock::new(),
            opened: Instant::now(),
            read_at: AtomicU64::new(0),
            peak_kb: AtomicU64::new(0),
        };
        memory.status();
        memory
    }

    fn status(&self) -> Option<&File> {
        if self.status.get().is_none()
            && let Ok(status) = File::open(format!("/proc/{}/status", self.pid))
        {
            // Fails when another thread was first.
            let _ = self.status.set(status);
        }
        self.status.get()
    }

    /// Reads the peak, unless that was done a moment ago.
    pub(crate) fn sample(&self) {
        let now = u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX - 1) + 1;
        let read_at = self.read_at.load(Relaxed);
        if read_at != 0 && u128::from(now - read_at.min(now)) < SAMPLE_EVERY.as_millis() {
            return;
        }
        self.read_at.store(now, Relaxed);
        let Some(status) = self.status() else { return };
        // The file has about 1,500 bytes, and the line is in its first third.
        let mut text = [0; 4096];
        // Fails when the process has ended: the last reading stays.
        if let Ok(length) = status.read_at(&mut text, 0)
            && let Some(peak) = text.get(..length).and_then(peak_kb)
        {
            self.peak_kb.fetch_max(peak, Relaxed);
        }
    }

    /// Whether the peak that was read last is over the limit.
    pub(crate) fn is_over(&self, limit_mb: u32) -> bool {
        self.peak_kb.load(Relaxed) > u64::from(limit_mb) * 1024
    }

    /// The peak that was read last, in MB, rounded up.
    pub(crate) fn peak_mb(&self) -> u32 {
        u32::try_from(self.peak_kb.load(Relaxed).div_ceil(1024)).unwrap_or(u32::MAX)
    }
}

/// The value of the line `VmHWM:     2476 kB`.
fn peak_kb(status: &[u8]) -> Option<u64> {
    let line = status
        .split(|byte| *byte == b'\n')
        .find_map(|line| line.strip_prefix(b"VmHWM:"))?;
    let line = std::str::from_utf8(line).ok()?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_line_of_the_kernel() {
        let status =
            b"Name:\tx\nVmPeak:\t  123456 kB\nVmSize:\t 1 kB\nVmHWM:\t    2476 kB\nVmRSS:\t 1 kB\n";
        assert_eq!(peak_kb(status), Some(2476));
        // A process that has ended but was not waited for has no such line.
        assert_eq!(peak_kb(b"Name:\tx\nState:\tZ (zombie)\n"), None);
    }

    #[test]
    fn a_process_that_was_started_without_a_free_descriptor_is_measured_later() {
        let memory = Memory {
            status: OnceLock::new(),
            ..Memory::of(i32::try_from(std::process::id()).unwrap())
        };
        memory.sample();
        assert!(memory.peak_mb() > 0);
    }

    #[test]
    fn an_unknown_process_is_never_over_its_limit() {
        let memory = Memory::of(-1);
        memory.sample();
        assert_eq!(memory.peak_mb(), 0);
        assert!(!memory.is_over(0));
    }
}
