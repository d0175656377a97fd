//! Paragraphs, headings, lists, code, notes: what stands on lines of its own.

use super::inline::{Inline, render, source, words};
use super::links::Links;
use super::style::{Style, collapsed, is_block, longest_run};
use super::table::{self, Grid};
use super::writer::Writer;
use crate::html::{Node, NodeExt, NodeRef, is_dropped};

/// Rows of data that a large table is cut to, and up to which it is none.
const SAMPLE_ROWS: usize = 5;
const LARGE: usize = 20;

/// What becomes of tables of more than 20 rows of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LargeTables {
    /// They are written whole.
    Whole,
    /// Five rows, and how to find the others with `search_table`.
    Sampled,
}

/// Turns nodes of one page into Markdown.
#[derive(Debug)]
pub(crate) struct Converter<'a> {
    links: &'a Links,
    large_tables: LargeTables,
    writer: Writer,
    /// Text of the paragraph that is being read.
    paragraph: Inline<'a>,
    /// Text of the last heading, for the hint of a cut table.
    heading: String,
    lists: usize,
    budget: table::Budget,
}

impl<'a> Converter<'a> {
    pub(crate) fn new(links: &'a Links, large_tables: LargeTables) -> Self {
        Self {
            links,
            large_tables,
            writer: Writer::new(),
            paragraph: Inline::new(Style::Paragraph, Some(links)),
            heading: String::new(),
            lists: 0,
            budget: table::Budget::default(),
        }
    }

    pub(crate) fn finish(mut self) -> String {
        self.end_paragraph();
        self.writer.finish()
    }

    fn children(&mut self, node: NodeRef<'_>) {
        for child in node.children() {
            self.node(child);
        }
    }

    /// Writes a node, or adds it to the paragraph.
    pub(crate) fn node(&mut self, node: NodeRef<'_>) {
        match node.value() {
            Node::Text(text) => self.paragraph.text(text),
            Node::Other => {}
            Node::Element(_) if is_dropped(node) => {}
            Node::Element(_) if is_block(node.tag()) => {
                self.end_paragraph();
                self.block(node);
                self.end_paragraph();
            }
            // Such as the elements that the documentation defines for tabs.
            Node::Element(_) if has_blocks(node) => self.children(node),
            Node::Element(_) => self.paragraph.node(node),
        }
    }

    fn end_paragraph(&mut self) {
        let text = self.paragraph.take();
        if !text.is_empty() {
            self.writer.block(&unlike_a_block(text));
        }
    }

    fn block(&mut self, node: NodeRef<'_>) {
        let is_note = |class| class == "awsdocs-note" || class == "admonition";
        match node.tag() {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading(node),
            "hr" => self.writer.block("---"),
            "pre" => self.code(node),
            "ul" | "menu" => self.list(node, None),
            "ol" => {
                let start = node.attribute("start");
                let start = start.and_then(|start| start.trim().parse().ok());
                self.list(node, Some(start.unwrap_or(1)));
            }
            "table" => self.table(node),
            "blockquote" => self.quote(None, node),
            "dt" => {
                self.writer.separate();
                let term = render(node, Style::Paragraph, Some(self.links));
                if !term.is_empty() {
                    self.writer.block(&unlike_a_block(term));
                }
            }
            "dd" => {
                self.writer.join();
                self.nest(":   ", "    ", node);
                self.writer.separate();
            }
            "summary" => self.title(&render(node, Style::Heading, Some(self.links))),
            // The documentation's own element for text that is folded away.
            "awsui-expandable-section" => {
                self.title(&collapsed(node.attribute("header").unwrap_or_default()));
                self.children(node);
            }
            _ if node.classes().any(is_note) => self.quote(note_title(node), node),
            // Its words are in the note's first line already.
            _ if is_note_title(node) && node.ancestors().any(|n| n.classes().any(is_note)) => {}
            _ => self.children(node),
        }
    }

    fn title(&mut self, text: &str) {
        if !text.is_empty() {
            self.writer.block(&format!("**{text}**"));
        }
    }

    fn heading(&mut self, node: NodeRef<'_>) {
        let text = render(node, Style::Heading, Some(self.links));
        if text.is_empty() {
            return;
        }
        let level = node.tag()[1..].parse().unwrap_or(1);
        if level <= 4 {
            self.heading = words(node);
        }
        let marks = &"######"[..level];
        self.writer.block(&format!("{marks} {text}"));
    }

    fn code(&mut self, node: NodeRef<'_>) {
        let code = source(node);
        let code = code.strip_prefix('\n').unwrap_or(&code).trim_end();
        if code.is_empty() {
            return;
        }
        let fence = "`".repeat((longest_run(code, '`') + 1).max(3));
        let language = language(node).unwrap_or_default();
        self.writer
            .block(&format!("{fence}{language}\n{code}\n{fence}"));
    }

