//! Text inside a paragraph, heading or cell.

use super::links::Links;
use super::style::{Style, collapsed, is_block, longest_run};
use crate::html::{Node, NodeExt, NodeRef, is_dropped};

/// The words of a node, in one line: for comparisons.
pub(crate) fn words(node: NodeRef<'_>) -> String {
    render(node, Style::Words, None)
}

/// A node in one style. Without `links`, links are their text.
pub(crate) fn render(node: NodeRef<'_>, style: Style, links: Option<&Links>) -> String {
    let mut inline = Inline::new(style, links);
    inline.children(node);
    inline.finish()
}

/// Text in the making. White space is collapsed as a browser does, and none is left at the ends.
#[derive(Debug)]
pub(crate) struct Inline<'a> {
    out: String,
    style: Style,
    links: Option<&'a Links>,
    /// White space came before the first word.
    led: bool,
    /// White space and line breaks since the last word.
    space: bool,
    breaks: u8,
    /// The marker of a list item was written, and nothing after it.
    marked: bool,
    strong: bool,
    emphasis: bool,
}

impl<'a> Inline<'a> {
    pub(crate) fn new(style: Style, links: Option<&'a Links>) -> Self {
        Self {
            out: String::new(),
            style,
            links,
            led: false,
            space: false,
            breaks: 0,
            marked: false,
            strong: false,
            emphasis: false,
        }
    }

    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// Takes what was written, and begins anew.
    pub(crate) fn take(&mut self) -> String {
        std::mem::replace(self, Self::new(self.style, self.links)).out
    }

    pub(crate) fn children(&mut self, node: NodeRef<'_>) {
        for child in node.children() {
            self.node(child);
        }
    }

    pub(crate) fn node(&mut self, node: NodeRef<'_>) {
        if let Node::Text(text) = node.value() {
            return self.text(text);
        }
        if is_dropped(node) {
            return;
        }
        match node.tag() {
            "br" => self.breaks = self.breaks.saturating_add(1),
            "a" => self.link(node),
            "img" => self.image(node),
            "b" | "strong" => self.wrap("**", node, |inner| {
                std::mem::replace(&mut inner.strong, true)
            }),
            "i" | "em" | "var" | "cite" | "dfn" => self.wrap("*", node, |inner| {
                std::mem::replace(&mut inner.emphasis, true)
            }),
            "del" | "s" | "strike" => self.wrap("~~", node, |_| false),
            "code" | "kbd" | "samp" | "tt" | "pre" => self.code(&source(node)),
            "li" => {
                self.line_break();
                if self.style == Style::Cell && has_siblings_of_its_kind(node) {
                    self.push("- ");
                    self.marked = true;
                }
                self.children(node);
                self.line_break();
            }
            tag if is_block(tag) => {
                self.line_break();
                self.children(node);
                self.line_break();
            }
            _ => self.children(node),
        }
    }

    /// One line break, however many elements end here.
    fn line_break(&mut self) {
        self.breaks = self.breaks.max(1);
    }

    fn white_space(&mut self) {
        self.space = true;
        self.led |= self.out.is_empty();
    }

    pub(crate) fn text(&mut self, text: &str) {
        let mut rest = text;
        while let Some(start) = rest.find(|c: char| !c.is_ascii_whitespace()) {
            if start > 0 {
                self.white_space();
            }
            rest = &rest[start..];
            let end = rest.find(|c: char| c.is_ascii_whitespace());
            let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
            self.settle();
            self.push_escaped(word);
            rest = after;
        }
        if !rest.is_empty() {
            self.white_space();
        }
    }

    fn push_escaped(&mut self, word: &str) {
        for c in word.chars() {
            if self.style.is_markdown() && matches!(c, '*' | '_' | '`') {
                self.out.push('\\');
            }
            self.out.push(c);
        }
    }

    /// What is already in the wanted form.
    fn push(&mut self, text: &str) {
        self.settle();
        self.out.push_str(text);
    }

