//! One module per tool.

mod describe_log_groups;

use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::model::MetaObject;
use serde_json::{Value, json};

use crate::server::Server;

impl Server {
    /// Tools that read logs.
    pub(crate) fn log_tools() -> ToolRouter<Self> {
        Self::describe_log_groups_router()
    }
}

/// `_meta` of a tool: the IAM actions that it can need, and a harmless call of it for smoke tests.
pub(crate) fn meta(iam: &[&str], smoke: Option<Value>) -> MetaObject {
    let mut meta = MetaObject::default();
    if !iam.is_empty() {
        meta.0.insert("mcp-fleet/iam".to_owned(), json!(iam));
    }
    if let Some(arguments) = smoke {
        meta.0.insert("mcp-fleet/smoke".to_owned(), arguments);
    }
    meta
}
