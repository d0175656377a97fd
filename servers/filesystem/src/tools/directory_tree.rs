//! `directory_tree`: a directory and all below it.

use std::cell::Cell;
use std::path::Path;

use agentcore_gateway_target::Parameters;
use cap_std::fs::Dir;
use rmcp::handler::server::tool::schema_for_output;
use rmcp::model::CallToolResult;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{self, TextOutput};
use crate::listing::Kind;
use crate::pattern::Exclusions;
use crate::place::Place;
use crate::resolve::LastLink;
use crate::session::Session;
use crate::{FilesystemError, Server};

/// Directories that the error names when a tree is too large.
const NAMED: usize = 3;

/// Input of `directory_tree`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Input {
    /// The directory: an absolute path under an allowed directory, or one relative to them.
    path: String,
    /// What to leave out: a name as `node_modules` at any depth, or a glob on the path relative to
    /// `path`, as `**/*.log`.
    #[serde(default)]
    exclude_patterns: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Node {
    name: String,
    r#type: &'static str,
    /// Only a directory has them, and only if it was looked into.
    #[serde(skip_serializing_if = "Option::is_none")]
    children: Option<Vec<Node>>,
}

#[tool_router(router = directory_tree_router, vis = "pub(crate)")]
impl Server {
    /// Show a directory with all that is below it as JSON: a list of `{name, type, children}`, where
    /// `type` is `file` or `directory`. A directory without `children` was not looked into: it is
    /// a symbolic link, too deep, or closed to the server's user.
    #[tool(
        output_schema = schema_for_output::<TextOutput>(),
        annotations(read_only_hint = true, open_world_hint = false)
    )]
    async fn directory_tree(
        &self,
        Parameters(input): Parameters<Input>,
    ) -> Result<CallToolResult, FilesystemError> {
        let text = self.blocking(move |session| tree(session, &input)).await?;
        answer::text(
            text,
            "leave out more with `excludePatterns`, or start at a deeper `path`",
        )
    }
}

fn tree(session: &Session, input: &Input) -> Result<String, FilesystemError> {
    let exclusions = Exclusions::new(&input.exclude_patterns)?;
    let place = session.find(&input.path, LastLink::Follow)?;
    let dir = place.open_dir()?;
    let tree = Tree {
        session,
        start: &place,
        exclusions,
        seen: Cell::new(0),
    };
    match tree.children(&dir, Path::new(""), 1)? {
        Some(nodes) => {
            let text = serde_json::to_string_pretty(&nodes);
            Ok(text.expect("names and lists always serialize"))
        }
        None => Err(tree.too_many(&dir)),
    }
}

struct Tree<'s> {
    session: &'s Session,
    start: &'s Place,
    exclusions: Exclusions,
    seen: Cell<usize>,
}

impl Tree<'_> {
    /// What is in a directory, in order; nothing once the limit is reached.
    fn children(
        &self,
        dir: &Dir,
        path: &Path,
        depth: usize,
    ) -> Result<Option<Vec<Node>>, FilesystemError> {
        let mut entries = Vec::new();
        self.session.each_entry(self.start, dir, |entry| {
            let excluded = self.exclusions.matches(&path.join(&entry.name));
            let room = self.seen.get() <= self.session.limits().entries;
            if !excluded && room {
                self.seen.set(self.seen.get() + 1);
                entries.push(entry);
            }
        })?;
        if self.seen.get() > self.session.limits().entries {
            return Ok(None);
        }
        entries.sort();
        let mut nodes = Vec::with_capacity(entries.len());
        for entry in entries {
            let here = path.join(&entry.name);
            let is_directory = match entry.kind {
                Kind::Link => {
                    let target = self.session.follow(self.start, here.as_os_str());
                    target.is_some_and(|target| target.is_dir())
                }
                kind => kind == Kind::Directory,
            };
            let mut children = None;
            if entry.kind == Kind::Directory && depth < self.session.limits().depth {
                // Closed to us, or gone meanwhile: shown without children.
                if let Ok(dir) = dir.open_dir(&entry.name) {
                    match self.children(&dir, &here, depth + 1) {
                        Ok(Some(nodes)) => children = Some(nodes),
                        Ok(None) => return Ok(None),
                        Err(FilesystemError::System { .. }) => {}
                        Err(error) => return Err(error),
                    }
                }
            }
            nodes.push(Node {
                name: entry.shown(),
                r#type: if is_directory { "directory" } else { "file" },
                children,
            });
        }
        Ok(Some(nodes))
    }

    /// The error for a tree that is too large, with the directories that make it so.
    fn too_many(&self, dir: &Dir) -> FilesystemError {
        FilesystemError::TooManyEntries {
            path: self.start.asked().to_owned(),
            limit: self.session.limits().entries,
            largest: self.largest(dir).unwrap_or_default(),
        }
    }

    /// The fullest directories directly below the start, each counted up to the limit.
    fn largest(&self, dir: &Dir) -> Result<String, FilesystemError> {
        let mut directories = Vec::new();
        self.session.each_entry(self.start, dir, |entry| {
            let excluded = self.exclusions.matches(Path::new(&entry.name));
            if entry.kind == Kind::Directory && !excluded {
                directories.push(entry);
            }
        })?;
        directories.sort();
        directories.truncate(self.session.limits().entries);
        let mut counts = Vec::new();
        for entry in directories {
            self.seen.set(0);
            let Ok(dir) = dir.open_dir(&entry.name) else {
                continue;
            };
            let whole = match self.children(&dir, Path::new(&entry.name), 2) {
                Ok(nodes) => nodes.is_some(),
                Err(FilesystemError::System { .. }) => continue,
                Err(error) => return Err(error),
            };
            let count = self.seen.get() - usize::from(!whole);
            let more = if whole { "" } else { "more than " };
            counts.push((count, format!("`{}` with {more}{count}", entry.shown())));
        }
        counts.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        counts.truncate(NAMED);
        let named: Vec<String> = counts.into_iter().map(|(_, text)| text).collect();
        Ok(match named.is_empty() {
            true => String::new(),
            false => format!(", most of them in {}", named.join(", ")),
        })
    }
}
