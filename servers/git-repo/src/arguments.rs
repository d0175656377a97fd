//! Every string of a caller, checked before anything else sees it.

use std::borrow::Cow;
use std::fmt;

use agentcore_gateway_target::lenient;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

/// Why control characters are refused.
pub(crate) const CONTROL_CHARACTERS_HINT: &str = "it contains a control character";

/// Declares a string type that is checked by `$check` when it is deserialized.
macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
        #[serde(try_from = "String")]
        pub(crate) struct $name(String);

        impl $name {
            pub(crate) fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = Refused;

            fn try_from(text: String) -> Result<Self, Refused> {
                $check(&text)?;
                Ok(Self(text))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string" })
            }
        }
    };
}

/// Why a string is not accepted.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    #[error("it is empty")]
    Empty,
    #[error("`{0}` starts with `-`, as an option would; options are not accepted")]
    Option(String),
    #[error("it contains a NUL or another control character")]
    Control,
    #[error("it is longer than {0} bytes")]
    Long(usize),
}

/// The longest path that Linux knows; nothing that is named by a caller needs more.
const LONGEST: usize = 4096;

fn plain(text: &str) -> Result<(), Refused> {
    if text.is_empty() {
        return Err(Refused::Empty);
    }
    if text.len() > LONGEST {
        return Err(Refused::Long(LONGEST));
    }
    if text.contains(char::is_control) {
        return Err(Refused::Control);
    }
    Ok(())
}

fn not_an_option(text: &str) -> Result<(), Refused> {
    if text.starts_with('-') {
        return Err(Refused::Option(text.to_owned()));
    }
    plain(text)
}

/// A file name may hold anything but NUL, and may start with `-`: there is no command line here.
fn file(text: &str) -> Result<(), Refused> {
    match text {
        "" => Err(Refused::Empty),
        _ if text.len() > LONGEST => Err(Refused::Long(LONGEST)),
        _ if text.contains('\0') => Err(Refused::Control),
        _ => Ok(()),
    }
}

fn message(text: &str) -> Result<(), Refused> {
    if text.contains('\0') {
        return Err(Refused::Control);
    }
    Ok(())
}

checked_text!(
    /// Path of a repository, not yet resolved.
    RepoPath,
    not_an_option
);
checked_text!(
    /// A revision expression, not yet resolved.
    Revision,
    not_an_option
);
checked_text!(
    /// Name of a branch to be made; the rules of ref names are checked by the tool.
    BranchName,
    not_an_option
);
checked_text!(
    /// A point in time, not yet parsed.
    Moment,
    not_an_option
);
checked_text!(
    /// A path or pathspec inside a repository.
    FileSpec,
    file
);

checked_text!(
    /// Message of a commit: anything that a commit object can hold.
    CommitMessage,
    message
);

/// Lines of context around a change: 0 or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct ContextLines(u32);

impl ContextLines {
    pub(crate) fn get(self) -> u32 {
        self.0
    }
}

impl Default for ContextLines {
    fn default() -> Self {
        Self(3)
    }
}

impl<'de> Deserialize<'de> for ContextLines {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number: i64 = lenient::integer(deserializer)?;
        // libgit2 counts lines in an `int`, and adds to it.
        match u32::try_from(number) {
            Ok(lines) => Ok(Self(lines.min(1_000_000))),
            Err(_) => Err(serde::de::Error::custom(format!(
                "{number} is not a number of lines; give 0 or more"
            ))),
        }
    }
}

impl JsonSchema for ContextLines {
    fn schema_name() -> Cow<'static, str> {
        "ContextLines".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 0 })
    }
}

/// Which branches to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(crate) enum BranchKind {
    // No doc comments: they would turn the schema's `enum` into a `oneOf`.
    Local,
    Remote,
    All,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_control_characters_and_nothing_are_refused() {
        let refused = |text: &str| Revision::try_from(text.to_owned()).unwrap_err();
        assert_eq!(refused(""), Refused::Empty);
        assert_eq!(refused("--output=x"), Refused::Option("--output=x".into()));
        assert_eq!(refused("main\n--exec"), Refused::Control);
        assert_eq!(refused("main\0"), Refused::Control);
        assert_eq!(refused(&"a".repeat(4097)), Refused::Long(4096));
        assert_eq!(
            Revision::try_from("HEAD~1".to_owned()).unwrap().as_str(),
            "HEAD~1"
        );
    }

    #[test]
    fn a_file_may_look_like_an_option() {
        assert!(FileSpec::try_from("-A".to_owned()).is_ok());
        assert_eq!(FileSpec::try_from("a\0b".to_owned()), Err(Refused::Control));
    }
}
