//! `target.json`: what the gateway registers for one server. Written by `codegen`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One target of the gateway.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// The server's id: the target's name.
    pub id: String,
    /// The server's name for people.
    pub name: String,
    /// What the server does.
    pub description: String,
    /// The whole environment of the function.
    pub environment: BTreeMap<String, String>,
    /// A call that is harmless anywhere, when one of the tools has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smoke: Option<Smoke>,
    /// The tools, sorted by name.
    pub tools: Vec<TargetTool>,
}

/// A call that changes nothing and needs nothing to be there, for `verify`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Smoke {
    /// The tool's name, without the target's prefix.
    pub tool: String,
    /// What it is called with: an object.
    pub arguments: Value,
}

/// One tool, with schemas of the five keywords that the gateway accepts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TargetTool {
    /// Its name, without the target's prefix.
    pub name: String,
    /// What it does.
    pub description: String,
    /// What it takes.
    pub input_schema: Value,
    /// What it returns, when it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_schema: Option<Value>,
}

/// Why a `target.json` could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TargetError {
    /// It could not be read.
    #[error("`{path}` could not be read")]
    #[expect(missing_docs, reason = "named by the message")]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    /// It is not what `codegen` writes.
    #[error("`{path}` is not a target file; `cargo run -p codegen` writes it")]
    #[expect(missing_docs, reason = "named by the message")]
    Form {
        path: PathBuf,
        source: serde_json::Error,
    },
}

impl Target {
    /// Reads `handlers/<id>/target.json`.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or has another form.
    pub fn load(path: &Path) -> Result<Self, TargetError> {
        let text = std::fs::read_to_string(path).map_err(|source| TargetError::Read {
            path: path.to_owned(),
            source,
        })?;
        serde_json::from_str(&text).map_err(|source| TargetError::Form {
            path: path.to_owned(),
            source,
        })
    }
}
