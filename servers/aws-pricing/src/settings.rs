//! Names of the environment variables that this server reads, beside those of the AWS SDK.

/// The directory that `project_path` arguments are in. Also `--project-root`.
pub(crate) const PROJECT_ROOT: &str = "AWS_PRICING_PROJECT_ROOT";
/// Upstream's name for an endpoint override. `AWS_ENDPOINT_URL_PRICING` is the SDK's.
pub(crate) const ENDPOINT: &str = "PRICING_ENDPOINT";
