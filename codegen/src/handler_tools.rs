//! What a built handler says about its tools.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use fleet_manifest::{Access, KnownTool, Server, Smoke, TargetTool, is_action};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::render::sorted;

/// Printing a list takes milliseconds; a handler that hangs must not hang the build.
const PATIENCE: Duration = Duration::from_secs(60);

/// Tells the handler of a server that is not native which list of tools to serve.
const TOOL_LIST: &str = "MCP_FLEET_TOOL_LIST";

/// The gateway's limit for the tools of one target.
const MAX_TOOLS_BYTES: usize = 1024 * 1024;

/// All tools of a server, and those that its entry in the manifest lets through.
#[derive(Debug)]
pub(crate) struct HandlerTools {
    /// Every tool, sorted by name.
    pub(crate) all: Vec<Tool>,
    /// The offered ones as the gateway registers them, sorted by name.
    pub(crate) offered: Vec<TargetTool>,
}

#[derive(Debug)]
pub(crate) struct Tool {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) access: Access,
    pub(crate) iam: Vec<String>,
    /// Arguments of a call that is harmless anywhere: an object.
    pub(crate) smoke: Option<Value>,
}

impl HandlerTools {
    pub(crate) fn offers(&self, name: &str) -> bool {
        self.offered.iter().any(|tool| tool.name == name)
    }

    pub(crate) fn known(&self) -> Vec<KnownTool<'_>> {
        self.all
            .iter()
            .map(|tool| KnownTool {
                name: &tool.name,
                access: tool.access,
            })
            .collect()
    }

    /// The IAM actions of all tools.
    pub(crate) fn all_actions(&self) -> Vec<&str> {
        let actions = self.all.iter().flat_map(|tool| &tool.iam);
        actions.map(String::as_str).collect()
    }

    /// The harmless call of the first offered tool that has one.
    pub(crate) fn smoke(&self) -> Option<Smoke> {
        let offered = self.all.iter().filter(|tool| self.offers(&tool.name));
        let mut calls = offered.filter_map(|tool| {
            Some(Smoke {
                tool: tool.name.clone(),
                arguments: tool.smoke.clone()?,
            })
        });
        calls.next()
    }

    /// The IAM actions of the offered tools.
    pub(crate) fn actions(&self) -> impl Iterator<Item = &str> {
        self.all
            .iter()
            .filter(|tool| self.offers(&tool.name))
            .flat_map(|tool| tool.iam.iter().map(String::as_str))
    }
}

/// Every tool of a server, whatever its entry lets through. `list` is the stored list of a server
/// that is not native.
pub(crate) async fn all_tools(
    binary: &Path,
    server: &Server,
    list: Option<&Path>,
) -> Result<Vec<Tool>> {
    let mut environment = environment(server, list);
    environment.retain(|name, _| !name.starts_with("MCP_FLEET_TOOLS_"));
    environment.insert(
        "MCP_FLEET_ACCESS".to_owned(),
        Access::Sensitive.as_str().to_owned(),
    );
    let list: List<FullTool> = print(binary, &["tools"], &environment).await?;
    let mut tools = Vec::new();
    for tool in list.tools {
        let name = tool.name.clone();
        let tool = tool
            .read()
            .with_context(|| format!("the tool `{name}` of `{}`", server.id))?;
        tools.push(tool);
    }
    tools.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(tools)
}

/// The tools that the entry lets through, lowered for the gateway.
pub(crate) async fn offered_tools(
    binary: &Path,
    server: &Server,
    list: Option<&Path>,
) -> Result<Vec<TargetTool>> {
    let environment = environment(server, list);
    let list: List<TargetTool> = print(binary, &["tools", "--gateway"], &environment).await?;
    let mut tools = list.tools;
    tools.sort_by(|left, right| left.name.cmp(&right.name));
    for tool in &mut tools {
        tool.input_schema = sorted(std::mem::take(&mut tool.input_schema));
        tool.output_schema = tool.output_schema.take().map(sorted);
        ensure!(
            tool.input_schema["type"] == "object",
            "the tool `{}` of `{}` has an input schema that is not an object",
            tool.name,
            server.id
        );
    }
    let bytes = serde_json::to_vec(&tools).map_or(0, |json| json.len());
    ensure!(
        bytes <= MAX_TOOLS_BYTES,
        "the tools of `{}` have {bytes} bytes, the gateway accepts {MAX_TOOLS_BYTES}\n  \
         hint: leave some out with `tools: {{exclude: […]}}`, or shorten their descriptions",
        server.id
    );
    Ok(tools)
}

