//! Addresses in a page, made absolute.

use url::Url;

/// Resolves addresses against the page that they stand in.
#[derive(Debug)]
pub(crate) struct Links {
    page: Url,
}

impl Links {
    pub(crate) fn new(page: Url) -> Self {
        Self { page }
    }

    /// The page itself.
    pub(crate) fn page(&self) -> &Url {
        &self.page
    }

    /// Where a link leads. `None` for scripts, and for the links to `./.html` that the
    /// documentation's own tools leave where they found no target.
    pub(crate) fn target(&self, href: &str) -> Option<String> {
        let url = self.page.join(href.trim()).ok()?;
        let known = matches!(url.scheme(), "http" | "https" | "mailto");
        let nameless = url.path().rsplit('/').next() == Some(".html");
        (known && !nameless).then(|| escaped(&url))
    }

    /// Where an image is. `None` for inlined ones.
    pub(crate) fn image(&self, source: &str) -> Option<String> {
        let url = self.page.join(source.trim()).ok()?;
        matches!(url.scheme(), "http" | "https").then(|| escaped(&url))
    }
}

/// Parentheses would end the address in Markdown, and `|` the cell of a table.
fn escaped(url: &Url) -> String {
    url.as_str()
        .replace('(', "%28")
        .replace(')', "%29")
        .replace('|', "%7C")
}
