//! Names of the environment variables that this server reads, beside those of the AWS SDK.

/// Base URL of the Prometheus to ask. Also `--url`.
pub(crate) const URL: &str = "PROMETHEUS_URL";
/// Token sent to `PROMETHEUS_URL` as `Authorization: Bearer`.
pub(crate) const BEARER_TOKEN: &str = "PROMETHEUS_BEARER_TOKEN";
/// User name for basic authentication at `PROMETHEUS_URL`.
pub(crate) const USERNAME: &str = "PROMETHEUS_USERNAME";
/// Password that goes with the user name.
pub(crate) const PASSWORD: &str = "PROMETHEUS_PASSWORD";
/// `auto`: sign requests to Amazon Managed Service for Prometheus; `always`: to `PROMETHEUS_URL` too.
pub(crate) const SIGV4: &str = "PROMETHEUS_SIGV4";
/// Origins, beside AMP's own, at which a workspace may be queried.
pub(crate) const TRUSTED_ORIGINS: &str = "PROMETHEUS_TRUSTED_ORIGINS";
/// Time for one tool call, in seconds.
pub(crate) const TIMEOUT_SECONDS: &str = "PROMETHEUS_TIMEOUT_SECONDS";
/// Largest answer that is read, in bytes.
pub(crate) const MAX_RESPONSE_BYTES: &str = "PROMETHEUS_MAX_RESPONSE_BYTES";
/// The AWS SDK's variable for the profile; shown by `GetServerInfo`.
pub(crate) const AWS_PROFILE: &str = "AWS_PROFILE";
