//! MCP protocol versions: which are served, and which one a request speaks.

use http::HeaderMap;
use rmcp::model::{ErrorData, ProtocolVersion};

/// Header that names the version after the handshake.
const HEADER: &str = "mcp-protocol-version";

/// Versions with an `initialize` handshake that this gateway speaks, oldest first.
pub const HANDSHAKE_VERSIONS: [ProtocolVersion; 3] = [
    ProtocolVersion::V_2025_03_26,
    ProtocolVersion::V_2025_06_18,
    ProtocolVersion::V_2025_11_25,
];

/// The gateway's `supportedVersions`: replaces the default, never extends it.
#[derive(Clone, Debug)]
pub struct SupportedVersions(Vec<ProtocolVersion>);

impl Default for SupportedVersions {
    fn default() -> Self {
        Self(HANDSHAKE_VERSIONS.to_vec())
    }
}

impl std::str::FromStr for SupportedVersions {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut versions = Vec::new();
        for name in text.split(',').map(str::trim) {
            let known = HANDSHAKE_VERSIONS
                .into_iter()
                .find(|version| version.as_str() == name);
            versions.push(known.ok_or_else(|| {
                format!(
                    "`{name}` is not one of {}",
                    Self::default().names().join(", ")
                )
            })?);
        }
        versions.sort_by(|a, b| a.as_str().cmp(b.as_str()));
        versions.dedup();
        Ok(Self(versions))
    }
}

impl SupportedVersions {
    /// The versions, oldest first.
    pub fn names(&self) -> Vec<&str> {
        self.0.iter().map(ProtocolVersion::as_str).collect()
    }

    /// The answer to a client that proposes `proposed` in `initialize`: that version, or the newest.
    pub(crate) fn negotiate(&self, proposed: &str) -> ProtocolVersion {
        self.find(proposed)
            .or_else(|| self.0.last().cloned())
            .expect("parsing and the default both give at least one version")
    }

    /// The version of a request after the handshake.
    ///
    /// # Errors
    ///
    /// When it is none that the gateway serves; HTTP 400 then.
    pub(crate) fn of_request(&self, headers: &HeaderMap) -> Result<ProtocolVersion, ErrorData> {
        // The specification's rule for clients that send none.
        let requested = headers
            .get(HEADER)
            .map_or(ProtocolVersion::V_2025_03_26.as_str(), |value| {
                value.to_str().unwrap_or("(not ASCII)")
            });
        self.find(requested).ok_or_else(|| {
            // Not -32022: that code tells clients of 2026-07-28 that the server speaks it, and they would not
            // fall back to `initialize`.
            ErrorData::invalid_request(
                format!("Unsupported MCP protocol version: {requested}"),
                Some(serde_json::json!({"supported": self.names(), "requested": requested})),
            )
        })
    }

    fn find(&self, name: &str) -> Option<ProtocolVersion> {
        self.0
            .iter()
            .find(|version| version.as_str() == name)
            .cloned()
    }
}

/// Whether `version` lets a client send several messages in one array.
pub(crate) fn has_batches(version: &ProtocolVersion) -> bool {
    // Came with 2025-03-26 and went with 2025-06-18.
    *version == ProtocolVersion::V_2025_03_26
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn supported_versions_are_parsed_or_refused_by_name() {
        let parse = |text: &str| text.parse::<SupportedVersions>();
        assert_eq!(
            parse("2025-11-25, 2025-03-26").unwrap().names(),
            ["2025-03-26", "2025-11-25"]
        );
        assert_eq!(
            parse("2024-11-05").unwrap_err(),
            "`2024-11-05` is not one of 2025-03-26, 2025-06-18, 2025-11-25"
        );
        assert!(parse("").is_err());
    }
}
