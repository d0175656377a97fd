//! A small MCP client over Streamable HTTP, for the programs that look at a gateway: `gateway tools`,
//! `gateway call` and `verify`.
//!
//! Not rmcp's: that one runs a task per connection, hides the HTTP status, and signs nothing.
//!
//! # Limits
//!
//! One request at a time. Requests that a server sends to its client are not answered, and of a stream
//! only the answer is read.

mod authorization;
mod client;
mod error;
mod stream;

pub use authorization::{Authorization, TokenError, region_of};
pub use client::{Client, Listing, Prepare, is_loopback};
pub use error::ClientError;
