//! The AgentCore Gateway on a laptop: real handler processes behind one MCP endpoint.

fn main() {}
