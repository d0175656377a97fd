//! The tools of the other server: as it lists them, and as they were when somebody last looked.

use std::collections::HashMap;
use std::path::PathBuf;

use rmcp::model::Tool;
use serde::Deserialize;

/// Which list of tools is served: not set, what the server lists and else the stored list;
/// `live`, only what it lists, under its own names, to be stored; a path, only the list in that
/// file. For programs that generate code.
pub const TOOL_LIST: &str = "MCP_FLEET_TOOL_LIST";

/// Keys in a tool's `_meta` that the fleet acts on. Another server must not set them.
const OWN_META: &str = "mcp-fleet/";

/// What a gateway puts between its target's name and a tool's.
const SEPARATOR: &str = "___";

/// Which list of tools is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// What the server lists, else what is stored.
    LiveOrStored,
    /// What the server lists, as it is.
    Live,
    /// What is stored.
    Stored,
}

/// A list of tools that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "named by the message")]
pub enum ToolListError {
    /// The file cannot be read.
    #[error("{TOOL_LIST}: `{}` cannot be read; write `live` or the path of a list", path.display())]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    /// It is no list of tools.
    #[error(
        "{name} is not a list of tools; write `{{\"tools\": [...]}}` as MCP's `tools/list` answers it"
    )]
    Form {
        name: String,
        source: serde_json::Error,
    },
}

/// A list of tools, sorted by the names that callers see.
#[derive(Debug, Clone, Default)]
pub(crate) struct Catalog {
    tools: Vec<Tool>,
    /// The server's own names, where they differ.
    names: HashMap<String, String>,
}

#[derive(Deserialize)]
struct Stored {
    tools: Vec<Tool>,
}

/// The stored list, `embedded` or the one that the environment names, and what to serve.
pub(crate) fn from_env(embedded: &str) -> Result<(Source, Catalog), ToolListError> {
    let embedded = || Catalog::stored("the stored list of tools", embedded);
    match std::env::var_os(TOOL_LIST).filter(|value| !value.is_empty()) {
        None => Ok((Source::LiveOrStored, embedded()?)),
        Some(value) if value == "live" => Ok((Source::Live, embedded()?)),
        Some(path) => {
            let path = PathBuf::from(path);
            match std::fs::read_to_string(&path) {
                Ok(text) => {
                    let name = format!("`{}`", path.display());
                    Ok((Source::Stored, Catalog::stored(&name, &text)?))
                }
                Err(source) => Err(ToolListError::Read { path, source }),
            }
        }
    }
}

impl Catalog {
    fn stored(name: &str, text: &str) -> Result<Self, ToolListError> {
        let stored: Stored = serde_json::from_str(text).map_err(|source| ToolListError::Form {
            name: name.to_owned(),
            source,
        })?;
        Ok(Self::new(stored.tools))
    }

    /// What the server lists now. What somebody wrote into the stored list about the access of a
    /// tool holds for it too.
    pub(crate) fn live(tools: Vec<Tool>, stored: &Self) -> Self {
        let mut catalog = Self::new(tools);
        for tool in &mut catalog.tools {
            let known = stored.get(&tool.name);
            let own = known.and_then(|known| known.meta.clone());
            let own = own.into_iter().flat_map(|meta| meta.0).filter(is_own);
            let mut meta = tool.meta.take().unwrap_or_default();
            meta.0.retain(|key, _| !key.starts_with(OWN_META));
            meta.0.extend(own);
            tool.meta = (!meta.0.is_empty()).then_some(meta);
            let hint = |tool: &Tool| tool.annotations.as_ref()?.read_only_hint;
            if hint(tool).is_none()
                && let Some(stored) = known.and_then(hint)
            {
                let annotations = tool.annotations.take().unwrap_or_default();
                tool.annotations = Some(annotations.read_only(stored));
            }
        }
        catalog
    }

    /// What the server lists, to be stored.
    pub(crate) fn raw(mut tools: Vec<Tool>) -> Self {
        tools.sort_by(|a, b| a.name.cmp(&b.name));
        Self {
            tools,
            names: HashMap::new(),
        }
    }

