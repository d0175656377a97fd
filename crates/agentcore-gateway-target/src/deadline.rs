//! How long a call may still take, for the server that handles it.

use std::time::{Duration, Instant};

use rmcp::handler::server::common::{AsRequestContext, FromContextPart};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};

/// When the current call will be cut off.
///
/// In Lambda that is 500 ms before the invocation's own deadline, because the answer has to get
/// out; on a command line there is none. Take it as an argument of a `#[tool]` function, beside
/// [`Parameters`](crate::Parameters), or from the request's context with [`Deadline::of`]:
///
/// ```
/// # use std::time::Duration;
/// # use agentcore_gateway_target::Deadline;
/// # fn timeout_for(deadline: Deadline) -> Duration {
/// // Ten seconds, or what is left when that is less.
/// deadline.at_most(Duration::from_secs(10))
/// # }
/// # assert_eq!(timeout_for(Deadline::NONE), Duration::from_secs(10));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// No deadline: the call may take as long as it takes.
    pub const NONE: Self = Self(None);

    /// A deadline at a point in time.
    pub fn at(instant: Instant) -> Self {
        Self(Some(instant))
    }

    /// The deadline of a request.
    pub fn of(context: &RequestContext<RoleServer>) -> Self {
        // Of an HTTP request, rmcp passes on the extensions inside its parts.
        let of_http = || {
            context
                .extensions
                .get::<http::request::Parts>()?
                .extensions
                .get()
        };
        let deadline = context.extensions.get().or_else(of_http);
        deadline.copied().unwrap_or(Self::NONE)
    }

    /// When the call will be cut off. `None`: never.
    pub fn instant(self) -> Option<Instant> {
        self.0
    }

    /// What is left, zero when nothing is. `None`: no deadline.
    pub fn remaining(self) -> Option<Duration> {
        self.0
            .map(|instant| instant.saturating_duration_since(Instant::now()))
    }

    /// `limit`, or what is left when that is less: the timeout of an outgoing call.
    pub fn at_most(self, limit: Duration) -> Duration {
        self.remaining().map_or(limit, |left| left.min(limit))
    }
}

impl<C: AsRequestContext> FromContextPart<C> for Deadline {
    fn from_context_part(context: &mut C) -> Result<Self, ErrorData> {
        Ok(Self::of(context.as_request_context()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);

    #[test]
    fn a_timeout_never_exceeds_what_is_left() {
        let now = Instant::now();
        assert_eq!(Deadline::NONE.at_most(LIMIT), LIMIT);
        assert_eq!(Deadline::at(now).at_most(LIMIT), Duration::ZERO);
        assert_eq!(Deadline::at(now + 100 * LIMIT).at_most(LIMIT), LIMIT);
        let soon = Deadline::at(now + LIMIT / 2).at_most(LIMIT);
        assert!(soon <= LIMIT / 2, "{soon:?}");
    }
}
