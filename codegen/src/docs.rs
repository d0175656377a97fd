//! The tables in the documents.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use fleet_manifest::{Manifest, ServerId, Source};
use serde::Serialize;
use tera::Context;

use crate::change::Change;
use crate::hand_edits::Record;
use crate::handler_tools::HandlerTools;
use crate::regions::{self, Region};
use crate::render::render;
use crate::variables::{self, Variable};
use crate::workspace::Workspace;

/// The documents that have generated parts, if they exist, with the way to the workspace's root.
const DOCUMENTS: [(&str, &str); 2] = [("README.md", ""), ("docs/servers.md", "../")];

/// What holds for every server that is not native.
const WRAPPED: &str = "docs/wrapped-servers.md";

/// A document with its generated parts renewed.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) change: Change,
    /// Names in the record and new contents of its parts.
    pub(crate) parts: Vec<(String, String)>,
    /// Names of the parts that were changed by hand.
    pub(crate) edited: Vec<String>,
}

#[derive(Serialize)]
struct ServerRow<'a> {
    id: &'a str,
    description: String,
    access: &'a str,
    all: usize,
    offered: usize,
    source: String,
    link: String,
    /// Whether a tool asks AWS.
    uses_aws: bool,
    variables: Vec<Variable>,
    tools: Vec<ToolRow<'a>>,
}

#[derive(Serialize)]
struct ToolRow<'a> {
    name: &'a str,
    summary: String,
    access: &'a str,
    offered: bool,
    iam: String,
}

/// Every document as it shall be.
pub(crate) fn documents(
    workspace: &Workspace,
    manifest: &Manifest,
    tools: &BTreeMap<ServerId, HandlerTools>,
    record: &Record,
) -> Result<Vec<Document>> {
    let mut documents = Vec::new();
    for (name, to_root) in DOCUMENTS {
        let path = workspace.root.join(name);
        let Ok(before) = std::fs::read_to_string(&path) else {
            continue;
        };
        let mut context = Context::new();
        context.insert("servers", &rows(workspace, manifest, tools, to_root));
        let mut after = String::new();
        let mut parts = Vec::new();
        let mut edited = Vec::new();
        let mut copied = 0;
        for Region {
            name: part,
            content,
        } in regions::find(name, &before)?
        {
            let body = match part.as_str() {
                "servers" => render(
                    &part,
                    include_str!("../templates/servers.md.tera"),
                    &context,
                ),
                "tools" => render(&part, include_str!("../templates/tools.md.tera"), &context),
                _ => bail!("{name}: `{part}` cannot be generated; known are `servers`, `tools`"),
            }?;
            let body = format!("\n{}\n\n", body.trim());
            let key = format!("{name}#{part}");
            let existing = &before[content.clone()];
            let is_new = existing.trim().is_empty() && !record.knows(&key);
            if existing != body && !is_new && !record.matches(&key, existing) {
                edited.push(format!("the part `{part}` of {name}"));
            }
            after.push_str(&before[copied..content.start]);
            after.push_str(&body);
            copied = content.end;
            parts.push((key, body));
        }
        after.push_str(&before[copied..]);
        documents.push(Document {
            change: Change::write(&path, after),
            parts,
            edited,
        });
    }
    Ok(documents)
}

fn rows<'a>(
    workspace: &Workspace,
    manifest: &'a Manifest,
    tools: &'a BTreeMap<ServerId, HandlerTools>,
    to_root: &str,
) -> Vec<ServerRow<'a>> {
    let mut rows = Vec::new();
    for server in &manifest.servers {
        let Some(tools) = tools.get(&server.id) else {
            continue;
        };
        let (source, page) = source(workspace, &server.source);
        rows.push(ServerRow {
            id: server.id.as_str(),
            description: cell(&server.description),
            access: server.access.as_str(),
            all: tools.all.len(),
            offered: tools.offered.len(),
            link: format!("{to_root}{source}{page}"),
            source,
            uses_aws: tools.all.iter().any(|tool| !tool.iam.is_empty()),
            variables: variables(workspace, &server.source),
            tools: tools
                .all
                .iter()
                .map(|tool| ToolRow {
                    name: &tool.name,
                    summary: cell(first_sentence(&tool.description)),
                    access: tool.access.as_str(),
                    offered: tools.offers(&tool.name),
                    iam: iam(&tool.iam),
                })
                .collect(),
        });
    }
    rows
}

/// The variables that a server reads, as a table shows them.
fn variables(workspace: &Workspace, source: &Source) -> Vec<Variable> {
    let Source::Native { server } = source else {
        return Vec::new();
    };
    let mut variables = variables::of_server(workspace, server);
    for variable in &mut variables {
        variable.meaning = cell(&variable.meaning);
    }
    variables
}

/// Where a source is described, and the file of that folder.
fn source(workspace: &Workspace, source: &Source) -> (String, &'static str) {
    let Source::Native { server } = source else {
        return (WRAPPED.to_owned(), "");
    };
    let readme = workspace.server_folder(server).join("README.md");
    let page = if readme.is_file() { "/README.md" } else { "" };
    (format!("servers/{server}"), page)
}

fn iam(actions: &[String]) -> String {
    let mut sorted: Vec<&String> = actions.iter().collect();
    sorted.sort();
    let quoted: Vec<String> = sorted.iter().map(|action| format!("`{action}`")).collect();
    quoted.join(", ")
}

/// The text up to the first full stop that ends a sentence, or the first empty line.
fn first_sentence(text: &str) -> &str {
    let paragraph = text.trim().split("\n\n").next().unwrap_or_default();
    let end = paragraph
        .match_indices(". ")
        .chain(paragraph.match_indices(".\n"))
        .map(|(at, _)| at)
        .filter(|at| !paragraph[..*at].ends_with("e.g") && !paragraph[..*at].ends_with("i.e"))
        .min();
    match end {
        Some(at) => &paragraph[..=at],
        None => paragraph,
    }
}

/// Text that stays in one cell of a Markdown table and is no markup.
fn cell(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.replace('|', "\\|").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_holds_the_first_sentence_on_one_line() {
        for (text, expected) in [
            ("Reads a file. Fails if it is a folder.", "Reads a file."),
            ("Reads a\nfile.\nFails.", "Reads a\nfile."),
            ("Matches, e.g. `*.rs`. More.", "Matches, e.g. `*.rs`."),
            ("Title\n\nBody.", "Title"),
            ("Version 1.5 of it", "Version 1.5 of it"),
        ] {
            assert_eq!(first_sentence(text), expected);
        }
        assert_eq!(cell("a | b\n <script>"), "a \\| b &lt;script>");
    }
}
