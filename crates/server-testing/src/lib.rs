//! Test support that every server crate shares: calls as an MCP client makes them, what every tool
//! has to state, and the comparison with the interface of the upstream server.
//!
//! A dev-dependency only.

mod call;
mod hints;
mod interface;

pub use call::{call, text};
pub use hints::{SmokeCall, check_hints};
pub use interface::Comparison;
