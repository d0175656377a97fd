//! The request shapes of the API model: typed, with every rule of the model and of the documentation.
//!
//! A member that is not served here is refused by name, never dropped: a gateway that ignored an interceptor
//! or a policy engine would let through what the real one stops.

pub(crate) mod credentials;
pub(crate) mod gateway;
pub(crate) mod headers;
pub(crate) mod mcp_server;
pub(crate) mod request;
pub(crate) mod restricted;
pub(crate) mod target;
pub(crate) mod tool;
