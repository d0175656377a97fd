//! Adds and removes an entry in the text of a manifest; every other byte stays as it is.

use std::fmt::Write as _;
use std::ops::Range;

use crate::id::ServerId;
use crate::manifest::Manifest;
use crate::node::{self, Entry, Node, Value};
use crate::problem::Problems;
use crate::server::{Access, Source};

/// What [`add_server`] writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewServer {
    /// Its id.
    pub id: ServerId,
    /// Its name for people.
    pub name: String,
    /// What it does.
    pub description: String,
    /// Where its tools come from.
    pub source: Source,
    /// What is passed to it.
    pub args: Vec<String>,
    /// Its access, when it is not the default.
    pub access: Option<Access>,
}

/// Why a manifest was not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// The manifest, as it is or as it would be, has mistakes.
    #[error(transparent)]
    Problems(#[from] Problems),
    /// The id is taken.
    #[error("`{file}` has a server `{id}` already, in line {line}")]
    #[expect(missing_docs, reason = "named by the message")]
    Exists {
        file: String,
        id: ServerId,
        line: usize,
    },
    /// There is no such server.
    #[error("`{file}` has no server `{id}`; it has {known}")]
    #[expect(missing_docs, reason = "named by the message")]
    Unknown {
        file: String,
        id: String,
        known: String,
    },
    /// The last server cannot go.
    #[error("`{id}` is the only server of `{file}`, and a fleet has at least one")]
    #[expect(missing_docs, reason = "named by the message")]
    Last { file: String, id: String },
    /// The entries are not one below the other.
    #[error("`{file}` does not write `servers` as indented lines, so it has to be edited by hand")]
    #[expect(missing_docs, reason = "named by the message")]
    Flow { file: String },
}

/// The manifest's text with one more entry, at the end of `servers`, indented as the others are.
///
/// # Errors
///
/// When the id is taken, or the manifest has mistakes with or without the entry.
pub fn add_server(file: &str, text: &str, new: &NewServer) -> Result<String, EditError> {
    let layout = Layout::read(file, text)?;
    if let Some(entry) = layout.entry(new.id.as_str()) {
        return Err(EditError::Exists {
            file: file.to_owned(),
            id: new.id.clone(),
            line: entry.key.position.line,
        });
    }
    let (outer, inner) = layout.indentation();
    let newline = layout.newline;
    let mut block = format!("{outer}{}:{newline}", new.id);
    let mut line = |key: &str, value: &str| {
        let _ = write!(block, "{outer}{inner}{key}: {value}{newline}");
    };
    line("name", &quoted(&new.name));
    line("description", &quoted(&new.description));
    match &new.source {
        Source::Native { server } => line("server", server),
        Source::Command { command } => line("command", &quoted(command)),
        Source::Url { url, .. } => line("url", &quoted(url.as_str())),
    }
    if !new.args.is_empty() {
        // A JSON array of strings is a YAML one.
        line(
            "args",
            &serde_json::Value::from(new.args.clone()).to_string(),
        );
    }
    if let Some(access) = new.access {
        line("access", access.as_str());
    }
    let at = layout.end_of_servers();
    let lines = &layout.lines;
    let before = lines[..at].concat();
    let mut edited = before;
    if !edited.is_empty() && !edited.ends_with('\n') {
        // The file ends without a line break and shall do so again.
        edited.push_str(newline);
        block.truncate(block.len() - newline.len());
    }
    if layout.blank_between() {
        edited.push_str(newline);
    }
    edited.push_str(&block);
    edited.push_str(&lines[at..].concat());
    Manifest::parse(file, &edited)?;
    Ok(edited)
}

/// The manifest's text without one entry and the comment directly above it.
///
/// # Errors
///
/// When there is no such entry, it is the only one, or the rest has mistakes.
pub fn remove_server(file: &str, text: &str, id: &str) -> Result<String, EditError> {
    let layout = Layout::read(file, text)?;
    if layout.entry(id).is_none() {
        let known: Vec<String> = layout
            .entries
            .iter()
            .filter_map(|entry| Some(format!("`{}`", entry.key.scalar()?)))
            .collect();
        return Err(EditError::Unknown {
            file: file.to_owned(),
            id: id.to_owned(),
            known: known.join(", "),
        });
    }
    if layout.entries.len() == 1 {
        return Err(EditError::Last {
            file: file.to_owned(),
            id: id.to_owned(),
        });
    }
    let lines = &layout.lines;
    let Range { start, end } = layout.block(id);
    let mut edited = lines[..start].concat();
    let rest = lines[end..].concat();
    if rest.is_empty() && !text.ends_with('\n') && edited.ends_with('\n') {
        let line_break = if edited.ends_with("\r\n") { 2 } else { 1 };
        edited.truncate(edited.len() - line_break);
    }
    edited.push_str(&rest);
    Manifest::parse(file, &edited)?;
    Ok(edited)
}

/// Where the entries are in the text. Line numbers here start at 0.
struct Layout<'a> {
    lines: Vec<&'a str>,
    newline: &'static str,
    entries: Vec<Entry>,
    servers_line: usize,
    /// The first line of the next key of the file, or the number of lines.
    limit: usize,
}

