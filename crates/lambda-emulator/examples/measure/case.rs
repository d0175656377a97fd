//! What is measured: a program, a call, and how often.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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
    pub(crate) cold_starts: usize,
    pub(crate) warm_calls: usize,
    /// Whether to measure when the first request for AWS leaves the process. AWS refuses it.
    #[serde(default)]
    pub(crate) calls_aws: bool,
    /// Whether a tool error does not end the measurement.
    #[serde(default)]
    pub(crate) may_fail: bool,
}

impl Case {
    /// The cases of a JSON file.
    pub(crate) fn load(path: &Path) -> Result<Vec<Self>, Error> {
        serde_json::from_slice(&std::fs::read(path)?)
            .map_err(|error| format!("`{}`: {error}", path.display()).into())
    }

    pub(crate) fn event(&self) -> Bytes {
        Bytes::from(self.arguments.to_string())
    }

    pub(crate) fn client_context(&self) -> String {
        json!({"custom": {"bedrockAgentCoreToolName": self.tool}}).to_string()
    }
}
