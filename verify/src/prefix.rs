//! What the names of a deployed environment's functions start with.

use std::fmt;
use std::str::FromStr;

/// The most characters that leave room for `mcp-server-` and an id of one character: the name of a
/// Lambda function has at most 64.
const MAX_CHARACTERS: usize = 52;

/// A prefix such as `gamma-`, or none. It becomes part of a name, so nothing but what a Lambda
/// function's name may have gets through.
#[derive(Debug, Clone, Default)]
pub(crate) struct Prefix(String);

impl FromStr for Prefix {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if !text.bytes().all(allowed) {
            return Err("write letters, digits, `-` and `_`, such as `gamma-`".to_owned());
        }
        if text.len() > MAX_CHARACTERS {
            return Err(format!("write at most {MAX_CHARACTERS} characters"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
