//! Parses HTML into a tree, within bounds that keep time, memory and stack linear in the page.

use ego_tree::Tree;
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{Attribute, ParseOpts, QualName, parse_document};

use super::sink::Sink;

/// Deepest nesting that is read. Pages of the AWS documentation stay below 60. The converter
/// recurses once or twice a level, and the parser looks through all open elements at every tag.
const DEEPEST: usize = 256;

/// Bytes that are parsed between two looks at depth and growth.
const CHUNK: usize = 1024;

/// Nodes that even an empty page has, and some.
const SPARE_NODES: usize = 64;

/// A node of a page.
pub(crate) type NodeRef<'a> = ego_tree::NodeRef<'a, Node>;

/// What a node is.
#[derive(Debug)]
pub(crate) enum Node {
    Element(Element),
    Text(String),
    /// The document, comments, the contents of templates: nothing to read.
    Other,
}

#[derive(Debug)]
pub(crate) struct Element {
    pub(super) name: QualName,
    pub(super) attributes: Vec<Attribute>,
}

/// A parsed page.
#[derive(Debug)]
pub(crate) struct Document {
    pub(super) tree: Tree<Node>,
}

/// The page is nested deeper, or unfolds into more, than is read.
#[derive(Debug, thiserror::Error)]
#[error("its HTML is nested deeper than {DEEPEST} levels, or malformed on a large scale")]
pub(crate) struct TooComplex;

impl Document {
    /// Parses as a browser does: there is no malformed HTML, only odd trees.
    ///
    /// # Errors
    ///
    /// For a page that nests deeper than [`DEEPEST`], or that has more nodes than bytes, which
    /// unclosed formatting elements can bring about.
    pub(crate) fn parse(html: &str) -> Result<Self, TooComplex> {
        let mut parser = parse_document(Sink::new(), ParseOpts::default());
        let mut rest = html;
        let mut parsed = 0;
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at(rest.floor_char_boundary(CHUNK));
            rest = after;
            parsed += chunk.len();
            parser.process(StrTendril::from_slice(chunk));
            let sink = &parser.tokenizer.sink.sink;
            if sink.created() > parsed + SPARE_NODES || sink.newest_depth() > DEEPEST {
                return Err(TooComplex);
            }
        }
        let document = parser.finish();
        if document.depth() > DEEPEST {
            return Err(TooComplex);
        }
        Ok(document)
    }

    pub(crate) fn root(&self) -> NodeRef<'_> {
        self.tree.root()
    }

    fn depth(&self) -> usize {
        let mut depth: usize = 0;
        let mut deepest = 0;
        for edge in self.tree.root().traverse() {
            match edge {
                ego_tree::iter::Edge::Open(_) => {
                    depth += 1;
                    deepest = deepest.max(depth);
                }
                ego_tree::iter::Edge::Close(_) => depth -= 1,
            }
        }
        deepest
    }
}

/// What is asked of nodes all the time.
pub(crate) trait NodeExt<'a> {
    /// Name of the element in lower case; empty for what is none.
    fn tag(self) -> &'a str;
    /// Value of an attribute.
    fn attribute(self, name: &str) -> Option<&'a str>;
    /// Classes of the element.
    fn classes(self) -> impl Iterator<Item = &'a str>;
}

impl<'a> NodeExt<'a> for NodeRef<'a> {
    fn tag(self) -> &'a str {
        match self.value() {
            Node::Element(element) => &element.name.local,
            _ => "",
        }
    }

    fn attribute(self, name: &str) -> Option<&'a str> {
        match self.value() {
            Node::Element(element) => element
                .attributes
                .iter()
                .find(|attribute| &*attribute.name.local == name)
                .map(|attribute| &*attribute.value),
            _ => None,
        }
    }

    fn classes(self) -> impl Iterator<Item = &'a str> {
        self.attribute("class")
            .unwrap_or_default()
            .split_ascii_whitespace()
    }
}
