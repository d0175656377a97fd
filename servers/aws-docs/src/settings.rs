//! Names of the environment variables that this server reads, beside those of the HTTP library.

/// `aws` or `aws-cn`: whose documentation, and which tools.
pub(crate) const PARTITION: &str = "AWS_DOCUMENTATION_PARTITION";
/// Start of the `User-Agent` header.
pub(crate) const USER_AGENT: &str = "MCP_USER_AGENT";
/// For tests: a server on this machine that is asked instead of all others.
pub(crate) const STAND_IN: &str = "AWS_DOCUMENTATION_STAND_IN";