    fn list(&mut self, node: NodeRef<'_>, mut number: Option<u64>) {
        if self.lists > 0 {
            self.writer.join();
        } else {
            self.writer.separate();
        }
        self.lists += 1;
        for child in node.children() {
            let mut marker = "* ".to_owned();
            match child.tag() {
                "li" => {
                    if let Some(number) = &mut number {
                        let value = child.attribute("value").and_then(|v| v.trim().parse().ok());
                        *number = value.unwrap_or(*number);
                        marker = format!("{number}. ");
                        *number = number.saturating_add(1);
                    }
                    let rest = " ".repeat(marker.len());
                    self.nest(&marker, &rest, child);
                    self.writer.join();
                }
                // Lists inside of lists, without an item between them.
                "ul" | "ol" | "menu" => self.nest("  ", "  ", child),
                _ => self.node(child),
            }
        }
        self.end_paragraph();
        self.lists -= 1;
        if self.lists == 0 {
            self.writer.separate();
        }
    }

    fn nest(&mut self, first: &str, rest: &str, node: NodeRef<'_>) {
        self.end_paragraph();
        // `Writer::nest` needs the writer, and what is written inside needs the rest.
        let mark = self.writer.open(first, rest);
        if matches!(node.tag(), "ul" | "ol" | "menu") {
            self.node(node);
        } else {
            self.children(node);
        }
        self.end_paragraph();
        self.writer.close(mark);
    }

    fn quote(&mut self, title: Option<String>, node: NodeRef<'_>) {
        if !self.writer.at_marker() {
            self.writer.separate();
        }
        let lists = std::mem::take(&mut self.lists);
        let mark = self.writer.open("> ", "> ");
        self.title(title.as_deref().unwrap_or_default());
        self.children(node);
        self.end_paragraph();
        self.writer.close(mark);
        self.lists = lists;
        self.writer.separate();
    }

    fn table(&mut self, node: NodeRef<'_>) {
        let grid = Grid::new(node);
        if let Some(caption) = grid.caption {
            let caption = render(caption, Style::Heading, Some(self.links));
            if !caption.is_empty() {
                self.writer.block(&unlike_a_block(caption));
            }
        }
        let rows = grid.body.len();
        let cut = self.large_tables == LargeTables::Sampled && rows > LARGE;
        let shown = if cut { SAMPLE_ROWS } else { rows };
        let text = table::markdown(&grid, shown, self.links, &mut self.budget);
        if text.is_empty() {
            return;
        }
        self.writer.block(&text);
        if cut {
            let hint = format!(
                "(The first {shown} of {rows} rows. Find others with `search_table`: url={:?}, section_title={:?}, query=\"…\".)",
                self.links.page().as_str(),
                self.heading,
            );
            self.writer.block(&hint);
        }
    }
}

/// Whether anything below stands on lines of its own.
fn has_blocks(node: NodeRef<'_>) -> bool {
    node.descendants().skip(1).any(|node| is_block(node.tag()))
}

fn is_note_title(node: NodeRef<'_>) -> bool {
    let is_title = |class| matches!(class, "awsdocs-note-title" | "admonition-title");
    node.classes().any(is_title)
}

fn note_title(node: NodeRef<'_>) -> Option<String> {
    let title = node.descendants().find(|node| is_note_title(*node))?;
    let words = words(title);
    (!words.is_empty()).then_some(words)
}

/// The language that code is marked as: a class of `code`, `language-…` on it or on `pre`, or
/// `highlight-…` around it, as Sphinx has it.
fn language(pre: NodeRef<'_>) -> Option<&str> {
    const NONE: &[&str] = &[
        "code",
        "codeblock",
        "copy",
        "copyable",
        "default",
        "hljs",
        "literal",
        "literal-block",
        "nohighlight",
        "none",
        "notranslate",
        "plain",
        "plaintext",
        "programlisting",
        "screen",
        "text",
        "userinput",
    ];
    let plausible = |class: &str| {
        let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '#' | '.');
        class.len() <= 20 && class.chars().all(known) && !NONE.contains(&class)
    };
    let code = pre.descendants().find(|node| node.tag() == "code");
    let of_code: Vec<&str> = code.into_iter().flat_map(NodeExt::classes).collect();
    let around = pre.ancestors().take(3).flat_map(NodeExt::classes);
    let named = of_code.iter().copied().chain(pre.classes());
    let named = named.filter_map(|class| class.strip_prefix("language-"));
    named
        .chain(of_code.iter().copied())
        .chain(around.filter_map(|class| class.strip_prefix("highlight-")))
        .find(|class| plausible(class))
}

/// Keeps a paragraph from being read as a heading, a quote or an item of a list.
fn unlike_a_block(text: String) -> String {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let after = &text[digits..];
    let marks = ["# ", "## ", "### ", "> ", "- ", "+ "];
    if digits > 0 && (after.starts_with(". ") || after.starts_with(") ")) {
        format!("{}\\{after}", &text[..digits])
    } else if digits == 0 && marks.iter().any(|mark| text.starts_with(mark)) {
        format!("\\{text}")
    } else {
        text
    }
}
