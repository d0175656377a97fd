//! A page that was read, and what the tools take from it.

use crate::error::DocsError;
use crate::html::{Document, main_area};
use crate::location::DocsUrl;
use crate::markdown::{Converter, LargeTables, Links};

/// A page as it was served.
#[derive(Debug)]
pub(crate) struct Page {
    /// What was asked for.
    pub(crate) asked: DocsUrl,
    /// What was served, after redirects.
    pub(crate) url: DocsUrl,
    text: String,
    html: bool,
}

impl Page {
    /// A body of some content type. What is not UTF-8 in it becomes `U+FFFD`.
    ///
    /// # Errors
    ///
    /// For what is neither HTML nor text.
    pub(crate) fn new(
        asked: DocsUrl,
        url: DocsUrl,
        kind: Option<String>,
        body: Vec<u8>,
    ) -> Result<Self, DocsError> {
        let text = String::from_utf8(body)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        let essence = |kind: String| {
            kind.split(';')
                .next()
                .map(|k| k.trim().to_ascii_lowercase())
        };
        let kind = kind.and_then(essence).unwrap_or_default();
        let html = match kind.as_str() {
            "text/html" | "application/xhtml+xml" => true,
            "" => looks_like_html(&text),
            "application/json" | "application/xml" | "application/yaml" => false,
            text if text.starts_with("text/") => false,
            _ => return Err(DocsError::NotText { url, kind }),
        };
        Ok(Self {
            asked,
            url,
            text,
            html,
        })
    }

    /// The page as Markdown; as it is when it is not HTML.
    ///
    /// # Errors
    ///
    /// When there is nothing to read, or too much.
    pub(crate) fn markdown(self, large_tables: LargeTables) -> Result<String, DocsError> {
        let text = if self.html {
            let document = self.document()?;
            let links = self.links();
            let mut converter = Converter::new(&links, large_tables);
            converter.node(main_area(document.root()));
            converter.finish()
        } else {
            self.text.trim().to_owned()
        };
        if text.is_empty() {
            return Err(DocsError::Empty { url: self.url });
        }
        Ok(text)
    }

    /// The page as a tree.
    ///
    /// # Errors
    ///
    /// When it is not HTML, or too much of it.
    pub(crate) fn document(&self) -> Result<Document, DocsError> {
        if !self.html {
            let url = self.url.clone();
            return Err(DocsError::NotHtml { url });
        }
        Document::parse(&self.text).map_err(|source| DocsError::TooComplex {
            url: self.url.clone(),
            source,
        })
    }

    /// What the page's links are relative to.
    pub(crate) fn links(&self) -> Links {
        Links::new(self.url.url().clone())
    }

    /// The lines before the content: what was served, and instead of what.
    pub(crate) fn heading(&self) -> String {
        let Self { asked, url, .. } = self;
        let redirect = if asked == url {
            String::new()
        } else {
            format!("<e>{asked} is served by {url}.</e>\n\n")
        };
        format!("{redirect}AWS Documentation from {url}:\n\n")
    }
}

fn looks_like_html(text: &str) -> bool {
    let start: String = text.chars().take(1024).collect();
    let start = start.to_ascii_lowercase();
    start.contains("<!doctype html") || start.contains("<html")
}