    /// Writes the white space or line break that is due.
    fn settle(&mut self) {
        if !self.out.is_empty() && !self.marked {
            match self.breaks {
                0 if self.space => self.out.push(' '),
                0 => {}
                // Two of them are how pages without paragraphs make paragraphs.
                2.. if self.style == Style::Paragraph => self.out.push_str("\n\n"),
                _ => self.out.push_str(self.style.line_break()),
            }
        }
        self.space = false;
        self.breaks = 0;
        self.marked = false;
    }

    /// A node's text on its own; the white space at its ends is passed on.
    fn inner(&mut self, node: NodeRef<'_>, prepare: impl FnOnce(&mut Self)) -> Option<String> {
        let mut inner = Self::new(self.style, self.links);
        (inner.strong, inner.emphasis) = (self.strong, self.emphasis);
        prepare(&mut inner);
        inner.children(node);
        if inner.led {
            self.white_space();
        }
        let written = !inner.out.is_empty();
        if written {
            self.settle();
        }
        // What follows the text that the caller is about to write.
        self.space |= inner.space;
        self.breaks = self.breaks.saturating_add(inner.breaks);
        written.then_some(inner.out)
    }

    /// `marked` says whether the same mark is open already, and opens it.
    fn wrap(&mut self, mark: &str, node: NodeRef<'_>, marked: impl FnOnce(&mut Self) -> bool) {
        let mut open = false;
        let inner = self.inner(node, |inner| open = marked(inner));
        let mark = if open || !self.style.is_markdown() {
            ""
        } else {
            mark
        };
        for part in [Some(mark), inner.as_deref(), Some(mark)] {
            if inner.is_some() {
                self.out.push_str(part.unwrap_or_default());
            }
        }
    }

    fn link(&mut self, node: NodeRef<'_>) {
        let target = match self.links {
            Some(links) => node.attribute("href").and_then(|href| links.target(href)),
            None => None,
        };
        let Some(text) = self.inner(node, |_| ()) else {
            return;
        };
        match target {
            Some(target) => {
                for part in ["[", &text, "](", &target, ")"] {
                    self.out.push_str(part);
                }
            }
            None => self.out.push_str(&text),
        }
    }

    fn image(&mut self, node: NodeRef<'_>) {
        let alt = collapsed(node.attribute("alt").unwrap_or_default());
        if !self.style.is_markdown() {
            return self.text(&alt);
        }
        let source = node.attribute("src").unwrap_or_default();
        match self.links.and_then(|links| links.image(source)) {
            Some(source) => self.push(&format!("![{alt}]({source})")),
            None => self.text(&alt),
        }
    }

    fn code(&mut self, raw: &str) {
        let code = collapsed(raw);
        if raw.starts_with(|c: char| c.is_ascii_whitespace()) {
            self.white_space();
        }
        if !code.is_empty() {
            if self.style.is_markdown() {
                let ticks = "`".repeat(longest_run(&code, '`') + 1);
                // A blank keeps a backtick of the code apart from those around it.
                let pad = if ticks.len() > 1 { " " } else { "" };
                self.push(&format!("{ticks}{pad}{code}{pad}{ticks}"));
            } else {
                self.push(&code);
            }
        }
        if raw.ends_with(|c: char| c.is_ascii_whitespace()) {
            self.white_space();
        }
    }
}

/// All text below a node as it stands in the source, for code.
pub(crate) fn source(node: NodeRef<'_>) -> String {
    fn collect(node: NodeRef<'_>, text: &mut String) {
        match node.value() {
            Node::Text(part) => text.push_str(part),
            _ if is_dropped(node) => {}
            _ if node.tag() == "br" => text.push('\n'),
            _ => node.children().for_each(|child| collect(child, text)),
        }
    }
    let mut text = String::new();
    collect(node, &mut text);
    text
}

fn has_siblings_of_its_kind(node: NodeRef<'_>) -> bool {
    let mut others = node.prev_siblings().chain(node.next_siblings());
    others.any(|other| other.tag() == node.tag())
}
