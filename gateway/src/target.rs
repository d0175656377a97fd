//! A target as it is registered.

use std::sync::Arc;

use serde_json::Value;

use crate::invoke::Invoke;
use crate::propagation::Propagation;

/// A target: a name, its tools, and what stands behind them.
pub struct Target {
    /// Prefix of the tools' names.
    pub name: String,
    /// Ten letters and digits that functions are told; without it some that follow from the name.
    pub id: Option<String>,
    /// The tools, without prefix.
    pub tools: Vec<TargetTool>,
    /// What the tools' schemas may be.
    pub schemas: Schemas,
    /// What reaches the target of a client's headers and query parameters.
    pub propagation: Propagation,
    /// Where calls go.
    pub invoke: Arc<dyn Invoke>,
}

impl Target {
    /// A Lambda target that no headers and query parameters reach.
    pub fn lambda(
        name: impl Into<String>,
        tools: Vec<TargetTool>,
        invoke: Arc<dyn Invoke>,
    ) -> Self {
        Self {
            name: name.into(),
            id: None,
            tools,
            schemas: Schemas::Lambda,
            propagation: Propagation::default(),
            invoke,
        }
    }
}

/// What the input schemas of a target's tools may be, and who checks arguments against them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schemas {
    /// Five keywords. The gateway checks the arguments.
    Lambda,
    /// Any JSON Schema. The server checks the arguments.
    McpServer,
}

/// A tool as its target registers it.
#[derive(Clone, Debug)]
pub struct TargetTool {
    /// Name without prefix.
    pub name: String,
    /// What it does.
    pub description: String,
    /// Schema of its arguments.
    pub input_schema: Value,
    /// Schema of its result, listed and not enforced.
    pub output_schema: Option<Value>,
}
