//! Headers that never pass between a client and a target:
//! <https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-headers.html>

/// The only `X-Amzn-` headers that may pass.
const CUSTOM_PREFIX: &str = "x-amzn-bedrock-agentcore-runtime-custom-";

/// The service's list, sorted. `Authorization` reaches a target only through an interceptor.
const RESTRICTED: [&str; 104] = [
    "accept",
    "accept-ch",
    "accept-ch-lifetime",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "accept-ranges",
    "access-control-allow-credentials",
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-allow-origin",
    "access-control-expose-headers",
    "access-control-max-age",
    "access-control-request-headers",
    "access-control-request-method",
    "authorization",
    "cache-control",
    "cf-connecting-ip",
    "cf-ray",
    "clear-site-data",
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
    "downlink",
    "dpr",
    "ect",
    "etag",
    "expect-ct",
    "expires",
    "feature-policy",
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
    "link",
    "location",
    "origin",
    "permissions-policy",
    "pragma",
    "proxy-authorization",
    "proxy-connection",
    "public-key-pins",
    "public-key-pins-report-only",
    "range",
    "referer",
    "referrer-policy",
    "retry-after",
    "rtt",
    "save-data",
    "sec-websocket-accept",
    "sec-websocket-extensions",
    "sec-websocket-key",
    "sec-websocket-protocol",
    "sec-websocket-version",
    "server",
    "set-cookie",
    "strict-transport-security",
    "te",
    "trailer",
    "transfer-encoding",
    "true-client-ip",
    "upgrade",
    "user-agent",
    "vary",
    "via",
    "viewport-width",
    "width",
    "www-authenticate",
    "x-amz-cf-id",
    "x-cache",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-content-type-options",
    "x-csrf-token",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-frame-options",
    "x-original-host",
    "x-original-url",
    "x-originating-ip",
    "x-real-ip",
    "x-requested-with",
    "x-rewrite-url",
    "x-served-by",
    "x-source-ip",
    "x-xss-protection",
];

/// Whether a target's `metadataConfiguration` cannot name this header, in any case of letters.
pub fn is_restricted_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let of_aws = name.starts_with("x-amz-") || name.starts_with("x-amzn-");
    RESTRICTED.binary_search(&name.as_str()).is_ok() || of_aws && !name.starts_with(CUSTOM_PREFIX)
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
            assert!(is_restricted_header(header), "{header}");
        }
        for header in [
            "X-Tenant",
            "X-Amzn-Bedrock-AgentCore-Runtime-Custom-User",
            "traceparent",
            "Mcp-Session-Id",
        ] {
            assert!(!is_restricted_header(header), "{header}");
        }
    }
}
