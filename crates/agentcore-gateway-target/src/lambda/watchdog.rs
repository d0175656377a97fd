//! Answers for a tool that blocks the thread past its deadline.
//!
//! A tool that awaits can be cancelled; one that computes or blocks without awaiting holds the
//! only thread of a `current_thread` runtime, and no timer of that runtime fires. So the answer
//! comes from a thread beside it, over a connection of its own. The tool itself cannot be stopped:
//! the process is busy until it returns, and Lambda ends it at the invocation's deadline.

use std::io::{self, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::answer::{Form, Outcome};
use super::api::{RESPONSE_MODE, STREAM, VERSION};
use super::record::Record;
use crate::error::ToolError as _;
use crate::failure::{CallFailure, RESERVE};

/// How long after the tool's deadline the watchdog steps in: the loop itself has had its chance,
/// and enough is left to deliver an answer.
const PATIENCE: Duration = Duration::from_millis(200);

/// No step of delivering an answer may take longer than what is left of the reserve.
const STEP_TIMEOUT: Duration = Duration::from_millis(250);

/// An invocation that the loop is working on.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) started: Instant,
    /// When the tool should have ended.
    pub(super) deadline: Instant,
    pub(super) form: Form,
    pub(super) record: Arc<Record>,
}

impl Pending {
    /// When the watchdog answers it.
    fn steps_in(&self) -> Instant {
        self.deadline + PATIENCE
    }
}

/// The thread, and what it shares with the loop.
#[derive(Debug)]
pub(super) struct Watchdog {
    authority: String,
    shared: Option<Arc<Shared>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    pending: Option<Pending>,
    /// When the thread wakes by itself, whether or not what it was told of is still pending then. `None`: when it is told.
    wakes: Option<Instant>,
    /// The thread is delivering an answer.
    answering: bool,
    /// The loop is gone.
    over: bool,
}

impl Watchdog {
    pub(super) fn new(authority: &str) -> Self {
        Self {
            authority: authority.to_owned(),
            shared: None,
        }
    }

    /// From now on the invocation is watched.
    pub(super) fn arm(&mut self, pending: Pending) {
        if self.shared.is_none() {
            self.shared = start(self.authority.clone());
        }
        let Some(shared) = &self.shared else { return };
        let mut state = shared.lock();
        let steps_in = pending.steps_in();
        state.pending = Some(pending);
        // When it wakes it looks at what is pending then, so it need not be told of what comes later than that: no system
        // call, and no thread that wakes, for almost every invocation.
        if state.wakes.is_none_or(|wakes| wakes > steps_in) {
            state.wakes = Some(steps_in);
            shared.changed.notify_all();
        }
    }

