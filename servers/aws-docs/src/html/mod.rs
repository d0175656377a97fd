//! A page as a tree, and what of it is documentation.

mod area;
mod dom;
mod sink;

pub(crate) use area::{is_dropped, main_area};
pub(crate) use dom::{Document, Node, NodeExt, NodeRef, TooComplex};
