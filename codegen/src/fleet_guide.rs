//! What `servers/core-mcp` knows of the fleet: `guide.md`, its servers and their tools in words for
//! a model, and `remotes.rs`, the remote servers that it can mount.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;
use fleet_manifest::{Access, Manifest, Server, ServerId, Source};
use serde::Serialize;
use tera::Context;

use crate::change::Change;
use crate::handler_tools::HandlerTools;
use crate::render::{MARKER, render, rustfmt};
use crate::stored_list;
use crate::workspace::Workspace;

/// The server crate that has the files.
const CRATE: &str = "core-mcp";

/// Folder of the files, from the workspace's root.
pub(crate) const FOLDER: &str = "servers/core-mcp/src/fleet/";

/// The remote server that the crate can mount.
const REMOTE: &str = "aws-knowledge";

/// A model reads the guide whole. With the words around it, it has to stay below 8 kB.
const MAX_GUIDE_BYTES: usize = 6_000;

/// More names of one kind than this say less, not more.
const MAX_NAMES: usize = 40;

/// The servers that the crate can mount and that are not native, as Rust code. It does not build
/// without.
pub(crate) fn remotes(workspace: &Workspace, manifest: &Manifest) -> Result<Option<Change>> {
    #[derive(Serialize)]
    struct Remote<'a> {
        id: &'a str,
        url: String,
        headers: String,
    }
    let remotes: Vec<Remote<'_>> = (manifest.servers.iter())
        .filter_map(|server| match &server.source {
            Source::Url { url, headers } => Some(Remote {
                id: server.id.as_str(),
                url: format!("{:?}", url.as_str()),
                headers: format!("{:?}", headers.iter().collect::<Vec<_>>()),
            }),
            _ => None,
        })
        .collect();
    let mut context = Context::new();
    context.insert("marker", MARKER);
    context.insert("remotes", &remotes);
    let template = include_str!("../templates/remotes.rs.tera");
    let code = render("remotes.rs", template, &context)?;
    file(workspace, "remotes.rs")
        .map(|path| Ok(Change::write(&path, rustfmt(&workspace.root, &code)?)))
        .transpose()
}

/// The stored list of the remote server that the crate's own server can mount: like every server,
/// it is asked for its tools without a network.
pub(crate) fn mounted_list(
    workspace: &Workspace,
    manifest: &Manifest,
    server: &Server,
) -> Option<PathBuf> {
    let remote = manifest
        .server(REMOTE)
        .filter(|_| is_crate(&server.source))?;
    stored_list::path(workspace, remote)
}

/// The guide. The crate's own server is not in it: so it does not depend on what it is built into.
pub(crate) fn guide(
    workspace: &Workspace,
    manifest: &Manifest,
    tools: &BTreeMap<ServerId, HandlerTools>,
) -> Option<Change> {
    let path = file(workspace, "guide.md")?;
    let servers: Vec<(&Server, &HandlerTools)> = (manifest.servers.iter())
        .filter(|server| !is_crate(&server.source))
        .filter_map(|server| Some((server, tools.get(&server.id)?)))
        .collect();
    // The longest that fits.
    let fits = |names: &usize| text(&servers, *names).len() <= MAX_GUIDE_BYTES;
    let names = (1..=MAX_NAMES).rev().find(fits).unwrap_or(0);
    Some(Change::write(&path, text(&servers, names)))
}

fn file(workspace: &Workspace, name: &str) -> Option<PathBuf> {
    (workspace.has_server(CRATE)).then(|| workspace.root.join(FOLDER).join(name))
}

fn is_crate(source: &Source) -> bool {
    matches!(source, Source::Native { server } if server == CRATE)
}

/// The guide with at most so many names of each kind and server.
fn text(servers: &[(&Server, &HandlerTools)], names: usize) -> String {
    let mut text = format!("<!-- {MARKER} -->\n");
    for (server, tools) in servers {
        text.push_str(&format!(
            "\n**{}**: {}\n",
            server.id,
            server.description.trim()
        ));
        for (title, access) in [
            ("Reads", Access::ReadOnly),
            ("Writes", Access::ReadWrite),
            ("Sensitive", Access::Sensitive),
        ] {
            let offered = tools.all.iter().filter(|tool| tools.offers(&tool.name));
            let of_kind = offered.filter(|tool| tool.access == access);
            line(
                &mut text,
                title,
                of_kind.map(|tool| tool.name.as_str()),
                names,
            );
        }
        let off = tools.all.iter().filter(|tool| !tools.offers(&tool.name));
        line(&mut text, "Off", off.map(|tool| tool.name.as_str()), names);
    }
    text
}

/// `- Reads: a, b and 3 more`, when there are any.
fn line<'a>(text: &mut String, title: &str, all: impl Iterator<Item = &'a str>, names: usize) {
    let all: Vec<&str> = all.collect();
    if all.is_empty() {
        return;
    }
    let (shown, rest) = all.split_at(all.len().min(names));
    let listed = match (shown, rest.len()) {
        (_, 0) => shown.join(", "),
        ([], count) => format!("{count} tools"),
        (_, more) => format!("{} and {more} more", shown.join(", ")),
    };
    text.push_str(&format!("- {title}: {listed}\n"));
}
