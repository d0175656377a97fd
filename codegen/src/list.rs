//! `codegen list`. Its JSON is what deployment reads: every setting of a server, with all
//! defaults applied, so that no other program reads `servers.yaml` by rules of its own.

use std::collections::BTreeMap;
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
    description: &'a str,
    /// Name of the Lambda function, the handler's package and its binary.
    function: String,
    /// The whole environment of the function.
    environment: BTreeMap<String, String>,
    /// 0 for none.
    provisioned_concurrency: u32,
    reserved_concurrency: Option<u32>,
    vpc: Option<Network<'a>>,
}

#[derive(Serialize)]
struct Network<'a> {
    subnets: &'a [String],
    security_groups: &'a [String],
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
                description: &server.description,
                function: server.function_name(),
                environment: server.environment(),
                provisioned_concurrency: server.provisioned_concurrency,
                reserved_concurrency: server.reserved_concurrency,
                vpc: server.vpc.as_ref().map(|vpc| Network {
                    subnets: &vpc.subnets,
                    security_groups: &vpc.security_groups,
                }),
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
