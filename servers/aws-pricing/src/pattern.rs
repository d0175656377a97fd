//! Regular expressions of callers: searched for anywhere, in any case, in linear time.

use regex_lite::{Regex, RegexBuilder};
use serde_json::json;

use crate::error::{Kind, PricingError};

/// Compiled size. A pattern such as `a{1000}{1000}` would take the memory of the process.
const LARGEST: usize = 1 << 20;

/// A filter on names.
#[derive(Debug)]
pub(crate) struct Pattern {
    text: String,
    regex: Regex,
}

impl Pattern {
    pub(crate) fn new(text: String) -> Result<Self, PricingError> {
        match RegexBuilder::new(&text)
            .case_insensitive(true)
            .size_limit(LARGEST)
            .build()
        {
            Ok(regex) => Ok(Self { text, regex }),
            Err(reason) => Err(PricingError::new(
                Kind::InvalidRegex,
                format!("{text:?} is not a regular expression: {reason}"),
            )
            .suggest("look-around and back-references are not supported; escape `.`, `(`, `[`, `*`, `+` and `?` with a backslash to mean themselves")
            .field("filter", text)
            .field(
                "examples",
                json!({ "contains": "bedrock", "starts with": "^AmazonEC2", "one of": "^(AWSLambda|AmazonS3)$" }),
            )),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn finds(&self, name: &str) -> bool {
        self.regex.is_match(name)
    }
}

#[cfg(test)]
mod tests {
    use agentcore_gateway_target::ToolError as _;

    use super::*;

    #[test]
    fn patterns_are_searched_for_in_any_case() {
        let pattern = Pattern::new("bedrock|^aws.ambda$".to_owned()).unwrap();
        for (name, found) in [
            ("AmazonBedrock", true),
            ("AWSLambda", true),
            ("XAWSLambda", false),
            ("AmazonS3", false),
        ] {
            assert_eq!(pattern.finds(name), found, "{name}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_said_to_be_none() {
        for text in ["(", "(?=a)", r"(a)\1", "a{9999}{9999}"] {
            let error = Pattern::new(text.to_owned()).unwrap_err();
            assert_eq!(error.code(), "invalid_regex", "{text}");
            assert_eq!(error.details().unwrap()["result"]["filter"], text);
        }
    }
}
