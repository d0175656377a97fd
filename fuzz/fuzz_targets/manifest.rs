//! `servers.yaml`: read, or refused with a line and a hint; what is read can be edited.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/fleet-manifest/tests/hostile/property.rs"]
mod property;

fuzz_target!(|text: &str| property::check(text));
