//! `MetadataConfiguration`: headers and query parameters that pass between a client and a target.

use serde::{Deserialize, Serialize};

use super::restricted::is_restricted_header;
use crate::check::{Findings, text};

text!(HEADER_NAME, (1, 100), "[a-zA-Z0-9_-]+");
text!(PARAMETER_NAME, (1, 40), "[ -~]+");

/// Most names in one list, and fewest.
const COUNT: (usize, usize) = (1, 10);

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
                let before = &headers.unwrap_or_default()[..index];
                if before
                    .iter()
                    .any(|other| other.eq_ignore_ascii_case(header))
                {
                    findings.add(format_args!("{path}[{index}]"), "is there already");
                }
                if is_restricted_header(header) {
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
