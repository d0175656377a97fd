//! Names of servers.

use std::borrow::Borrow;
use std::fmt;

use serde::{Serialize, Serializer};

/// The name of a server: lower-case words joined by single hyphens, at most 53 characters, so
/// that `mcp-server-<id>` is a name for a Lambda function and `<id>` one for a gateway target.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerId(String);

impl ServerId {
    /// Lambda allows 64 characters for the function, `mcp-server-` takes 11.
    pub const MAX_LENGTH: usize = 53;

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is not a server's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidServerId {
    /// A character or an order of them that is not allowed.
    #[error("`{text}` is not a name for a server")]
    Form {
        /// The text.
        text: String,
        /// A name that would do.
        suggestion: Option<String>,
    },
    /// More than [`ServerId::MAX_LENGTH`] characters.
    #[error("`{text}` has {length} characters, 53 are allowed")]
    Length {
        /// The text.
        text: String,
        /// How many characters it has.
        length: usize,
    },
}

impl InvalidServerId {
    /// What to write instead.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Form {
                suggestion: Some(name),
                ..
            } => format!("write lower-case letters, digits and single hyphens: `{name}`"),
            Self::Form { .. } => {
                "write lower-case letters, digits and single hyphens, as in `git-repo`".to_owned()
            }
            Self::Length { .. } => {
                "choose a shorter name: the Lambda function `mcp-server-<name>` may have 64"
                    .to_owned()
            }
        }
    }
}

impl TryFrom<&str> for ServerId {
    type Error = InvalidServerId;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        if !is_slug(text) {
            let suggestion = slug(text);
            return Err(InvalidServerId::Form {
                text: crate::node::shorten(text),
                suggestion: is_slug(&suggestion).then_some(suggestion),
            });
        }
        if text.len() > Self::MAX_LENGTH {
            return Err(InvalidServerId::Length {
                text: crate::node::shorten(text),
                length: text.len(),
            });
        }
        Ok(Self(text.to_owned()))
    }
}

impl std::str::FromStr for ServerId {
    type Err = InvalidServerId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::try_from(text)
    }
}

/// Lower-case words and digits joined by single hyphens.
pub(crate) fn is_slug(text: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    text.split('-').all(word)
}

fn slug(text: &str) -> String {
    let words: Vec<String> = text
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    words.join("-").chars().take(ServerId::MAX_LENGTH).collect()
}

impl fmt::Display for ServerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for ServerId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for ServerId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for ServerId {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for ServerId {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl Serialize for ServerId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lower_case_words_joined_by_single_hyphens() {
        for good in ["filesystem", "git-repo", "s3", "7zip", &"a".repeat(53)] {
            assert!(ServerId::try_from(good).is_ok(), "{good}");
        }
        for (bad, hint) in [
            ("Git_Repo", "`git-repo`"),
            ("-git", "`git`"),
            ("git-", "`git`"),
            ("git--repo", "`git-repo`"),
            ("", "as in `git-repo`"),
            ("é", "as in `git-repo`"),
            (&"a".repeat(54), "shorter"),
        ] {
            let error = ServerId::try_from(bad).expect_err(bad);
            assert!(error.hint().contains(hint), "{bad}: {}", error.hint());
        }
    }
}