/// What a server that is not native lists right now, under its own names. It is asked: its program
/// is started, its address called, with the environment of this process beside the entry's.
pub(crate) async fn live_tools(binary: &Path, server: &Server) -> Result<Vec<Value>> {
    let mut environment: BTreeMap<String, String> = std::env::vars().collect();
    environment.retain(|name, _| !name.starts_with("MCP_FLEET_"));
    environment.extend(server.environment());
    environment.retain(|name, _| !name.starts_with("MCP_FLEET_TOOLS_"));
    environment.insert(TOOL_LIST.to_owned(), "live".to_owned());
    environment.insert(
        "MCP_FLEET_ACCESS".to_owned(),
        Access::Sensitive.as_str().to_owned(),
    );
    let list: List<Value> = print(binary, &["tools"], &environment).await?;
    Ok(list.tools)
}

/// The environment of a handler that is only asked what it has.
fn environment(server: &Server, list: Option<&Path>) -> BTreeMap<String, String> {
    let mut environment = server.environment();
    if let Some(list) = list {
        environment.insert(TOOL_LIST.to_owned(), list.display().to_string());
    }
    environment
}

#[derive(Debug, Deserialize)]
struct List<T> {
    tools: Vec<T>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct FullTool {
    name: String,
    #[serde(default)]
    description: String,
    annotations: Option<Annotations>,
    #[serde(rename = "_meta", default)]
    meta: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Annotations {
    read_only_hint: Option<bool>,
}

impl FullTool {
    fn read(self) -> Result<Tool> {
        ensure!(
            !self.description.trim().is_empty(),
            "it has no description, and the gateway wants one"
        );
        let hinted = match self.annotations.and_then(|hints| hints.read_only_hint) {
            Some(true) => Access::ReadOnly,
            _ => Access::ReadWrite,
        };
        // As the adapter reads it: a level that is not known counts as the highest.
        let access = match self.meta.get("mcp-fleet/access") {
            None => hinted,
            Some(level) => {
                let stated = level.as_str().and_then(|level| level.parse().ok());
                hinted.max(stated.unwrap_or(Access::Sensitive))
            }
        };
        let iam = match self.meta.get("mcp-fleet/iam") {
            None => Vec::new(),
            Some(actions) => Vec::<String>::deserialize(actions)
                .context("`mcp-fleet/iam` must be a list of `service:Action`")?,
        };
        for action in &iam {
            ensure!(
                is_action(action),
                "`mcp-fleet/iam` has `{action}`, which is not `service:Action`"
            );
        }
        let smoke = self.meta.get("mcp-fleet/smoke").cloned().map(sorted);
        if let Some(arguments) = &smoke {
            ensure!(
                arguments.is_object() && access == Access::ReadOnly,
                "`mcp-fleet/smoke` is for read-only tools, and holds their arguments as an object"
            );
        }
        Ok(Tool {
            smoke,
            name: self.name,
            description: self.description,
            access,
            iam,
        })
    }
}

/// Runs the handler with exactly this environment, so that the output does not depend on the
/// machine, and reads what it prints.
async fn print<T: for<'de> Deserialize<'de>>(
    binary: &Path,
    arguments: &[&str],
    environment: &BTreeMap<String, String>,
) -> Result<T> {
    let name = binary.file_name().unwrap_or_default().to_string_lossy();
    let shown = format!("`{name} {}`", arguments.join(" "));
    let running = tokio::process::Command::new(binary)
        .args(arguments)
        .env_clear()
        .envs(environment)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = match tokio::time::timeout(PATIENCE, running).await {
        Ok(output) => output.with_context(|| format!("{shown} cannot be started"))?,
        Err(_) => bail!("{shown} printed nothing for {} s", PATIENCE.as_secs()),
    };
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{shown} failed ({}): {}", output.status, said.trim());
    }
    serde_json::from_slice(&output.stdout)
        .with_context(|| format!("{shown} did not print a list of tools"))
}
