//! A file in conflict against both of its sides, as `git diff --cc` prints it.
//!
//! Follows git's published format (git-diff, "Combined diff format"): each line of the result
//! carries one column per side. Hunks in which the result is one side's version are left out.

use git2::{DiffLineType, Patch};

use crate::answer::BoundedText;
use crate::changes::{self, Conflict};
use crate::content::{Content, Side, declared_binary, load};
use crate::diff_text::{DiffWriter, options};
use crate::error::GitError;

/// Bits of [`Line::flags`] above those of the two sides.
const BOTH: u8 = 0b11;
const SHOWN: u8 = 0b100;
/// Context before a hunk: lines that were removed before it are not of this hunk.
const NO_REMOVED: u8 = 0b1000;
/// Removed lines of both sides are aligned up to this many comparisons.
const MOST_COMPARISONS: usize = 4_000_000;
/// Characters of a function's name after a hunk's header.
const LONGEST_COMMENT: usize = 40;

/// A line that one or both sides have and the result has not.
#[derive(Debug, Clone)]
struct Removed<'side> {
    text: &'side [u8],
    sides: u8,
}

/// A line of the result, with what was removed before it. One more stands for its end.
#[derive(Debug, Default, Clone)]
struct Line<'text> {
    text: &'text [u8],
    flags: u8,
    removed: Vec<Removed<'text>>,
    /// Number of the line in each side that would be shown next.
    numbers: [usize; 2],
}

/// Writes the combined diff of `conflict`, which has both sides.
pub(crate) fn write(
    writer: &DiffWriter<'_>,
    conflict: &Conflict,
    text: &mut BoundedText,
) -> Result<(), GitError> {
    let [_, Some(ours), Some(theirs)] = &conflict.stages else {
        return Ok(());
    };
    let result = changes::current(writer.tree, &conflict.path)?;
    let sides = [load(writer.tree, ours)?, load(writer.tree, theirs)?];
    let content = result
        .as_ref()
        .map(|side| load(writer.tree, side))
        .transpose()?;
    write_header(writer, conflict, [ours, theirs], result.as_ref(), text);
    let declared = declared_binary(writer.tree, &conflict.path);
    let is_binary = |content: &Content| {
        matches!(content, Content::TooLarge) || declared.unwrap_or_else(|| content.looks_binary())
    };
    if sides.iter().chain(&content).any(is_binary) {
        text.push("Binary files differ\n");
        return Ok(());
    }
    write_names(writer, conflict, result.is_some(), text);
    let Some(content) = content else {
        return Ok(());
    };
    let mut lines = split(content.bytes());
    for (number, side) in sides.iter().enumerate() {
        compare(&mut lines, side.bytes(), content.bytes(), number)?;
    }
    let context = usize::try_from(writer.context_lines).unwrap_or(usize::MAX);
    select(&mut lines, context);
    dump(&lines, context, text);
    Ok(())
}

fn write_header(
    writer: &DiffWriter<'_>,
    conflict: &Conflict,
    sides: [&Side; 2],
    result: Option<&Side>,
    text: &mut BoundedText,
) {
    text.push("diff --cc ");
    text.push(writer.quoting.path("", &conflict.path));
    let short = |side: &Side| writer.abbreviation.short(side.id);
    text.push(format!(
        "\nindex {},{}..{}\n",
        short(sides[0]),
        short(sides[1]),
        writer.abbreviation.short(git2::Oid::ZERO_SHA1)
    ));
    let [ours, theirs] = sides.map(|side| side.mode);
    match result.map(|side| side.mode) {
        None => text.push(format!("deleted file mode {ours:06o},{theirs:06o}\n")),
        Some(mode) if mode != ours || mode != theirs => {
            text.push(format!("mode {ours:06o},{theirs:06o}..{mode:06o}\n"));
        }
        Some(_) => {}
    }
}

fn write_names(writer: &DiffWriter<'_>, conflict: &Conflict, exists: bool, text: &mut BoundedText) {
    text.push("--- ");
    text.push(writer.quoting.path("a/", &conflict.path));
    text.push("\n+++ ");
    if exists {
        text.push(writer.quoting.path("b/", &conflict.path));
    } else {
        text.push("/dev/null");
    }
    text.push("\n");
}

fn split(text: &[u8]) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = text
        .split_inclusive(|&byte| byte == b'\n')
        .map(|line| Line {
            text: line.strip_suffix(b"\n").unwrap_or(line),
            ..Line::default()
        })
        .collect();
    lines.push(Line::default());
    lines
}

