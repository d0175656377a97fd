//! The server as its callers see it.

mod any_call;
mod environment;
mod interface;
mod mounted;
mod recordings;
mod support;
