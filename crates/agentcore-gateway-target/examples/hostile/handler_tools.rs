//! The tools of a handler, as its `tools` command lists them.

use std::error::Error;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::arguments::Tool;

/// Every tool of a handler but some, with and without a name that nobody has. An argument of a name in `values` has mostly one of its values.
pub(crate) fn read(
    program: &Path,
    environment: &[(String, String)],
    without: &[String],
    values: &[(String, String)],
) -> Result<Vec<Tool>, Box<dyn Error>> {
    let mut command = Command::new(program);
    let listed = command
        .arg("tools")
        .env_clear()
        .envs(environment.iter().cloned())
        .output()?;
    let listed: Value = serde_json::from_slice(&listed.stdout).map_err(|error| {
        format!(
            "`tools` of `{}` lists none: {error}: {}",
            program.display(),
            String::from_utf8_lossy(&listed.stderr)
        )
    })?;
    let tools = listed["tools"].as_array().into_iter().flatten();
    let mut tools: Vec<Tool> = tools
        .filter_map(|tool| {
            Some(Tool {
                name: tool["name"].as_str()?.to_owned(),
                schema: narrowed(tool["inputSchema"].clone(), values),
                example: tool["_meta"].get("mcp-fleet/smoke").cloned(),
            })
        })
        .filter(|tool| !without.contains(&tool.name))
        .collect();
    tools.push(Tool {
        name: "no_such_tool".to_owned(),
        schema: Value::Null,
        example: None,
    });
    Ok(tools)
}

/// The schema with what is known of the arguments' values.
fn narrowed(mut schema: Value, values: &[(String, String)]) -> Value {
    for (name, property) in schema["properties"].as_object_mut().into_iter().flatten() {
        let known: Vec<&str> = values
            .iter()
            .filter(|(of, _)| of == name)
            .map(|(_, value)| value.as_str())
            .collect();
        if !known.is_empty() {
            *property = json!({ "enum": known });
        }
    }
    schema
}
