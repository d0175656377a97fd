//! The server as its callers see it.

mod environment;
mod interface;
mod mounted;
mod recordings;
mod support;
