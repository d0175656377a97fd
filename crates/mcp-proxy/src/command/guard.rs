//! Looks after the program, so that it and what it started never outlive the handler.
//!
//! The handler starts itself once more, as the guard, which starts the program in a process group
//! of its own, on the guard's standard streams, and waits. The handler holds the other end of
//! their standard input: when that is closed, because the session is over or because the handler
//! was killed, the guard does what MCP says about the end of a stdio server: it leaves the program
//! a moment to end, then sends SIGTERM, then SIGKILL, to the whole group. Nothing passes through
//! the guard, and it needs no `unsafe`, as a signal at the death of the parent would.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Command, ExitCode, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{
    Pid, Resource, Rlimit, Signal, getpid, kill_process, kill_process_group, setrlimit,
    test_kill_process_group,
};

/// First argument of a handler that is to be a guard; the program and its arguments follow.
pub(super) const ARGUMENT: &str = "guard-of-a-command";

/// How long a program has to end after its input is closed.
const GRACE: Duration = Duration::from_secs(1);

/// How long a group has to end after SIGTERM.
const TERM_PATIENCE: Duration = Duration::from_secs(2);

/// Exit code of a guard whose program could not be started, as shells have it.
const CANNOT_START: u8 = 126;

/// Is the guard, when this process was started as one. Blocks until the program has ended.
pub(super) fn run_if_asked() -> Option<ExitCode> {
    let mut args = std::env::args_os().skip(1);
    args.next().filter(|first| first == ARGUMENT)?;
    Some(guard(args))
}

fn guard(mut args: impl Iterator<Item = OsString>) -> ExitCode {
    let Some(program) = args.next() else {
        return ExitCode::from(CANNOT_START);
    };
    let mut child = match Command::new(&program).args(args).process_group(0).spawn() {
        Ok(child) => child,
        Err(error) => {
            tell(&format!("{} cannot be started: {error}", program.display()));
            return ExitCode::from(CANNOT_START);
        }
    };
    let group = Pid::from_child(&child);
    thread::spawn(move || {
        wait_until_input_is_closed();
        thread::sleep(GRACE);
        end(group);
    });
    let status = child.wait();
    // What the program started and left behind.
    end(group);
    match status {
        Ok(status) => end_like(status),
        Err(error) => {
            tell(&format!(
                "{} cannot be waited for: {error}",
                program.display()
            ));
            ExitCode::FAILURE
        }
    }
}

/// Returns when nobody can write to standard input any more. Reads nothing: that is the program's.
fn wait_until_input_is_closed() {
    let stdin = io::stdin();
    loop {
        let mut watched = [PollFd::new(&stdin, PollFlags::empty())];
        match poll(&mut watched, None) {
            Err(rustix::io::Errno::INTR) => {}
            _ => return,
        }
    }
}

/// Ends every process of a group: politely, then at once. A group without processes is ended.
fn end(group: Pid) {
    let until = Instant::now() + TERM_PATIENCE;
    let mut signal = kill_process_group(group, Signal::TERM);
    while signal.is_ok() && Instant::now() < until {
        thread::sleep(Duration::from_millis(10));
        signal = test_kill_process_group(group);
    }
    // An error means that there is nobody left.
    let _ = kill_process_group(group, Signal::KILL);
}

/// Ends this process as the program ended: by the same code, or the same signal.
fn end_like(status: ExitStatus) -> ExitCode {
    if let Some(signal) = status.signal().and_then(Signal::from_named_raw) {
        // One core dump is enough.
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        let _ = setrlimit(Resource::Core, none);
        let _ = kill_process(getpid(), signal);
        // Only a signal that does not end a process gets here.
        thread::sleep(GRACE);
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

/// To the log, by way of the handler.
fn tell(message: &str) {
    use std::io::Write as _;
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(io::stderr(), "{message}");
}
