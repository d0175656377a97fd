//! One request: its path, and its parameters as they are signed and sent.

use http::header::CONTENT_TYPE;
use prometheus_api::query_string;

use super::label::LabelName;

/// A longer query string goes into the body of a `POST`: proxies and servers cut URLs off.
const LONGEST_QUERY_STRING: usize = 4_096;

/// What is asked.
#[derive(Debug)]
pub(crate) enum Path<'a> {
    Query,
    QueryRange,
    LabelValues(&'a LabelName),
    Series,
    Labels,
}

impl Path<'_> {
    fn text(&self) -> String {
        match self {
            Self::Query => "/api/v1/query".to_owned(),
            Self::QueryRange => "/api/v1/query_range".to_owned(),
            Self::LabelValues(name) => format!("/api/v1/label/{}/values", name.segment()),
            Self::Series => "/api/v1/series".to_owned(),
            Self::Labels => "/api/v1/labels".to_owned(),
        }
    }

    /// Which of them CloudWatch documents with `POST`.
    fn takes_post(&self) -> bool {
        matches!(self, Self::Query | Self::QueryRange)
    }
}

/// A request. All of them read, so all of them may be repeated.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    path: Path<'a>,
    parameters: Vec<(&'static str, &'a str)>,
}

impl<'a> Request<'a> {
    pub(crate) fn new(path: Path<'a>) -> Self {
        Self {
            path,
            parameters: Vec::new(),
        }
    }

    /// Adds a parameter, as any text.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: &'a str) -> Self {
        self.parameters.push((name, value));
        self
    }

    /// Adds a parameter, when there is something to say.
    #[must_use]
    pub(crate) fn with_some(self, name: &'static str, value: Option<&'a str>) -> Self {
        match value.filter(|value| !value.is_empty()) {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds each selector as a `match[]` of its own: series that fit any of them count.
    #[must_use]
    pub(crate) fn with_selectors(self, selectors: &'a [String]) -> Self {
        let add = |request: Self, selector: &'a String| request.with("match[]", selector);
        selectors.iter().fold(self, add)
    }

    /// The request without its signature.
    pub(super) fn http(&self, base: &str) -> http::Result<http::Request<Vec<u8>>> {
        let pairs = query_string(&self.parameters);
        let url = format!("{base}{}", self.path.text());
        let builder = http::Request::builder();
        if pairs.len() > LONGEST_QUERY_STRING && self.path.takes_post() {
            return builder
                .method("POST")
                .uri(url)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(pairs.into_bytes());
        }
        let url = match pairs.as_str() {
            "" => url,
            pairs => format!("{url}?{pairs}"),
        };
        builder.uri(url).body(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_the_way_signatures_want_them() {
        let selectors = ["{\"a b\"}".to_owned(), "up".to_owned()];
        let request = Request::new(Path::Series)
            .with_selectors(&selectors)
            .with_some("start", Some("2025-01-01T00:00:00+02:00"))
            .with_some("end", Some(""))
            .with_some("limit", None);
        let http = request
            .http("https://monitoring.eu-west-1.amazonaws.com")
            .unwrap();
        assert_eq!(
            http.uri().to_string(),
            "https://monitoring.eu-west-1.amazonaws.com/api/v1/series?match%5B%5D=%7B%22a%20b%22%7D&match%5B%5D=up&start=2025-01-01T00%3A00%3A00%2B02%3A00"
        );
        assert_eq!(http.method(), "GET");
    }

    #[test]
    fn a_long_query_is_posted() {
        let long = "x".repeat(5_000);
        let request = Request::new(Path::Query)
            .with("query", &long)
            .http("http://h")
            .unwrap();
        assert_eq!(
            (
                request.method().as_str(),
                request.uri().to_string().as_str()
            ),
            ("POST", "http://h/api/v1/query")
        );
        assert_eq!(
            request.headers()["content-type"],
            "application/x-www-form-urlencoded"
        );
        assert_eq!(request.body(), format!("query={long}").as_bytes());
        let series = Request::new(Path::Series)
            .with("match[]", &long)
            .http("http://h")
            .unwrap();
        assert_eq!(series.method(), "GET");
    }
}
