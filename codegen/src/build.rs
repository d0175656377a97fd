//! Builds the handlers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use anyhow::{Context, Result, anyhow, bail};
use fleet_manifest::{Server, ServerId};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::workspace::Workspace;

/// The executables of the handlers by server.
pub(crate) type Binaries = BTreeMap<ServerId, PathBuf>;

/// Being told to stop. While this exists, the process is not ended by it, so that it can put
/// back what it changed.
pub(crate) struct Interrupts {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Interrupts {
    pub(crate) fn listen() -> Result<Self> {
        let listen = |kind| signal(kind).context("signals cannot be handled");
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hangup: listen(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hangup.recv() => {}
        }
    }
}

/// The handlers in a folder, all of which must be there.
pub(crate) fn existing(folder: &Path, servers: &[Server]) -> Result<Binaries> {
    let mut binaries = Binaries::new();
    let mut missing = Vec::new();
    for server in servers {
        let name = server.function_name();
        match folder.join(&name).canonicalize() {
            Ok(binary) => {
                binaries.insert(server.id.clone(), binary);
            }
            Err(_) => missing.push(format!("`{name}`")),
        }
    }
    if !missing.is_empty() {
        bail!(
            "`{}` has no {}; nothing was changed\n  hint: build first, or leave `--bin-dir` out",
            folder.display(),
            missing.join(", ")
        );
    }
    Ok(binaries)
}

#[derive(Debug, Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Message {
    CompilerArtifact {
        target: Target,
        executable: Option<PathBuf>,
    },
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

/// Builds all handlers with one `cargo build`; its output goes to the terminal.
///
/// Not `-p` for each handler: cargo unifies the features of what it is asked to build, and with
/// this selection they are exactly those of `cargo test --workspace` (`--examples` is what makes
/// it count development dependencies), so that after the tests only the handlers are compiled.
pub(crate) async fn build(
    workspace: &Workspace,
    servers: &[Server],
    locked: bool,
    interrupts: &mut Interrupts,
) -> Result<Binaries> {
    let mut process = command(workspace, locked)
        .spawn()
        .context("cargo cannot be started; it is needed to build the handlers")?;
    let artifacts = artifacts(&mut process, interrupts).await?;
    let status = process.wait().await.context("cargo cannot be waited for")?;
    let mut binaries = Binaries::new();
    let mut failed = Vec::new();
    for server in servers {
        let name = server.function_name();
        match artifacts.executables.get(&name) {
            Some(binary) => {
                binaries.insert(server.id.clone(), binary.clone());
            }
            None => failed.push(format!("`{name}`")),
        }
    }
    if !failed.is_empty() {
        return Err(failure(&artifacts, &failed, status, locked));
    }
    if !status.success() {
        crate::generate::say(
            "warning: another part of the workspace does not build, see above; the handlers do",
        );
    }
    Ok(binaries)
}

fn command(workspace: &Workspace, locked: bool) -> Command {
    let mut command = cargo();
    command
        .args([
            "build",
            "--workspace",
            "--bins",
            "--examples",
            "--keep-going",
        ])
        .args(["--message-format", "json-render-diagnostics"])
        .arg("--manifest-path")
        .arg(workspace.root.join("Cargo.toml"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    if locked {
        command.arg("--locked");
    }
    command
}

/// What cargo said that it built.
#[derive(Default)]
struct Artifacts {
    /// By the name of the binary.
    executables: BTreeMap<String, PathBuf>,
    /// It said something: one line for each package comes as soon as it has understood the workspace.
    started: bool,
}

/// Reads until cargo closes its output, or until somebody interrupts.
async fn artifacts(process: &mut Child, interrupts: &mut Interrupts) -> Result<Artifacts> {
    let mut lines = match process.stdout.take() {
        Some(stdout) => BufReader::new(stdout).lines(),
        None => bail!("cargo's output cannot be read"),
    };
    let mut artifacts = Artifacts::default();
    loop {
        let line = tokio::select! {
            line = lines.next_line() => line.context("cargo's output cannot be read")?,
            () = interrupts.next() => {
                // Where the terminal sent the signal, cargo has it too.
                let _ = process.start_kill();
                let _ = process.wait().await;
                bail!("interrupted; nothing was changed");
            }
        };
        let Some(line) = line else {
            return Ok(artifacts);
        };
        artifacts.started = true;
        if let Ok(Message::CompilerArtifact {
            target,
            executable: Some(executable),
        }) = serde_json::from_str(&line)
            && target.kind.iter().any(|kind| kind == "bin")
        {
            artifacts.executables.insert(target.name, executable);
        }
    }
}

/// Why handlers are missing.
fn failure(
    artifacts: &Artifacts,
    failed: &[String],
    status: ExitStatus,
    locked: bool,
) -> anyhow::Error {
    if !artifacts.started {
        let hint = if locked {
            "\n  hint: if `Cargo.lock` is out of date, `cargo run -p codegen` updates it"
        } else {
            ""
        };
        return anyhow!(
            "cargo cannot build this workspace ({status}); nothing was changed, its message is \
             above{hint}"
        );
    }
    let verb = if failed.len() == 1 { "does" } else { "do" };
    anyhow!(
        "{} {verb} not build ({status}); nothing was changed, the compiler's messages are above",
        failed.join(", ")
    )
}

/// Cargo as the user runs it: without what `cargo run` put into our environment, which would make
/// build scripts run again.
fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let from_cargo = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_")
                || matches!(
                    name,
                    "CARGO_BIN_NAME"
                        | "CARGO_CRATE_NAME"
                        | "CARGO_MANIFEST_DIR"
                        | "CARGO_MANIFEST_PATH"
                        | "CARGO_PRIMARY_PACKAGE"
                )
        });
        if from_cargo {
            command.env_remove(name);
        }
    }
    command
}
