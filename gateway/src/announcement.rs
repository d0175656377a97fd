//! What `gateway up` prints once it is up.

use std::fmt::Write as _;

use comfy_table::{ContentArrangement, Table, presets::UTF8_FULL_CONDENSED};

use crate::fleet::Member;
use crate::gateway::Settings;
use crate::outcome::{ExceptionLevel, ResultMode};
use crate::ports::Addresses;

/// Columns of the table of targets.
const TABLE_WIDTH: u16 = 100;

/// The targets, the addresses, the settings, and what to paste into clients.
pub(crate) fn announcement(
    members: &[Member],
    addresses: Addresses,
    settings: &Settings,
) -> String {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(TABLE_WIDTH)
        .set_header(["Target", "Function", "Tools", "Names"]);
    for Member { target, function } in members {
        let names: Vec<&str> = target.tools.iter().map(|tool| tool.name.as_str()).collect();
        let count = names.len().to_string();
        table.add_row([
            target.id.as_str(),
            function.name.as_str(),
            count.as_str(),
            names.join(", ").as_str(),
        ]);
    }
    let result_mode = match settings.result_mode {
        ResultMode::Wrap => "wrap: a function's whole return value as JSON text",
        ResultMode::Passthrough => {
            "passthrough: a `CallToolResult` as it is, anything else as JSON text"
        }
    };
    let errors = match settings.exception_level {
        ExceptionLevel::None => "generic to clients, specific here",
        ExceptionLevel::Debug => "specific to clients (`--exception-level debug`)",
    };
    let versions = settings.supported_versions.names().join(", ");
    let Addresses {
        mcp,
        lambda,
        control,
    } = addresses;
    let control = control
        .map(|control| format!("Control plane http://{control}\n"))
        .unwrap_or_default();
    let callers = if settings.auth.is_some() {
        "asked who they are"
    } else {
        "anybody on this machine"
    };
    let mut text = String::new();
    // Writing to a `String` cannot fail.
    let _ = writeln!(
        text,
        "{table}\n\nMCP endpoint  http://{mcp}/mcp\nLambda API    http://{lambda}\n{control}\
         Callers       {callers}\n\
         Results       {result_mode}\nErrors        {errors}\nVersions      {versions}\n\n\
         Claude Code   claude mcp add --transport http mcp-fleet http://{mcp}/mcp\n\
         Cursor        .cursor/mcp.json: {{\"mcpServers\": {{\"mcp-fleet\": {{\"url\": \"http://{mcp}/mcp\"}}}}}}\n\
         VS Code       .vscode/mcp.json: {{\"servers\": {{\"mcp-fleet\": {{\"type\": \"http\", \"url\": \"http://{mcp}/mcp\"}}}}}}\n\n\
         Ctrl-C ends all."
    );
    text
}
