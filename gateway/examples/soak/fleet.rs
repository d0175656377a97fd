//! The fleet under test: its files, its gateway, what the gateway prints.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::files::{Setup, make_repository, write_handlers, write_manifest};
use crate::processes;

/// The last line of what a gateway announces.
const ANNOUNCED: &str = "Ctrl-C ends all.";
const PATIENCE: Duration = Duration::from_secs(30);

/// A running fleet.
pub(crate) struct Fleet {
    pub(crate) mcp: SocketAddr,
    pub(crate) control: SocketAddr,
    pub(crate) pid: i32,
    /// The root of `filesystem`; the control plane keeps its state beside it.
    pub(crate) files: PathBuf,
    pub(crate) repository: PathBuf,
    pub(crate) small_disk: Option<PathBuf>,
    /// The programs of the handlers, and the one that a handler starts.
    pub(crate) programs: Vec<PathBuf>,
    /// What libfaketime reads.
    pub(crate) clock: Option<PathBuf>,
    child: Child,
    log: Arc<Log>,
}

/// What was seen in the gateway's log.
#[derive(Default)]
struct Log {
    cold_starts: AtomicU64,
    panics: AtomicU64,
}

impl Fleet {
    /// Writes the fleet's files and starts its gateway; with `faketime`, under a clock that can be set.
    pub(crate) async fn start(setup: &Setup, faketime: Option<&Path>) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir_in(&setup.folder)?.keep();
        let path = |name: &str| folder.join(name);
        let data = setup.small_disk.clone().unwrap_or_else(|| path("data"));
        let files = data.join("files");
        fs::create_dir_all(&files)?;
        let _ = fs::remove_file(data.join("control.redb"));
        let repository = path("repositories/demo");
        make_repository(&repository)?;

        let clock = faketime.map(|_| path("clock"));
        let clock_variables = match (faketime, &clock) {
            (Some(library), Some(clock)) => {
                fs::write(clock, "+0")?;
                clock_variables(library, clock)
            }
            _ => Vec::new(),
        };
        write_manifest(setup, &folder, &files, &clock_variables)?;
        let programs = write_handlers(setup, &folder).await?;

        let mut child = gateway(setup, &folder, &data)
            .envs(clock_variables)
            .spawn()?;
        let log = Arc::new(Log::default());
        follow(&mut child, Arc::clone(&log));
        let announced = tokio::time::timeout(PATIENCE, announcement(&mut child)).await;
        let announced = announced.context("the gateway announced nothing")??;
        Ok(Self {
            mcp: address(&announced, "MCP endpoint")?,
            control: address(&announced, "Control plane")?,
            pid: child
                .id()
                .and_then(|pid| i32::try_from(pid).ok())
                .context("no process")?,
            files,
            repository,
            small_disk: setup.small_disk.clone(),
            programs,
            clock,
            child,
            log,
        })
    }

    pub(crate) fn cold_starts(&self) -> u64 {
        self.log.cold_starts.load(Ordering::Relaxed)
    }

    /// Ends the gateway, and returns what was not as it should be.
    pub(crate) async fn end(mut self) -> anyhow::Result<Vec<String>> {
        let mut problems = Vec::new();
        let below = processes::descendants(self.pid);
        kill_process(Pid::from_raw(self.pid).context("no process")?, Signal::TERM)?;
        match tokio::time::timeout(PATIENCE, self.child.wait()).await {
            Ok(status) if status.as_ref().is_ok_and(std::process::ExitStatus::success) => {}
            Ok(status) => problems.push(format!("the gateway ended with {status:?}")),
            Err(_) => problems.push(format!(
                "the gateway did not end within {PATIENCE:?} of SIGTERM"
            )),
        }
        let left = below.iter().filter(|process| {
            processes::program(process.pid).is_some_and(|path| self.programs.contains(&path))
        });
        match left.count() {
            0 => {}
            left => problems.push(format!("{left} handlers outlived the gateway")),
        }
        match self.log.panics.load(Ordering::Relaxed) {
            0 => {}
            panics => problems.push(format!("{panics} panics in the log")),
        }
        Ok(problems)
    }
}

/// What makes a program's clock follow what `clock` says; deadlines stay as they are.
fn clock_variables(library: &Path, clock: &Path) -> Vec<(&'static str, String)> {
    vec![
        ("LD_PRELOAD", library.display().to_string()),
        ("FAKETIME_TIMESTAMP_FILE", clock.display().to_string()),
        ("FAKETIME_NO_CACHE", "1".to_owned()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
    ]
}

/// The gateway of the fleet in `folder`, which keeps its state in `data`.
fn gateway(setup: &Setup, folder: &Path, data: &Path) -> Command {
    let paths = [
        ("--manifest", folder.join("servers.yaml")),
        ("--handlers", folder.join("handlers")),
        ("--bin-dir", folder.join("bin")),
        ("--control-state", data.join("control.redb")),
    ];
    let fixed = "--listen 127.0.0.1:0 --lambda-listen 127.0.0.1:0 --control-listen 127.0.0.1:0 --session-timeout 28800 \
                 --response-streaming --max-processes 4 --result-mode passthrough --exception-level debug";
    let mut gateway = Command::new(setup.binaries.join("gateway"));
    gateway.arg("up").args(fixed.split_whitespace());
    for (flag, path) in paths {
        gateway.arg(flag).arg(path);
    }
    gateway
        .env_clear()
        .envs([
            ("PATH", "/usr/bin:/bin"),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            (
                "AWS_SECRET_ACCESS_KEY",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            ),
            ("AWS_ENDPOINT_URL", &format!("http://{}", setup.backend)),
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    gateway
}

/// The address of the line that begins with `label`.
fn address(announced: &str, label: &str) -> anyhow::Result<SocketAddr> {
    let line = announced.lines().find_map(|line| line.strip_prefix(label));
    let url = line
        .map(str::trim)
        .and_then(|url| url.strip_prefix("http://"));
    let address = url.and_then(|url| url.split('/').next()?.parse().ok());
    address.with_context(|| format!("no `{label}` in: {announced}"))
}

async fn announcement(child: &mut Child) -> anyhow::Result<String> {
    let mut lines = BufReader::new(child.stdout.take().context("no output")?).lines();
    let mut announced = String::new();
    while let Some(line) = lines.next_line().await? {
        announced.push_str(&line);
        announced.push('\n');
        if line == ANNOUNCED {
            return Ok(announced);
        }
    }
    anyhow::bail!("the gateway ended: {announced}")
}

/// Reads the log, so that it takes neither memory nor disk.
fn follow(child: &mut Child, log: Arc<Log>) {
    let Some(stderr) = child.stderr.take() else {
        return;
    };
    tokio::spawn(async move {
        let mut lines = BufReader::with_capacity(256 * 1024, stderr).split(b'\n');
        while let Ok(Some(line)) = lines.next_segment().await {
            let has = |text: &[u8]| line.windows(text.len()).any(|part| part == text);
            if has(b"REPORT RequestId") {
                if has(b"Init Duration") {
                    log.cold_starts.fetch_add(1, Ordering::Relaxed);
                }
            } else if has(b"panicked at") {
                log.panics.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
}
