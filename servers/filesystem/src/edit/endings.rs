//! A text that remembers the ending of each of its lines.

use std::ops::Range;

/// A text with LF between its lines, and which of them were CRLF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    text: String,
    /// For each line ending in `text`, whether it is CRLF.
    crlf: Vec<bool>,
}

impl Text {
    pub(crate) fn new(original: &str) -> Self {
        let mut text = String::with_capacity(original.len());
        let mut crlf = Vec::new();
        for line in original.split_inclusive('\n') {
            if let Some(line) = line.strip_suffix("\r\n") {
                text.push_str(line);
                text.push('\n');
                crlf.push(true);
            } else {
                text.push_str(line);
                if line.ends_with('\n') {
                    crlf.push(false);
                }
            }
        }
        Self { text, crlf }
    }

    /// The text with LF throughout.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Replaces a part. New lines end as those that they replace; further ones as most lines of
    /// the text, and in a text of one line as `new` had it.
    pub(crate) fn replace(&mut self, range: Range<usize>, new: &str, new_has_crlf: bool) {
        let count = |text: &str| text.bytes().filter(|byte| *byte == b'\n').count();
        let first = count(&self.text[..range.start]);
        let replaced = first..first + count(&self.text[range.clone()]);
        let all_crlf = self.crlf.iter().filter(|crlf| **crlf).count();
        let usual = match self.crlf.len() {
            0 => new_has_crlf,
            all => all_crlf * 2 > all,
        };
        let old = &self.crlf[replaced.clone()];
        let endings: Vec<bool> = (0..count(new))
            .map(|index| old.get(index).copied().unwrap_or(usual))
            .collect();
        self.crlf.splice(replaced, endings);
        self.text.replace_range(range, new);
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut crlf = self.crlf.iter();
        for line in self.text.split_inclusive('\n') {
            match line.strip_suffix('\n') {
                Some(line) if crlf.next() == Some(&true) => write!(formatter, "{line}\r\n")?,
                _ => formatter.write_str(line)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Text;

    #[test]
    fn comes_back_byte_for_byte() {
        for text in [
            "",
            "a",
            "a\n",
            "a\r\nb\nc\r\n",
            "\r\r\n\r",
            "\n\r\n\n",
            "\u{feff}a\r\n",
        ] {
            assert_eq!(Text::new(text).to_string(), text);
        }
    }

    #[test]
    fn replaced_lines_keep_their_endings() {
        // (original, replaced part of the LF text, new text, result)
        let cases = [
            ("a\r\nb\r\nc\r\n", 2..3, "B", "a\r\nB\r\nc\r\n"),
            (
                "a\r\nb\r\nc\r\n",
                2..4,
                "x\ny\nz\n",
                "a\r\nx\r\ny\r\nz\r\nc\r\n",
            ),
            ("a\nb\r\nc\n", 0..4, "x\ny\n", "x\ny\r\nc\n"),
            ("a\nb\r\nc\n", 2..3, "x\ny", "a\nx\ny\r\nc\n"),
            ("a\r\nb\nc\r\n", 0..6, "", ""),
            ("a", 0..1, "x\ny", "x\ny"),
        ];
        for (original, range, new, expected) in cases {
            let mut text = Text::new(original);
            text.replace(range, new, false);
            assert_eq!(text.to_string(), expected, "{original:?}");
        }
        let mut text = Text::new("a");
        text.replace(0..1, "x\ny", true);
        assert_eq!(text.to_string(), "x\r\ny");
    }
}
