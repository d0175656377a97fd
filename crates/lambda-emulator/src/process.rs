//! One handler process: what it is doing, and the handing over of work.

use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering::Relaxed},
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    sync::{Notify, mpsc, oneshot},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use crate::{
    event::Event,
    memory::Memory,
    output::Output,
    pool::{Function, Lease},
};

/// A running handler.
pub(crate) struct Process {
    pub(crate) function: Arc<Function>,
    /// Also its process group.
    pub(crate) pid: i32,
    pub(crate) output: Arc<Output>,
    pub(crate) memory: Memory,
    /// Asks the supervisor to kill it.
    pub(crate) kill: Notify,
    /// Asks the supervisor to end it.
    pub(crate) end: Notify,
    /// Tells its Runtime API that the process has ended.
    pub(crate) closing: CancellationToken,
    started: Instant,
    phase: Mutex<Phase>,
}

/// What a process is doing, seen from the Runtime API.
enum Phase {
    /// Started; has not asked for work yet.
    Starting { ready: oneshot::Sender<Ready> },
    /// Waits for work: idle, or just given to a call.
    Idle {
        next: oneshot::Sender<Box<Event>>,
        since: Instant,
    },
    /// Works on a call.
    Busy {
        request_id: String,
        answer: oneshot::Sender<Answer>,
        stream: Option<mpsc::Sender<Bytes>>,
    },
    /// Has answered; has not asked for work again.
    Settling,
    /// Its request for work was lost with the connection; it may ask again.
    Away { since: Instant },
    /// Given up: being ended, or ended.
    Gone,
}

/// How the start of a process went.
pub(crate) type Ready = Result<(Lease, Duration), InitFailure>;

/// Why a process never asked for work.
#[derive(Debug)]
pub(crate) enum InitFailure {
    /// It said so itself.
    Reported { body: Bytes, error_type: String },
    /// It ended, with the text that AWS gives.
    Exited(String),
    /// It took too long.
    TimedOut,
}

/// What became of a call.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The function's answer.
    Response(Bytes),
    /// The function's error.
    Error { body: Bytes, error_type: String },
    /// The answer had this many bytes, or more.
    TooLarge,
    /// The process ended, with the text that AWS gives.
    Exited(String),
    /// The process had more memory than it may; where it is killed, there is no answer.
    OutOfMemory,
}

/// Why the Runtime API refuses a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Not now.
    State { from: &'static str },
    /// Not the id of the call that the process works on.
    RequestId,
}

/// What the supervisor has to do when its timer fires.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// Nothing; look again then.
    At(Instant),
    /// The process took too long to ask for work. Whoever waits for it has been told.
    InitTimedOut,
    /// No call for as long as a process may be idle.
    Idle,
    /// The process has lost its connection and not come back for as long.
    Lost,
}

impl Process {
    pub(crate) fn new(
        function: Arc<Function>,
        pid: i32,
        output: Arc<Output>,
        ready: oneshot::Sender<Ready>,
    ) -> Self {
        Self {
            function,
            pid,
            output,
            memory: Memory::of(pid),
            kill: Notify::new(),
            end: Notify::new(),
            closing: CancellationToken::new(),
            started: Instant::now(),
            phase: Mutex::new(Phase::Starting { ready }),
        }
    }

    /// The process asks for work: it gets the next event through the receiver.
    pub(crate) fn next(self: &Arc<Self>) -> Result<oneshot::Receiver<Box<Event>>, Refused> {
        let (next, event) = oneshot::channel();
        let since = Instant::now();
        let previous = {
            let mut phase = self.lock();
            if let Phase::Busy { .. } | Phase::Gone = *phase {
                return Err(Refused::State { from: phase.name() });
            }
            mem::replace(&mut *phase, Phase::Idle { next, since })
        };
        match previous {
            Phase::Starting { ready } => {
                // For the call that started it; if that has gone, the lease is dropped here and goes to another.
                let _ = ready.send(Ok((Lease::new(Arc::clone(self)), self.started.elapsed())));
            }
            Phase::Settling => self.function.settled(Arc::clone(self)),
            Phase::Away { .. } => self.function.offer(Arc::clone(self)),
            // A second request took the place of the first; the pool, or a call, has the process already.
            Phase::Idle { .. } | Phase::Busy { .. } | Phase::Gone => {}
        }
        Ok(event)
    }

    /// Hands over a call. Gives it back when the process turns out to be gone, or its connection: it has not seen the call then.
    pub(crate) fn deliver(
        &self,
        mut event: Box<Event>,
    ) -> Result<oneshot::Receiver<Answer>, Box<Event>> {
        let (answer, receiver) = oneshot::channel();
        let request_id = event.request_id.clone();
        let next = {
            let mut phase = self.lock();
            match mem::replace(&mut *phase, Phase::Gone) {
                Phase::Idle { next, .. } => {
                    *phase = Phase::Busy {
                        request_id,
                        answer,
                        stream: event.stream.take(),
                    };
                    next
                }
                other => {
                    *phase = other;
                    return Err(event);
                }
            }
        };
        next.send(event).map_err(|mut event| {
            let mut phase = self.lock();
            if let Phase::Busy {
                request_id, stream, ..
            } = &mut *phase
                && *request_id == event.request_id
            {
                event.stream = stream.take();
                *phase = Phase::Away {
                    since: Instant::now(),
                };
            }
            event
        })?;
        Ok(receiver)
    }

