//! One module per tool.

mod create_resource;
mod create_template;
mod delete_resource;
mod get_resource;
mod get_resource_request_status;
mod get_resource_schema_information;
mod list_resources;
mod update_resource;

use rmcp::model::MetaObject;
use serde_json::{Value, json};

/// `_meta` of a tool: the IAM actions that it can need, and a harmless call of it for smoke tests.
///
/// Cloud Control is authorised under CloudFormation's prefix. What the resource types themselves
/// need depends on the type and is no property of a tool: the README says how to find it.
fn meta(iam: &[&str], smoke: Option<Value>) -> MetaObject {
    let mut meta = MetaObject::default();
    meta.0.insert("mcp-fleet/iam".to_owned(), json!(iam));
    if let Some(arguments) = smoke {
        meta.0.insert("mcp-fleet/smoke".to_owned(), arguments);
    }
    meta
}
