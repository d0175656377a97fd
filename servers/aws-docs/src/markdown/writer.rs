//! Writes lines of Markdown under the prefixes of quotes and lists.

/// What separates the next line from the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    Line,
    Blank,
}

/// Deeper nesting is not indented further, so that prefixes cannot outgrow the text.
const LONGEST_PREFIX: usize = 60;

/// Markdown in the making.
#[derive(Debug)]
pub(crate) struct Writer {
    out: String,
    /// What every line begins with.
    prefix: String,
    /// What the next line begins with instead, because it is the first of a list item or the like,
    /// and how much of `prefix` belongs to what is around that.
    first: Option<(usize, String)>,
    gap: Gap,
}

impl Writer {
    pub(crate) fn new() -> Self {
        Self {
            out: String::new(),
            prefix: String::new(),
            first: None,
            gap: Gap::Line,
        }
    }

    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// A blank line comes before whatever follows.
    pub(crate) fn separate(&mut self) {
        self.gap = Gap::Blank;
    }

    /// Whatever follows is on the next line.
    pub(crate) fn join(&mut self) {
        self.gap = Gap::Line;
    }

    /// Lines that stand apart from those before and after.
    pub(crate) fn block(&mut self, text: &str) {
        // The first line of an item follows its marker, however it came about.
        if self.first.is_none() {
            self.separate();
        }
        for line in text.split('\n') {
            self.line(line);
        }
        self.separate();
    }

    pub(crate) fn line(&mut self, text: &str) {
        if !self.out.is_empty() {
            self.out.push('\n');
            if self.gap == Gap::Blank {
                let outer = self
                    .first
                    .as_ref()
                    .map_or(self.prefix.len(), |(len, _)| *len);
                self.out.push_str(self.prefix[..outer].trim_end());
                self.out.push('\n');
            }
        }
        let first = self.first.take();
        let prefix = first.as_ref().map_or(&self.prefix, |(_, first)| first);
        self.out.push_str(if text.is_empty() {
            prefix.trim_end()
        } else {
            prefix
        });
        self.out.push_str(text);
        self.gap = Gap::Line;
    }

    /// Whether the next line is the first after a marker.
    pub(crate) fn at_marker(&self) -> bool {
        self.first.is_some()
    }

    /// What follows is below a marker: `1. ` before its first line, `   ` before the others.
    pub(crate) fn open(&mut self, first: &str, rest: &str) -> Mark {
        let mark = Mark {
            outer: self.prefix.len(),
            before: self.first.clone(),
        };
        let around = self.first.take();
        let (around, mut marker) = around.unwrap_or((mark.outer, self.prefix.clone()));
        if marker.len() < LONGEST_PREFIX {
            marker.push_str(first);
        }
        if mark.outer < LONGEST_PREFIX {
            self.prefix.push_str(rest);
        }
        self.first = Some((around, marker));
        mark
    }

    /// Ends what [`Self::open`] began.
    pub(crate) fn close(&mut self, mark: Mark) {
        if self.first.is_some() {
            // Nothing was written, so nothing is marked.
            self.first = mark.before;
        }
        self.prefix.truncate(mark.outer);
    }
}

/// Where something nested began.
#[derive(Debug)]
pub(crate) struct Mark {
    outer: usize,
    before: Option<(usize, String)>,
}
