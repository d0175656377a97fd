//! Edits of a text: find the one place that is meant, keep indentation and line endings.

mod diff;
mod endings;
mod indentation;

use std::ops::Range;

pub(crate) use diff::diff;
pub(crate) use endings::Text;
use indentation::reindent;

use crate::FilesystemError;

/// Occurrences that a message names.
const NAMED_LINES: usize = 10;

/// One replacement.
#[derive(Debug)]
pub(crate) struct Replacement<'e> {
    pub(crate) old: &'e str,
    pub(crate) new: &'e str,
}

/// Applies the replacements one after the other. `path` is what the caller wrote.
///
/// # Errors
///
/// When one of them has no place or more than one; the text is useless then.
pub(crate) fn apply<'e>(
    text: &mut Text,
    replacements: impl Iterator<Item = Replacement<'e>>,
    path: &str,
) -> Result<(), FilesystemError> {
    for (index, replacement) in replacements.enumerate() {
        apply_one(text, index, &replacement, path)?;
    }
    Ok(())
}

fn apply_one(
    text: &mut Text,
    index: usize,
    replacement: &Replacement<'_>,
    path: &str,
) -> Result<(), FilesystemError> {
    let old = replacement.old.replace("\r\n", "\n");
    let new = replacement.new.replace("\r\n", "\n");
    let new_has_crlf = new.len() != replacement.new.len();
    if old.is_empty() {
        return Err(FilesystemError::EmptyOldText { index });
    }
    let exact = occurrences(text.as_str(), &old);
    if let [start] = exact.as_slice() {
        text.replace(*start..start + old.len(), &new, new_has_crlf);
        return Ok(());
    }
    if !exact.is_empty() {
        return Err(ambiguous(text.as_str(), index, path, &exact));
    }
    let loose = loose_occurrences(text.as_str(), &old);
    let starts: Vec<usize> = loose.iter().map(|range| range.start).collect();
    match loose.as_slice() {
        [] => Err(FilesystemError::EditNotFound {
            index,
            path: path.to_owned(),
            old_text: replacement.old.to_owned(),
        }),
        [range] => {
            let found = &text.as_str()[range.clone()];
            let new = reindent(&old, found, &new).ok_or_else(|| {
                let line = line_of(text.as_str(), range.start);
                let path = path.to_owned();
                FilesystemError::IndentationUnclear { index, path, line }
            })?;
            text.replace(range.clone(), &new, new_has_crlf);
            Ok(())
        }
        _ => Err(ambiguous(text.as_str(), index, path, &starts)),
    }
}

/// Where `old` begins, overlapping occurrences included.
fn occurrences(text: &str, old: &str) -> Vec<usize> {
    let first = old.chars().next().map_or(1, char::len_utf8);
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find(old) {
        found.push(from + at);
        from += at + first;
    }
    found
}

/// Lines that are those of `old` but for white space around each of them.
fn loose_occurrences(text: &str, old: &str) -> Vec<Range<usize>> {
    let ends_line = old.ends_with('\n');
    let wanted: Vec<&str> = lines(old).map(str::trim).collect();
    if wanted.iter().all(|line| line.is_empty()) {
        return Vec::new();
    }
    let mut start = 0;
    let spans: Vec<Range<usize>> = text
        .split_inclusive('\n')
        .map(|line| {
            let span = start..start + line.len();
            start = span.end;
            span
        })
        .collect();
    let is_same = |window: &[Range<usize>]| {
        let mut pairs = window.iter().zip(&wanted);
        pairs.all(|(span, wanted)| text[span.clone()].trim() == *wanted)
    };
    let matching = spans.windows(wanted.len()).filter(|window| is_same(window));
    matching
        .filter_map(|window| {
            let (first, last) = (window.first()?, window.last()?);
            let has_ending = text[last.clone()].ends_with('\n');
            let end = match has_ending && !ends_line {
                true => last.end - 1,
                false => last.end,
            };
            Some(first.start..end)
        })
        .collect()
}

/// Lines without their endings; a final ending begins no further line.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.strip_suffix('\n').unwrap_or(text).split('\n')
}

fn line_of(text: &str, at: usize) -> usize {
    1 + text[..at].bytes().filter(|byte| *byte == b'\n').count()
}

fn ambiguous(text: &str, index: usize, path: &str, starts: &[usize]) -> FilesystemError {
    let mut lines: Vec<String> = starts
        .iter()
        .take(NAMED_LINES)
        .map(|start| line_of(text, *start).to_string())
        .collect();
    if starts.len() > NAMED_LINES {
        lines.push("…".to_owned());
    }
    FilesystemError::AmbiguousEdit {
        index,
        path: path.to_owned(),
        count: starts.len(),
        lines: lines.join(", "),
    }
}
