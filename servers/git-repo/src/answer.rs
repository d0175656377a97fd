//! What a tool answers, kept below the size that Lambda returns.

use rmcp::ErrorData;
use rmcp::handler::server::tool::IntoCallToolResult;
use rmcp::model::{CallToolResponse, CallToolResult, ContentBlock};
use serde_json::Value;

/// Most bytes of a text once it is escaped for JSON. Lambda returns 6 MB, and a gateway may wrap
/// the result, so the rest is left for that.
pub(crate) const LARGEST_TEXT: usize = 4_000_000;

/// Structured content beside a text gets no more than this: together they stay below the limit.
const LARGEST_STRUCTURE: usize = 1_500_000;

/// Text for the caller, and the same facts as fields where they have a shape.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) text: String,
    pub(crate) structured: Option<Value>,
}

impl Answer {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            structured: None,
        }
    }

    /// With fields, unless they are too large to send beside the text.
    pub(crate) fn with(text: String, structured: Value) -> Self {
        let fits = structured.to_string().len() <= LARGEST_STRUCTURE;
        Self {
            text,
            structured: fits.then_some(structured),
        }
    }
}

impl IntoCallToolResult for Answer {
    fn into_call_tool_result(self) -> Result<CallToolResponse, ErrorData> {
        let mut result = CallToolResult::success(vec![ContentBlock::text(self.text)]);
        result.structured_content = self.structured;
        Ok(result.into())
    }
}

/// A text that is written until it is full. Bytes that are not UTF-8 become U+FFFD.
#[derive(Debug)]
pub(crate) struct BoundedText {
    bytes: Vec<u8>,
    /// Bytes of `bytes` once escaped, at most.
    cost: usize,
    limit: usize,
    full: bool,
}

impl BoundedText {
    pub(crate) fn new() -> Self {
        Self::with_limit(LARGEST_TEXT)
    }

    pub(crate) fn with_limit(limit: usize) -> Self {
        Self {
            bytes: Vec::new(),
            cost: 0,
            limit,
            full: false,
        }
    }

    /// Whether something did not fit: writing on is a waste of time.
    pub(crate) fn is_full(&self) -> bool {
        self.full
    }

    /// Appends all of `bytes`, or their lines until the text is full.
    pub(crate) fn push(&mut self, bytes: impl AsRef<[u8]>) {
        if self.full {
            return;
        }
        for line in bytes.as_ref().split_inclusive(|&byte| byte == b'\n') {
            let cost: usize = line.iter().map(|&byte| escaped_len(byte)).sum();
            if self.cost + cost > self.limit {
                self.full = true;
                return;
            }
            self.cost += cost;
            self.bytes.extend_from_slice(line);
        }
    }

    /// [`BoundedText::finish_trimmed`] for a text that may be a heading alone: that one keeps its
    /// newline.
    pub(crate) fn finish_below_heading(self, narrow: &str) -> String {
        let only_heading = self.bytes.iter().filter(|&&byte| byte == b'\n').count() <= 1;
        if only_heading {
            self.finish(narrow)
        } else {
            self.finish_trimmed(narrow)
        }
    }

    /// The text without one final newline, as upstream trims it; with a note in place of what did
    /// not fit.
    pub(crate) fn finish_trimmed(self, narrow: &str) -> String {
        let full = self.full;
        let mut text = self.finish(narrow);
        if !full && text.ends_with('\n') {
            text.pop();
        }
        text
    }

    /// The text, with a note in place of what did not fit. `narrow` tells how to ask for less.
    pub(crate) fn finish(mut self, narrow: &str) -> String {
        if self.full {
            // A line that was cut by several pushes must not run into the note.
            let end = self.bytes.iter().rposition(|&byte| byte == b'\n');
            self.bytes.truncate(end.map_or(0, |end| end + 1));
        }
        let mut text = match String::from_utf8(self.bytes) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        };
        if self.full {
            text.push_str(&format!(
                "\n[cut here: the answer is larger than {} bytes. hint: {narrow}]",
                self.limit
            ));
        }
        text
    }
}

/// Bytes that `byte` takes in a JSON string, at most.
fn escaped_len(byte: u8) -> usize {
    match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' => 2,
        0..=0x1f => 6,
        0x20..=0x7f => 1,
        // Part of a character, or replaced by the three bytes of U+FFFD.
        0x80..=0xff => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_fits_is_untouched_but_for_its_last_newline() {
        let mut text = BoundedText::with_limit(100);
        text.push("one\ntwo\n\n");
        assert_eq!(text.finish_trimmed("…"), "one\ntwo\n");
    }

    #[test]
    fn a_text_that_does_not_fit_ends_at_a_line_and_says_so() {
        let mut text = BoundedText::with_limit(10);
        text.push("one\n");
        text.push("half of ");
        text.push("a line\n");
        assert!(text.is_full());
        assert_eq!(
            text.finish_trimmed("ask for less"),
            "one\n\n[cut here: the answer is larger than 10 bytes. hint: ask for less]"
        );
    }

    #[test]
    fn bytes_that_are_not_text_cost_what_their_replacement_costs() {
        let mut text = BoundedText::with_limit(6);
        text.push(b"\xe9\xff");
        assert!(!text.is_full());
        assert_eq!(text.finish("…"), "\u{fffd}\u{fffd}");
        let mut text = BoundedText::with_limit(5);
        text.push(b"\xe9\xff");
        assert!(text.is_full());
    }
}