    /// Whether the process works on this call: asked before a body is read.
    pub(crate) fn works_on(&self, id: &str) -> Result<(), Refused> {
        match &*self.lock() {
            Phase::Busy { request_id, .. } if request_id == id => Ok(()),
            Phase::Busy { .. } => Err(Refused::RequestId),
            other => Err(Refused::State { from: other.name() }),
        }
    }

    /// Where a streamed answer to this call goes: asked once, when it begins.
    pub(crate) fn stream(&self, id: &str) -> Option<mpsc::Sender<Bytes>> {
        match &mut *self.lock() {
            Phase::Busy {
                request_id, stream, ..
            } if request_id == id => stream.take(),
            _ => None,
        }
    }

    /// The process answers a call.
    pub(crate) fn answer(&self, id: &str, content: Answer) -> Result<(), Refused> {
        self.memory.sample();
        let over_memory = self.memory.is_over(self.function.spec.memory_mb);
        let answer = {
            let mut phase = self.lock();
            match mem::replace(&mut *phase, Phase::Gone) {
                Phase::Busy {
                    request_id, answer, ..
                } if request_id == id => {
                    // Over its memory it is given no other call.
                    if !over_memory {
                        *phase = Phase::Settling;
                        self.function.settling.fetch_add(1, Relaxed);
                    }
                    answer
                }
                other => {
                    let refused = match &other {
                        Phase::Busy { .. } => Refused::RequestId,
                        other => Refused::State { from: other.name() },
                    };
                    *phase = other;
                    return Err(refused);
                }
            }
        };
        // Fails when the call was given up in the same moment.
        let _ = if over_memory {
            self.kill.notify_one();
            answer.send(Answer::OutOfMemory)
        } else {
            answer.send(content)
        };
        Ok(())
    }

    /// The process cannot start, it says.
    pub(crate) fn init_error(&self, body: Bytes, error_type: String) -> Result<(), Refused> {
        let ready = {
            let mut phase = self.lock();
            match mem::replace(&mut *phase, Phase::Gone) {
                Phase::Starting { ready } => ready,
                other => {
                    let from = other.name();
                    *phase = other;
                    return Err(Refused::State { from });
                }
            }
        };
        let _ = ready.send(Err(InitFailure::Reported { body, error_type }));
        self.end.notify_one();
        Ok(())
    }

    /// Gives up a call and kills the process, unless it has just answered: the answer is there then.
    pub(crate) fn abandon(&self, id: &str) {
        let mut phase = self.lock();
        if let Phase::Busy { request_id, .. } = &*phase
            && request_id == id
        {
            *phase = Phase::Gone;
            self.kill.notify_one();
        }
    }

    /// The process has ended: whoever waits for it learns why.
    pub(crate) fn ended(&self, status: &str) {
        let previous = {
            let mut phase = self.lock();
            let previous = mem::replace(&mut *phase, Phase::Gone);
            if let Phase::Settling = previous {
                self.function.settling.fetch_sub(1, Relaxed);
            }
            previous
        };
        match previous {
            Phase::Starting { ready } => {
                let _ = ready.send(Err(InitFailure::Exited(status.to_owned())));
            }
            Phase::Busy { answer, .. } => {
                let _ = answer.send(Answer::Exited(status.to_owned()));
            }
            Phase::Idle { .. } | Phase::Settling | Phase::Away { .. } | Phase::Gone => {}
        }
    }

    /// What the supervisor's timer finds.
    pub(crate) fn due(&self) -> Due {
        let options = &self.function.shared.options;
        let idle_timeout = self.function.spec.idle_timeout;
        let now = Instant::now();
        let mut phase = self.lock();
        match &*phase {
            // Soon enough for the time when it will be idle.
            Phase::Starting { .. } if now < self.started + options.init_timeout => {
                Due::At((self.started + options.init_timeout).min(now + idle_timeout))
            }
            Phase::Starting { .. } => {
                if let Phase::Starting { ready } = mem::replace(&mut *phase, Phase::Gone) {
                    drop(phase);
                    let _ = ready.send(Err(InitFailure::TimedOut));
                }
                Due::InitTimedOut
            }
            Phase::Away { since } if now >= *since + idle_timeout => {
                *phase = Phase::Gone;
                Due::Lost
            }
            Phase::Idle { since, .. } if now >= *since + idle_timeout => Due::Idle,
            Phase::Idle { since, .. } | Phase::Away { since } => Due::At(*since + idle_timeout),
            Phase::Busy { .. } | Phase::Settling | Phase::Gone => Due::At(now + idle_timeout),
        }
    }

    /// Whether it can be given to a call.
    pub(crate) fn is_idle(&self) -> bool {
        matches!(*self.lock(), Phase::Idle { .. })
    }

    fn lock(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Phase {
    /// As the Runtime API's own error texts call it.
    fn name(&self) -> &'static str {
        match self {
            Self::Starting { .. } => "Started",
            Self::Idle { .. } => "Ready",
            Self::Busy { .. } => "Running",
            Self::Settling => "ResponseSent",
            Self::Away { .. } => "Disconnected",
            Self::Gone => "Exited",
        }
    }
}
