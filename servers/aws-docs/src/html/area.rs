//! Where a page's documentation is, and what around and inside it is not part of it.

use super::dom::{NodeExt, NodeRef};

/// The element that holds the documentation: the first kind of these that the page has, else its
/// body. The order is upstream's.
const AREAS: [fn(NodeRef<'_>) -> bool; 9] = [
    |node| node.tag() == "main",
    |node| node.tag() == "article",
    |node| node.attribute("id") == Some("main-content"),
    |node| node.classes().any(|class| class == "main-content"),
    |node| node.attribute("id") == Some("content"),
    |node| node.classes().any(|class| class == "content"),
    |node| node.tag() == "div" && node.attribute("role") == Some("main"),
    |node| node.attribute("id") == Some("awsdocs-content"),
    |node| node.classes().any(|class| class == "awsui-article"),
];

/// Elements that are never documentation.
const DROPPED_TAGS: &[&str] = &[
    "audio",
    "base",
    "button",
    "canvas",
    "datalist",
    "dialog",
    "embed",
    "footer",
    "form",
    "frame",
    "frameset",
    "head",
    "iframe",
    "input",
    "link",
    "meta",
    "nav",
    "noscript",
    "object",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
    "video",
    // The AWS documentation's own elements.
    "awsdocs-copyright",
    "awsdocs-filter-selector",
    "awsdocs-footer",
    "awsdocs-header",
    "awsdocs-language-banner",
    "awsdocs-navigation",
    "awsdocs-page-header",
    "awsdocs-page-utilities",
    "awsdocs-recommended-resources",
    "awsdocs-thumb-feedback",
    "awsdocs-toc",
    "awsui-icon",
];

/// Classes of what is never documentation.
const DROPPED_CLASSES: &[&str] = &[
    // AWS documentation.
    "awsdocs-cookie-banner",
    "awsdocs-cookie-consent-container",
    "awsdocs-feedback",
    "awsdocs-footer",
    "awsdocs-language-banner",
    "awsdocs-page-utilities",
    "awsdocs-thumb-feedback",
    "btn-copy-code",
    "code-btn-container",
    "copy-code-button",
    "page-loading-indicator",
    "prev-next",
    "prev-next-links",
    // Sphinx, which the Neuron documentation is made with.
    "article-header-buttons",
    "bd-header-article",
    "copybtn",
    "headerlink",
    "prev-next-area",
    "prev-next-footer",
    "skip-link",
];

/// Identifiers of what is never documentation. Only those that no heading would have.
const DROPPED_IDS: &[&str] = &[
    "awsccc-cb",
    "awsccc-sb-ux-c",
    "awsdocs-cookie-consent-container",
    "awsdocs-footer",
    "awsdocs-header",
    "awsdocs-page-utilities",
    "js_error_message",
    "main-col-footer",
];

/// The part of a page that is documentation.
pub(crate) fn main_area(root: NodeRef<'_>) -> NodeRef<'_> {
    AREAS
        .iter()
        .find_map(|is_area| root.descendants().find(|node| is_area(*node)))
        .or_else(|| root.descendants().find(|node| node.tag() == "body"))
        .unwrap_or(root)
}

/// Whether a node and what is below it is not documentation.
pub(crate) fn is_dropped(node: NodeRef<'_>) -> bool {
    DROPPED_TAGS.contains(&node.tag())
        || node.classes().any(|class| DROPPED_CLASSES.contains(&class))
        || node
            .attribute("id")
            .is_some_and(|id| DROPPED_IDS.contains(&id))
}
