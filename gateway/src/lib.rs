//! The Amazon Bedrock AgentCore Gateway on a laptop.
//!
//! [`app`] is the data plane: MCP Streamable HTTP in front of targets. `README.md` of this folder says what
//! of the service it reproduces, and what is switchable because the service does not document it.

mod arguments;
mod catalog;
mod chain;
mod client_context;
mod commands;
mod console;
mod fleet;
mod gateway;
mod http;
mod invoke;
mod jsonrpc;
mod local_function;
mod loopback;
mod outcome;
mod protocol;
mod up;

pub use arguments::Undeclared;
pub use catalog::{Catalog, CatalogError, DELIMITER, PAGE_SIZE, Target, TargetTool};
pub use commands::{call, tools};
pub use fleet::{FleetError, Limits, Member, Paths, Variable};
pub use gateway::{Gateway, Settings};
pub use http::app;
pub use invoke::{Failure, Invocation, Invoke, Invoking};
pub use local_function::LocalFunction;
pub use outcome::{ExceptionLevel, ResultMode};
pub use protocol::{HANDSHAKE_VERSIONS, SupportedVersions};
pub use up::{Up, up};
