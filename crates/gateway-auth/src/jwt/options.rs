//! What the API has no field for.

use std::time::Duration;

/// What the service decides for itself and does not document.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct JwtOptions {
    /// The issuer that the discovery document must name. `None`: the one its URL stands for, as OpenID
    /// Connect Discovery (4.3) and RFC 8414 (3.3) demand. Set it for providers that do not follow
    /// them, such as Microsoft Entra's version 1 endpoints (`https://sts.windows.net/<tenant>/`).
    pub issuer: Option<String>,
    /// How far the issuer's clock may be from ours, either way. Default 60 s.
    pub clock_skew: Duration,
    /// How long keys are used before they are fetched again. Default 10 min.
    pub keys_ttl: Duration,
    /// How long keys are still used past `keys_ttl` while the issuer does not answer. Default 1 h.
    pub max_stale: Duration,
    /// The least time between two fetches, whatever tokens ask for. Default 10 s.
    pub refresh_interval: Duration,
}

impl Default for JwtOptions {
    fn default() -> Self {
        Self {
            issuer: None,
            clock_skew: Duration::from_secs(60),
            keys_ttl: Duration::from_secs(600),
            max_stale: Duration::from_secs(3600),
            refresh_interval: Duration::from_secs(10),
        }
    }
}