    /// Takes the gateway's prefix from the names, where they stay different from each other.
    fn new(mut tools: Vec<Tool>) -> Self {
        let mut taken: HashMap<String, usize> = HashMap::new();
        for tool in &tools {
            *taken.entry(unwrapped(&tool.name).to_owned()).or_default() += 1;
        }
        let mut names = HashMap::new();
        for tool in &mut tools {
            let short = unwrapped(&tool.name);
            if short != tool.name && taken.get(short) == Some(&1) {
                let short = short.to_owned();
                names.insert(short.clone(), tool.name.to_string());
                tool.name = short.into();
            }
        }
        tools.sort_by(|a, b| a.name.cmp(&b.name));
        tools.dedup_by(|a, b| a.name == b.name);
        Self { tools, names }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.tools.is_empty()
    }

    pub(crate) fn tools(&self) -> &[Tool] {
        &self.tools
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Tool> {
        let found = self
            .tools
            .binary_search_by(|tool| tool.name.as_ref().cmp(name));
        found.ok().and_then(|index| self.tools.get(index))
    }

    /// The server's own name of a tool.
    pub(crate) fn own_name<'a>(&'a self, name: &'a str) -> &'a str {
        self.names.get(name).map_or(name, String::as_str)
    }
}

fn is_own((key, _): &(String, serde_json::Value)) -> bool {
    key.starts_with(OWN_META)
}

/// `aws___search` as `search`.
fn unwrapped(name: &str) -> &str {
    match name.split_once(SEPARATOR) {
        Some((target, tool)) if !target.is_empty() && !tool.is_empty() => tool,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn tools(list: &Value) -> Vec<Tool> {
        serde_json::from_value(list.clone()).unwrap()
    }

    fn tool(name: &str) -> Value {
        json!({"name": name, "inputSchema": {"type": "object"}})
    }

    #[test]
    fn a_prefix_goes_unless_two_tools_would_have_one_name() {
        let list = json!(
            [
                "aws___read",
                "a___same",
                "b___same",
                "plain",
                "___odd",
                "x___y___z"
            ]
            .map(tool)
        );
        let catalog = Catalog::new(tools(&list));
        let names: Vec<&str> = catalog
            .tools()
            .iter()
            .map(|tool| tool.name.as_ref())
            .collect();
        assert_eq!(
            names,
            ["___odd", "a___same", "b___same", "plain", "read", "y___z"]
        );
        for (shown, own) in [
            ("read", "aws___read"),
            ("y___z", "x___y___z"),
            ("plain", "plain"),
            ("new", "new"),
        ] {
            assert_eq!(catalog.own_name(shown), own);
        }
        assert!(catalog.get("read").is_some() && catalog.get("aws___read").is_none());
    }

    #[test]
    fn what_the_fleet_acts_on_comes_from_the_stored_list_alone() {
        let mut known = tool("s___query");
        known["annotations"] = json!({"readOnlyHint": true});
        known["_meta"] =
            json!({"mcp-fleet/smoke": {}, "mcp-fleet/access": "sensitive", "other": 1});
        let stored = Catalog::new(tools(&json!([known])));
        let mut now = tool("s___query");
        now["_meta"] = json!({"mcp-fleet/iam": ["iam:*"], "theirs": 2});
        let mut added = tool("s___added");
        added["_meta"] = json!({"mcp-fleet/iam": ["iam:*"]});
        let live = Catalog::live(tools(&json!([now, added])), &stored);
        let query = serde_json::to_value(live.get("query")).unwrap();
        assert_eq!(
            query["_meta"],
            json!({"mcp-fleet/smoke": {}, "mcp-fleet/access": "sensitive", "theirs": 2})
        );
        assert_eq!(query["annotations"]["readOnlyHint"], true);
        let added = serde_json::to_value(live.get("added")).unwrap();
        assert_eq!(
            (&added["_meta"], &added["annotations"]),
            (&Value::Null, &Value::Null)
        );
    }

    #[test]
    fn a_hint_of_the_server_is_not_overruled() {
        let mut known = tool("write");
        known["annotations"] = json!({"readOnlyHint": true});
        let stored = Catalog::new(tools(&json!([known])));
        let mut now = tool("write");
        now["annotations"] = json!({"readOnlyHint": false});
        let live = Catalog::live(tools(&json!([now])), &stored);
        let hints = live.get("write").and_then(|tool| tool.annotations.clone());
        assert_eq!(hints.and_then(|hints| hints.read_only_hint), Some(false));
    }

    #[test]
    fn what_is_no_list_is_refused() {
        let error = Catalog::stored("`list.json`", "[]").unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("`list.json` is not a list of tools; write"),
            "{error}"
        );
    }
}
