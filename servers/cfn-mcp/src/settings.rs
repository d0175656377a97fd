//! Names of the environment variables that this server reads, beside those of the AWS SDK.

/// The directory that `save_to_file` writes into. Also `--output-root`.
pub(crate) const OUTPUT_ROOT: &str = "CFN_OUTPUT_ROOT";
/// How long a create, update or delete is waited for, in seconds.
pub(crate) const WAIT_SECONDS: &str = "CFN_WAIT_SECONDS";
