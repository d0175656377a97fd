//! Settings that cannot be used.

/// A setting that cannot be used. The message names it and the right form.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The server takes no arguments.
    #[error("unknown argument {0:?}; there are none: a role is a variable, such as `FINOPS=on`")]
    Argument(String),
    /// A mounted server has a setting that it cannot use.
    #[error("`{server}`, mounted as `{prefix}` for the role `{role}`, cannot start")]
    #[expect(missing_docs, reason = "named by the message")]
    Mounted {
        role: &'static str,
        prefix: &'static str,
        server: &'static str,
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
