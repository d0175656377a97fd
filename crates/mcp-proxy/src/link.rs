//! Keeps one session with the other server: opened by the first call, shared by all, opened anew
//! when it is lost.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use rmcp::service::ServiceError;
use tokio::sync::Mutex;

use crate::error::Failure;
use crate::session::Session;

/// A server that can be connected to.
pub(crate) trait Upstream: Send + Sync + 'static {
    /// What it is called in messages: its program, its host.
    fn name(&self) -> &str;

    /// How long a connection may take.
    const START_LIMIT: Duration;

    /// After how much silence it is asked whether it is there, before something that must not be
    /// repeated is sent.
    const IDLE_LIMIT: Option<Duration>;

    /// How long not to try again after so many failures in a row.
    fn pause(failures: u32) -> Duration;

    /// Connects, and speaks the MCP handshake.
    fn connect(&self) -> impl Future<Output = Result<Session, Failure>> + Send;

    /// Whether a request that failed so may have got there.
    fn may_have_arrived(error: &ServiceError) -> bool;

    /// What such an error means.
    fn failure(
        &self,
        session: &Session,
        tool: &str,
        error: ServiceError,
    ) -> impl Future<Output = Failure> + Send;
}

/// The one session, and what happened to those before.
pub(crate) struct Link<U> {
    pub(crate) upstream: U,
    current: RwLock<Option<Arc<Session>>>,
    /// Held while a session is being opened.
    history: Mutex<History>,
}

/// Failures since a call was last answered.
#[derive(Default)]
struct History {
    failures: u32,
    /// When the last one was over, and what it was. A session that was lost leaves none.
    last: Option<(Instant, Option<Arc<Failure>>)>,
}

impl<U: Upstream> Link<U> {
    pub(crate) fn new(upstream: U) -> Self {
        Self {
            upstream,
            current: RwLock::default(),
            history: Mutex::default(),
        }
    }

    /// The open session, or a new one.
    pub(crate) async fn session(
        self: &Arc<Self>,
        patience: Duration,
    ) -> Result<Arc<Session>, Arc<Failure>> {
        if let Some(session) = self.open_session() {
            let long_idle = U::IDLE_LIMIT.is_some_and(|limit| session.idle() > limit);
            if !long_idle || session.answers(patience.min(Duration::from_secs(3))).await {
                return Ok(session);
            }
            self.forget(&session);
        }
        let asked = Instant::now();
        let link = Arc::clone(self);
        // In a task of its own: when this caller has no more time, the next one finds it further.
        let starting = tokio::spawn(async move { link.start(asked).await });
        match tokio::time::timeout(patience, starting).await {
            Ok(Ok(started)) => started,
            Ok(Err(_panic)) => Err(Arc::new(Failure::Defect {
                server: self.upstream.name().to_owned(),
            })),
            Err(_elapsed) => Err(Arc::new(Failure::NotReady {
                server: self.upstream.name().to_owned(),
                waited: asked.elapsed(),
            })),
        }
    }

    async fn start(&self, asked: Instant) -> Result<Arc<Session>, Arc<Failure>> {
        let mut history = self.history.lock().await;
        if let Some(session) = self.open_session() {
            return Ok(session);
        }
        if let Some(lost) = self.write().take() {
            history.lost(&lost);
        }
        history.check::<U>(self.upstream.name(), asked)?;
        let connecting = tokio::time::timeout(U::START_LIMIT, self.upstream.connect());
        let connected = connecting.await.unwrap_or_else(|_elapsed| {
            Err(Failure::NotReady {
                server: self.upstream.name().to_owned(),
                waited: U::START_LIMIT,
            })
        });
        match connected {
            Ok(session) => {
                let session = Arc::new(session);
                *self.write() = Some(Arc::clone(&session));
                Ok(session)
            }
            Err(failure) => Err(history.failed(failure)),
        }
    }

    fn open_session(&self) -> Option<Arc<Session>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.clone().filter(|session| session.is_open())
    }

    /// Leaves a session to those who still use it.
    pub(crate) fn forget(&self, session: &Arc<Session>) {
        self.write()
            .take_if(|current| Arc::ptr_eq(current, session));
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Option<Arc<Session>>> {
        self.current.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl History {
    fn lost(&mut self, session: &Session) {
        self.failures = match session.has_served() {
            true => 1,
            false => self.failures + 1,
        };
        self.last = Some((Instant::now(), None));
    }

    fn failed(&mut self, failure: Failure) -> Arc<Failure> {
        let failure = Arc::new(failure);
        self.failures += 1;
        self.last = Some((Instant::now(), Some(Arc::clone(&failure))));
        failure
    }

    /// Whether it may be tried now, by one who asked at `asked`.
    fn check<U: Upstream>(&self, server: &str, asked: Instant) -> Result<(), Arc<Failure>> {
        let Some((at, last)) = &self.last else {
            return Ok(());
        };
        if let Some(last) = last
            && *at >= asked
        {
            // It failed while this caller waited for it.
            return Err(Arc::clone(last));
        }
        let wait = U::pause(self.failures).saturating_sub(at.elapsed());
        if wait.is_zero() {
            return Ok(());
        }
        Err(Arc::new(Failure::Paused {
            server: server.to_owned(),
            failures: self.failures,
            wait,
            last: last.clone(),
        }))
    }
}
