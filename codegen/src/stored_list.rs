//! `handlers/<id>/tools.json`: the tools of a server that is not native, as they last were.
//!
//! It is what a handler serves while the other server cannot be asked, and what the gateway
//! registers, so that generating needs neither a network nor the program. It is asked for once,
//! when it is missing, and again by `codegen refresh`. People may change it: their descriptions
//! and hints stay.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use fleet_manifest::{Server, Source};
use serde_json::{Map, Value, json};

use crate::build::Binaries;
use crate::change::Change;
use crate::generate::say;
use crate::handler_tools::live_tools;
use crate::render::{self, sorted};
use crate::workspace::Workspace;

/// What the fleet acts on in a tool's `_meta`. Only people write it.
const OWN_META: &str = "mcp-fleet/";

/// Which servers are asked for their tools again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refresh {
    /// Those without a list.
    Missing,
    /// These as well; every server that is not native when there are none.
    These(Vec<String>),
}

impl Refresh {
    fn wants(&self, id: &str) -> bool {
        match self {
            Self::Missing => false,
            Self::These(ids) => ids.is_empty() || ids.iter().any(|wanted| wanted == id),
        }
    }
}

/// The place of the list, for a server that has one.
pub(crate) fn path(workspace: &Workspace, server: &Server) -> Option<PathBuf> {
    let native = matches!(server.source, Source::Native { .. });
    (!native).then(|| {
        workspace
            .handler_folder(server.id.as_str())
            .join("tools.json")
    })
}

/// An empty list for every server without one: a handler does not build without.
pub(crate) fn placeholders(workspace: &Workspace, servers: &[Server]) -> Result<Vec<Change>> {
    let missing = servers.iter().filter_map(|server| path(workspace, server));
    missing
        .filter(|path| !path.exists())
        .map(|path| Ok(Change::write(&path, render(Vec::new())?)))
        .collect()
}

/// Asks the servers, and merges what they say into what is stored. A server that cannot be asked
/// keeps its list.
///
/// # Errors
///
/// When a server without a list cannot be asked, or a list is none.
pub(crate) async fn refreshed(
    workspace: &Workspace,
    servers: &[Server],
    binaries: &Binaries,
    refresh: &Refresh,
) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    for server in servers {
        let Some(path) = path(workspace, server) else {
            continue;
        };
        let stored = read(workspace, &path)?;
        let id = server.id.as_str();
        if !stored.is_empty() && !refresh.wants(id) {
            continue;
        }
        let Some(binary) = binaries.get(&server.id) else {
            continue;
        };
        match live_tools(binary, server).await {
            Ok(live) => {
                tell(id, &stored, &live);
                changes.push(Change::write(&path, render(merged(live, stored))?));
            }
            Err(error) if stored.is_empty() => {
                return Err(error.context(format!(
                    "the tools of `{id}` are not known, and it cannot be asked; nothing was changed\n  \
                     hint: run this where it can be, or write `{}` as `{{\"tools\": [...]}}`",
                    workspace.shown(&path)
                )));
            }
            Err(error) => say(&format!(
                "warning: `{id}` cannot be asked, and its stored list stays: {error:#}"
            )),
        }
    }
    Ok(changes)
}

/// The tools of a stored list by name.
fn read(workspace: &Workspace, path: &Path) -> Result<BTreeMap<String, Value>> {
    let shown = workspace.shown(path);
    let text =
        std::fs::read_to_string(path).with_context(|| format!("`{shown}` cannot be read"))?;
    let form = || anyhow!("`{shown}` is not `{{\"tools\": [...]}}`, with a `name` in every tool");
    let list: Value = serde_json::from_str(&text).with_context(form)?;
    let tools = list["tools"].as_array().ok_or_else(form)?;
    tools
        .iter()
        .map(|tool| {
            Ok((
                tool["name"].as_str().ok_or_else(form)?.to_owned(),
                tool.clone(),
            ))
        })
        .collect()
}

fn render(tools: Vec<Value>) -> Result<String> {
    render::json(&json!({ "tools": tools }))
}

