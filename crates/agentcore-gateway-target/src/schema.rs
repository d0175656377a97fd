//! JSON Schema as the AgentCore Gateway takes it.
//!
//! A Lambda target's tool schema may use five keywords and no others: `type`, `properties`,
//! `required`, `items`, `description`. Some ways of registering a target refuse the rest, and some
//! drop it without a word. [`lower`] says it in the description instead, where a model reads it.
//! The server keeps the full schema and still checks every call against it.
//!
//! ```
//! use agentcore_gateway_target::schema;
//! use serde_json::json;
//!
//! let lowered = schema::lower(&json!({
//!     "type": "object",
//!     "properties": {
//!         "unit": { "description": "Unit of the answer.", "enum": ["C", "F"], "default": "C" },
//!         "days": { "type": ["integer", "null"], "minimum": 1, "maximum": 14 }
//!     },
//!     "required": ["unit", "days"]
//! }));
//! assert_eq!(json!(lowered.schema), json!({
//!     "type": "object",
//!     "properties": {
//!         "unit": { "type": "string", "description": "Unit of the answer. One of: `C`, `F`. Default: `C`." },
//!         "days": { "type": "integer", "description": "From 1 to 14." }
//!     },
//!     "required": ["unit"]
//! }));
//! let change = &lowered.changes[0];
//! assert_eq!((change.path.as_str(), change.keyword.as_str()), ("/properties/days", "type"));
//! ```
//!
//! What it decides, where five keywords cannot say it:
//!
//! | in the schema | in the lowered one |
//! |---|---|
//! | `enum`, `const`, `default`, ranges, lengths, `pattern`, `format`, `examples` | sentences in the description |
//! | `$ref` | what it refers to, in place; a reference to itself is cut, with a note |
//! | `allOf` | all of it, merged |
//! | `anyOf`, `oneOf` of constants | one type, the values in the description |
//! | `anyOf`, `oneOf` of objects | one object with the members of all, required where all require it |
//! | `anyOf`, `oneOf` otherwise | the first; the others in the description |
//! | `null` as one alternative, or one type | an optional member |
//! | several types | the first |
//! | no type | the one that the other keywords imply, else `string` |
//! | anything else (`not`, `if`, `title`, …) | nothing, and a [`Change`] that says so |

mod fold;
mod lowering;
mod merge;
mod words;

use std::fmt;

use rmcp::model::JsonObject;
use serde::Serialize;
use serde_json::Value;

/// A schema of five keywords, and how it came to be one.
#[derive(Debug, Clone, PartialEq)]
pub struct Lowered {
    /// Always `"type": "object"` at the top, with `properties`.
    pub schema: JsonObject,
    /// Everything that the lowered schema no longer says as a keyword, in the order of the schema.
    pub changes: Vec<Change>,
}

/// One keyword that was not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Where, as a JSON Pointer into the lowered schema: `/properties/edits/items`.
    pub path: String,
    /// The keyword, as the schema has it.
    pub keyword: String,
    /// What became of it.
    pub action: Action,
}

/// What became of a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Action {
    /// A sentence in the description says it.
    Described,
    /// Nothing says it any more; only the server checks it.
    Dropped,
    /// What it refers to is in its place.
    Inlined,
    /// Its parts are one schema now.
    Merged,
    /// One of its parts stands for all; the description names the others.
    Narrowed,
    /// It allowed `null`; now the member may be left out.
    MadeOptional,
    /// It refers to itself, or goes too deep; the description says where it ends.
    Cut,
    /// It was missing, or none that the gateway knows.
    Supplied,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Described => "described",
            Self::Dropped => "dropped",
            Self::Inlined => "inlined",
            Self::Merged => "merged",
            Self::Narrowed => "narrowed",
            Self::MadeOptional => "made-optional",
            Self::Cut => "cut",
            Self::Supplied => "supplied",
        })
    }
}

/// Lowers a JSON Schema (2020-12 or draft 7) to what the gateway takes.
///
/// Never fails: whatever the schema is, the result is one that the gateway accepts. Lowering the
/// result again changes nothing.
pub fn lower(schema: &Value) -> Lowered {
    lowering::Lowering::new(schema).run()
}

/// [`lower`], for the schema of an rmcp `Tool`.
pub fn lower_object(schema: &JsonObject) -> Lowered {
    lower(&Value::Object(schema.clone()))
}

#[cfg(test)]
mod tests;
