//! One module per tool.

mod execute_query;
mod execute_range_query;
mod get_available_workspaces;
mod get_server_info;
mod list_metrics;

use rmcp::model::MetaObject;
use serde_json::{Value, json};

/// `_meta` of a tool: the IAM actions that it can need, and a harmless call of it for smoke tests.
fn meta(iam: &[&str], smoke: Option<Value>) -> MetaObject {
    let mut meta = MetaObject::default();
    meta.0.insert("mcp-fleet/iam".to_owned(), json!(iam));
    if let Some(arguments) = smoke {
        meta.0.insert("mcp-fleet/smoke".to_owned(), arguments);
    }
    meta
}

/// How to ask a query for less.
const NARROW_QUERY: &str = "narrow the query with label matchers, aggregate with `sum by (…)` or `topk(…)`, or ask for a shorter range or a larger step";
