//! `list_directory_with_sizes`: what is in a directory, and how large.

use std::cmp::Ordering;

use agentcore_gateway_target::Parameters;
use rmcp::handler::server::tool::schema_for_output;
use rmcp::model::CallToolResult;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer::{self, TextOutput};
use crate::listing::{Entry, Kind, Smallest, by_name};
use crate::place::Place;
use crate::resolve::LastLink;
use crate::session::Session;
use crate::{FilesystemError, Server};

/// Input of `list_directory_with_sizes`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Input {
    /// The directory: an absolute path under an allowed directory, or one relative to them.
    path: String,
    /// Sort by name, or by size: the largest first, after the directories, which have no size.
    #[serde(default)]
    sort_by: SortBy,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum SortBy {
    #[default]
    Name,
    Size,
}

#[tool_router(router = list_directory_with_sizes_router, vis = "pub(crate)")]
impl Server {
    /// List what is directly in a directory, with the size of each file, the number of files and
    /// directories, and the size of all files together.
    #[tool(
        output_schema = schema_for_output::<TextOutput>(),
        annotations(read_only_hint = true, open_world_hint = false)
    )]
    async fn list_directory_with_sizes(
        &self,
        Parameters(input): Parameters<Input>,
    ) -> Result<CallToolResult, FilesystemError> {
        let text = self.blocking(move |session| list(session, &input)).await?;
        answer::text(text, "list a directory further down")
    }
}

/// One line of the list.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    name: String,
    /// Bytes; a directory has none.
    size: Option<u64>,
    sort_by: SortBy,
}

impl Ord for Line {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_size = match (self.size, other.size) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(size), Some(other)) => other.cmp(&size),
        };
        let by_name = by_name(&self.name, &other.name);
        match self.sort_by {
            SortBy::Name => by_name.then(by_size),
            SortBy::Size => by_size.then(by_name),
        }
    }
}

impl PartialOrd for Line {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn list(session: &Session, input: &Input) -> Result<String, FilesystemError> {
    let place = session.find(&input.path, LastLink::Follow)?;
    let dir = place.open_dir()?;
    let mut lines = Smallest::new(session.limits().entries);
    let (mut files, mut directories, mut total) = (0_u64, 0_u64, 0_u64);
    session.each_entry(&place, &dir, |entry| {
        let size = size(session, &place, &dir, &entry);
        match size {
            Some(size) => {
                files += 1;
                total = total.saturating_add(size);
            }
            None => directories += 1,
        }
        lines.push(Line {
            name: entry.shown(),
            size,
            sort_by: input.sort_by,
        });
    })?;
    let note = lines.note();
    let line = |line: Line| match line.size {
        Some(size) => format!("[FILE] {:<30} {:>10}", line.name, human(size)),
        None => format!("[DIR] {:<30} ", line.name),
    };
    let mut text: Vec<String> = lines.into_items().map(line).chain(note).collect();
    text.push(String::new());
    text.push(format!("Total: {files} files, {directories} directories"));
    text.push(format!("Combined size: {}", human(total)));
    Ok(text.join("\n"))
}

/// Bytes of a file, of a link's target below a root; nothing for a directory. A link that leads
/// nowhere, or out of the roots, has no bytes.
fn size(session: &Session, place: &Place, dir: &cap_std::fs::Dir, entry: &Entry) -> Option<u64> {
    match entry.kind {
        Kind::Directory => None,
        Kind::File => Some(
            dir.symlink_metadata(&entry.name)
                .map_or(0, |file| file.len()),
        ),
        Kind::Link => match session.follow(place, &entry.name) {
            Some(target) if target.is_dir() => None,
            Some(target) => Some(target.metadata().map_or(0, cap_std::fs::Metadata::len)),
            None => Some(0),
        },
    }
}

/// `13 B`, `4.23 KB`: in steps of 1024.
fn human(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    #[expect(clippy::cast_precision_loss, reason = "two decimals are shown")]
    let mut size = bytes as f64 / 1024.0;
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    format!("{size:.2} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::human;

    #[test]
    fn sizes() {
        let cases = [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.00 KB"),
            (4331, "4.23 KB"),
            (5 * 1024 * 1024, "5.00 MB"),
            (3 << 40, "3.00 TB"),
            (5000 << 40, "5000.00 TB"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(human(bytes), expected);
        }
    }
}
