//! JSON Patch (RFC 6902): read, and applied to a copy to tell what would change.

use std::borrow::Cow;

use json_patch::{PatchErrorKind, PatchOperation};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What all copies and moves of a patch may take together, in bytes: four times the longest
/// resource. A few dozen copies of a document into itself would fill any memory.
const MOST_COPIED: usize = 1 << 20;

/// One operation, as the caller wrote it and as it is meant.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Value")]
pub(crate) struct Operation {
    written: Value,
    meant: PatchOperation,
}

/// Why something is no operation.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidOperation {
    #[error(
        "expected an object such as {{\"op\": \"replace\", \"path\": \"/Tags\", \"value\": []}}"
    )]
    NoObject,
    #[error("`op` must be `add`, `remove`, `replace`, `move`, `copy` or `test`")]
    Op,
    #[error(
        "`{0}` must be a path from the top of the resource's properties, such as `/Tags/0/Value`; in names write `~` as `~0` and `/` as `~1`"
    )]
    Pointer(&'static str),
    #[error("the `{op}` operation needs `{member}`")]
    Missing {
        op: &'static str,
        member: &'static str,
    },
}

impl TryFrom<Value> for Operation {
    type Error = InvalidOperation;

    fn try_from(written: Value) -> Result<Self, InvalidOperation> {
        let fields = written.as_object().ok_or(InvalidOperation::NoObject)?;
        let (op, needed) = match fields.get("op").and_then(Value::as_str) {
            Some("add") => ("add", Some("value")),
            Some("remove") => ("remove", None),
            Some("replace") => ("replace", Some("value")),
            Some("move") => ("move", Some("from")),
            Some("copy") => ("copy", Some("from")),
            Some("test") => ("test", Some("value")),
            _ => return Err(InvalidOperation::Op),
        };
        for member in std::iter::once("path").chain(needed) {
            let value = fields
                .get(member)
                .ok_or(InvalidOperation::Missing { op, member })?;
            if member != "value" && !value.as_str().is_some_and(is_pointer) {
                return Err(InvalidOperation::Pointer(member));
            }
        }
        let meant = serde_json::from_value(written.clone())
            .expect("its members are there and have the right form");
        Ok(Self { written, meant })
    }
}

/// RFC 6901: empty, or segments that start with `/`, with `~` only in `~0` and `~1`.
fn is_pointer(text: &str) -> bool {
    let escapes = text
        .split('~')
        .skip(1)
        .all(|rest| rest.starts_with(['0', '1']));
    (text.is_empty() || text.starts_with('/')) && escapes
}

impl Serialize for Operation {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.written.serialize(serializer)
    }
}

impl JsonSchema for Operation {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "PatchOperation".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // No `properties`: the gateway wants one type for each, and `value` may have any. It would
        // take it for a string and refuse every array, or refuse it where it is not listed.
        json_schema!({
            "type": "object",
            "description": "An operation: an object with `op`, `path` and what `op` needs. `op` is `add`, `replace` or `test` with a `value` (any JSON), `remove`, or `move` or `copy` with `from`. `path` and `from` start at the top of the resource's properties: `/Tags`, `/Tags/0/Value`; `-` is the end of an array. `replace` and `remove` need something at `path`."
        })
    }
}

/// What one operation changes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Change {
    pub(crate) op: &'static str,
    /// The place, with `-` replaced by the index that it stands for.
    pub(crate) path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// What is there now. Absent: nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Value>,
    /// What will be there. Absent: nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Value>,
}

/// A patch that fits: what each operation changes, and the properties after all of them.
#[derive(Debug)]
pub(crate) struct Preview {
    pub(crate) changes: Vec<Change>,
    pub(crate) after: Value,
}

/// An operation that cannot be applied to the resource as it is.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("`patch_document[{index}]` (`{op}` `{path}`) does not fit: {reason}")]
pub(crate) struct Misfit {
    index: usize,
    op: &'static str,
    path: String,
    reason: String,
}

