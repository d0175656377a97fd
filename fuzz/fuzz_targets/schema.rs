//! A tool's schema: lowered to one that the gateway accepts, whatever it is.

#![no_main]

use agentcore_gateway_target::schema::{lower, Lowered};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

#[path = "../../crates/agentcore-gateway-target/src/schema/tests/accepted.rs"]
mod accepted;

fuzz_target!(|text: &[u8]| {
    if let Ok(schema) = serde_json::from_slice::<Value>(text) {
        accepted::check(&schema, lower);
    }
});
