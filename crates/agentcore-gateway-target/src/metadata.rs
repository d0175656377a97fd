//! What a tool says of itself in `_meta`, beside MCP's own hints.

use rmcp::model::MetaObject;
use serde_json::{Value, json};

/// Key of the AWS actions that a tool needs, as `service:Action`.
pub const IAM_META: &str = "mcp-fleet/iam";
/// Key of a tool's access level, where its `readOnlyHint` does not say it: `sensitive`.
pub const ACCESS_META: &str = "mcp-fleet/access";
/// Key of the arguments of a call that is harmless anywhere.
pub const SMOKE_META: &str = "mcp-fleet/smoke";

/// `_meta` of a tool: the AWS actions that it can need, and on one tool of each server the arguments of a call that is
/// harmless anywhere.
pub fn tool_meta(iam: &[&str], smoke: Option<Value>) -> MetaObject {
    let mut meta = MetaObject::default();
    if !iam.is_empty() {
        meta.0.insert(IAM_META.to_owned(), json!(iam));
    }
    if let Some(arguments) = smoke {
        meta.0.insert(SMOKE_META.to_owned(), arguments);
    }
    meta
}
