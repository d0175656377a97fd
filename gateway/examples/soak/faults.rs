//! What goes wrong while the clients call.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::sleep;
use uuid::Uuid;

use crate::backend::{Backend, Mood};
use crate::fleet::Fleet;
use crate::phases::Fault;
use crate::processes;

/// The gateway may have so many files fewer than it has: what a killed process gives back is not enough for another.
const FEWER_FILES: usize = 20;
/// Connections that ask nothing.
const IDLERS: usize = 60;
/// How far the clock jumps, as libfaketime reads it.
const JUMPS: [&str; 4] = ["+2d", "-2d", "+30d", "-1d"];

/// What has to be undone when a fault ends.
pub(crate) struct Undo<'a> {
    fleet: &'a Fleet,
    backend: &'a Backend,
}

impl<'a> Undo<'a> {
    pub(crate) fn new(fleet: &'a Fleet, backend: &'a Backend) -> Self {
        Self { fleet, backend }
    }

    /// Makes everything well again.
    pub(crate) fn all(&self) -> std::io::Result<()> {
        self.backend.set(Mood::Well);
        self.backend.check_signatures(false);
        processes::limit_files(self.fleet.pid, None);
        for pid in handlers(self.fleet) {
            processes::limit_files(pid, None);
        }
        if let Some(disk) = &self.fleet.small_disk {
            let _ = fs::remove_file(filler(disk));
        }
        if let Some(clock) = &self.fleet.clock {
            fs::write(clock, "+0")?;
        }
        Ok(())
    }

    /// Goes on until it is dropped.
    pub(crate) async fn cause(&self, fault: Fault) {
        match fault {
            Fault::None => {}
            Fault::Kills => loop {
                kill_one(self.fleet);
                sleep(Duration::from_millis(100 + random(200))).await;
            },
            Fault::Slow => self.backend.set(Mood::Slow),
            Fault::Stuck => self.backend.set(Mood::Stuck),
            Fault::Broken => self.backend.set(Mood::Broken),
            Fault::FullDisk => self.full_disk().await,
            Fault::NoFiles => self.no_files().await,
            Fault::Clock => self.clock().await,
        }
        std::future::pending().await
    }

    /// Fills the disk, and again when somebody has made room.
    async fn full_disk(&self) {
        let Some(disk) = &self.fleet.small_disk else {
            return;
        };
        loop {
            fill(disk);
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Three seconds with hardly a file descriptor, for the gateway or for handlers, then one with enough. Processes are killed
    /// meanwhile, because only a start needs many; and connections arrive that ask nothing.
    async fn no_files(&self) {
        let fleet = self.fleet;
        for turn in 0_u32.. {
            let mut connections = Vec::new();
            if turn.is_multiple_of(2) {
                let open = processes::open_files(fleet.pid);
                processes::limit_files(fleet.pid, Some(open.saturating_sub(FEWER_FILES)));
                for _ in 0..IDLERS {
                    connections.push(TcpStream::connect(fleet.mcp).await);
                }
            } else {
                for pid in handlers(fleet) {
                    processes::limit_files(pid, Some(processes::open_files(pid)));
                }
            }
            for _ in 0..6 {
                kill_one(fleet);
                sleep(Duration::from_millis(500)).await;
            }
            processes::limit_files(fleet.pid, None);
            for pid in handlers(fleet) {
                processes::limit_files(pid, None);
            }
            drop(connections);
            sleep(Duration::from_secs(1)).await;
        }
    }

    async fn clock(&self) {
        let Some(clock) = &self.fleet.clock else {
            return;
        };
        self.backend.check_signatures(true);
        for jump in JUMPS.iter().cycle() {
            // In place: a reader finds the old text or the new one, of the same length or longer.
            if let Err(error) = fs::write(clock, jump) {
                tracing::warn!(%error, "the clock cannot be set");
            }
            sleep(Duration::from_secs(2)).await;
        }
    }
}

fn handlers(fleet: &Fleet) -> Vec<i32> {
    let programs: Vec<&Path> = fleet.programs.iter().map(AsRef::as_ref).collect();
    processes::running(fleet.pid, &programs)
}

/// Kills one process of a handler, or of a program that a handler has started.
fn kill_one(fleet: &Fleet) {
    let pids = handlers(fleet);
    let place = usize::try_from(random(pids.len().max(1) as u64)).unwrap_or_default();
    if let Some(pid) = pids.get(place)
        && let Some(program) = processes::program(*pid)
    {
        processes::kill(*pid, &program);
    }
}

fn filler(disk: &Path) -> std::path::PathBuf {
    disk.join("filler")
}

fn fill(disk: &Path) {
    let file = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(filler(disk));
    if let Ok(mut file) = file {
        // Until it refuses.
        for size in [64 * 1024, 4096, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
    }
}

fn random(below: u64) -> u64 {
    Uuid::new_v4().as_u64_pair().0 % below
}
