//! Lines on standard error, written without holding up whoever reports them.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;

/// Lines that wait for a slow terminal; beyond that they are counted instead.
const BACKLOG: usize = 16_384;

/// Sends lines to standard error. Clones write to the same place.
#[derive(Clone, Debug)]
pub(crate) struct Console {
    lines: SyncSender<String>,
    dropped: Arc<AtomicU64>,
}

impl Console {
    /// Starts the thread that writes. It ends with the last clone.
    pub(crate) fn start() -> Self {
        let (lines, receiver) = sync_channel(BACKLOG);
        let dropped = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&dropped);
        thread::spawn(move || write(&receiver, &counted));
        Self { lines, dropped }
    }

    /// Writes `[source] text`. Never waits.
    pub(crate) fn line(&self, source: &str, text: impl std::fmt::Display) {
        if let Err(TrySendError::Full(_)) = self.lines.try_send(format!("[{source}] {text}\n")) {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn write(lines: &Receiver<String>, dropped: &AtomicU64) {
    while let Ok(mut text) = lines.recv() {
        // One write for all that has come meanwhile.
        while text.len() < 64 * 1024
            && let Ok(line) = lines.try_recv()
        {
            text.push_str(&line);
        }
        let dropped = dropped.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            text.push_str(&format!("[gateway] {dropped} lines were not written\n"));
        }
        // Nobody is left to tell when standard error is closed.
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
}
