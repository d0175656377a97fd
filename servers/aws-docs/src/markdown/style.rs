//! Forms that text is written in, and what is asked of text and tags.

/// What becomes of markup and line breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Markdown of several lines.
    Paragraph,
    /// Markdown of one line.
    Heading,
    /// Markdown of one line, in a cell of a table.
    Cell,
    /// Text with links, for a value in JSON.
    Value,
    /// Text alone.
    Words,
}

impl Style {
    /// What a line break becomes.
    pub(crate) fn line_break(self) -> &'static str {
        match self {
            Self::Paragraph => "  \n",
            Self::Heading | Self::Words => " ",
            Self::Cell => "<br>",
            Self::Value => "; ",
        }
    }

    /// Whether markup stays, and what looks like it is escaped.
    pub(crate) fn is_markdown(self) -> bool {
        !matches!(self, Self::Value | Self::Words)
    }
}

/// Elements that begin and end lines.
pub(crate) fn is_block(tag: &str) -> bool {
    matches!(
        tag,
        "address"
            | "awsui-expandable-section"
            | "article"
            | "aside"
            | "blockquote"
            | "caption"
            | "dd"
            | "details"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "li"
            | "main"
            | "menu"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

/// Text with single blanks between its words.
pub(crate) fn collapsed(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// Length of the longest run of one character.
pub(crate) fn longest_run(text: &str, wanted: char) -> usize {
    let runs = text.split(|c| c != wanted).map(str::len);
    runs.max().unwrap_or(0)
}