    /// Whether the invocation is still to be answered. Waits while the watchdog is answering: the
    /// next one may not be fetched before.
    pub(super) fn disarm(&self) -> bool {
        let Some(shared) = &self.shared else {
            return true;
        };
        let mut state = shared.lock();
        while state.answering {
            state = shared.wait(state);
        }
        state.pending.take().is_some()
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        if let Some(shared) = &self.shared {
            shared.lock().over = true;
            shared.changed.notify_all();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.changed
            .wait(state)
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// `None` when the system has no thread to give: then a tool that blocks is Lambda's to end.
fn start(authority: String) -> Option<Arc<Shared>> {
    let shared = Arc::new(Shared::default());
    let watched = Arc::clone(&shared);
    let thread = thread::Builder::new()
        .name("watchdog".to_owned())
        .stack_size(256 * 1024)
        .spawn(move || watch(&watched, &authority));
    match thread {
        Ok(_detached) => Some(shared),
        Err(error) => {
            let chain = error.to_string();
            tracing::warn!(
                error.chain = chain,
                "blocking tools will not be answered for"
            );
            None
        }
    }
}

fn watch(shared: &Shared, authority: &str) {
    let mut state = shared.lock();
    while !state.over {
        let Some(wakes) = state.wakes else {
            state = shared.wait(state);
            continue;
        };
        let left = wakes.saturating_duration_since(Instant::now());
        if !left.is_zero() {
            state = shared
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
            continue;
        }
        let now = Instant::now();
        let due = state.pending.take_if(|pending| pending.steps_in() <= now);
        state.wakes = state.pending.as_ref().map(Pending::steps_in);
        let Some(pending) = due else { continue };
        state.answering = true;
        drop(state);
        answer(&pending, authority);
        state = shared.lock();
        state.answering = false;
        shared.changed.notify_all();
    }
}

fn answer(pending: &Pending, authority: &str) {
    let failure = CallFailure::Deadline {
        tool: pending
            .record
            .tool
            .clone()
            .unwrap_or_else(|| "the request".to_owned()),
        had: pending.deadline.saturating_duration_since(pending.started),
    };
    let (body, kind) = pending.form.failure(&failure);
    let outcome = Outcome {
        kind,
        code: Some(failure.code()),
    };
    pending.record.ended(outcome, pending.started.elapsed());
    let request_id = &pending.record.request_id;
    match deliver(authority, request_id, &body, pending.form.streams()) {
        Ok(()) => tracing::warn!(
            request.id = request_id,
            "the tool blocks the thread: it has been answered for, and cannot be stopped"
        ),
        Err(error) => {
            let chain = error.to_string();
            tracing::error!(
                request.id = request_id,
                error.chain = chain,
                "the tool blocks the thread, and the answer for it could not be delivered"
            );
        }
    }
}

/// One `POST`, by hand: the client of the loop needs the thread that is blocked.
fn deliver(authority: &str, request_id: &str, body: &[u8], stream: bool) -> io::Result<()> {
    let (host, prefix) = match authority.find('/') {
        Some(slash) => (
            &authority[..slash],
            authority[slash..].trim_end_matches('/'),
        ),
        None => (authority, ""),
    };
    let address = host
        .to_socket_addrs()?
        .next()
        .ok_or(io::ErrorKind::AddrNotAvailable)?;
    let mut connection = TcpStream::connect_timeout(&address, STEP_TIMEOUT)?;
    connection.set_write_timeout(Some(STEP_TIMEOUT))?;
    connection.set_read_timeout(Some(STEP_TIMEOUT.max(RESERVE)))?;
    let length = body.len();
    // A stream has to come in chunks: here in one.
    let (headers, before, after) = match stream {
        true => (
            format!(
                "Content-Type: {STREAM}\r\n{RESPONSE_MODE}: streaming\r\nTransfer-Encoding: chunked"
            ),
            format!("{length:x}\r\n"),
            "\r\n0\r\n\r\n",
        ),
        false => (
            format!("Content-Type: application/json\r\nContent-Length: {length}"),
            String::new(),
            "",
        ),
    };
    let head = format!(
        "POST {prefix}{VERSION}/runtime/invocation/{request_id}/response HTTP/1.1\r\n\
         Host: {host}\r\n{headers}\r\nConnection: close\r\n\r\n{before}"
    );
    let request = [head.as_bytes(), body, after.as_bytes()].concat();
    connection.write_all(&request)?;
    let mut status = [0; 12];
    connection.read_exact(&mut status)?;
    match status {
        [b'H', b'T', b'T', b'P', b'/', b'1', b'.', _, b' ', b'2', ..] => Ok(()),
        _ => Err(io::Error::other(
            String::from_utf8_lossy(&status).into_owned(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lambda::event::Kind;
    use crate::settings::ResultMode;

    #[test]
    fn the_thread_is_told_only_of_what_comes_before_it_wakes_by_itself() {
        let shared = Arc::<Shared>::default();
        let mut watchdog = Watchdog {
            authority: String::new(),
            shared: Some(Arc::clone(&shared)),
        };
        let started = Instant::now();
        let record = Arc::new(Record {
            request_id: "1".to_owned(),
            message_id: None,
            trace: None,
            kind: Kind::Gateway,
            tool: None,
            cold: false,
            metrics: None,
        });
        // One invocation after the other, all answered in time: seconds to the deadline, and to when the thread wakes.
        for (seconds, wakes) in [(60, 60), (90, 60), (30, 30), (61, 30)] {
            watchdog.arm(Pending {
                started,
                deadline: started + Duration::from_secs(seconds),
                form: Form::Tool(ResultMode::Mcp),
                record: Arc::clone(&record),
            });
            assert!(watchdog.disarm());
            let expected = started + Duration::from_secs(wakes) + PATIENCE;
            assert_eq!(shared.lock().wakes, Some(expected), "{seconds}");
        }
    }
}
