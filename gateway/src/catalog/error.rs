//! Why targets cannot be registered.

/// Targets that cannot be registered, or not with these settings.
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
    /// A header that no target may see while there are sessions.
    #[error("target `{target}` cannot be sent `Mcp-Session-Id`: the gateway has sessions")]
    SessionHeader {
        /// Name of the target.
        target: String,
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
