//! Test support that every server crate shares: calls as an MCP client makes them, what every tool
//! has to state, the comparison with the interface of the upstream server, and calls with any
//! arguments before backends that answer anything.
//!
//! A dev-dependency only.

mod arguments;
mod call;
mod damage;
mod fuzz;
mod hints;
mod hostile;
mod interface;
mod surroundings;

pub use arguments::{Words, arguments_for, words};
pub use call::{call, text};
pub use damage::{Damage, HttpAnswer, damage, replaced};
pub use fuzz::{Call, Rules, calls, checked_call, config, fuzz};
pub use hints::{SmokeCall, check_hints};
pub use hostile::{json as hostile_json, text as hostile_text};
pub use interface::Comparison;
pub use surroundings::surroundings;
