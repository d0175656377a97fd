//! Text of a doc comment without the line breaks that only its source needed.

/// Joins wrapped lines. What Markdown reads as a line of its own stays one: paragraphs, items of lists,
/// headings, tables, quotations, fenced and indented code.
pub(crate) fn unwrapped(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut before = Line::Blank;
    for line in text.lines() {
        let kind = Line::of(line, before);
        if kind == Line::Text && matches!(before, Line::Text | Line::Item) {
            joined.push(' ');
            joined.push_str(line.trim());
        } else {
            if !joined.is_empty() {
                joined.push('\n');
            }
            joined.push_str(line.trim_end());
        }
        before = kind;
    }
    joined
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Blank,
    /// A paragraph's, or the continuation of an item.
    Text,
    /// The first line of an item of a list.
    Item,
    /// Joins neither with what is before it nor with what follows.
    Own,
    /// Between two fences, the opening one included.
    Code,
}

impl Line {
    fn of(line: &str, before: Self) -> Self {
        let text = line.trim_start();
        let fence = text.starts_with("```");
        match before {
            Self::Code if fence => Self::Own,
            Self::Code => Self::Code,
            _ if fence => Self::Code,
            _ if text.is_empty() => Self::Blank,
            _ if is_item(text) => Self::Item,
            _ if text.starts_with(['#', '|', '>']) => Self::Own,
            // Indented code; after an item the same indentation goes on with the item.
            Self::Blank | Self::Own if line.starts_with("    ") => Self::Own,
            _ => Self::Text,
        }
    }
}

/// `- one`, `* one`, `+ one`, `1. one`, `1) one`.
fn is_item(text: &str) -> bool {
    let rest = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let marks: &[char] = if rest.len() == text.len() {
        &['-', '*', '+']
    } else {
        &['.', ')']
    };
    rest.strip_prefix(marks)
        .is_some_and(|item| item.starts_with(' '))
}

#[cfg(test)]
mod tests {
    use super::unwrapped;

    #[test]
    fn wrapped_lines_are_joined_and_other_lines_stay() {
        for (text, expected) in [
            ("", ""),
            ("One line.", "One line."),
            (
                "A sentence that\nwas wrapped.  ",
                "A sentence that was wrapped.",
            ),
            (
                "One.\n\nTwo,\n  wrapped.\r\nThree.",
                "One.\n\nTwo, wrapped. Three.",
            ),
            (
                "Either:\n- the first,\n  wrapped\n* the second\n12. the third\nor\n1) this",
                "Either:\n- the first, wrapped\n* the second\n12. the third or\n1) this",
            ),
            (
                "-1 is no item,\n-1 neither, 1.5\n1.5 as well.",
                "-1 is no item, -1 neither, 1.5 1.5 as well.",
            ),
            (
                "# Head\nText\n| a |\n| b |\nend\n> said",
                "# Head\nText\n| a |\n| b |\nend\n> said",
            ),
            ("As in\n```\na\nb\n```\nend.", "As in\n```\na\nb\n```\nend."),
            (
                "Code:\n\n    a\n    b\n\nEnd.",
                "Code:\n\n    a\n    b\n\nEnd.",
            ),
        ] {
            let once = unwrapped(text);
            assert_eq!(once, expected);
            assert_eq!(unwrapped(&once), once, "nothing is left to join");
        }
    }
}
