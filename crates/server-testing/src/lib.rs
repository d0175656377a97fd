//! Test support that every server crate shares: calls as an MCP client makes them, what every tool
//! has to state, the comparison with the interface of the upstream server, and calls with any
//! arguments before backends that answer anything.
//!
//! A dev-dependency only.

mod arguments;
mod call;
mod damage;
mod events;
mod fuzz;
mod hints;
mod hostile;
mod interface;
mod surroundings;

pub use arguments::{Words, arguments_for, words};
pub use call::{call, text};
pub use damage::{Changes, Damage, HttpAnswer, changed, changes, damage};
pub use events::{Events, events};
pub use fuzz::{Call, Rules, calls, checked_call, config, fuzz};
pub use hints::{SmokeCall, check_hints};
pub use hostile::{damaged_text, json as hostile_json, text as hostile_text, text_of};
pub use interface::Comparison;
pub use surroundings::surroundings;
