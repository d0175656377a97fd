//! Addresses that are read: https, and of a host of the partition's documentation.

use std::fmt;
use std::sync::Arc;

use url::Url;

/// Whose documentation is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Partition {
    /// The commercial Regions, and all others but China's.
    Aws,
    /// China.
    China,
}

impl Partition {
    /// The hosts that pages are read from.
    pub(crate) fn hosts(self) -> &'static [&'static str] {
        match self {
            Self::Aws => &[
                "docs.aws.amazon.com",
                "awsdocs-neuron.readthedocs-hosted.com",
            ],
            Self::China => &["docs.amazonaws.cn"],
        }
    }

    /// What finds the address of a page.
    pub(crate) fn finder(self) -> &'static str {
        match self {
            Self::Aws => "search_documentation",
            Self::China => "get_available_services",
        }
    }
}

/// An address of a documentation host, with https, and without a fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DocsUrl(Arc<Url>);

/// Why a text is no address to read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotDocs {
    #[error("is not an absolute URL: {0}")]
    Malformed(url::ParseError),
    #[error("is not an https URL")]
    Scheme,
    #[error("holds a user name, password or port")]
    Authority,
    #[error("is not on {}", Hosts(*.0))]
    Host(Partition),
    #[error("does not end in `.html`")]
    NotHtml,
}

/// The hosts of a partition, in words.
pub(crate) struct Hosts(pub(crate) Partition);

impl fmt::Display for Hosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.hosts().join(" or "))
    }
}

impl DocsUrl {
    /// The address of a page, as callers write it. `http:` becomes `https:`.
    pub(crate) fn of_page(partition: Partition, text: &str) -> Result<Self, NotDocs> {
        let url = Url::parse(text.trim()).map_err(NotDocs::Malformed)?;
        let url = Self::new(partition, url)?;
        if url.0.path().ends_with(".html") {
            Ok(url)
        } else {
            Err(NotDocs::NotHtml)
        }
    }

    /// Where a redirect from here leads.
    pub(crate) fn redirected(&self, partition: Partition, location: &str) -> Result<Self, NotDocs> {
        let url = self.0.join(location).map_err(NotDocs::Malformed)?;
        Self::new(partition, url)
    }

    fn new(partition: Partition, mut url: Url) -> Result<Self, NotDocs> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(NotDocs::Scheme);
        }
        let foreign = |host| !partition.hosts().contains(&host);
        if url.host_str().is_none_or(foreign) {
            return Err(NotDocs::Host(partition));
        }
        // The default port of the scheme counts as none.
        if url.port().is_some() || !url.username().is_empty() || url.password().is_some() {
            return Err(NotDocs::Authority);
        }
        url.set_scheme("https")
            .expect("from one special scheme to another");
        url.set_fragment(None);
        Ok(Self(Arc::new(url)))
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0
    }
}

