//! Sections of a page: what is below a level-2 heading, to the next one.

use crate::error::DocsError;
use crate::html::{NodeExt, NodeRef, is_dropped, main_area};
use crate::markdown::{Converter, LargeTables, words};
use crate::page::Page;

/// The wanted sections as Markdown, in the order of the page, and a note on those that it does not
/// have.
///
/// # Errors
///
/// When the page has none of them.
pub(crate) fn read(page: &Page, wanted: &[String]) -> Result<String, DocsError> {
    let document = page.document()?;
    let area = main_area(document.root());
    let all: Vec<(String, NodeRef<'_>)> = area
        .descendants()
        .filter(|node| node.tag() == "h2" && !is_hidden(*node))
        .map(|heading| (words(heading), heading))
        .collect();
    let url = || page.url.clone();
    if all.is_empty() {
        return Err(DocsError::NoSections { url: url() });
    }
    let keys: Vec<String> = wanted.iter().map(|title| key(title)).collect();
    let found: Vec<_> = all.iter().filter(|(t, _)| keys.contains(&key(t))).collect();
    let missing = |title: &&String| !all.iter().any(|(known, _)| key(known) == key(title));
    let missing = quoted(wanted.iter().filter(missing));
    if found.is_empty() {
        return Err(DocsError::UnknownSections {
            url: url(),
            asked: missing,
            available: quoted(all.iter().map(|(title, _)| title)),
        });
    }
    let links = page.links();
    let mut converter = Converter::new(&links, LargeTables::Sampled);
    for (_, heading) in found {
        for node in section(*heading, area) {
            converter.node(node);
        }
    }
    let text = converter.finish();
    Ok(if missing.is_empty() {
        text
    } else {
        format!("{text}\n\n> **Note**: the page has no section {missing}.")
    })
}

/// Titles in double quotes.
pub(crate) fn quoted<T: std::fmt::Debug>(titles: impl Iterator<Item = T>) -> String {
    let titles: Vec<String> = titles.map(|title| format!("{title:?}")).collect();
    titles.join(", ")
}

/// What titles are compared by: case and white space do not count.
pub(crate) fn key(title: &str) -> String {
    let words = title.split_whitespace().map(str::to_lowercase);
    words.collect::<Vec<_>>().join(" ")
}

/// Whether a node is in a part of the page that is not documentation.
pub(crate) fn is_hidden(node: NodeRef<'_>) -> bool {
    is_dropped(node) || node.ancestors().any(is_dropped)
}

/// The heading, and what follows up to the next heading of its level or above.
fn section<'a>(heading: NodeRef<'a>, area: NodeRef<'a>) -> impl Iterator<Item = NodeRef<'a>> {
    let mut start = heading;
    // A heading may be wrapped, with its section beside the wrapper.
    while let Some(parent) = start.parent()
        && parent != area
        && !start.next_siblings().any(|node| !words(node).is_empty())
    {
        start = parent;
    }
    let ends = |node: NodeRef<'_>| matches!(node.tag(), "h1" | "h2");
    let following = start.next_siblings();
    std::iter::once(start).chain(following.take_while(move |node| !node.descendants().any(ends)))
}
