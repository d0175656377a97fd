//! Parameters in a URL or a form, escaped so that a signature over them is the same on both sides.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Any part of a URL, escaped: `%20` for a space, never `+`.
pub fn escaped(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// `name=value&…`, escaped, in this order.
pub fn query_string(parameters: &[(&str, &str)]) -> String {
    let pairs = parameters.iter();
    let pairs = pairs.map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
    pairs.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_the_way_signatures_want_them() {
        let query = "sum(rate(a{b=~\"c d+\"}[5m])) / 2 & é";
        assert_eq!(
            query_string(&[("query", query), ("match[]", "~x-y_z.")]),
            "query=sum%28rate%28a%7Bb%3D~%22c%20d%2B%22%7D%5B5m%5D%29%29%20%2F%202%20%26%20%C3%A9&match%5B%5D=~x-y_z."
        );
        assert_eq!(query_string(&[]), "");
    }
}
