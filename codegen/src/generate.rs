//! Generates, or compares.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use fleet_manifest::{Manifest, Problems, Server, ServerId, Target};
use serde::Serialize;

use crate::build::{self, Binaries, Interrupts};
use crate::change::{Change, Transaction};
use crate::differences;
use crate::docs;
use crate::fleet::{check_sources, mistakes};
use crate::fleet_guide;
use crate::hand_edits::{self, RECORD, Record};
use crate::handler_tools::{HandlerTools, all_tools, offered_tools};
use crate::policy::policy;
use crate::render::{self, MARKER};
use crate::stale;
use crate::stored_list::{self, Refresh};
use crate::workspace::Workspace;

/// Whether files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Compare only.
    Check,
    /// Write what differs; `force` also over changes by hand.
    Write { force: bool },
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    UpToDate,
    Written,
    Different,
}

/// Brings everything generated in line with the manifest's text, after `first`: the changes that
/// the manifest needs, as a new server's crate. Either everything is written, or nothing.
pub(crate) async fn generate(
    workspace: &Workspace,
    manifest: &str,
    first: Vec<Change>,
    refresh: &Refresh,
    mode: Mode,
    bin_dir: Option<&Path>,
) -> Result<Outcome> {
    let manifest = workspace.parse(manifest)?;
    check_sources(workspace, &manifest, &first)?;
    let record = std::fs::read_to_string(workspace.root.join(RECORD));
    let record = Record::parse(&record.unwrap_or_default());
    let mut crates = render::crates(workspace, &manifest.servers)?;
    crates.extend(fleet_guide::remotes(workspace, &manifest)?);
    let mut before_build = first;
    before_build.extend(deletions(workspace, &manifest)?);
    before_build.extend(crates.iter().cloned());
    let placeholders = stored_list::placeholders(workspace, &manifest.servers)?;

    let mut interrupts = Interrupts::listen()?;
    let mut transaction = Transaction::default();
    match mode {
        Mode::Check
            if !placeholders.is_empty()
                || bin_dir.is_none() && differences::print(workspace, &before_build)? =>
        {
            differences::print(workspace, &placeholders)?;
            say("the files above are compared alone: the others come from running what they build");
            return Ok(differences::found());
        }
        Mode::Check => {}
        Mode::Write { force } => {
            hand_edits::refuse(&hand_edits::find(workspace, &record, &before_build), force)?;
            transaction.apply_all(&before_build)?;
            transaction.apply_all(&placeholders)?;
        }
    }
    let binaries = match bin_dir {
        Some(folder) => build::existing(folder, &manifest.servers)?,
        None => {
            let locked = mode == Mode::Check;
            build::build(workspace, &manifest.servers, locked, &mut interrupts).await?
        }
    };
    if mode != Mode::Check {
        let servers = &manifest.servers;
        let lists = stored_list::refreshed(workspace, servers, &binaries, refresh).await?;
        transaction.apply_all(&lists)?;
    }
    let tools = read_tools(workspace, &manifest, &binaries).await?;
    let after_build = after_build(workspace, &manifest, &tools, &crates, &record)?;
    match mode {
        Mode::Check => {
            before_build.extend(after_build.changes);
            Ok(match differences::print(workspace, &before_build)? {
                true => differences::found(),
                false => Outcome::UpToDate,
            })
        }
        Mode::Write { force } => {
            hand_edits::refuse(&after_build.edited, force)?;
            transaction.apply_all(&after_build.changes)?;
            Ok(written(workspace, transaction))
        }
    }
}

/// What only running the handlers tells.
struct AfterBuild {
    changes: Vec<Change>,
    /// What of it somebody else has changed, for people.
    edited: Vec<String>,
}

