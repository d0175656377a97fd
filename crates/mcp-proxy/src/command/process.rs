//! The running program.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use rmcp::RoleClient;
use rmcp::transport::async_rw::AsyncRwTransport;
use tokio::process::{Child, ChildStdin, ChildStdout};
use tokio::sync::watch;

use super::{environment, guard, stderr};
use crate::session::Ended;

/// The program's input and output. Lines of its output that are not MCP are skipped.
pub(super) type Transport = AsyncRwTransport<RoleClient, ChildStdout, ChildStdin>;

/// Starts the program below a [`guard`]. It lives until its input is closed, at the latest.
pub(super) fn start(program: &Path, args: &[String]) -> io::Result<(Transport, Ended)> {
    let mut child = tokio::process::Command::new(this_program()?)
        .arg(guard::ARGUMENT)
        .arg(program)
        .args(args)
        .env_clear()
        .envs(environment::for_program())
        // Whoever ends the handler's group leaves the guard to end the program's.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let taken = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(stdin), Some(stdout), Some(errors)) = taken else {
        return Err(io::Error::other("a pipe is missing"));
    };
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    tokio::spawn(stderr::log(name.into_owned(), errors));
    let (sender, ended) = watch::channel(None);
    tokio::spawn(wait(child, sender));
    Ok((AsyncRwTransport::new_client(stdout, stdin), ended))
}

async fn wait(mut child: Child, ended: watch::Sender<Option<String>>) {
    let how = match child.wait().await {
        Ok(status) => describe(status),
        Err(error) => format!("its end was missed: {error}"),
    };
    // Nobody is left to tell when the session is gone.
    let _ = ended.send(Some(how));
}

/// `exit code 3`, `signal 9`.
fn describe(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "no exit code".to_owned(),
    }
}

/// The handler itself. On Linux by a name that holds after the file was replaced.
fn this_program() -> io::Result<PathBuf> {
    if cfg!(target_os = "linux") {
        return Ok(PathBuf::from("/proc/self/exe"));
    }
    std::env::current_exe()
}
