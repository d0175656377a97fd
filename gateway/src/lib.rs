//! The Amazon Bedrock AgentCore Gateway on a laptop.
//!
//! [`app`] is the data plane: MCP Streamable HTTP in front of targets. `README.md` of this folder says what
//! of the service it reproduces, and what is switchable because the service does not document it.

mod announcement;
mod arguments;
mod authorization;
mod call;
mod catalog;
mod chain;
mod client_context;
mod commands;
mod console;
mod control;
mod cursor;
mod exchange;
mod fleet;
mod form;
mod gateway;
mod gateways;
mod http;
mod invoke;
mod jsonrpc;
mod lambda_function;
mod local_function;
mod loopback;
mod mcp_server;
mod methods;
mod outcome;
mod own;
mod ports;
mod propagated;
mod propagation;
mod protocol;
mod schema;
mod search;
mod sessions;
mod stateless;
mod subscription;
mod target;
mod up;
mod violations;

pub use arguments::{Undeclared, Validation};
pub use catalog::{Catalog, CatalogError, DELIMITER};
pub use client_context::Call;
pub use commands::{Remote, call, tools};
pub use control::{Control, Deployed};
pub use fleet::{FleetError, Limits, Member, Paths, Variable};
pub use gateway::{Gateway, PAGE_SIZE, Settings};
pub use gateways::Gateways;
pub use http::{Reach, app};
pub use invoke::{Failure, Invocation, Invoke, Invoking, Returned};
pub use lambda_function::{FunctionArn, LambdaFunction};
pub use local_function::LocalFunction;
pub use mcp_server::McpServer;
pub use outcome::{ExceptionLevel, ResultMode};
pub use propagated::{AllowLists, Propagated};
pub use propagation::{Propagation, PropagationError};
pub use protocol::{SupportedVersions, VERSIONS};
pub use sessions::SessionTimeout;
pub use target::{Schemas, Target, TargetTool};
pub use up::{Up, up};
pub use violations::ValidationTexts;
