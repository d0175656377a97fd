//! The tools of all targets: listed in pages, found by their prefixed names.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rmcp::model::{JsonObject, ListToolsResult, Tool};
use serde_json::Value;

use crate::arguments::{InputSchema, SchemaError};
use crate::invoke::Invoke;

/// Separates a target's name from a tool's. Target names have no underscore, so the first occurrence
/// is the separator, whatever the tool is called.
pub const DELIMITER: &str = "___";

/// Tools on one page of a listing.
pub const PAGE_SIZE: usize = 30;

/// Marks our cursors, so that a foreign one is told from a stale one.
const CURSOR_PREFIX: &str = "after:";

/// A target: a name, its tools, and what stands behind them.
pub struct Target {
    /// Prefix of the tools' names.
    pub name: String,
    /// The tools, without prefix.
    pub tools: Vec<TargetTool>,
    /// Where calls go.
    pub invoke: Arc<dyn Invoke>,
}

/// A tool as its target registers it.
#[derive(Clone, Debug)]
pub struct TargetTool {
    /// Name without prefix.
    pub name: String,
    /// What it does.
    pub description: String,
    /// Schema of its arguments.
    pub input_schema: Value,
    /// Schema of its result, listed and not enforced.
    pub output_schema: Option<Value>,
}

/// Targets that cannot be registered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// Two targets of one name.
    #[error("target `{target}` is declared twice")]
    DuplicateTarget {
        /// Name of the target.
        target: String,
    },
    /// A name that would make prefixed names ambiguous.
    #[error(
        "target name `{target}` must be letters and digits, with single hyphens between them, at most 100"
    )]
    TargetName {
        /// Name of the target.
        target: String,
    },
    /// Two tools of one name in a target.
    #[error("target `{target}` declares tool `{tool}` twice")]
    DuplicateTool {
        /// Name of the target.
        target: String,
        /// Name of the tool.
        tool: String,
    },
    /// A schema that the gateway does not accept.
    #[error("target `{target}`, tool `{tool}`: {problem}")]
    Schema {
        /// Name of the target.
        target: String,
        /// Name of the tool.
        tool: String,
        /// What is wrong, and where.
        problem: String,
    },
}

/// A cursor that no listing returned.
#[derive(Debug)]
pub(crate) struct BadCursor;

/// A registered tool.
pub(crate) struct Entry {
    pub(crate) target_name: String,
    pub(crate) target_id: String,
    pub(crate) input: InputSchema,
    pub(crate) invoke: Arc<dyn Invoke>,
    listed: Tool,
}

/// All tools of all targets.
pub struct Catalog {
    // Sorted by prefixed name: the order of the listing.
    tools: BTreeMap<String, Entry>,
    page_size: usize,
}

impl Catalog {
    /// Registers `targets`.
    ///
    /// # Errors
    ///
    /// When a name is taken, or a schema is not one that a Lambda target may have.
    pub fn new(targets: Vec<Target>, page_size: usize) -> Result<Self, CatalogError> {
        let mut tools = BTreeMap::new();
        let mut names = std::collections::BTreeSet::new();
        for target in targets {
            let target_name = target.name;
            if !is_target_name(&target_name) {
                return Err(CatalogError::TargetName {
                    target: target_name,
                });
            }
            if !names.insert(target_name.clone()) {
                return Err(CatalogError::DuplicateTarget {
                    target: target_name,
                });
            }
            for tool in target.tools {
                let name = format!("{target_name}{DELIMITER}{}", tool.name);
                let schema_error = |problem: String| CatalogError::Schema {
                    target: target_name.clone(),
                    tool: tool.name.clone(),
                    problem,
                };
                let entry = Entry {
                    target_name: target_name.clone(),
                    target_id: identifier(&target_name).to_ascii_uppercase(),
                    input: InputSchema::read(&tool.input_schema)
                        .map_err(|error: SchemaError| schema_error(error.to_string()))?,
                    invoke: Arc::clone(&target.invoke),
                    listed: listed(&name, &tool).ok_or_else(|| {
                        schema_error("the output schema must be an object".to_owned())
                    })?,
                };
                if tools.insert(name, entry).is_some() {
                    return Err(CatalogError::DuplicateTool {
                        target: target_name,
                        tool: tool.name,
                    });
                }
            }
        }
        Ok(Self { tools, page_size })
    }

    /// The tool with this prefixed name.
    pub(crate) fn find(&self, name: &str) -> Option<&Entry> {
        self.tools.get(name)
    }

    /// The page that `cursor` asks for, the first without one.
    pub(crate) fn page(&self, cursor: Option<&str>) -> Result<ListToolsResult, BadCursor> {
        use std::ops::Bound::{Excluded, Unbounded};
        let after = cursor.map(|cursor| self.read_cursor(cursor)).transpose()?;
        let start = after.as_deref().map_or(Unbounded, Excluded);
        let mut rest = self.tools.range::<str, _>((start, Unbounded));
        let page: Vec<_> = rest.by_ref().take(self.page_size).collect();
        let next_cursor = match (page.last(), rest.next()) {
            (Some((last, _)), Some(_)) => {
                Some(URL_SAFE_NO_PAD.encode(format!("{CURSOR_PREFIX}{last}")))
            }
            _ => None,
        };
        let mut result = ListToolsResult::with_all_items(
            page.iter().map(|(_, entry)| entry.listed.clone()).collect(),
        );
        result.next_cursor = next_cursor;
        // Protocol 2026-07-28 only.
        result.result_type = None;
        Ok(result)
    }

