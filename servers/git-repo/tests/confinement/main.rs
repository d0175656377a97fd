//! Nothing outside the allowed roots is opened, whatever a repository says.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod links;
mod place;
mod repositories;
mod roots;
#[path = "../support/mod.rs"]
mod support;
