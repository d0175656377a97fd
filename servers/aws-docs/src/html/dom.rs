//! Parses HTML into a tree, within bounds that keep time, memory and stack linear in the page.

use std::cell::{Cell, Ref, RefCell};

use ego_tree::{NodeId, Tree};
use html5ever::interface::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{Attribute, ParseOpts, QualName, parse_document};

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
    name: QualName,
    attributes: Vec<Attribute>,
}

/// A parsed page.
#[derive(Debug)]
pub(crate) struct Document {
    tree: Tree<Node>,
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
            if sink.created.get() > parsed + SPARE_NODES || sink.newest_depth() > DEEPEST {
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

/// Builds the tree as html5ever says.
struct Sink {
    tree: RefCell<Tree<Node>>,
    created: Cell<usize>,
    newest: Cell<NodeId>,
}

impl Sink {
    fn new() -> Self {
        let tree = Tree::new(Node::Other);
        let newest = Cell::new(tree.root().id());
        Self {
            tree: RefCell::new(tree),
            created: Cell::new(0),
            newest,
        }
    }

    fn newest_depth(&self) -> usize {
        let tree = self.tree.borrow();
        tree.get(self.newest.get())
            .map_or(0, |node| node.ancestors().count())
    }

    fn create(&self, node: Node) -> NodeId {
        let id = self.tree.borrow_mut().orphan(node).id();
        self.created.set(self.created.get() + 1);
        self.newest.set(id);
        id
    }
}

/// Why handles can be looked up.
const OURS: &str = "html5ever only names nodes of this tree";

impl TreeSink for Sink {
    type Handle = NodeId;
    type Output = Document;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Document {
        Document {
            tree: self.tree.into_inner(),
        }
    }

    fn parse_error(&self, _: std::borrow::Cow<'static, str>) {}

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn get_document(&self) -> NodeId {
        self.tree.borrow().root().id()
    }

    fn same_node(&self, one: &NodeId, other: &NodeId) -> bool {
        one == other
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        Ref::map(self.tree.borrow(), |tree| {
            match tree.get(*target).expect(OURS).value() {
                Node::Element(element) => &element.name,
                _ => unreachable!("html5ever asks elements only"),
            }
        })
    }

    fn create_element(
        &self,
        name: QualName,
        attributes: Vec<Attribute>,
        flags: ElementFlags,
    ) -> NodeId {
        let id = self.create(Node::Element(Element { name, attributes }));
        if flags.template {
            // The contents of a template are a document of their own.
            let mut tree = self.tree.borrow_mut();
            tree.get_mut(id).expect(OURS).append(Node::Other);
        }
        id
    }

    fn create_comment(&self, _: StrTendril) -> NodeId {
        self.create(Node::Other)
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> NodeId {
        self.create(Node::Other)
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        let mut tree = self.tree.borrow_mut();
        let mut parent = tree.get_mut(*parent).expect(OURS);
        match child {
            NodeOrText::AppendNode(id) => {
                parent.append_id(id);
            }
            NodeOrText::AppendText(text) => {
                if let Some(mut last) = parent.last_child()
                    && let Node::Text(before) = last.value()
                {
                    before.push_str(&text);
                } else {
                    parent.append(Node::Text(text.to_string()));
                    self.created.set(self.created.get() + 1);
                }
            }
        }
    }

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        let mut tree = self.tree.borrow_mut();
        if let NodeOrText::AppendNode(id) = &child {
            tree.get_mut(*id).expect(OURS).detach();
        }
        let mut sibling = tree.get_mut(*sibling).expect(OURS);
        if sibling.parent().is_none() {
            return;
        }
        match child {
            NodeOrText::AppendNode(id) => {
                sibling.insert_id_before(id);
            }
            NodeOrText::AppendText(text) => {
                if let Some(mut before) = sibling.prev_sibling()
                    && let Node::Text(before) = before.value()
                {
                    before.push_str(&text);
                } else {
                    sibling.insert_before(Node::Text(text.to_string()));
                    self.created.set(self.created.get() + 1);
                }
            }
        }
    }

    fn append_based_on_parent_node(
        &self,
        element: &NodeId,
        previous: &NodeId,
        child: NodeOrText<NodeId>,
    ) {
        let has_parent = {
            let tree = self.tree.borrow();
            tree.get(*element).expect(OURS).parent().is_some()
        };
        if has_parent {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attributes: Vec<Attribute>) {
        let mut tree = self.tree.borrow_mut();
        if let Node::Element(element) = tree.get_mut(*target).expect(OURS).value() {
            for attribute in attributes {
                if element.attributes.iter().all(|a| a.name != attribute.name) {
                    element.attributes.push(attribute);
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &NodeId) {
        let mut tree = self.tree.borrow_mut();
        tree.get_mut(*target).expect(OURS).detach();
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        let mut tree = self.tree.borrow_mut();
        let mut new_parent = tree.get_mut(*new_parent).expect(OURS);
        new_parent.reparent_from_id_append(*node);
    }

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        let tree = self.tree.borrow();
        let template = tree.get(*target).expect(OURS);
        template.first_child().expect("made with the template").id()
    }
}
