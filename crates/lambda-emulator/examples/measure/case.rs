//! What is measured: a program, a call, and how often.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Error;

/// One measurement.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// What the row is called.
    pub(crate) name: String,
    /// A handler, or a script that becomes one.
    pub(crate) program: PathBuf,
    /// The tool as a gateway names it: `<target>___<tool>`.
    pub(crate) tool: String,
    arguments: Value,
    #[serde(default)]
    pub(crate) environment: BTreeMap<String, String>,
    #[serde(default = "cold_starts")]
    pub(crate) cold_starts: usize,
    #[serde(default = "warm_calls")]
    pub(crate) warm_calls: usize,
    /// Whether to measure when the first request for AWS leaves the process. AWS refuses it.
    #[serde(default)]
    pub(crate) calls_aws: bool,
    /// Whether a tool error does not end the measurement.
    #[serde(default)]
    pub(crate) may_fail: bool,
}

fn cold_starts() -> usize {
    30
}

fn warm_calls() -> usize {
    5_000
}

impl Case {
    /// The cases of a JSON file.
    pub(crate) fn load(path: &Path) -> Result<Vec<Self>, Error> {
        serde_json::from_slice(&std::fs::read(path)?)
            .map_err(|error| format!("`{}`: {error}", path.display()).into())
    }

    /// The call that the handler's server marks as harmless (`_meta["mcp-fleet/smoke"]`).
    pub(crate) fn of_handler(program: PathBuf) -> Result<Self, Error> {
        let name = program.file_name().ok_or("not a file")?;
        let name = name.to_string_lossy().replace("mcp-server-", "");
        let listed = Command::new(&program).arg("tools").output()?;
        let listed: Value = serde_json::from_slice(&listed.stdout)?;
        let tools = listed["tools"].as_array().ok_or("no tools")?;
        let marked = tools
            .iter()
            .find(|tool| !tool["_meta"]["mcp-fleet/smoke"].is_null());
        let tool = marked.ok_or("no tool is marked as harmless")?;
        Ok(Self {
            tool: format!("{name}___{}", tool["name"].as_str().unwrap_or_default()),
            name,
            program,
            arguments: tool["_meta"]["mcp-fleet/smoke"].clone(),
            environment: BTreeMap::new(),
            cold_starts: cold_starts(),
            warm_calls: warm_calls(),
            calls_aws: false,
            // Where there is no account, a harmless call may well be refused.
            may_fail: true,
        })
    }

    pub(crate) fn event(&self) -> Bytes {
        Bytes::from(self.arguments.to_string())
    }

    pub(crate) fn client_context(&self) -> String {
        json!({"custom": {"bedrockAgentCoreToolName": self.tool}}).to_string()
    }
}
