//! What `gateway up` prints once it is up.

use std::fmt::Write as _;

use comfy_table::{ContentArrangement, Table, presets::UTF8_FULL_CONDENSED};

use crate::outcome::{ExceptionLevel, ResultMode};
use crate::own::Own;
use crate::ports::Addresses;

/// Columns of the table of targets.
const TABLE_WIDTH: u16 = 100;

/// A target.
pub(crate) struct Row {
    pub(crate) target: String,
    /// What calls go to: a function, an ARN, an address.
    pub(crate) behind: String,
    pub(crate) tools: Vec<String>,
}

/// The targets, the addresses, the settings, and what to paste into clients.
pub(crate) fn announcement(own: &Own, addresses: Addresses) -> String {
    let current = own.gateway.current();
    let settings = &current.settings;
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(TABLE_WIDTH)
        .set_header(["Target", "Function", "Tools", "Names"]);
    for row in &own.rows {
        table.add_row([
            row.target.as_str(),
            row.behind.as_str(),
            row.tools.len().to_string().as_str(),
            row.tools.join(", ").as_str(),
        ]);
    }
    let left_out: String = own
        .left_out
        .iter()
        .map(|what| format!("Left out      {what}\n"))
        .collect();
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
        "{table}\n{left_out}\nMCP endpoint  http://{mcp}/mcp\nLambda API    http://{lambda}\n{control}\
         Callers       {callers}\n\
         Results       {result_mode}\nErrors        {errors}\nVersions      {versions}\n\n\
         Claude Code   claude mcp add --transport http mcp-fleet http://{mcp}/mcp\n\
         Cursor        .cursor/mcp.json: {{\"mcpServers\": {{\"mcp-fleet\": {{\"url\": \"http://{mcp}/mcp\"}}}}}}\n\
         VS Code       .vscode/mcp.json: {{\"servers\": {{\"mcp-fleet\": {{\"type\": \"http\", \"url\": \"http://{mcp}/mcp\"}}}}}}\n\n\
         Ctrl-C ends all."
    );
    text
}
