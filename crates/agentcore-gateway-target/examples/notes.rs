//! A complete server of one's own: notes that live as long as the process.
//!
//! `cargo run --example notes -- tools` prints what it offers, `cargo run --example notes` speaks
//! MCP on stdin and stdout, and the same binary is a Lambda function behind an AgentCore Gateway.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use agentcore_gateway_target::{Parameters, ServerInfo, ToolError, tool_failure};
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::handler::server::tool::IntoCallToolResult;
use rmcp::handler::server::wrapper::Json;
use rmcp::model::CallToolResponse;
use rmcp::{ErrorData, ServerHandler, tool, tool_handler, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The server. Clones share their notes.
#[derive(Clone)]
struct Notes {
    notes: Arc<Mutex<BTreeMap<String, String>>>,
    limit: usize,
    tools: ToolRouter<Self>,
}

/// Input of `note_get`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Get {
    /// Title of the note.
    title: String,
}

/// Input of `note_put`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Put {
    /// Title of the note. An existing one is replaced.
    title: String,
    /// Its text.
    text: String,
}

/// Output of both tools.
#[derive(Debug, Serialize, JsonSchema)]
struct Note {
    /// Title of the note.
    title: String,
    /// Its text.
    text: String,
}

/// Why a tool call failed: what the caller reads, and a code that never changes.
#[derive(Debug, thiserror::Error)]
enum NoteError {
    #[error("there is no note `{0}`")]
    NotFound(String),
    #[error("there are {0} notes already, as many as may be; replace one of them")]
    Full(usize),
}

impl ToolError for NoteError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "note_not_found",
            Self::Full(_) => "notes_full",
        }
    }
}

impl IntoCallToolResult for NoteError {
    fn into_call_tool_result(self) -> Result<CallToolResponse, ErrorData> {
        Ok(tool_failure(&self))
    }
}

#[tool_router]
impl Notes {
    /// Read one note.
    #[tool(annotations(read_only_hint = true, open_world_hint = false))]
    async fn note_get(&self, Parameters(get): Parameters<Get>) -> Result<Json<Note>, NoteError> {
        let notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        match notes.get(&get.title) {
            Some(text) => Ok(Json(Note {
                title: get.title,
                text: text.clone(),
            })),
            None => Err(NoteError::NotFound(get.title)),
        }
    }

    /// Write one note.
    #[tool(annotations(
        read_only_hint = false,
        destructive_hint = true,
        open_world_hint = false
    ))]
    async fn note_put(&self, Parameters(put): Parameters<Put>) -> Result<Json<Note>, NoteError> {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        if notes.len() >= self.limit && !notes.contains_key(&put.title) {
            return Err(NoteError::Full(self.limit));
        }
        notes.insert(put.title.clone(), put.text.clone());
        Ok(Json(Note {
            title: put.title,
            text: put.text,
        }))
    }
}

#[tool_handler(router = self.tools, name = "notes", instructions = "Short notes by title.")]
impl ServerHandler for Notes {}

/// What the server's arguments can be wrong about.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a number of notes; write `--limit=100`")]
struct BadLimit(String);

impl Notes {
    fn from_env(args: &[String]) -> Result<Self, BadLimit> {
        let limit = match args {
            [] => 1000,
            [limit] => limit
                .strip_prefix("--limit=")
                .and_then(|number| number.parse().ok())
                .ok_or_else(|| BadLimit(limit.clone()))?,
            [_, more, ..] => return Err(BadLimit(more.clone())),
        };
        Ok(Self {
            notes: Arc::default(),
            limit,
            tools: Self::tool_router(),
        })
    }
}

const SERVER: ServerInfo = ServerInfo {
    id: "notes",
    name: "Notes",
    version: env!("CARGO_PKG_VERSION"),
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    agentcore_gateway_target::run(SERVER, Notes::from_env).await
}