impl fmt::Display for DocsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pages_of_the_documentation_are_read_with_https() {
        for (partition, text, read) in [
            (
                Partition::Aws,
                "https://docs.aws.amazon.com/a/b.html",
                "https://docs.aws.amazon.com/a/b.html",
            ),
            (
                Partition::Aws,
                " http://docs.aws.amazon.com/b.html#x ",
                "https://docs.aws.amazon.com/b.html",
            ),
            (
                Partition::Aws,
                "http://docs.aws.amazon.com:80/b.html",
                "https://docs.aws.amazon.com/b.html",
            ),
            (
                Partition::Aws,
                "https://DOCS.aws.amazon.com:443/b.html?x=1#y",
                "https://docs.aws.amazon.com/b.html?x=1",
            ),
            (
                Partition::Aws,
                "https://docs.aws.amazon.com/a/../../b.html",
                "https://docs.aws.amazon.com/b.html",
            ),
            (
                Partition::Aws,
                "https://awsdocs-neuron.readthedocs-hosted.com/en/latest/i.html",
                "https://awsdocs-neuron.readthedocs-hosted.com/en/latest/i.html",
            ),
            (
                Partition::China,
                "https://docs.amazonaws.cn/b.html",
                "https://docs.amazonaws.cn/b.html",
            ),
        ] {
            let url = DocsUrl::of_page(partition, text).expect(text);
            assert_eq!(url.to_string(), read);
        }
    }

    #[test]
    fn all_others_are_refused_with_the_reason() {
        let host = NotDocs::Host(Partition::Aws);
        for (text, reason) in [
            ("https://docs.aws.amazon.com.evil.com/x.html", &host),
            ("https://evil.com/docs.aws.amazon.com/x.html", &host),
            ("https://docs.aws.amazon.com@evil.com/x.html", &host),
            ("https://evil.com\\@docs.aws.amazon.com/x.html", &host),
            ("https://docs.amazonaws.cn/x.html", &host),
            ("https://aws.amazon.com/x.html", &host),
            ("https://docs.aws.amazon.com./x.html", &host),
            ("https://169.254.169.254/x.html", &host),
            (
                "https://a:b@docs.aws.amazon.com/x.html",
                &NotDocs::Authority,
            ),
            (
                "https://docs.aws.amazon.com:8443/x.html",
                &NotDocs::Authority,
            ),
            ("file:///x.html", &NotDocs::Scheme),
            ("ftp://docs.aws.amazon.com/x.html", &NotDocs::Scheme),
            ("https://docs.aws.amazon.com/page", &NotDocs::NotHtml),
            (
                "https://docs.aws.amazon.com/page?x=.html",
                &NotDocs::NotHtml,
            ),
        ] {
            let refused = DocsUrl::of_page(Partition::Aws, text);
            assert_eq!(refused.as_ref(), Err(reason), "{text}");
        }
        let refused = DocsUrl::of_page(Partition::Aws, "docs.aws.amazon.com/x.html");
        assert!(matches!(refused, Err(NotDocs::Malformed(_))), "{refused:?}");
        let refused = DocsUrl::of_page(Partition::China, "https://docs.aws.amazon.com/x.html");
        assert_eq!(refused, Err(NotDocs::Host(Partition::China)));
    }

    #[test]
    fn redirects_stay_on_the_hosts() {
        let page = DocsUrl::of_page(Partition::Aws, "https://docs.aws.amazon.com/a/b.html");
        let page = page.expect("a page");
        for (location, leads) in [
            ("c.html", Some("https://docs.aws.amazon.com/a/c.html")),
            ("/d/", Some("https://docs.aws.amazon.com/d/")),
            (
                "http://docs.aws.amazon.com/e.html",
                Some("https://docs.aws.amazon.com/e.html"),
            ),
            ("//evil.com/f.html", None),
            ("https://evil.com/f.html", None),
            ("javascript:alert(1)", None),
        ] {
            let target = page.redirected(Partition::Aws, location).ok();
            assert_eq!(
                target.map(|url| url.to_string()).as_deref(),
                leads,
                "{location}"
            );
        }
    }

    /// Addresses near the good ones, put together of what parsers read differently.
    fn near() -> impl Strategy<Value = String> {
        let pieces = server_testing::text_of(
            &[
                "https:",
                "http:",
                "//",
                "/",
                "\\",
                "@",
                ":",
                "443",
                "8443",
                ".",
                "docs.aws.amazon.com",
                "docs.amazonaws.cn",
                "evil.example",
                "169.254.169.254",
                "[::1]",
                "%2e",
                "%40",
                "#",
                "?",
                "\t",
                "\n",
                " ",
                "\u{3002}",
                "ｄ",
                "\u{ad}",
                "\u{200d}",
                "xn--",
                "..",
                "x.html",
                ".html",
                "DOCS.",
                "user",
                "\0",
            ],
            0..10,
        );
        let page = "https?://(docs\\.aws\\.amazon\\.com|a@docs\\.aws\\.amazon\\.com:?[0-9]{0,3})/\\PC{0,12}\\.html";
        prop_oneof![4 => pieces, 2 => page, 1 => server_testing::hostile_text()]
    }

    fn check(partition: Partition, url: &DocsUrl) -> Result<(), TestCaseError> {
        // A second reader of what is sent, which is all text.
        let text = url.to_string();
        let rest = text
            .strip_prefix("https://")
            .ok_or_else(|| TestCaseError::fail("scheme"))?;
        let (host, _) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        prop_assert!(partition.hosts().contains(&host), "{}", text);
        prop_assert!(!text.contains(['#', '\n', '\t', '\0', ' ']), "{}", text);
        let again = DocsUrl::new(partition, Url::parse(&text).expect("its own text"));
        prop_assert_eq!(again.as_ref(), Ok(url));
        Ok(())
    }

    proptest! {
        #![proptest_config(server_testing::config(1_000))]

        #[test]
        fn whatever_is_accepted_is_on_a_host_of_the_documentation(text in near(), location in near()) {
            for partition in [Partition::Aws, Partition::China] {
                if let Ok(url) = DocsUrl::of_page(partition, &text) {
                    check(partition, &url)?;
                    if let Ok(next) = url.redirected(partition, &location) {
                        check(partition, &next)?;
                    }
                }
                let page = DocsUrl::new(Partition::Aws, Url::parse("https://docs.aws.amazon.com/a.html").unwrap());
                if let Ok(next) = page.unwrap().redirected(partition, &location) {
                    check(partition, &next)?;
                }
            }
        }
    }
}
