//! The command line.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use fleet_manifest::{Access, Manifest, NewServer, ServerId, Source, Url};

use crate::DIFFERENCES;
use crate::change::Change;
use crate::generate::{self, Mode, Outcome};
use crate::stored_list::Refresh;
use crate::workspace::Workspace;
use crate::{list, scaffold};

/// Writes `handlers/` and the tables of the documents from `servers.yaml`.
///
/// Without a command it writes everything that is out of date.
///
/// Exit codes: 0 done, or nothing to do; 1 `--check` found differences; 2 could not, and nothing was changed.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Write nothing: print what would change and exit with 1 if anything would
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct Common {
    /// Folder of the workspace [default: the nearest one above with a `servers.yaml`]
    #[arg(long, global = true, value_name = "DIR")]
    root: Option<PathBuf>,
    /// The manifest [default: `servers.yaml` in the workspace]
    #[arg(long, global = true, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// Take the handlers from this folder instead of building them
    #[arg(long, global = true, value_name = "DIR")]
    bin_dir: Option<PathBuf>,
    /// Overwrite generated files that were changed by hand
    #[arg(long, global = true)]
    force: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the servers of the manifest
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Add a server to the manifest and generate its handler
    ///
    /// A server crate that does not exist is created with one example tool. A program or a remote server is asked for its tools.
    Add(Box<Add>),
    /// Ask programs and remote servers for their tools again, and store what they list
    ///
    /// A server that cannot be asked keeps its stored list. Descriptions that are stored stay: they may be your own.
    Refresh {
        /// Which servers [default: all that are not native]
        ids: Vec<String>,
    },
    /// Remove a server from the manifest, and its handler
    ///
    /// The server crate in `servers/` stays.
    Remove {
        /// Its id
        id: String,
    },
}

#[derive(Debug, Args)]
struct Add {
    /// Name of the target and end of the function's name: lower-case letters, digits, hyphens
    #[arg(value_parser = server_id)]
    id: ServerId,
    #[command(flatten)]
    source: AddedSource,
    /// Name for people
    #[arg(long)]
    name: Option<String>,
    /// What it does, in one line of at most 200 characters
    #[arg(long)]
    description: Option<String>,
    /// `read-only`, `read-write` or `sensitive` [default: the manifest's]
    #[arg(long, value_name = "LEVEL")]
    access: Option<Access>,
    /// Arguments for the program or the server
    #[arg(last = true)]
    args: Vec<String>,
}

/// Where the tools of a new server come from.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct AddedSource {
    /// Folder in `servers/`; created when it does not exist
    #[arg(long, value_name = "CRATE", value_parser = server_folder)]
    server: Option<ServerId>,
    /// A program that is an MCP server on standard input and output; its arguments follow `--`
    #[arg(long, value_name = "PROGRAM")]
    command: Option<String>,
    /// Address of a remote MCP server
    #[arg(long, value_name = "URL")]
    url: Option<Url>,
}

fn server_id(text: &str) -> Result<ServerId, String> {
    ServerId::try_from(text).map_err(|error| format!("{error}\n  hint: {}", error.hint()))
}

/// The folder becomes part of a Rust name, which starts with a letter.
fn server_folder(text: &str) -> Result<ServerId, String> {
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        return Err(format!(
            "`{text}` starts with a digit\n  hint: write a letter first, as in `s{text}`"
        ));
    }
    server_id(text)
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode> {
    let Common {
        root,
        manifest,
        bin_dir,
        force,
    } = arguments.common;
    let workspace = Workspace::find(root, manifest)?;
    let mode = if arguments.check {
        anyhow::ensure!(
            arguments.command.is_none(),
            "`--check` goes without a command\n  hint: run `codegen --check`"
        );
        Mode::Check
    } else {
        Mode::Write { force }
    };
    let bin_dir = bin_dir.as_deref();
    let before = workspace.read_manifest()?;
    let outcome = match arguments.command {
        Some(Command::List { json }) => {
            list::print(&workspace, &workspace.parse(&before)?, json)?;
            return Ok(ExitCode::SUCCESS);
        }
        None => {
            let none = Vec::new();
            generate::generate(&workspace, &before, none, &Refresh::Missing, mode, bin_dir).await?
        }
        Some(Command::Refresh { ids }) => {
            let refresh = refresh(&workspace.parse(&before)?, ids)?;
            generate::generate(&workspace, &before, Vec::new(), &refresh, mode, bin_dir).await?
        }
        Some(Command::Add(add)) => {
            let (after, changes) = added(&workspace, &before, *add)?;
            generate::generate(
                &workspace,
                &after,
                changes,
                &Refresh::Missing,
                mode,
                bin_dir,
            )
            .await?
        }
        Some(Command::Remove { id }) => {
            let name = workspace.manifest_name();
            let after = fleet_manifest::remove_server(&name, &before, &id)?;
            let changes = vec![Change::write(&workspace.manifest_path, after.clone())];
            generate::generate(
                &workspace,
                &after,
                changes,
                &Refresh::Missing,
                mode,
                bin_dir,
            )
            .await?
        }
    };
    Ok(match outcome {
        Outcome::UpToDate | Outcome::Written => ExitCode::SUCCESS,
        Outcome::Different => ExitCode::from(DIFFERENCES),
    })
}

/// Which servers to ask again.
fn refresh(manifest: &Manifest, ids: Vec<String>) -> Result<Refresh> {
    for id in &ids {
        let server = manifest.server(id);
        anyhow::ensure!(
            server.is_some_and(|server| !matches!(server.source, Source::Native { .. })),
            "`{id}` is no server with `command` or `url`\n  hint: the others list their tools themselves"
        );
    }
    Ok(Refresh::These(ids))
}

/// The manifest with the new server, and everything else that the server needs.
fn added(workspace: &Workspace, before: &str, add: Add) -> Result<(String, Vec<Change>)> {
    let (mut changes, source, description) = match add.source {
        AddedSource {
            command: Some(command),
            ..
        } => {
            let description = format!("Offers the tools of the program {command}.");
            (Vec::new(), Source::Command { command }, Some(description))
        }
        AddedSource { url: Some(url), .. } => {
            let host = url.host_str().unwrap_or_default();
            let description = format!("Offers the tools of the server at {host}.");
            let headers = BTreeMap::new();
            (Vec::new(), Source::Url { url, headers }, Some(description))
        }
        AddedSource { server, .. } => {
            let server = server.context("`--server`, `--command` or `--url` is missing")?;
            native(workspace, &server)?
        }
    };
    let new = NewServer {
        name: add.name.unwrap_or_else(|| scaffold::title(&add.id)),
        description: (add.description.or(description))
            .unwrap_or_else(|| scaffold::DESCRIPTION.to_owned()),
        source,
        args: add.args,
        access: add.access,
        id: add.id,
    };
    let name = workspace.manifest_name();
    let after = fleet_manifest::add_server(&name, before, &new)
        .with_context(|| format!("`{}` was not added", new.id))?;
    changes.push(Change::write(&workspace.manifest_path, after.clone()));
    Ok((after, changes))
}

/// What a native server needs beside its entry, its source, and its description if it has one.
fn native(
    workspace: &Workspace,
    server: &ServerId,
) -> Result<(Vec<Change>, Source, Option<String>)> {
    let folder = server.as_str();
    let source = Source::Native {
        server: folder.to_owned(),
    };
    Ok(match workspace.has_server(folder) {
        true => (
            scaffold::dependency(workspace, folder)?,
            source,
            workspace.server_description(folder),
        ),
        false => (scaffold::server(workspace, server)?, source, None),
    })
}
