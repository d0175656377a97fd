//! Generates, or compares.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Result, bail};
use fleet_manifest::{Manifest, Problems, Server, ServerId, Target};
use serde::Serialize;
use similar::TextDiff;

use crate::build::{self, Binaries, Interrupts};
use crate::change::{Change, Transaction};
use crate::docs::{self, Document};
use crate::fleet::{check_sources, mistakes};
use crate::hand_edits::{RECORD, Record};
use crate::handler_tools::{HandlerTools, all_tools, offered_tools};
use crate::policy::policy;
use crate::render::{self, MARKER};
use crate::stale;
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
    mode: Mode,
    bin_dir: Option<&Path>,
) -> Result<Outcome> {
    let manifest = workspace.parse(manifest)?;
    check_sources(workspace, &manifest, &first)?;
    let record_path = workspace.root.join(RECORD);
    let record = Record::parse(&std::fs::read_to_string(&record_path).unwrap_or_default());

    let crates = render::crates(workspace, &manifest.servers)?;
    let stale = stale::find(workspace, &manifest)?;
    for folder in &stale.foreign {
        say(&format!(
            "warning: `{folder}` is not in the manifest and was not generated; it stays"
        ));
    }
    let mut changes = first;
    changes.extend(stale.deletions);
    changes.extend(crates.iter().cloned());

    let mut interrupts = Interrupts::listen()?;
    let mut transaction = Transaction::default();
    if mode == Mode::Check {
        if bin_dir.is_none() && print_differences(workspace, &changes)? {
            say("the files above are compared alone: the others come from running what they build");
            return Ok(differ());
        }
    } else {
        let edited = edited_files(workspace, &record, &changes);
        refuse_hand_edits(&edited, mode)?;
        for change in &changes {
            transaction.apply(change)?;
        }
    }
    let written_first = changes.len();

    let binaries = match bin_dir {
        Some(folder) => build::existing(folder, &manifest.servers)?,
        None => {
            let locked = mode == Mode::Check;
            build::build(workspace, &manifest.servers, locked, &mut interrupts).await?
        }
    };
    let tools = read_tools(&manifest, &binaries).await?;
    for server in &manifest.servers {
        if let Some(tools) = tools.get(&server.id) {
            changes.extend(descriptions(workspace, server, tools)?);
        }
    }
    let documents = docs::documents(workspace, &manifest, &tools, &record)?;
    let generated = crates.iter().chain(&changes[written_first..]);
    let new_record = new_record(workspace, generated, &documents);

    let mut edited = edited_files(workspace, &record, &changes[written_first..]);
    edited.extend(
        documents
            .iter()
            .flat_map(|document| document.edited.clone()),
    );
    changes.extend(documents.into_iter().map(|document| document.change));
    changes.push(Change::write(&record_path, new_record.render()));

    if mode == Mode::Check {
        return Ok(if print_differences(workspace, &changes)? {
            differ()
        } else {
            Outcome::UpToDate
        });
    }
    refuse_hand_edits(&edited, mode)?;
    for change in &changes[written_first..] {
        transaction.apply(change)?;
    }
    let names = transaction.changed();
    for (path, deleted) in &names {
        let verb = if *deleted { "deleted" } else { "wrote" };
        say(&format!("{verb} {}", workspace.shown(path)));
    }
    transaction.keep();
    Ok(if names.is_empty() {
        say("everything is up to date");
        Outcome::UpToDate
    } else {
        Outcome::Written
    })
}

