//! Indentation of a replacement whose place was found without looking at indentation.

use std::collections::BTreeMap;

use super::lines;

/// `new` with the indentation of the file: what `old` has as `found` in the file, each of the
/// same lines. `None` when that does not tell the indentation of every line of `new`.
pub(super) fn reindent(old: &str, found: &str, new: &str) -> Option<String> {
    let mut levels = Levels::default();
    let mut in_order = Vec::new();
    for (old, found) in lines(old).zip(lines(found)) {
        in_order.push((indentation(old), indentation(found)));
        if !old.trim().is_empty() {
            levels.add(indentation(old), indentation(found));
        }
    }
    let body = new.strip_suffix('\n').unwrap_or(new);
    // Without its final ending, and told apart from no line at all.
    let new_lines: Vec<&str> = match new.is_empty() {
        true => Vec::new(),
        false => body.split('\n').collect(),
    };
    let same_shape = new_lines.len() == in_order.len()
        && new_lines
            .iter()
            .zip(&in_order)
            .all(|(line, (old, _))| line.trim().is_empty() || indentation(line) == *old);
    let mut result = String::new();
    for (index, line) in new_lines.iter().enumerate() {
        if index > 0 {
            result.push('\n');
        }
        if line.trim().is_empty() {
            continue;
        }
        let own = indentation(line);
        let level = match same_shape {
            true => in_order.get(index)?.1.to_owned(),
            false => levels.translate(own)?,
        };
        result.push_str(&level);
        result.push_str(&line[own.len()..]);
    }
    if new.ends_with('\n') {
        result.push('\n');
    }
    Some(result)
}

fn indentation(line: &str) -> &str {
    &line[..line.len() - line.trim_start().len()]
}

/// What each indentation of the caller's text is in the file.
#[derive(Default)]
struct Levels<'t> {
    known: BTreeMap<&'t str, &'t str>,
    contradictory: bool,
}

impl<'t> Levels<'t> {
    fn add(&mut self, old: &'t str, found: &'t str) {
        let before = self.known.insert(old, found);
        self.contradictory |= before.is_some_and(|before| before != found);
    }

    fn translate(&self, own: &str) -> Option<String> {
        if self.contradictory {
            return None;
        }
        if let Some(found) = self.known.get(own) {
            return Some((*found).to_owned());
        }
        if let Some(added) = self.shift(|old, found| found.strip_suffix(old)) {
            return Some(format!("{added}{own}"));
        }
        if let Some(removed) = self.shift(|old, found| old.strip_suffix(found)) {
            return own.strip_prefix(removed).map(str::to_owned);
        }
        // Other units, as two spaces for a tab: whole steps beyond a known level.
        let (old_unit, found_unit) = self.unit()?;
        let below = self.known.iter().filter(|(old, _)| own.starts_with(**old));
        let nearest = below.max_by_key(|(old, _)| old.len());
        let (rest, mut level) = match nearest {
            Some((old, found)) => (&own[old.len()..], (*found).to_owned()),
            None => (own, String::new()),
        };
        let steps = rest.len() / old_unit.len();
        if rest != old_unit.repeat(steps) {
            return None;
        }
        level.push_str(&found_unit.repeat(steps));
        Some(level)
    }

    /// What every level has more, or less, at its beginning.
    fn shift(&self, of: impl Fn(&'t str, &'t str) -> Option<&'t str>) -> Option<&'t str> {
        let mut shifts = self.known.iter().map(|(old, found)| of(old, found));
        let first = shifts.next()??;
        shifts.all(|shift| shift == Some(first)).then_some(first)
    }

    /// One step of indentation in the caller's text, and in the file.
    fn unit(&self) -> Option<(&'t str, &'t str)> {
        let levels = std::iter::once(("", "")).chain(self.known.iter().map(|(o, f)| (*o, *f)));
        let levels: Vec<_> = match self.known.contains_key("") {
            true => levels.skip(1).collect(),
            false => levels.collect(),
        };
        let step = |pair: &[(&'t str, &'t str)]| {
            let [(old, found), (next_old, next_found)] = pair else {
                return None;
            };
            let old_unit = next_old.strip_prefix(old)?;
            let found_unit = next_found.strip_prefix(found)?;
            (!old_unit.is_empty() && !found_unit.is_empty()).then_some((old_unit, found_unit))
        };
        levels.windows(2).find_map(step)
    }
}

#[cfg(test)]
mod tests {
    use super::reindent;

    #[test]
    fn indentation_of_the_file_wins() {
        // (oldText, what is in the file, newText, result)
        let cases = [
            // deeper in the file
            (
                "if a:\n    b",
                "    if a:\n        b",
                "if c:\n    d\n    e\nf",
                Some("    if c:\n        d\n        e\n    f"),
            ),
            // less deep in the file
            (
                "    a\n        b",
                "a\n    b",
                "    a\n            c",
                Some("a\n        c"),
            ),
            // other units
            (
                "a\n  b",
                "a\n\tb",
                "a\n  b\n    c\n      d",
                Some("a\n\tb\n\t\tc\n\t\t\td"),
            ),
            ("  b", "\tb", "  c\n    d", Some("\tc\n\t\td")),
            (
                "a\n  b",
                "    a\n        b",
                "a\n  b\n    c",
                Some("    a\n        b\n            c"),
            ),
            // trailing white space only
            ("a  \nb", "a\nb", "c\n  d", Some("c\n  d")),
            // blank lines stay blank, and may differ
            (
                "a\n\n  b",
                "  a\n \n    b",
                "a\n\n  c",
                Some("  a\n\n    c"),
            ),
            // flat text, but the new one has the same shape
            ("a\nb", "  a\n    b", "c\nd", Some("  c\n    d")),
            // flat text of another shape: no telling
            ("a\nb", "  a\n    b", "c\nd\ne", None),
            // half a step
            ("a\n  b", "a\n\tb", "a\n   c\nd", None),
            // less deep than where the file begins
            ("    a", "  a", "x\ny", None),
            // whole lines, and deletion
            ("a\n", "  a\n", "b\nc\n", Some("  b\n  c\n")),
            ("a\n", "  a\n", "", Some("")),
        ];
        for (old, found, new, expected) in cases {
            assert_eq!(reindent(old, found, new).as_deref(), expected, "{old:?}");
        }
    }
}