/// Marks in `lines` what `side` lacks and has beyond the result.
fn compare<'text>(
    lines: &mut [Line<'text>],
    side: &'text [u8],
    result: &[u8],
    number: usize,
) -> Result<(), GitError> {
    let failed = || GitError::git("compare two files");
    let bit = 1 << number;
    let mut options = options(0);
    options.indent_heuristic(true);
    let patch =
        Patch::from_buffers(side, None, result, None, Some(&mut options)).map_err(failed())?;
    let side_lines: Vec<&[u8]> = side
        .split_inclusive(|&byte| byte == b'\n')
        .map(|line| line.strip_suffix(b"\n").unwrap_or(line))
        .collect();
    let mut removed: Vec<Vec<Removed<'text>>> = vec![Vec::new(); lines.len()];
    for hunk_index in 0..patch.num_hunks() {
        let (hunk, count) = patch.hunk(hunk_index).map_err(failed())?;
        let start = hunk.new_start() as usize;
        // Removed lines hang on the line of the result after them.
        let bucket = if hunk.new_lines() == 0 {
            start
        } else {
            start.saturating_sub(1)
        };
        for line_index in 0..count {
            let line = patch
                .line_in_hunk(hunk_index, line_index)
                .map_err(failed())?;
            match line.origin_value() {
                DiffLineType::Deletion => {
                    let index = line.old_lineno().unwrap_or(1) as usize - 1;
                    let text = side_lines.get(index).copied().unwrap_or_default();
                    removed[bucket].push(Removed { text, sides: bit });
                }
                DiffLineType::Addition => {
                    let index = line.new_lineno().unwrap_or(1) as usize - 1;
                    lines[index].flags |= bit;
                }
                _ => {}
            }
        }
    }
    let mut next = 1;
    let last = lines.len() - 1;
    for (index, (line, removed)) in lines.iter_mut().zip(removed).enumerate() {
        line.numbers[number] = next;
        align(&mut line.removed, removed, bit);
        next += line
            .removed
            .iter()
            .filter(|removed| removed.sides & bit != 0)
            .count();
        if index < last && line.flags & bit == 0 {
            next += 1;
        }
    }
    Ok(())
}

/// Merges the lines that another side lost into `base`, so that common ones are shown once: a
/// longest common subsequence.
fn align<'text>(base: &mut Vec<Removed<'text>>, other: Vec<Removed<'text>>, bit: u8) {
    if base.is_empty() || other.is_empty() || base.len() * other.len() > MOST_COMPARISONS {
        base.extend(other);
        return;
    }
    let (rows, columns) = (base.len() + 1, other.len() + 1);
    let mut lengths = vec![0_u32; rows * columns];
    for row in 1..rows {
        for column in 1..columns {
            lengths[row * columns + column] = if base[row - 1].text == other[column - 1].text {
                lengths[(row - 1) * columns + column - 1] + 1
            } else {
                let left = lengths[row * columns + column - 1];
                left.max(lengths[(row - 1) * columns + column])
            };
        }
    }
    let mut merged = Vec::with_capacity(rows + columns);
    let (mut row, mut column) = (base.len(), other.len());
    while row != 0 || column != 0 {
        let same = row != 0 && column != 0 && base[row - 1].text == other[column - 1].text;
        let from_other = row == 0
            || column != 0
                && lengths[row * columns + column - 1] >= lengths[(row - 1) * columns + column];
        if same {
            row -= 1;
            column -= 1;
            let mut line = base[row].clone();
            line.sides |= bit;
            merged.push(line);
        } else if from_other {
            column -= 1;
            merged.push(other[column].clone());
        } else {
            row -= 1;
            merged.push(base[row].clone());
        }
    }
    merged.reverse();
    *base = merged;
}

