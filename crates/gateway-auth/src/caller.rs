//! Who sent a request.

use std::fmt;

/// Who sent a request, for binding a session to the one who opened it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Caller {
    /// Two requests with the same id come from the same caller. Opaque; made of a claim or an access
    /// key id, so it belongs in no log. With `NONE` all callers share one id: their sessions are unbound.
    pub id: String,
}

impl Caller {
    pub(crate) fn anonymous() -> Self {
        Self {
            id: "none".to_owned(),
        }
    }

    /// The prefix keeps kinds apart: a `sub` cannot pose as a `client_id`.
    pub(crate) fn new(kind: &str, name: &str) -> Self {
        Self {
            id: format!("{kind}:{name}"),
        }
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").finish_non_exhaustive()
    }
}
