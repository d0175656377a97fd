//! Runs any rmcp `ServerHandler` as an Amazon Bedrock AgentCore Gateway Lambda target, and as a
//! stdio or HTTP server.

mod arguments;
mod dispatch;
mod error;

pub use arguments::{Parameters, lenient};
pub use dispatch::{Dispatcher, handle};
pub use error::{ToolError, tool_failure};
