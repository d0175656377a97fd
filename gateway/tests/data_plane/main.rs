//! The data plane, statement by statement, over the router and without a socket.
//!
//! One file for each section of the contract of the AgentCore Gateway, whose numbers the files bear; `transport` has what
//! the MCP specification says where the contract is silent. Targets answer from memory here; `tests/up` has real
//! processes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod hostile;
mod remote_servers;
mod rmcp_client;
mod section_1_invocation;
mod section_2_validation;
mod section_3_2_stateless;
mod section_3_2_versions;
mod section_3_3_methods;
mod section_3_4_listing;
mod section_3_5_search;
mod section_3_6_errors;
mod section_3_7_callers;
mod section_3_8_sessions;
mod section_3_8_streaming;
mod section_3_9_propagation;
mod several_gateways;
mod support;
mod transport;
