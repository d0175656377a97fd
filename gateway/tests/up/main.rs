//! The `gateway` program over sockets, with real handler processes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod clients;
mod control;
mod deployed;
mod lifecycle;
mod running;
mod support;
