//! Where the parser puts what it finds.

use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};

use ego_tree::{NodeId, NodeMut, Tree};
use html5ever::interface::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::{Attribute, QualName};

use super::dom::{Document, Element, Node};

/// Builds the tree as html5ever says.
pub(super) struct Sink {
    tree: RefCell<Tree<Node>>,
    created: Cell<usize>,
    newest: Cell<NodeId>,
}

impl Sink {
    pub(super) fn new() -> Self {
        let tree = Tree::new(Node::Other);
        let newest = Cell::new(tree.root().id());
        Self {
            tree: RefCell::new(tree),
            created: Cell::new(0),
            newest,
        }
    }

    /// Nodes that were made so far.
    pub(super) fn created(&self) -> usize {
        self.created.get()
    }

    /// How deep the last of them is.
    pub(super) fn newest_depth(&self) -> usize {
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

    fn text(&self, text: &str) -> Node {
        self.created.set(self.created.get() + 1);
        Node::Text(text.to_owned())
    }
}

/// The attributes that are read.
const READ: &[&str] = &[
    "alt", "class", "colspan", "header", "href", "id", "role", "rowspan", "src", "start", "value",
];

/// Adds to a text that came just before, if one did.
fn joined(before: Option<NodeMut<'_, Node>>, text: &str) -> bool {
    match before {
        Some(mut before) => match before.value() {
            Node::Text(before) => {
                before.push_str(text);
                true
            }
            _ => false,
        },
        None => false,
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

    fn parse_error(&self, _: Cow<'static, str>) {}

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
        mut attributes: Vec<Attribute>,
        flags: ElementFlags,
    ) -> NodeId {
        // The others would take much of the memory of a large page.
        attributes.retain(|attribute| READ.contains(&&*attribute.name.local));
        attributes.shrink_to_fit();
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
                if !joined(parent.last_child(), &text) {
                    parent.append(self.text(&text));
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
                if !joined(sibling.prev_sibling(), &text) {
                    sibling.insert_before(self.text(&text));
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
