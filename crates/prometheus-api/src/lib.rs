#![doc = include_str!("../README.md")]

mod answer;
mod ask;
mod failure;
mod query;

pub use answer::Success;
pub use ask::{Asking, Signing};
pub use failure::Failure;
pub use query::{escaped, query_string};
