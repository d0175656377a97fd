//! The difference that an edit makes, as a fenced unified diff.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use similar::algorithms::{Capture, Compact, Replace, myers};
use similar::{DiffOp, DiffTag};

/// Unchanged lines around a change.
const CONTEXT: usize = 4;
/// After this a longer difference than needed is good enough.
const PATIENCE: Duration = Duration::from_secs(2);

/// The difference between two texts, in the layout `Index:`, `---`, `+++` and hunks with four
/// lines of context, fenced with more backticks than any run of them inside.
pub(crate) fn diff(path: &str, old: &str, new: &str) -> String {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    let mut text = format!(
        "Index: {path}\n{}\n--- {path}\toriginal\n+++ {path}\tmodified\n",
        "=".repeat(67)
    );
    for hunk in changes(&old, &new).into_grouped_ops(CONTEXT) {
        write_hunk(&mut text, &hunk, &old, &new);
    }
    let mut fence = "```".to_owned();
    while text.contains(&fence) {
        fence.push('`');
    }
    format!("{fence}diff\n{text}{fence}\n\n")
}

/// Not `TextDiff`, which has every algorithm in it, many times: a tenth of this server's code.
fn changes(old: &[&str], new: &[&str]) -> Capture {
    let deadline = Instant::now().checked_add(PATIENCE);
    let mut changes = Compact::new(Replace::new(Capture::new()), old, new);
    let Ok(()) = myers::diff_deadline(&mut changes, old, 0..old.len(), new, 0..new.len(), deadline);
    changes.into_inner().into_inner()
}

fn write_hunk(text: &mut String, hunk: &[DiffOp], old: &[&str], new: &[&str]) {
    let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else {
        return;
    };
    let place = |start: usize, end: usize| {
        let count = end - start;
        // Lines count from one; an empty part is named by the line before it.
        (start + usize::from(count > 0), count)
    };
    let (old_start, old_count) = place(first.old_range().start, last.old_range().end);
    let (new_start, new_count) = place(first.new_range().start, last.new_range().end);
    // Writing to a `String` cannot fail.
    let _ = writeln!(
        text,
        "@@ -{old_start},{old_count} +{new_start},{new_count} @@"
    );
    let mut added = Vec::new();
    for op in hunk {
        if op.tag() == DiffTag::Equal {
            write_lines(text, '+', &std::mem::take(&mut added));
            write_lines(text, ' ', &old[op.old_range()]);
        } else {
            write_lines(text, '-', &old[op.old_range()]);
            added.extend_from_slice(&new[op.new_range()]);
        }
    }
    write_lines(text, '+', &added);
}

fn write_lines(text: &mut String, mark: char, lines: &[&str]) {
    for line in lines {
        text.push(mark);
        text.push_str(line);
        if !line.ends_with('\n') {
            text.push_str("\n\\ No newline at end of file\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::diff;

    /// The hunks without what surrounds them.
    fn hunks(old: &str, new: &str) -> String {
        let text = diff("f", old, new);
        let start = text.find("\tmodified\n").unwrap() + "\tmodified\n".len();
        text[start..text.len() - "```\n\n".len()].to_owned()
    }

    #[test]
    fn hunks_have_the_usual_form() {
        let cases = [
            ("", "a\n", "@@ -0,0 +1,1 @@\n+a\n"),
            ("a\n", "", "@@ -1,1 +0,0 @@\n-a\n"),
            (
                "a",
                "a\n",
                "@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n",
            ),
            (
                "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n",
                "0\n2\n3\n4\n5\n6\n7\n8\n9\n10\n0\n",
                "@@ -1,5 +1,5 @@\n-1\n+0\n 2\n 3\n 4\n 5\n@@ -7,5 +7,5 @@\n 7\n 8\n 9\n 10\n-11\n+0\n",
            ),
            (
                "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n",
                "0\n2\n3\n4\n5\n6\n7\n8\n9\n0\n",
                "@@ -1,10 +1,10 @@\n-1\n+0\n 2\n 3\n 4\n 5\n 6\n 7\n 8\n 9\n-10\n+0\n",
            ),
        ];
        for (old, new, expected) in cases {
            assert_eq!(hunks(old, new), expected);
        }
    }

    #[test]
    fn fence_is_longer_than_what_is_inside() {
        let text = diff("f", "````\n", "x\n");
        assert!(
            text.starts_with("`````diff\n") && text.ends_with("`````\n\n"),
            "{text}"
        );
    }
}
