//! The data plane, statement by statement, over the router and without a socket.
//!
//! Targets answer from memory here; `tests/up` has real processes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod calls;
mod listing;
mod support;
mod transport;
mod versions;
