//! Our text against the real git's, where there is one: in named situations, and in random ones.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod pair;
mod random;
mod situations;
#[path = "../support/mod.rs"]
mod support;