fn tell(id: &str, stored: &BTreeMap<String, Value>, live: &[Value]) {
    let names: Vec<&str> = live
        .iter()
        .filter_map(|tool| tool["name"].as_str())
        .collect();
    for name in names.iter().filter(|name| !stored.contains_key(**name)) {
        say(&format!("`{id}` has the tool `{name}`, which is new"));
    }
    for name in stored.keys().filter(|name| !names.contains(&name.as_str())) {
        say(&format!("`{id}` no longer has the tool `{name}`"));
    }
}

/// The live list, with what people may have written into the stored one.
fn merged(live: Vec<Value>, mut stored: BTreeMap<String, Value>) -> Vec<Value> {
    let mut tools: Vec<Value> = (live.into_iter())
        .map(|mut tool| {
            let known = stored.remove(tool["name"].as_str().unwrap_or_default());
            merge(&mut tool, &known.unwrap_or_default());
            sorted(tool)
        })
        .collect();
    tools.sort_by(|a, b| a["name"].as_str().cmp(&b["name"].as_str()));
    tools
}

fn merge(tool: &mut Value, stored: &Value) {
    keep_descriptions(tool, stored);
    let described = tool["description"]
        .as_str()
        .is_some_and(|text| !text.trim().is_empty());
    if !described {
        // The gateway wants one.
        tool["description"] = tool["name"].clone();
    }
    let hint = &stored["annotations"]["readOnlyHint"];
    if hint.is_boolean() && !tool["annotations"]["readOnlyHint"].is_boolean() {
        tool["annotations"]["readOnlyHint"] = hint.clone();
    }
    let own = |(key, _): &(&String, &Value)| key.starts_with(OWN_META);
    let mut meta: Map<String, Value> = tool["_meta"].as_object().cloned().unwrap_or_default();
    meta.retain(|key, _| !key.starts_with(OWN_META));
    let kept = stored["_meta"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(own);
    meta.extend(kept.map(|(key, value)| (key.clone(), value.clone())));
    if let Some(tool) = tool.as_object_mut() {
        tool.remove("_meta");
        if !meta.is_empty() {
            tool.insert("_meta".to_owned(), Value::Object(meta));
        }
    }
}

/// Stored descriptions stay, of the tool and of everything in its schemas that both have.
fn keep_descriptions(new: &mut Value, stored: &Value) {
    match (new, stored) {
        (Value::Object(new), Value::Object(stored)) => {
            if let Some(text @ Value::String(_)) = stored.get("description") {
                new.insert("description".to_owned(), text.clone());
            }
            for (key, value) in new {
                if let Some(stored) = stored.get(key) {
                    keep_descriptions(value, stored);
                }
            }
        }
        (Value::Array(new), Value::Array(stored)) => {
            for (value, stored) in new.iter_mut().zip(stored) {
                keep_descriptions(value, stored);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_stays_and_everything_else_is_the_servers() {
        let stored = json!({
            "name": "query", "description": "Our words.",
            "inputSchema": {"type": "object", "properties": {
                "text": {"type": "string", "description": "Our text."},
                "gone": {"type": "string", "description": "Gone."}
            }},
            "annotations": {"readOnlyHint": true},
            "_meta": {"mcp-fleet/smoke": {"text": "x"}, "theirs": 1}
        });
        let live = json!({
            "name": "query", "description": "Their words.",
            "inputSchema": {"type": "object", "properties": {
                "text": {"type": "integer", "description": "Their text."},
                "new": {"type": "string", "description": "New."}
            }},
            "_meta": {"mcp-fleet/iam": ["iam:*"], "theirs": 2}
        });
        let bare = json!({"name": "bare", "inputSchema": {"type": "object"}});
        let stored = BTreeMap::from([("query".to_owned(), stored)]);
        let merged = merged(vec![live, bare], stored);
        assert_eq!(
            json!(merged),
            json!([
                {"name": "bare", "description": "bare", "inputSchema": {"type": "object"}},
                {
                    "name": "query", "description": "Our words.",
                    "inputSchema": {"type": "object", "properties": {
                        "text": {"type": "integer", "description": "Our text."},
                        "new": {"type": "string", "description": "New."}
                    }},
                    "annotations": {"readOnlyHint": true},
                    "_meta": {"mcp-fleet/smoke": {"text": "x"}, "theirs": 2}
                }
            ])
        );
    }
}
