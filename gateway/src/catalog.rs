//! The tools of all targets: listed in pages, found by their prefixed names.

mod error;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::Arc;

use rmcp::model::Tool;
use serde_json::Value;

use crate::invoke::Invoke;
use crate::jsonrpc::json;
use crate::propagation::Propagation;
use crate::schema::InputSchema;
use crate::target::{Schemas, Target, TargetTool};

pub use error::CatalogError;

/// Separates a target's name from a tool's. Target names have no underscore, so the first occurrence
/// is the separator, whatever the tool is called.
pub const DELIMITER: &str = "___";

/// A target as its tools know it.
pub(crate) struct Registered {
    pub(crate) name: String,
    pub(crate) id: Arc<str>,
    pub(crate) propagation: Propagation,
    pub(crate) invoke: Arc<dyn Invoke>,
}

/// A registered tool.
pub(crate) struct Entry {
    pub(crate) target: Arc<Registered>,
    /// What arguments must look like; `None` when the target checks them itself.
    pub(crate) input: Option<InputSchema>,
    /// The tool as `tools/list` shows it: JSON.
    listed: String,
}

/// Some tools of a listing.
pub(crate) struct Page<'a> {
    /// Each as JSON.
    pub(crate) tools: Vec<&'a str>,
    /// The last of them, when there are more.
    pub(crate) continues_after: Option<&'a str>,
}

/// All tools of all targets.
pub struct Catalog {
    // Sorted by prefixed name: the order of the listing.
    tools: BTreeMap<String, Entry>,
}

impl Catalog {
    /// Registers `targets`.
    ///
    /// # Errors
    ///
    /// When a name is taken, or a schema is not one that its target may have.
    pub fn new(targets: Vec<Target>) -> Result<Self, CatalogError> {
        let mut tools = BTreeMap::new();
        let mut names = BTreeSet::new();
        for target in targets {
            if !is_target_name(&target.name) {
                return Err(CatalogError::TargetName {
                    target: target.name,
                });
            }
            if !names.insert(target.name.clone()) {
                return Err(CatalogError::DuplicateTarget {
                    target: target.name,
                });
            }
            register(target, &mut tools)?;
        }
        Ok(Self { tools })
    }

    /// The tool with this prefixed name.
    pub(crate) fn find(&self, name: &str) -> Option<&Entry> {
        self.tools.get(name)
    }

    /// At most `size` tools, in the order of their names, from the one after the tool `after` on.
    pub(crate) fn page(&self, after: Option<&str>, size: usize) -> Page<'_> {
        let start = after.map_or(Unbounded, Excluded);
        let mut rest = self.tools.range::<str, _>((start, Unbounded));
        let page: Vec<_> = rest.by_ref().take(size).collect();
        let last = page.last().map(|(name, _)| name.as_str());
        Page {
            continues_after: last.filter(|_| rest.next().is_some()),
            tools: page
                .into_iter()
                .map(|(_, entry)| entry.listed.as_str())
                .collect(),
        }
    }

    /// Every tool as it is listed, in the order of the listing.
    pub(crate) fn listed(&self) -> impl Iterator<Item = &str> {
        self.tools.values().map(|entry| entry.listed.as_str())
    }

    /// A target that sees the header `name` of a client.
    pub(crate) fn target_seeing(&self, name: &str) -> Option<&str> {
        let mut targets = self.tools.values().map(|entry| &entry.target);
        let target = targets.find(|target| target.propagation.allows_header(name))?;
        Some(&target.name)
    }
}

/// Adds the tools of `target`, under their prefixed names.
fn register(target: Target, tools: &mut BTreeMap<String, Entry>) -> Result<(), CatalogError> {
    let registered = Arc::new(Registered {
        id: target
            .id
            .unwrap_or_else(|| identifier(&target.name).to_ascii_uppercase())
            .into(),
        name: target.name,
        propagation: target.propagation,
        invoke: target.invoke,
    });
    for tool in target.tools {
        let name = format!("{}{DELIMITER}{}", registered.name, tool.name);
        let schema_error = |problem: String| CatalogError::Schema {
            target: registered.name.clone(),
            tool: tool.name.clone(),
            problem,
        };
        let input = match target.schemas {
            Schemas::Lambda => Some(
                InputSchema::read(&tool.input_schema)
                    .map_err(|error| schema_error(error.to_string()))?,
            ),
            Schemas::McpServer => None,
        };
        let listed = listed(&name, &tool).map_err(|problem| schema_error(problem.to_owned()))?;
        let entry = Entry {
            target: Arc::clone(&registered),
            input,
            listed,
        };
        if tools.insert(name, entry).is_some() {
            return Err(CatalogError::DuplicateTool {
                target: registered.name.clone(),
                tool: tool.name,
            });
        }
    }
    Ok(())
}

/// The tool as `tools/list` shows it.
fn listed(name: &str, tool: &TargetTool) -> Result<String, &'static str> {
    let Value::Object(input) = &tool.input_schema else {
        return Err("the input schema must be an object");
    };
    let listed = Tool::new(name.to_owned(), tool.description.clone(), input.clone());
    Ok(match &tool.output_schema {
        None => json(&listed),
        Some(Value::Object(output)) => {
            json(&listed.with_raw_output_schema(Arc::new(output.clone())))
        }
        Some(_) => return Err("the output schema must be an object"),
    })
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
        let targets = targets.iter().map(|(name, tools)| {
            let tools = tools
                .iter()
                .map(|name| tool(name, json!({"type": "object"})));
            Target::lambda(*name, tools.collect(), Arc::new(Nothing))
        });
        Catalog::new(targets.collect())
    }

    fn names(page: &Page<'_>) -> Vec<String> {
        let read = |tool: &&str| {
            serde_json::from_str::<Value>(tool).unwrap()["name"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        page.tools.iter().map(read).collect()
    }

    #[test]
    fn pages_are_sorted_by_full_name_and_a_full_last_page_is_the_last() {
        let catalog = catalog(&[("b", &["x"]), ("a", &["z", "y"]), ("a1", &["__q"])]).unwrap();
        let first = catalog.page(None, 2);
        assert_eq!(
            (names(&first), first.continues_after),
            (vec!["a1_____q".into(), "a___y".into()], Some("a___y"))
        );
        let second = catalog.page(first.continues_after, 2);
        assert_eq!(
            (names(&second), second.continues_after),
            (vec!["a___z".into(), "b___x".into()], None)
        );
    }

    #[test]
    fn a_page_begins_after_a_tool_that_is_gone() {
        let catalog = catalog(&[("a", &["x", "z"])]).unwrap();
        assert_eq!(names(&catalog.page(Some("a___y"), 2)), ["a___z"]);
        assert_eq!(names(&catalog.page(Some("b___x"), 2)), [""; 0]);
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
        let mut target = Target::lambda(
            "a",
            vec![tool("x", json!({"type": "object", "$ref": "#"}))],
            Arc::new(Nothing),
        );
        target.schemas = Schemas::McpServer;
        let tools = target.tools.clone();
        assert!(
            Catalog::new(vec![target]).is_ok(),
            "an MCP server's schema may be any"
        );
        let target = Target::lambda("a", tools, Arc::new(Nothing));
        let error = Catalog::new(vec![target]).err().unwrap().to_string();
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
