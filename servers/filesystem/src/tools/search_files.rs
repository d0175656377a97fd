//! `search_files`: files and directories by name.

use std::path::{Path, PathBuf};

use agentcore_gateway_target::Parameters;
use rmcp::handler::server::tool::schema_for_output;
use rmcp::model::CallToolResult;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer::{self, TextOutput};
use crate::listing::{Entry, Kind};
use crate::pattern::{Exclusions, Pattern};
use crate::resolve::LastLink;
use crate::session::Session;
use crate::{FilesystemError, Server};

/// Input of `search_files`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Input {
    /// Where to begin: an absolute path under an allowed directory, or one relative to them.
    path: String,
    /// What to find. A plain word is part of a name in any case, at any depth: `report` finds
    /// `docs/Report-2.txt`. With `*`, `?`, `[…]`, `{a,b}` or a leading `!` (all but these) it is a
    /// glob on the path relative to `path`: `*.txt` finds files directly in it, `**/*.txt` at any
    /// depth.
    pattern: String,
    /// What to leave out, and not to look into: a name as `node_modules` at any depth, or a glob on
    /// the path relative to `path`, as `**/*.log`.
    #[serde(default)]
    exclude_patterns: Vec<String>,
}

#[tool_router(router = search_files_router, vis = "pub(crate)")]
impl Server {
    /// Find files and directories by name, at any depth: their absolute paths, one per line.
    /// Symbolic links are found, but not looked into.
    #[tool(
        output_schema = schema_for_output::<TextOutput>(),
        annotations(read_only_hint = true, open_world_hint = false)
    )]
    async fn search_files(
        &self,
        Parameters(input): Parameters<Input>,
    ) -> Result<CallToolResult, FilesystemError> {
        let text = self
            .blocking(move |session| search(session, &input))
            .await?;
        answer::text(text, "use a longer `pattern`, or begin at a deeper `path`")
    }
}

fn search(session: &Session, input: &Input) -> Result<String, FilesystemError> {
    let pattern = Pattern::new(&input.pattern)?;
    let exclusions = Exclusions::new(&input.exclude_patterns)?;
    let start = session.find(&input.path, LastLink::Follow)?;
    let dir = start.open_dir()?;
    let most = session.limits().entries;
    let entries_of = |path: &Path| {
        // No handle is kept per level: a path from the start, confined to it, does as well.
        let dir = match path.as_os_str().is_empty() {
            true => dir.try_clone(),
            false => dir.open_dir(path),
        };
        let dir = dir.map_err(|error| start.io(error))?;
        let mut entries: Vec<Entry> = Vec::new();
        session.each_entry(&start, &dir, |entry| {
            if !exclusions.matches(&path.join(&entry.name)) {
                entries.push(entry);
            }
        })?;
        entries.sort();
        Ok(entries.into_iter())
    };
    let mut found = Vec::new();
    let mut levels = vec![(PathBuf::new(), entries_of(Path::new(""))?)];
    while let Some((path, entries)) = levels.last_mut() {
        let Some(entry) = entries.next() else {
            levels.pop();
            continue;
        };
        session.check()?;
        let path = path.join(&entry.name);
        // A link that leads nowhere, or out of the roots, is not there for the other tools either.
        let reachable =
            || entry.kind != Kind::Link || session.follow(&start, path.as_os_str()).is_some();
        if pattern.matches(&path, &entry.shown()) && reachable() {
            if found.len() == most {
                found.push(format!(
                    "\n(only the first {most} matches: use a longer `pattern`, `excludePatterns` or a deeper `path`)"
                ));
                break;
            }
            found.push(start.shown().join(&path).to_string_lossy().into_owned());
        }
        if entry.kind == Kind::Directory {
            match entries_of(&path) {
                Ok(entries) => levels.push((path, entries)),
                // Closed to us, or gone meanwhile.
                Err(FilesystemError::System { .. }) => {}
                Err(error) => return Err(error),
            }
        }
    }
    if found.is_empty() {
        return Ok("No matches found".to_owned());
    }
    Ok(found.join("\n"))
}
