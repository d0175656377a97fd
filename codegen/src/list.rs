//! `codegen list`.

use std::io::Write as _;

use anyhow::Result;
use comfy_table::{Table, presets};
use fleet_manifest::{Manifest, Target};
use serde::Serialize;

use crate::workspace::Workspace;

#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    name: &'a str,
    source: String,
    access: &'a str,
    /// `None` when nothing was generated yet.
    tools: Option<usize>,
    memory_mb: u32,
    timeout_seconds: u32,
    architecture: &'a str,
}

/// Prints the servers. The number of tools is that of the generated `target.json`.
pub(crate) fn print(workspace: &Workspace, manifest: &Manifest, as_json: bool) -> Result<()> {
    let rows: Vec<Row<'_>> = manifest
        .servers
        .iter()
        .map(|server| {
            let target = workspace
                .handler_folder(server.id.as_str())
                .join("target.json");
            Row {
                id: server.id.as_str(),
                name: &server.name,
                source: server.source.to_string(),
                access: server.access.as_str(),
                tools: Target::load(&target).ok().map(|target| target.tools.len()),
                memory_mb: server.memory_mb,
                timeout_seconds: server.timeout_seconds,
                architecture: server.architecture.as_str(),
            }
        })
        .collect();
    let mut stdout = std::io::stdout().lock();
    if as_json {
        let list = serde_json::json!({ "servers": rows });
        writeln!(stdout, "{}", serde_json::to_string_pretty(&list)?)?;
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header([
        "SERVER",
        "SOURCE",
        "ACCESS",
        "TOOLS",
        "MEMORY",
        "TIMEOUT",
        "ARCHITECTURE",
    ]);
    for row in rows {
        table.add_row([
            row.id.to_owned(),
            row.source,
            row.access.to_owned(),
            row.tools.map_or("-".to_owned(), |tools| tools.to_string()),
            format!("{} MB", row.memory_mb),
            format!("{} s", row.timeout_seconds),
            row.architecture.to_owned(),
        ]);
    }
    writeln!(stdout, "{}", table)?;
    Ok(())
}