fn find(lines: &[Line<'_>], from: usize, shown: bool) -> usize {
    let found = lines[from..]
        .iter()
        .position(|line| (line.flags & SHOWN != 0) == shown);
    found.map_or(lines.len(), |found| from + found)
}

/// The first line after a hunk. A last line that is only there for what was removed before it
/// counts as context already.
fn hunk_tail(lines: &[Line<'_>], begin: usize, end: usize) -> usize {
    if begin < end && lines[end - 1].flags & BOTH == 0 {
        end - 1
    } else {
        end
    }
}

/// Decides which lines are shown.
fn select(lines: &mut [Line<'_>], context: usize) {
    for line in lines.iter_mut() {
        if line.flags & BOTH != 0 || !line.removed.is_empty() {
            line.flags |= SHOWN;
        }
    }
    let mut next = 0;
    loop {
        let begin = find(lines, next, true);
        if begin == lines.len() {
            break;
        }
        let end = hunk_end(lines, begin, context);
        if is_one_version(&lines[begin..end]) {
            for line in &mut lines[begin..end] {
                line.flags &= !SHOWN;
            }
        }
        next = end;
    }
    paint_context(lines, context);
}

/// The end of a run of changes that are at most `context` lines apart.
fn hunk_end(lines: &[Line<'_>], begin: usize, context: usize) -> usize {
    let mut end = begin + 1;
    while end < lines.len() {
        if lines[end].flags & SHOWN == 0 {
            let ahead = hunk_tail(lines, begin, end)
                .saturating_add(context)
                .min(lines.len());
            let Some(more) = (end..ahead)
                .rev()
                .find(|&line| lines[line].flags & SHOWN != 0)
            else {
                break;
            };
            end = more;
        }
        end += 1;
    }
    end
}

/// Whether the result of a hunk is what one side has: then nothing was combined.
fn is_one_version(lines: &[Line<'_>]) -> bool {
    let mut sides = lines.iter().flat_map(|line| {
        let own = Some(line.flags & BOTH).filter(|&own| own != 0);
        own.into_iter()
            .chain(line.removed.iter().map(|removed| removed.sides))
    });
    let first = sides.next().unwrap_or(0);
    first != BOTH && sides.all(|side| side == first)
}

fn paint_context(lines: &mut [Line<'_>], context: usize) {
    let mut next = find(lines, 0, true);
    while next < lines.len() {
        for line in &mut lines[next.saturating_sub(context)..next] {
            if line.flags & SHOWN == 0 {
                line.flags |= NO_REMOVED;
            }
            line.flags |= SHOWN;
        }
        loop {
            let end = find(lines, next, false);
            if end == lines.len() {
                return;
            }
            let following = find(lines, end, true);
            let tail = hunk_tail(lines, next, end);
            let reach = tail.saturating_add(context);
            let paint = following < reach;
            let until = if paint {
                following
            } else {
                reach.min(lines.len())
            };
            for line in &mut lines[tail.min(until)..until] {
                line.flags |= SHOWN;
            }
            next = following;
            if !paint {
                break;
            }
        }
    }
}

fn dump(lines: &[Line<'_>], context: usize, text: &mut BoundedText) {
    let count = lines.len() - 1;
    let mut next = 0;
    loop {
        let begin = find(lines, next, true);
        if begin == lines.len() {
            return;
        }
        let comment = lines[next..begin]
            .iter()
            .rev()
            .find(|line| is_comment(line.text));
        let end = find(lines, begin, false);
        let bare = |line: &&Line<'_>| line.flags & BOTH == 0;
        let hidden = if context == 0 {
            lines[begin..end].iter().filter(bare).count()
        } else {
            0
        };
        let shown = (end - begin - usize::from(end > count)).saturating_sub(hidden);
        text.push("@@@");
        for side in 0..2 {
            let from = lines[begin].numbers[side];
            let last = match lines.get(end) {
                Some(line) => line.numbers[side],
                None => end_number(lines, side),
            };
            text.push(format!(" -{from},{}", (last - from).saturating_sub(hidden)));
        }
        text.push(format!(" +{},{shown} @@@", begin + 1));
        if let Some(line) = comment {
            text.push(comment_of(line.text));
        }
        text.push("\n");
        for (index, line) in lines[begin..end].iter().enumerate() {
            dump_line(line, begin + index == count, context, text);
        }
        next = end;
    }
}

/// The number of the line after the last one of a side.
fn end_number(lines: &[Line<'_>], side: usize) -> usize {
    let bit = 1 << side;
    lines.last().map_or(1, |end| {
        let removed = end
            .removed
            .iter()
            .filter(|removed| removed.sides & bit != 0);
        end.numbers[side] + removed.count()
    })
}

fn dump_line(line: &Line<'_>, is_end: bool, context: usize, text: &mut BoundedText) {
    let columns =
        |sides: u8, sign: u8| [0b01, 0b10].map(|bit| if sides & bit != 0 { sign } else { b' ' });
    if line.flags & NO_REMOVED == 0 {
        for removed in &line.removed {
            text.push([&columns(removed.sides, b'-'), removed.text, b"\n"].concat());
        }
    }
    if !is_end && (context != 0 || line.flags & BOTH != 0) {
        text.push([&columns(line.flags, b'+'), line.text, b"\n"].concat());
    }
}

fn is_comment(line: &[u8]) -> bool {
    line.first()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$'))
}

/// What git puts after a hunk's header: the start of the line, without its last character (git
/// takes the position of that character for a length).
fn comment_of(line: &[u8]) -> Vec<u8> {
    let start = &line[..line.len().min(LONGEST_COMMENT)];
    let end = start
        .iter()
        .rposition(|byte| !byte.is_ascii_whitespace())
        .unwrap_or(0);
    if end == 0 {
        return Vec::new();
    }
    [b" ", &start[..end]].concat()
}
