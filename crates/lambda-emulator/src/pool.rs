//! Which process takes a call: an idle one, a new one, or the next that becomes free.

use std::{
    collections::VecDeque,
    ffi::OsString,
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use tokio::{
    sync::oneshot,
    time::{Instant, timeout_at},
};

use crate::{FunctionSpec, InvokeError, emulator::Shared, process::Process};

/// One function: its specification and its processes.
pub(crate) struct Function {
    pub(crate) spec: FunctionSpec,
    pub(crate) arn: String,
    /// Environment of each process, complete but for what differs between two.
    pub(crate) environment: Vec<(OsString, OsString)>,
    pub(crate) shared: Arc<Shared>,
    /// Processes that have answered and are not yet offered again. Added to under the process's own lock.
    pub(crate) settling: AtomicUsize,
    pool: Mutex<Pool>,
}

#[derive(Default)]
struct Pool {
    /// Ready for a call; the one that was used last is last, and is used next, so that the surplus becomes idle.
    idle: Vec<Arc<Process>>,
    /// Calls without a process, oldest first.
    waiting: VecDeque<oneshot::Sender<Grant>>,
    /// Processes that run or are about to be started.
    live: usize,
    closed: bool,
}

/// What a call gets.
pub(crate) enum Grant {
    /// A process that waits for work.
    Warm(Lease),
    /// The right to start one.
    Start(Slot),
}

impl Function {
    pub(crate) fn new(
        spec: FunctionSpec,
        arn: String,
        environment: Vec<(OsString, OsString)>,
        shared: Arc<Shared>,
    ) -> Self {
        Self {
            spec,
            arn,
            environment,
            shared,
            settling: AtomicUsize::new(0),
            pool: Mutex::default(),
        }
    }

    /// Waits for a process, or for room for one.
    pub(crate) async fn acquire(self: &Arc<Self>) -> Result<Grant, InvokeError> {
        let mut queued_since = None;
        let mut patient = true;
        loop {
            let (grant, has_room, since) = {
                let mut pool = self.lock();
                if pool.closed {
                    return Err(InvokeError::ShuttingDown);
                }
                if let Some(process) = pool.idle.pop() {
                    return Ok(Grant::Warm(Lease::new(process)));
                }
                let has_room = pool.live < self.spec.max_processes;
                if has_room && !(patient && self.settling.load(Relaxed) > pool.waiting.len()) {
                    pool.live += 1;
                    return Ok(Grant::Start(Slot::new(self)));
                }
                let since = *queued_since.get_or_insert_with(Instant::now);
                if pool.waiting.len() >= self.shared.options.queue_limit {
                    pool.waiting.retain(|call| !call.is_closed());
                    if pool.waiting.len() >= self.shared.options.queue_limit {
                        return Err(self.too_many(since));
                    }
                }
                let (sender, grant) = oneshot::channel();
                pool.waiting.push_back(sender);
                (grant, has_room, since)
            };
            let until = if has_room {
                Instant::now() + self.shared.options.settle_wait
            } else {
                since + self.shared.options.queue_wait
            };
            // A grant that comes too late is dropped here, and goes on to the next call.
            match timeout_at(until, grant).await {
                Ok(Ok(grant)) => return Ok(grant),
                Ok(Err(_)) => return Err(InvokeError::ShuttingDown),
                Err(_) if has_room => patient = false,
                Err(_) => return Err(self.too_many(since)),
            }
        }
    }

    /// Gives a process that waits for work to the oldest call, or keeps it for the next one.
    pub(crate) fn offer(&self, process: Arc<Process>) {
        self.offer_from(process, 0);
    }

    /// Offers a process that has asked for work after its answer, and counts it as settling no more. Both in one step: a call
    /// that comes in between would find neither, and start a process too many.
    pub(crate) fn settled(&self, process: Arc<Process>) {
        self.offer_from(process, 1);
    }

    fn offer_from(&self, mut process: Arc<Process>, mut settling: usize) {
        loop {
            let call = {
                let mut pool = self.lock();
                self.settling.fetch_sub(mem::take(&mut settling), Relaxed);
                // Under the pool's lock, so that a process that ends now is either not added or found by `withdraw`.
                if pool.closed || !process.is_idle() {
                    return;
                }
                match pool.waiting.pop_front() {
                    Some(call) => call,
                    None => return pool.idle.push(process),
                }
            };
            match call.send(Grant::Warm(Lease::new(process))) {
                // That call has gone: on to the next. Not by dropping the lease, which would offer it from here again and again.
                Err(Grant::Warm(lease)) => process = lease.process(),
                Ok(()) | Err(Grant::Start(_)) => return,
            }
        }
    }

    /// Takes an idle process out, for good. False when it is not idle: a call has it.
    pub(crate) fn withdraw(&self, process: &Arc<Process>) -> bool {
        let mut pool = self.lock();
        let before = pool.idle.len();
        pool.idle.retain(|other| !Arc::ptr_eq(other, process));
        pool.idle.len() < before
    }

    /// Whether a process runs or is about to be started.
    pub(crate) fn has_processes(&self) -> bool {
        self.lock().live > 0
    }

    /// Refuses calls from now on, also those that wait.
    pub(crate) fn close(&self) {
        let pool = {
            let mut pool = self.lock();
            let live = pool.live;
            let closed = Pool {
                live,
                closed: true,
                ..Pool::default()
            };
            mem::replace(&mut *pool, closed)
        };
        drop(pool);
    }

    fn too_many(&self, since: Instant) -> InvokeError {
        InvokeError::TooManyRequests {
            function: self.spec.name.clone(),
            max_processes: self.spec.max_processes,
            waited: since.elapsed(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A process that waits for work and belongs to one call. Dropped unused, it goes to the next.
pub(crate) struct Lease(Option<Arc<Process>>);

impl Lease {
    pub(crate) fn new(process: Arc<Process>) -> Self {
        Self(Some(process))
    }

    pub(crate) fn process(mut self) -> Arc<Process> {
        self.0
            .take()
            .expect("only this takes it, and consumes the lease")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(process) = self.0.take() {
            let function = Arc::clone(&process.function);
            function.offer(process);
        }
    }
}

/// One of a function's `max_processes`. Dropped, it goes to the oldest call that waits.
pub(crate) struct Slot(Option<Arc<Function>>);

impl Slot {
    fn new(function: &Arc<Function>) -> Self {
        Self(Some(Arc::clone(function)))
    }

    fn forget(mut self) {
        self.0 = None;
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let Some(function) = self.0.take() else {
            return;
        };
        loop {
            let call = {
                let mut pool = function.lock();
                let Some(call) = pool.waiting.pop_front() else {
                    pool.live -= 1;
                    return;
                };
                call
            };
            match call.send(Grant::Start(Self::new(&function))) {
                Ok(()) => return,
                // That call has gone: on to the next. Forgotten, or this would be called again for each of them.
                Err(Grant::Start(back)) => back.forget(),
                Err(Grant::Warm(_)) => {}
            }
        }
    }
}
