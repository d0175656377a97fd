//! Runs the program against stand-ins for the Lambda API and for a gateway.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod functions;
mod gateway;
mod support;