impl<'a> Layout<'a> {
    fn read(file: &str, text: &'a str) -> Result<Self, EditError> {
        let root = node::parse(file, text)?;
        let flow = || EditError::Flow {
            file: file.to_owned(),
        };
        let lines = lines(text);
        let top = block_entries(&root).ok_or_else(flow)?;
        let place = top
            .iter()
            .position(|entry| entry.key.scalar() == Some("servers"));
        let Some(servers) = place.and_then(|place| top.get(place)) else {
            // Not a manifest yet; its mistakes say what is missing.
            Manifest::parse(file, text)?;
            return Err(flow());
        };
        let entries = if servers.value.is_null() {
            Vec::new()
        } else {
            block_entries(&servers.value).ok_or_else(flow)?.to_vec()
        };
        let next = top
            .iter()
            .map(|entry| entry.key.position.line)
            .filter(|line| *line > servers.key.position.line)
            .min();
        Ok(Self {
            newline: if text.contains("\r\n") { "\r\n" } else { "\n" },
            limit: next.map_or(lines.len(), |line| line - 1),
            servers_line: servers.key.position.line - 1,
            entries,
            lines,
        })
    }

    fn entry(&self, id: &str) -> Option<&Entry> {
        self.entries
            .iter()
            .find(|entry| entry.key.scalar() == Some(id))
    }

    /// Indentation of the entries, and of what is in them beyond that.
    fn indentation(&self) -> (String, String) {
        let Some(entry) = self.entries.first() else {
            return ("  ".to_owned(), "  ".to_owned());
        };
        let outer = entry.key.position.column - 1;
        let inner = block_entries(&entry.value)
            .and_then(|fields| fields.first())
            .map(|field| field.key.position.column - 1)
            .filter(|column| *column > outer)
            .unwrap_or(outer + 2);
        (" ".repeat(outer), " ".repeat(inner - outer))
    }

    /// Whether the last two entries have an empty line between them.
    fn blank_between(&self) -> bool {
        let Some(last) = self.entries.last().filter(|_| self.entries.len() > 1) else {
            return false;
        };
        let start = self.with_comment_above(last.key.position.line - 1);
        self.line_is_blank(start.wrapping_sub(1))
    }

    /// The line after the last one that belongs to an entry of `servers`.
    fn end_of_servers(&self) -> usize {
        match self.entries.last() {
            Some(entry) => self.end_of_block(entry.key.position.line - 1, self.limit),
            None => self.servers_line + 1,
        }
    }

    /// The lines of an entry, with the comment above it and the empty lines around it that are
    /// left over.
    fn block(&self, id: &str) -> Range<usize> {
        let Some(entry) = self.entry(id) else {
            return 0..0;
        };
        let key_line = entry.key.position.line - 1;
        let next = self
            .entries
            .iter()
            .map(|entry| entry.key.position.line - 1)
            .filter(|line| *line > key_line)
            .min();
        let mut start = self.with_comment_above(key_line);
        let mut end = self.end_of_block(key_line, next.unwrap_or(self.limit));
        let above_is_blank = start > 0 && self.line_is_blank(start - 1);
        if above_is_blank {
            while start > 0 && self.line_is_blank(start - 1) {
                start -= 1;
            }
        } else {
            while next.is_some() && self.line_is_blank(end) {
                end += 1;
            }
        }
        start..end
    }

    /// The first line of the comment directly above a line, with the line's indentation.
    fn with_comment_above(&self, line: usize) -> usize {
        let indentation = indent(self.lines[line]);
        let mut start = line;
        while start > self.servers_line + 1 {
            let above = self.lines[start - 1];
            if above.trim_start().starts_with('#') && indent(above) == indentation {
                start -= 1;
            } else {
                break;
            }
        }
        start
    }

    /// The line after the last one of the entry that starts at `key_line`, looking no further than
    /// `limit`. Comments count when they are indented deeper than the entry.
    fn end_of_block(&self, key_line: usize, limit: usize) -> usize {
        let indentation = indent(self.lines[key_line]);
        let mut end = limit.min(self.lines.len());
        while end > key_line + 1 {
            let line = self.lines[end - 1];
            let loose_comment = line.trim_start().starts_with('#') && indent(line) <= indentation;
            let document_end = line.trim_end() == "...";
            if line.trim().is_empty() || loose_comment || document_end {
                end -= 1;
            } else {
                break;
            }
        }
        end
    }

    fn line_is_blank(&self, line: usize) -> bool {
        self.lines
            .get(line)
            .is_some_and(|line| line.trim().is_empty())
    }
}

/// The lines as YAML counts them, each with its end: `\r\n`, `\n`, or a `\r` alone.
fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        let next = text.as_bytes().get(at + 1);
        if byte == b'\n' || byte == b'\r' && next != Some(&b'\n') {
            lines.push(&text[start..=at]);
            start = at + 1;
        }
    }
    if start < text.len() {
        lines.push(&text[start..]);
    }
    lines
}

/// The entries of a map that is written as indented lines.
fn block_entries(node: &Node) -> Option<&[Entry]> {
    match &node.value {
        Value::Map {
            entries,
            block: true,
        } => Some(entries),
        _ => None,
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Text as YAML, in quotes when it would be read as something else.
fn quoted(text: &str) -> String {
    let plain = text
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || " ,.()/-".contains(letter))
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && !text.ends_with(' ')
        && matches!(
            node::parse("", text)
                .map(|node| matches!(&node.value, Value::Text(read) if read == text)),
            Ok(true)
        );
    if plain {
        text.to_owned()
    } else {
        // A JSON string is a YAML string.
        serde_json::Value::from(text).to_string()
    }
}