/// Asks every handler for its tools and checks them against the manifest.
async fn read_tools(
    manifest: &Manifest,
    binaries: &Binaries,
) -> Result<BTreeMap<ServerId, HandlerTools>> {
    let mut tools = BTreeMap::new();
    let mut problems = Problems::new(manifest.file_name());
    for server in &manifest.servers {
        let Some(binary) = binaries.get(&server.id) else {
            continue;
        };
        let mut known = HandlerTools {
            all: all_tools(binary, server).await?,
            offered: Vec::new(),
        };
        let found = manifest.check_tools(&server.id, &known.known());
        if found.is_empty() {
            known.offered = offered_tools(binary, server).await?;
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
        tools: tools.offered.clone(),
    };
    let marked = Marked {
        marker: MARKER.trim_start_matches("@generated "),
        target: &target,
    };
    let folder = workspace.handler_folder(server.id.as_str());
    let policy = policy(tools.actions());
    Ok([
        Change::write(&folder.join("target.json"), render::json(&marked)?),
        Change::write(&folder.join("policy.json"), render::json(&policy)?),
    ])
}

/// The name of a generated file in the record, the same on every machine.
fn record_name(workspace: &Workspace, path: &Path) -> String {
    let relative = path.strip_prefix(&workspace.root).unwrap_or(path);
    let parts: Vec<_> = relative
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

fn new_record<'a>(
    workspace: &Workspace,
    generated: impl Iterator<Item = &'a Change>,
    documents: &[Document],
) -> Record {
    let mut record = Record::default();
    for change in generated {
        if let Some(content) = &change.after {
            record.insert(&record_name(workspace, &change.path), content);
        }
    }
    for (name, content) in documents.iter().flat_map(|document| &document.parts) {
        record.insert(name, content);
    }
    record
}

/// The files in `handlers/` that would be overwritten or deleted, and that are not as they were
/// generated.
fn edited_files(workspace: &Workspace, record: &Record, changes: &[Change]) -> Vec<String> {
    changes
        .iter()
        .filter(|change| change.is_needed())
        .filter_map(|change| {
            let name = record_name(workspace, &change.path);
            let before = change.before()?;
            let ours = name.starts_with("handlers/") && !record.matches(&name, &before);
            ours.then(|| workspace.shown(&change.path))
        })
        .collect()
}

/// Says which generated files were changed by hand, and stops unless told to go on.
fn refuse_hand_edits(edited: &[String], mode: Mode) -> Result<()> {
    if edited.is_empty() {
        return Ok(());
    }
    if mode == (Mode::Write { force: true }) {
        for name in edited {
            say(&format!(
                "warning: {name} was changed by hand; the change is overwritten"
            ));
        }
        return Ok(());
    }
    let are = if edited.len() == 1 { "is" } else { "are" };
    bail!(
        "{} {are} not as generated, and would be overwritten; nothing was changed\n  \
         hint: move the change to `servers.yaml`, the server or the template, then run again \
         with `--force`",
        edited.join(", ")
    )
}

/// Prints a diff of every file that would change, and returns whether there is one.
fn print_differences(workspace: &Workspace, changes: &[Change]) -> Result<bool> {
    let mut stdout = std::io::stdout().lock();
    let mut different = false;
    for change in changes.iter().filter(|change| change.is_needed()) {
        different = true;
        let name = record_name(workspace, &change.path);
        let before = change.before();
        let (old, new) = (
            before.as_deref().unwrap_or_default(),
            change.after.as_deref().unwrap_or_default(),
        );
        let old_name = before
            .as_ref()
            .map_or("/dev/null".to_owned(), |_| format!("a/{name}"));
        let new_name = match change.after {
            Some(_) => format!("b/{name}"),
            None => "/dev/null".to_owned(),
        };
        let diff = TextDiff::from_lines(old, new);
        let mut unified = diff.unified_diff();
        write!(stdout, "{}", unified.header(&old_name, &new_name))?;
    }
    Ok(different)
}

fn differ() -> Outcome {
    say("error: generated files are out of date\n  hint: `cargo run -p codegen` writes them");
    Outcome::Different
}

#[expect(
    clippy::print_stderr,
    reason = "what the program does, for the person running it"
)]
pub(crate) fn say(message: &str) {
    eprintln!("{message}");
}
