//! `CustomJWTAuthorizerConfiguration`: which tokens a gateway accepts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::check::{Findings, text};

text!(
    DISCOVERY_URL,
    (1, 4096),
    r"[^\s?#]+/\.well-known/(openid-configuration|oauth-authorization-server)(/[^\s?#]+)?"
);
text!(SCOPE, (1, 255), r"[\x21\x23-\x5B\x5D-\x7E]+");
text!(CLAIM_NAME, (1, 255), r"[A-Za-z0-9_.-:]+");
text!(MATCH_VALUE, (1, 255), r"[A-Za-z0-9_.-]+");
text!(ANY, (1, 4096));

/// Lists that the model bounds only below.
const ONE_OR_MORE: (usize, usize) = (1, usize::MAX);

/// `CustomJWTAuthorizerConfiguration`, without the members for private networks, which are refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CustomJwtAuthorizer {
    /// Where the issuer describes itself.
    pub discovery_url: String,
    /// Accepted values of `aud`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_audience: Option<Vec<String>>,
    /// Accepted values of `client_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_clients: Option<Vec<String>>,
    /// Scopes, one of which a token must have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_scopes: Option<Vec<String>>,
    /// Names under which scopes are advertised to clients.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advertised_scope_mapping: Option<BTreeMap<String, String>>,
    /// Claims that a token must have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_claims: Option<Vec<CustomClaim>>,
}

/// `CustomClaimValidationType`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CustomClaim {
    /// Name of the claim.
    pub inbound_token_claim_name: String,
    /// Type of the claim.
    pub inbound_token_claim_value_type: ClaimValueType,
    /// What its value must be.
    pub authorizing_claim_match_value: ClaimMatch,
}

/// `InboundTokenClaimValueType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "named by the API")]
pub enum ClaimValueType {
    String,
    StringArray,
}

/// `AuthorizingClaimMatchValueType`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClaimMatch {
    /// The value or values.
    pub claim_match_value: ClaimMatchValue,
    /// How they are compared.
    pub claim_match_operator: ClaimMatchOperator,
}

/// `ClaimMatchValueType`, a union.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClaimMatchValue {
    /// One value.
    MatchValueString(String),
    /// Several.
    MatchValueStringList(Vec<String>),
}

/// `ClaimMatchOperatorType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "named by the API")]
pub enum ClaimMatchOperator {
    Equals,
    Contains,
    ContainsAny,
}

impl CustomJwtAuthorizer {
    pub(crate) fn check(&self, findings: &mut Findings, path: &str) {
        findings.text(
            format_args!("{path}.discoveryUrl"),
            Some(&self.discovery_url),
            &DISCOVERY_URL,
        );
        for (name, values, rule) in [
            ("allowedAudience", &self.allowed_audience, &ANY),
            ("allowedClients", &self.allowed_clients, &ANY),
            ("allowedScopes", &self.allowed_scopes, &SCOPE),
        ] {
            findings.texts(
                &format!("{path}.{name}"),
                values.as_deref(),
                ONE_OR_MORE,
                rule,
            );
        }
        if let Some(mapping) = &self.advertised_scope_mapping {
            let name = format!("{path}.advertisedScopeMapping");
            findings.count(&name, mapping.len(), (1, 50));
            for (scope, advertised) in mapping {
                findings.text(&name, Some(scope), &SCOPE);
                findings.text(format_args!("{name}.{scope}"), Some(advertised), &SCOPE);
            }
        }
        if let Some(claims) = &self.custom_claims {
            let name = format!("{path}.customClaims");
            findings.count(&name, claims.len(), ONE_OR_MORE);
            for (index, claim) in claims.iter().enumerate() {
                claim.check(findings, &format!("{name}[{index}]"));
            }
        }
    }
}

impl CustomClaim {
    fn check(&self, findings: &mut Findings, path: &str) {
        let claim = &self.inbound_token_claim_name;
        findings.text(
            format_args!("{path}.inboundTokenClaimName"),
            Some(claim),
            &CLAIM_NAME,
        );
        let name = format!("{path}.authorizingClaimMatchValue.claimMatchValue");
        match &self.authorizing_claim_match_value.claim_match_value {
            ClaimMatchValue::MatchValueString(value) => {
                findings.text(name, Some(value), &MATCH_VALUE)
            }
            ClaimMatchValue::MatchValueStringList(values) => {
                findings.texts(&name, Some(values), ONE_OR_MORE, &MATCH_VALUE);
            }
        }
    }
}
