//! Smoke tests of a fleet, local or deployed.

fn main() {}
