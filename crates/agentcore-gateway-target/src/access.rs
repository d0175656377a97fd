//! What a tool may do, and how much of that a server is allowed.

use std::fmt;
use std::str::FromStr;

use rmcp::model::Tool;

use crate::metadata::ACCESS_META;

/// How much a tool may do. The levels are ordered: each includes those before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// Reads, and changes nothing.
    #[default]
    ReadOnly,
    /// Creates, changes or deletes.
    ReadWrite,
    /// More than that: secrets, permissions, costs.
    Sensitive,
}

impl Access {
    /// Every level, lowest first.
    pub const ALL: [Self; 3] = [Self::ReadOnly, Self::ReadWrite, Self::Sensitive];

    /// The level as settings spell it: `read-only`, `read-write`, `sensitive`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadOnly => "read-only",
            Self::ReadWrite => "read-write",
            Self::Sensitive => "sensitive",
        }
    }

    /// The level that a tool needs: [`Sensitive`](Self::Sensitive) when its `_meta` says
    /// `"mcp-fleet/access": "sensitive"`, else what its `readOnlyHint` says. A tool without the
    /// hint counts as writing, and a level that is not known as the highest: no tool gets in by
    /// saying nothing.
    pub fn of(tool: &Tool) -> Self {
        let hint = tool.annotations.as_ref().and_then(|a| a.read_only_hint);
        let hinted = match hint {
            Some(true) => Self::ReadOnly,
            _ => Self::ReadWrite,
        };
        match tool.meta.as_ref().and_then(|meta| meta.get(ACCESS_META)) {
            None => hinted,
            Some(level) => {
                let stated = level.as_str().and_then(|level| level.parse().ok());
                hinted.max(stated.unwrap_or(Self::Sensitive))
            }
        }
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A level that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an access level; write `read-only`, `read-write` or `sensitive`")]
pub struct UnknownAccess(String);

impl FromStr for Access {
    type Err = UnknownAccess;

    fn from_str(text: &str) -> Result<Self, UnknownAccess> {
        Self::ALL
            .into_iter()
            .find(|level| level.as_str() == text)
            .ok_or_else(|| UnknownAccess(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use rmcp::model::{JsonObject, ToolAnnotations};
    use serde_json::{Value, json};

    use super::*;

    fn tool(read_only: Option<bool>, access: Option<Value>) -> Tool {
        let mut tool = Tool::new("t", "", JsonObject::new());
        tool.annotations = read_only.map(|hint| ToolAnnotations::new().read_only(hint));
        tool.meta = access
            .map(|level| serde_json::from_value(json!({ ACCESS_META: level })).expect("an object"));
        tool
    }

    #[test]
    fn a_tool_needs_what_its_hints_say_and_never_less() {
        let cases = [
            (Some(true), None, Access::ReadOnly),
            (Some(false), None, Access::ReadWrite),
            (None, None, Access::ReadWrite),
            (Some(true), Some(json!("sensitive")), Access::Sensitive),
            (Some(false), Some(json!("read-only")), Access::ReadWrite),
            (Some(true), Some(json!("read-write")), Access::ReadWrite),
            (Some(true), Some(json!("typo")), Access::Sensitive),
            (Some(true), Some(json!(7)), Access::Sensitive),
        ];
        for (read_only, access, expected) in cases {
            let tool = tool(read_only, access);
            assert_eq!(Access::of(&tool), expected, "{tool:?}");
        }
    }

    #[test]
    fn levels_are_read_as_they_are_written() {
        for level in Access::ALL {
            assert_eq!(level.to_string().parse(), Ok(level));
        }
        let error = "readonly".parse::<Access>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`readonly` is not an access level; write `read-only`, `read-write` or `sensitive`"
        );
    }
}
