//! MCP protocol versions: which are served, and which one a request speaks.

use http::HeaderMap;
use rmcp::model::{ErrorCode, ErrorData, ProtocolVersion};
use serde_json::json;

/// Header that names the version after the handshake, and in every request without one.
pub(crate) const VERSION_HEADER: &str = "mcp-protocol-version";

/// The revision without handshake: every request says for itself which version it speaks.
pub(crate) const STATELESS: ProtocolVersion = ProtocolVersion::V_2026_07_28;

/// Versions that this gateway speaks, oldest first.
pub const VERSIONS: [ProtocolVersion; 4] = [
    ProtocolVersion::V_2025_03_26,
    ProtocolVersion::V_2025_06_18,
    ProtocolVersion::V_2025_11_25,
    STATELESS,
];

/// The rules that a request follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Revision {
    /// A version that begins with `initialize`.
    Handshake(ProtocolVersion),
    /// 2026-07-28.
    Stateless,
}

impl Revision {
    /// Whether a client may send several messages in one array.
    pub(crate) fn has_batches(&self) -> bool {
        // Came with 2025-03-26 and went with 2025-06-18.
        *self == Self::Handshake(ProtocolVersion::V_2025_03_26)
    }

    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Handshake(version) => version.as_str(),
            Self::Stateless => STATELESS.as_str(),
        }
    }
}

/// The gateway's `supportedVersions`: replaces the default, never extends it.
#[derive(Clone, Debug)]
pub struct SupportedVersions(Vec<ProtocolVersion>);

impl Default for SupportedVersions {
    fn default() -> Self {
        Self(VERSIONS.to_vec())
    }
}

impl std::str::FromStr for SupportedVersions {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut versions = Vec::new();
        for name in text.split(',').map(str::trim) {
            let known = VERSIONS
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

    /// The versions, oldest first.
    pub(crate) fn all(&self) -> &[ProtocolVersion] {
        &self.0
    }

    /// Whether requests without handshake are served.
    pub(crate) fn has_stateless(&self) -> bool {
        self.0.contains(&STATELESS)
    }

    /// The answer to a client that proposes `proposed` in `initialize`: that version, or the newest with a handshake.
    ///
    /// # Errors
    ///
    /// When no version with a handshake is served; HTTP 400 then.
    pub(crate) fn negotiate(&self, proposed: &str) -> Result<ProtocolVersion, ErrorData> {
        let mut with_handshake = self.0.iter().filter(|version| **version != STATELESS).rev();
        let newest = with_handshake.clone().next();
        with_handshake
            .find(|version| version.as_str() == proposed)
            .or(newest)
            .cloned()
            .ok_or_else(|| self.unsupported(proposed))
    }

    /// The revision of a request that says which one it speaks in the header alone.
    ///
    /// # Errors
    ///
    /// When it is none that the gateway serves; HTTP 400 then.
    pub(crate) fn of_header(&self, headers: &HeaderMap) -> Result<Revision, ErrorData> {
        // The specification's rule for clients that send none.
        let requested = headers
            .get(VERSION_HEADER)
            .map_or(ProtocolVersion::V_2025_03_26.as_str(), |value| {
                value.to_str().unwrap_or("(not ASCII)")
            });
        self.find(requested)
    }

    /// The revision called `name`.
    ///
    /// # Errors
    ///
    /// When it is none that the gateway serves; HTTP 400 then.
    pub(crate) fn find(&self, name: &str) -> Result<Revision, ErrorData> {
        match self.0.iter().find(|version| version.as_str() == name) {
            Some(version) if *version == STATELESS => Ok(Revision::Stateless),
            Some(version) => Ok(Revision::Handshake(version.clone())),
            None => Err(self.unsupported(name)),
        }
    }

    fn unsupported(&self, requested: &str) -> ErrorData {
        // -32022 tells a client of 2026-07-28 that the server speaks that version, and it would not fall back to
        // `initialize`.
        let code = if self.has_stateless() {
            ErrorCode::UNSUPPORTED_PROTOCOL_VERSION
        } else {
            ErrorCode::INVALID_REQUEST
        };
        ErrorData::new(
            code,
            format!("Unsupported MCP protocol version: {requested}"),
            Some(json!({"supported": self.names(), "requested": requested})),
        )
    }
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
            "`2024-11-05` is not one of 2025-03-26, 2025-06-18, 2025-11-25, 2026-07-28"
        );
        assert!(parse("").is_err());
    }
}
