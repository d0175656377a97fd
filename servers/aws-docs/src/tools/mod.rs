//! One module per tool.

mod get_available_services;
mod read_documentation;
mod read_sections;
mod recommend;
mod search_documentation;
mod search_table;

use rmcp::model::MetaObject;
use serde_json::Value;

use crate::error::DocsError;

/// `_meta` of the tool that `verify` calls: with these arguments it is harmless anywhere.
fn smoke(arguments: Value) -> MetaObject {
    let mut meta = MetaObject::default();
    meta.0.insert("mcp-fleet/smoke".to_owned(), arguments);
    meta
}

/// Refuses a number outside of its range, with the range.
fn in_range(name: &str, value: i64, least: i64, most: i64) -> Result<usize, DocsError> {
    if (least..=most).contains(&value)
        && let Ok(value) = usize::try_from(value)
    {
        return Ok(value);
    }
    let range = match most {
        i64::MAX => format!("{least} or more"),
        _ => format!("from {least} to {most}"),
    };
    Err(DocsError::Argument(format!(
        "`{name}` is {value}, and has to be {range}"
    )))
}