    fn read_cursor(&self, cursor: &str) -> Result<String, BadCursor> {
        let text = URL_SAFE_NO_PAD
            .decode(cursor)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        let last = text
            .as_deref()
            .and_then(|text| text.strip_prefix(CURSOR_PREFIX))
            .ok_or(BadCursor)?;
        if self.tools.contains_key(last) {
            Ok(last.to_owned())
        } else {
            Err(BadCursor)
        }
    }
}

/// The tool as `tools/list` shows it, or `None` if its output schema is no object.
fn listed(name: &str, tool: &TargetTool) -> Option<Tool> {
    let input: JsonObject = tool.input_schema.as_object().cloned().unwrap_or_default();
    let listed = Tool::new(name.to_owned(), tool.description.clone(), input);
    match &tool.output_schema {
        None => Some(listed),
        Some(schema) => Some(listed.with_raw_output_schema(Arc::new(schema.as_object()?.clone()))),
    }
}

/// `([0-9a-zA-Z][-]?){1,100}`, the pattern of the service's API model.
fn is_target_name(name: &str) -> bool {
    let alphanumerics = name.bytes().filter(u8::is_ascii_alphanumeric).count();
    (1..=100).contains(&alphanumerics)
        && name
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_alphanumeric())
        && !name.starts_with('-')
        && !name.contains("--")
}

/// Ten characters that stand for `name` in identifiers: the same on every start and every machine.
pub(crate) fn identifier(name: &str) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    // FNV-1a, 64 bit: https://datatracker.ietf.org/doc/html/rfc9923
    let mut hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    std::iter::repeat_with(|| {
        let digit = usize::try_from(hash % 36).expect("below 36");
        hash /= 36;
        char::from(DIGITS[digit])
    })
    .take(10)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invoke::{Invocation, Invoking};
    use serde_json::json;

    struct Nothing;
    impl Invoke for Nothing {
        fn invoke(&self, _: Invocation) -> Invoking<'_> {
            unreachable!("listing invokes nothing")
        }
    }

    fn tool(name: &str, input_schema: Value) -> TargetTool {
        TargetTool {
            name: name.to_owned(),
            description: "d".to_owned(),
            input_schema,
            output_schema: None,
        }
    }

    fn catalog(targets: &[(&str, &[&str])]) -> Result<Catalog, CatalogError> {
        let targets = targets.iter().map(|(name, tools)| Target {
            name: (*name).to_owned(),
            tools: tools
                .iter()
                .map(|name| tool(name, json!({"type": "object"})))
                .collect(),
            invoke: Arc::new(Nothing),
        });
        Catalog::new(targets.collect(), 2)
    }

    fn names(page: &ListToolsResult) -> Vec<&str> {
        page.tools.iter().map(|tool| tool.name.as_ref()).collect()
    }

    #[test]
    fn pages_are_sorted_by_full_name_and_end_without_a_cursor() {
        let catalog = catalog(&[("b", &["x"]), ("a", &["z", "y"]), ("a1", &["__q"])]).unwrap();
        let first = catalog.page(None).unwrap();
        assert_eq!(names(&first), ["a1_____q", "a___y"]);
        let second = catalog.page(first.next_cursor.as_deref()).unwrap();
        assert_eq!(names(&second), ["a___z", "b___x"]);
        assert_eq!(
            second.next_cursor, None,
            "a full last page is the last page"
        );
    }

    #[test]
    fn a_cursor_of_somebody_elses_is_refused() {
        let catalog = catalog(&[("a", &["x", "y", "z"])]).unwrap();
        let stale = URL_SAFE_NO_PAD.encode("after:a___gone");
        for cursor in ["", "2", "a___x", "%%%", stale.as_str()] {
            assert!(catalog.page(Some(cursor)).is_err(), "{cursor}");
        }
    }

    #[test]
    fn names_and_schemas_that_the_service_refuses_are_refused() {
        for (targets, message) in [
            (
                &[("a", &["x"][..]), ("a", &["y"][..])][..],
                "target `a` is declared twice",
            ),
            (
                &[("a", &["x", "x"][..])][..],
                "target `a` declares tool `x` twice",
            ),
            (&[("a_b", &["x"][..])][..], "target name `a_b` must be"),
            (&[("a--b", &["x"][..])][..], "target name `a--b` must be"),
            (&[("-a", &["x"][..])][..], "target name `-a` must be"),
            (&[("", &["x"][..])][..], "target name `` must be"),
        ] {
            let error = catalog(targets).err().unwrap().to_string();
            assert!(error.starts_with(message), "{error}");
        }
        let target = Target {
            name: "a".to_owned(),
            tools: vec![tool("x", json!({"type": "object", "$ref": "#"}))],
            invoke: Arc::new(Nothing),
        };
        let error = Catalog::new(vec![target], 30).err().unwrap().to_string();
        assert_eq!(
            error,
            "target `a`, tool `x`: input schema at `/`: a Lambda target has no keyword `$ref`"
        );
    }

    #[test]
    fn identifiers_are_stable() {
        assert_eq!(identifier("filesystem"), identifier("filesystem"));
        assert_ne!(identifier("filesystem"), identifier("git-repo"));
        assert_eq!(identifier("").len(), 10);
    }
}
