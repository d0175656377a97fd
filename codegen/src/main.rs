//! Generates one handler crate per server of servers.yaml.

fn main() {}
