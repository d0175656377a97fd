//! Names that callers give and that end up in host names or file look-ups.

use serde::{Deserialize, Serialize};

/// Why a name was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidName {
    /// Not the form of an AWS region.
    #[error("{0:?} is not an AWS region; write one like `us-east-1`")]
    Region(String),
    /// Empty, too long, or with characters that no profile has.
    #[error("{0:?} is not a profile name; write one as it stands in `~/.aws/config`")]
    Profile(String),
}

/// An AWS region by form: `us-east-1`, `cn-north-1`, `us-gov-west-1`.
///
/// The name becomes part of a host name, so nothing but lower-case letters, digits and hyphens
/// gets through. Whether the region exists is for AWS to say.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct RegionName(String);

impl RegionName {
    /// The name, as AWS writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RegionName {
    type Error = InvalidName;

    fn try_from(name: String) -> Result<Self, InvalidName> {
        let mut parts = name.split('-');
        let partition = parts.next().unwrap_or_default();
        let number = parts.next_back().unwrap_or_default();
        let middle: Vec<&str> = parts.collect();
        let lower = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
        let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        let well_formed = name.len() <= 32
            && lower(partition)
            && !middle.is_empty()
            && middle.iter().all(|part| lower(part))
            && digits;
        if well_formed {
            Ok(Self(name))
        } else {
            Err(InvalidName::Region(name))
        }
    }
}

/// A profile of the AWS configuration files, by form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProfileName(String);

impl ProfileName {
    /// The name, as the configuration files have it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ProfileName {
    type Error = InvalidName;

    fn try_from(name: String) -> Result<Self, InvalidName> {
        let refused = name.is_empty()
            || name.len() > 128
            || name.trim() != name
            || name.chars().any(|c| c.is_control() || c == '[' || c == ']');
        if refused {
            Err(InvalidName::Profile(name))
        } else {
            Ok(Self(name))
        }
    }
}

/// What every type around a checked name has beside its check: it turns back into text, and is shown as it.
#[macro_export]
macro_rules! name_conversions {
    ($name:ident) => {
        impl ::std::convert::From<$name> for ::std::string::String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name_conversions!(RegionName);
name_conversions!(ProfileName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_of_every_partition_are_accepted() {
        for name in [
            "us-east-1",
            "ap-southeast-7",
            "cn-northwest-1",
            "us-gov-west-1",
            "us-iso-east-1",
            "eusc-de-east-1",
        ] {
            assert_eq!(
                RegionName::try_from(name.to_owned()).unwrap().as_str(),
                name
            );
        }
    }

    #[test]
    fn what_could_change_a_host_name_is_refused() {
        for name in [
            "",
            "us",
            "us-1",
            "us-east-",
            "-east-1",
            "us-east-1.evil.example",
            "us-east-1/",
            "us-east-1@x",
            "US-EAST-1",
            "us-east-1 ",
            "us--1",
            "us-ea\u{0}st-1",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-b-1",
        ] {
            let error = RegionName::try_from(name.to_owned()).unwrap_err();
            assert_eq!(error, InvalidName::Region(name.to_owned()));
        }
    }

    #[test]
    fn profiles_may_have_spaces_but_no_section_syntax() {
        for name in ["default", "team prod", "a.b+c@d", "Ω"] {
            assert_eq!(
                ProfileName::try_from(name.to_owned()).unwrap().as_str(),
                name
            );
        }
        for name in ["", " a", "a]", "[a", "a\nb"] {
            assert!(matches!(
                ProfileName::try_from(name.to_owned()),
                Err(InvalidName::Profile(given)) if given == name
            ));
        }
    }
}
