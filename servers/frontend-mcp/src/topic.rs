//! The documents, by topic.

use schemars::JsonSchema;
use serde::Deserialize;

/// What a document is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub(crate) enum Topic {
    EssentialKnowledge,
    Troubleshooting,
}

impl Topic {
    /// The document, in Markdown.
    pub(crate) fn document(self) -> &'static str {
        match self {
            Self::EssentialKnowledge => include_str!("documents/essential-knowledge.md"),
            Self::Troubleshooting => include_str!("documents/troubleshooting.md"),
        }
    }
}