fn after_build(
    workspace: &Workspace,
    manifest: &Manifest,
    tools: &BTreeMap<ServerId, HandlerTools>,
    crates: &[Change],
    record: &Record,
) -> Result<AfterBuild> {
    let mut changes = Vec::new();
    for server in &manifest.servers {
        if let Some(tools) = tools.get(&server.id) {
            changes.extend(descriptions(workspace, server, tools)?);
        }
    }
    changes.extend(fleet_guide::guide(workspace, manifest, tools));
    let documents = docs::documents(workspace, manifest, tools, record)?;
    let mut edited = hand_edits::find(workspace, record, &changes);
    edited.extend((documents.iter()).flat_map(|document| document.edited.clone()));
    let new_record = hand_edits::record(workspace, crates.iter().chain(&changes), &documents);
    changes.extend(documents.into_iter().map(|document| document.change));
    let record_path = workspace.root.join(RECORD);
    changes.push(Change::write(&record_path, new_record.render()));
    Ok(AfterBuild { changes, edited })
}

/// What is left of servers that the manifest no longer has.
fn deletions(workspace: &Workspace, manifest: &Manifest) -> Result<Vec<Change>> {
    let stale = stale::find(workspace, manifest)?;
    for folder in &stale.foreign {
        say(&format!(
            "warning: `{folder}` is not in the manifest and was not generated; it stays"
        ));
    }
    Ok(stale.deletions)
}

/// Keeps what was written, and says what that is.
fn written(workspace: &Workspace, transaction: Transaction) -> Outcome {
    let names = transaction.changed();
    for (path, deleted) in &names {
        let verb = if *deleted { "deleted" } else { "wrote" };
        say(&format!("{verb} {}", workspace.shown(path)));
    }
    transaction.keep();
    if names.is_empty() {
        say("everything is up to date");
        Outcome::UpToDate
    } else {
        Outcome::Written
    }
}

/// Asks every handler for its tools and checks them against the manifest.
async fn read_tools(
    workspace: &Workspace,
    manifest: &Manifest,
    binaries: &Binaries,
) -> Result<BTreeMap<ServerId, HandlerTools>> {
    let mut tools = BTreeMap::new();
    let mut problems = Problems::new(manifest.file_name());
    for server in &manifest.servers {
        let Some(binary) = binaries.get(&server.id) else {
            continue;
        };
        let list = stored_list::path(workspace, server)
            .or_else(|| fleet_guide::mounted_list(workspace, manifest, server));
        let mut known = HandlerTools {
            all: all_tools(binary, server, list.as_deref()).await?,
            offered: Vec::new(),
        };
        let mut found = manifest.check_tools(&server.id, &known.known());
        found.extend(manifest.check_policy(&server.id, &known.all_actions()));
        if found.is_empty() {
            known.offered = offered_tools(binary, server, list.as_deref()).await?;
        }
        problems.extend(found);
        tools.insert(server.id.clone(), known);
    }
    let name = manifest.file_name();
    problems
        .or(tools)
        .map_err(|problems| mistakes(name, &problems))
}

/// `target.json` and `policy.json`.
fn descriptions(
    workspace: &Workspace,
    server: &Server,
    tools: &HandlerTools,
) -> Result<[Change; 2]> {
    #[derive(Serialize)]
    struct Marked<'a> {
        #[serde(rename = "@generated")]
        marker: &'a str,
        #[serde(flatten)]
        target: &'a Target,
    }
    let target = Target {
        id: server.id.to_string(),
        name: server.name.clone(),
        description: server.description.clone(),
        environment: server.environment(),
        smoke: tools.smoke(),
        tools: tools.offered.clone(),
    };
    let marked = Marked {
        marker: MARKER.trim_start_matches("@generated "),
        target: &target,
    };
    let folder = workspace.handler_folder(server.id.as_str());
    let policy = policy(server, tools.actions())?;
    Ok([
        Change::write(&folder.join("target.json"), render::json(&marked)?),
        Change::write(&folder.join("policy.json"), render::json(&policy)?),
    ])
}

#[expect(
    clippy::print_stderr,
    reason = "what the program does, for the person running it"
)]
pub(crate) fn say(message: &str) {
    eprintln!("{message}");
}
