//! `tools`: what the server offers, in full or as the gateway takes it.

use std::io::{self, Write as _};
use std::process::ExitCode;

use rmcp::ServerHandler;
use rmcp::model::{JsonObject, RequestId, Tool};
use serde::Serialize;

use super::{FAILED, fail, print_json};
use crate::dispatch::Dispatcher;
use crate::guarded::Guarded;
use crate::schema::{self, Action, Change};

/// Every tool that may be called, as MCP lists it.
#[derive(Debug, Serialize)]
struct Full {
    tools: Vec<Tool>,
}

/// The same as the gateway's `ToolDefinition`s, and what that cost.
#[derive(Debug, Serialize)]
struct ForGateway {
    tools: Vec<Definition>,
    lowered: Vec<ToolChange>,
}

/// A tool as a Lambda target's schema has it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Definition {
    name: String,
    description: String,
    input_schema: JsonObject,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_schema: Option<JsonObject>,
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
        true => print_json(&for_gateway(tools), ExitCode::SUCCESS),
        false => print_json(&Full { tools }, ExitCode::SUCCESS),
    }
}

fn for_gateway(tools: Vec<Tool>) -> ForGateway {
    let mut lowered = Vec::new();
    let tools = tools
        .into_iter()
        .map(|tool| definition(tool, &mut lowered))
        .collect();
    ForGateway { tools, lowered }
}

fn definition(tool: Tool, changes: &mut Vec<ToolChange>) -> Definition {
    let name = tool.name.into_owned();
    let mut lower = |root: &str, schema: &JsonObject| {
        let lowered = schema::lower_object(schema);
        changes.extend(lowered.changes.into_iter().map(|change| ToolChange {
            tool: name.clone(),
            change: Change {
                path: format!("/{root}{}", change.path),
                ..change
            },
        }));
        lowered.schema
    };
    let input_schema = lower("inputSchema", &tool.input_schema);
    // The gateway wants an object at the top, and a result that is none cannot be described as one.
    let output = tool.output_schema.as_deref();
    let is_object = |schema: &JsonObject| schema.get("type").is_some_and(|kind| kind == "object");
    let output_schema = output
        .filter(|schema| is_object(schema))
        .map(|schema| lower("outputSchema", schema));
    if output.is_some() && output_schema.is_none() {
        changes.push(ToolChange {
            tool: name.clone(),
            change: Change {
                path: String::new(),
                keyword: "outputSchema".to_owned(),
                action: Action::Dropped,
            },
        });
    }
    // The gateway insists on a description.
    let description = tool.description.map(|text| text.trim().to_owned());
    let description = description.filter(|text| !text.is_empty());
    Definition {
        description: description.or(tool.title).unwrap_or_else(|| name.clone()),
        name,
        input_schema,
        output_schema,
    }
}
