//! Sessions: off by default, counted from `initialize`, bound to the caller.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

/// Header that names a session.
pub(crate) const SESSION_HEADER: &str = "mcp-session-id";

/// Most sessions at a time; the oldest ends when one more begins. About 10 MB.
const MOST_SESSIONS: usize = 100_000;

/// How long a session lasts: 900 to 28,800 seconds from `initialize`, however much it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionTimeout(Duration);

impl std::str::FromStr for SessionTimeout {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // The range of `sessionTimeoutInSeconds` in the service's API model.
        match text.parse() {
            Ok(seconds @ 900..=28_800) => Ok(Self(Duration::from_secs(seconds))),
            _ => Err("must be a number of seconds from 900 to 28800"),
        }
    }
}

impl SessionTimeout {
    pub(crate) fn seconds(self) -> u32 {
        self.0.as_secs().try_into().expect("28,800 at most")
    }
}

/// The sessions of one gateway.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<Table>);

#[derive(Default)]
struct Table {
    open: HashMap<Uuid, Session>,
    /// In the order in which they began, ended ones included.
    begun: VecDeque<(Uuid, Instant)>,
}

struct Session {
    /// Who began it; `None` when the gateway asks nobody who they are.
    caller: Option<String>,
    ends: Instant,
}

/// A session that is not there, not any more, or somebody else's: the three look alike from outside.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoSession;

impl Sessions {
    /// Begins a session of `caller` and returns its id.
    pub(crate) fn begin(&self, caller: Option<&str>, timeout: SessionTimeout) -> String {
        self.begin_at(Instant::now(), caller, timeout)
    }

    fn begin_at(&self, now: Instant, caller: Option<&str>, timeout: SessionTimeout) -> String {
        let (id, ends) = (Uuid::new_v4(), now + timeout.0);
        let caller = caller.map(str::to_owned);
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some((oldest, over)) = table.begun.front().copied()
            && (over <= now || table.begun.len() >= MOST_SESSIONS)
        {
            table.begun.pop_front();
            table.open.remove(&oldest);
        }
        table.begun.push_back((id, ends));
        table.open.insert(id, Session { caller, ends });
        id.to_string()
    }

    /// Checks that session `id` is open and `caller`'s.
    pub(crate) fn check(&self, id: &str, caller: Option<&str>) -> Result<(), NoSession> {
        self.check_at(Instant::now(), id, caller).map(drop)
    }

    fn check_at(&self, now: Instant, id: &str, caller: Option<&str>) -> Result<Uuid, NoSession> {
        let id = Uuid::try_parse(id).map_err(|_| NoSession)?;
        let table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let session = table.open.get(&id).ok_or(NoSession)?;
        if session.ends > now && session.caller.as_deref() == caller {
            Ok(id)
        } else {
            Err(NoSession)
        }
    }

    /// Ends session `id`.
    pub(crate) fn end(&self, id: &str, caller: Option<&str>) -> Result<(), NoSession> {
        let id = self.check_at(Instant::now(), id, caller)?;
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        table.open.remove(&id).map(drop).ok_or(NoSession)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: SessionTimeout = SessionTimeout(Duration::from_secs(3600));

    #[test]
    fn a_session_ends_at_its_time_however_much_it_is_used() {
        let (sessions, start) = (Sessions::default(), Instant::now());
        let id = sessions.begin_at(start, None, HOUR);
        for seconds in [0, 1800, 3599] {
            assert!(
                sessions
                    .check_at(start + Duration::from_secs(seconds), &id, None)
                    .is_ok()
            );
        }
        assert_eq!(sessions.check_at(start + HOUR.0, &id, None), Err(NoSession));
    }

    #[test]
    fn a_session_is_its_callers_and_ends_once() {
        let sessions = Sessions::default();
        let id = sessions.begin(Some("ada"), HOUR);
        assert_eq!(sessions.check(&id, Some("ada")), Ok(()));
        for other in [Some("eve"), None] {
            assert_eq!(sessions.check(&id, other), Err(NoSession));
            assert_eq!(sessions.end(&id, other), Err(NoSession));
        }
        assert_eq!(sessions.end(&id, Some("ada")), Ok(()));
        assert_eq!(sessions.end(&id, Some("ada")), Err(NoSession));
        assert_eq!(sessions.check("no-uuid", None), Err(NoSession));
    }

    #[test]
    fn expired_sessions_are_forgotten_when_one_begins() {
        let (sessions, start) = (Sessions::default(), Instant::now());
        for _ in 0..3 {
            sessions.begin_at(start, None, HOUR);
        }
        sessions.begin_at(start + HOUR.0, None, HOUR);
        let table = sessions.0.lock().unwrap();
        assert_eq!((table.open.len(), table.begun.len()), (1, 1));
    }

    #[test]
    fn a_timeout_is_of_the_services_range() {
        for good in ["900", "3600", "28800"] {
            assert!(good.parse::<SessionTimeout>().is_ok(), "{good}");
        }
        for bad in ["899", "28801", "0", "-1", "1h", ""] {
            assert!(bad.parse::<SessionTimeout>().is_err(), "{bad}");
        }
    }
}
