//! `MetadataConfiguration`: headers and query parameters that pass between a client and a target.

use serde::{Deserialize, Serialize};

use crate::check::{Findings, text};

text!(HEADER_NAME, (1, 100), "[a-zA-Z0-9_-]+");
text!(PARAMETER_NAME, (1, 40));

/// Most names in one list, and fewest.
const COUNT: (usize, usize) = (1, 10);

/// The only `X-Amzn-` headers that may pass.
const CUSTOM_PREFIX: &str = "x-amzn-bedrock-agentcore-runtime-custom-";

/// Prefixes of headers that never pass.
const RESTRICTED_PREFIXES: [&str; 4] = ["x-amz-", "x-amzn-", "access-control-", "x-forwarded-"];

/// Headers that never pass, sorted: <https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-headers.html>
const RESTRICTED: [&str; 61] = [
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "accept-ranges",
    "age",
    "allow",
    "authorization",
    "cache-control",
    "connection",
    "content-encoding",
    "content-language",
    "content-length",
    "content-location",
    "content-range",
    "content-security-policy",
    "content-security-policy-report-only",
    "content-type",
    "cookie",
    "cross-origin-embedder-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "date",
    "etag",
    "expect",
    "expires",
    "forwarded",
    "from",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "keep-alive",
    "last-modified",
    "location",
    "max-forwards",
    "origin",
    "permissions-policy",
    "pragma",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "referer",
    "referrer-policy",
    "retry-after",
    "server",
    "set-cookie",
    "strict-transport-security",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "vary",
    "via",
    "www-authenticate",
    "x-frame-options",
    "x-real-ip",
];

/// Names that pass; each list has one to ten.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct MetadataConfiguration {
    /// From the client to the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_request_headers: Option<Vec<String>>,
    /// From the client's URL to the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_query_parameters: Option<Vec<String>>,
    /// From the target's answer to the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_response_headers: Option<Vec<String>>,
}

impl MetadataConfiguration {
    pub(crate) fn check(&self, findings: &mut Findings) {
        for (name, headers) in self.header_lists() {
            let path = format!("metadataConfiguration.{name}");
            findings.texts(&path, headers, COUNT, &HEADER_NAME);
            for (index, header) in headers.unwrap_or_default().iter().enumerate() {
                if is_restricted(header) {
                    let message =
                        format!("header '{header}' is restricted and cannot be propagated");
                    findings.add(format_args!("{path}[{index}]"), message);
                }
            }
        }
        let parameters = self.allowed_query_parameters.as_deref();
        findings.texts(
            "metadataConfiguration.allowedQueryParameters",
            parameters,
            COUNT,
            &PARAMETER_NAME,
        );
    }

    /// Whether the session's header would pass, which a gateway with sessions does not allow.
    pub(crate) fn passes_session(&self) -> bool {
        self.header_lists()
            .into_iter()
            .flat_map(|(_, headers)| headers.unwrap_or_default())
            .any(|header| header.eq_ignore_ascii_case("mcp-session-id"))
    }

    fn header_lists(&self) -> [(&'static str, Option<&[String]>); 2] {
        [
            (
                "allowedRequestHeaders",
                self.allowed_request_headers.as_deref(),
            ),
            (
                "allowedResponseHeaders",
                self.allowed_response_headers.as_deref(),
            ),
        ]
    }
}

fn is_restricted(header: &str) -> bool {
    let header = header.to_ascii_lowercase();
    if header.starts_with(CUSTOM_PREFIX) {
        return false;
    }
    RESTRICTED.binary_search(&header.as_str()).is_ok()
        || RESTRICTED_PREFIXES
            .iter()
            .any(|prefix| header.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn restricted_headers_are_found_whatever_their_case() {
        assert!(RESTRICTED.is_sorted(), "searched by halves");
        for header in [
            "Authorization",
            "HOST",
            "X-Amzn-Trace-Id",
            "x-amz-date",
            "X-Forwarded-For",
            "Set-Cookie",
        ] {
            assert!(is_restricted(header), "{header}");
        }
        for header in [
            "X-Tenant",
            "X-Amzn-Bedrock-AgentCore-Runtime-Custom-User",
            "traceparent",
            "Mcp-Session-Id",
        ] {
            assert!(!is_restricted(header), "{header}");
        }
    }
}
