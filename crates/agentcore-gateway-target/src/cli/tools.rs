//! `tools`: what the server offers, in full or as the gateway takes it.

use std::io::{self, Write as _};
use std::process::ExitCode;

use rmcp::ServerHandler;
use rmcp::model::{RequestId, Tool};
use serde::Serialize;

use super::{FAILED, fail, print_json};
use crate::definition::ToolDefinition;
use crate::dispatch::Dispatcher;
use crate::guarded::Guarded;
use crate::schema::Change;

/// Every tool that may be called, as MCP lists it.
#[derive(Debug, Serialize)]
struct Full {
    tools: Vec<Tool>,
}

/// The same as the gateway's `ToolDefinition`s, and what that cost.
#[derive(Debug, Serialize)]
struct ForGateway {
    tools: Vec<ToolDefinition>,
    lowered: Vec<ToolChange>,
}

/// A [`Change`] in one tool, its path from the tool: `/inputSchema/properties/…`.
#[derive(Debug, Serialize)]
struct ToolChange {
    tool: String,
    #[serde(flatten)]
    change: Change,
}

pub(super) async fn print<S: ServerHandler>(
    dispatcher: &Dispatcher<Guarded<S>>,
    gateway: bool,
) -> ExitCode {
    let context = dispatcher.context(RequestId::Number(1));
    let tools = match dispatcher.server().allowed_tools(&context).await {
        Ok(tools) => tools,
        Err(error) => return fail(FAILED, &format!("the tools cannot be listed: {error}")),
    };
    if tools.is_empty() {
        // Nobody is left to tell when stderr is closed.
        let _ = writeln!(
            io::stderr(),
            "hint: no tool is allowed; try `--access read-write`"
        );
    }
    match gateway {
        true => print_json(&for_gateway(&tools), ExitCode::SUCCESS),
        false => print_json(&Full { tools }, ExitCode::SUCCESS),
    }
}

fn for_gateway(tools: &[Tool]) -> ForGateway {
    let mut lowered = Vec::new();
    let tools = tools
        .iter()
        .map(|tool| {
            let (definition, changes) = ToolDefinition::lower(tool);
            lowered.extend(changes.into_iter().map(|change| ToolChange {
                tool: definition.name.clone(),
                change,
            }));
            definition
        })
        .collect();
    ForGateway { tools, lowered }
}