/// Applies the operations in order to a copy.
pub(crate) fn preview(current: &Value, operations: &[Operation]) -> Result<Preview, Misfit> {
    let mut document = current.clone();
    let mut changes = Vec::new();
    let mut left = MOST_COPIED;
    for (index, operation) in operations.iter().enumerate() {
        let (op, from) = parts(&operation.meant);
        let path = operation.meant.path().as_str().to_owned();
        let source = from.as_deref().and_then(|from| document.pointer(from));
        let length = source.map_or(0, |source| source.to_string().len());
        left = left.checked_sub(length).ok_or_else(|| Misfit {
            index,
            op,
            path: path.clone(),
            reason: format!(
                "copies and moves up to here would take more than {MOST_COPIED} bytes as JSON"
            ),
        })?;
        // Inserting into an array moves what is at its index: nothing of it is lost.
        let inserts = matches!(op, "add" | "move" | "copy") && is_in_array(&document, &path);
        let before = document.pointer(&path).filter(|_| !inserts).cloned();
        json_patch::patch(&mut document, std::slice::from_ref(&operation.meant)).map_err(
            |error| Misfit {
                index,
                op,
                reason: reason(&error.kind, &document, &path, from.as_deref()),
                path: path.clone(),
            },
        )?;
        if op != "test" {
            let path = appended(&document, path);
            let after = match op {
                "remove" => None,
                _ => document.pointer(&path).cloned(),
            };
            changes.push(Change {
                op,
                path,
                from,
                before,
                after,
            });
        }
    }
    Ok(Preview {
        changes,
        after: document,
    })
}

fn parts(operation: &PatchOperation) -> (&'static str, Option<String>) {
    match operation {
        PatchOperation::Add(_) => ("add", None),
        PatchOperation::Remove(_) => ("remove", None),
        PatchOperation::Replace(_) => ("replace", None),
        PatchOperation::Move(op) => ("move", Some(op.from.as_str().to_owned())),
        PatchOperation::Copy(op) => ("copy", Some(op.from.as_str().to_owned())),
        PatchOperation::Test(_) => ("test", None),
    }
}

/// `/Tags/-` with the index that `-` stood for, now that something is there.
fn appended(document: &Value, path: String) -> String {
    let array = path
        .strip_suffix("/-")
        .map(|parent| (parent, document.pointer(parent)));
    match array {
        Some((parent, Some(Value::Array(items)))) if !items.is_empty() => {
            format!("{parent}/{}", items.len() - 1)
        }
        _ => path,
    }
}

fn is_in_array(document: &Value, path: &str) -> bool {
    let parent = path.rsplit_once('/').map(|(parent, _)| parent);
    parent
        .and_then(|parent| document.pointer(parent))
        .is_some_and(Value::is_array)
}

fn reason(kind: &PatchErrorKind, document: &Value, path: &str, from: Option<&str>) -> String {
    let missing = match kind {
        PatchErrorKind::TestFailed => {
            let found = document.pointer(path);
            return match found {
                Some(found) => format!("there is {found}"),
                None => format!("there is no `{path}`"),
            };
        }
        PatchErrorKind::CannotMoveInsideItself => {
            return "it would move a value into itself".to_owned();
        }
        PatchErrorKind::InvalidFromPointer => from.unwrap_or(path),
        _ => path,
    };
    let Some((parent, name)) = missing.rsplit_once('/') else {
        return "there is nothing to change".to_owned();
    };
    match document.pointer(parent) {
        Some(Value::Object(fields)) => {
            let names: Vec<String> = fields.keys().map(|name| format!("`{name}`")).collect();
            let known = match names.is_empty() {
                true => "nothing".to_owned(),
                false => names.join(", "),
            };
            let place = match parent {
                "" => "the resource".to_owned(),
                parent => format!("`{parent}`"),
            };
            format!("there is no `{missing}`; {place} has {known}")
        }
        Some(Value::Array(items)) => {
            format!(
                "`{name}` is no index of `{parent}`, which has {} entries",
                items.len()
            )
        }
        Some(_) => format!("`{parent}` is neither an object nor an array"),
        None => format!("there is no `{parent}`"),
    }
}

#[cfg(test)]
mod tests;
