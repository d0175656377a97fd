#![doc = include_str!("../README.md")]

mod access;
mod arguments;
mod cli;
mod deadline;
mod definition;
mod dispatch;
mod error;
mod failure;
mod guarded;
mod lambda;
mod logging;
mod metadata;
mod prose;
mod run;
pub mod schema;
mod secrets;
pub mod settings;
mod streamable;

pub use access::{Access, UnknownAccess};
pub use arguments::{Parameters, lenient};
pub use deadline::Deadline;
pub use definition::ToolDefinition;
pub use dispatch::{Dispatcher, handle};
pub use error::{ToolError, tool_failure};
pub use lambda::GatewayContext;
pub use metadata::{ACCESS_META, IAM_META, SMOKE_META, tool_meta};
pub use run::{ServerInfo, run, run_with_secrets};
pub use secret_references::Reference;
