//! `authorizerConfiguration.customJWTAuthorizer` as the control plane writes it, and its rules.

mod rules;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `authorizerConfiguration` of `CreateGateway`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorizerConfiguration {
    /// Its only kind.
    #[serde(rename = "customJWTAuthorizer")]
    pub custom_jwt_authorizer: CustomJwtConfig,
}

/// `customJWTAuthorizer`: which tokens are good. All conditions that are present must hold.
///
/// Shape and limits: `CustomJWTAuthorizerConfiguration` of the API reference of `bedrock-agentcore-control`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CustomJwtConfig {
    /// Where the issuer describes itself; ends in `/.well-known/openid-configuration` or
    /// `/.well-known/oauth-authorization-server` with or without a path after it.
    pub discovery_url: String,
    /// One of these must be in `aud`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_audience: Option<Vec<String>>,
    /// `client_id` must be one of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_clients: Option<Vec<String>>,
    /// One of these must be in `scope` or `scp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_scopes: Option<Vec<String>>,
    /// What to call an allowed scope towards clients, where the issuer grants it under another name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advertised_scope_mapping: Option<BTreeMap<String, String>>,
    /// Conditions on other claims.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_claims: Option<Vec<CustomClaim>>,
    /// Kept for the control plane; has no effect on this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_endpoint: Option<Value>,
    /// Kept for the control plane; has no effect on this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_endpoint_overrides: Option<Value>,
    /// Kept for the control plane; has no effect on this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_configurations: Option<Value>,
    /// Refused: it keeps callers out by something that only AWS knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_workload_configuration: Option<Value>,
}

/// One condition on a claim (`CustomClaimValidationType`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CustomClaim {
    /// The claim, at the top level of the token.
    pub inbound_token_claim_name: String,
    /// What the claim holds.
    pub inbound_token_claim_value_type: ClaimValueType,
    /// What it must hold.
    pub authorizing_claim_match_value: ClaimMatch,
}

/// What a claim holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClaimValueType {
    /// One string.
    String,
    /// A list of strings.
    StringArray,
}

/// What a claim must hold (`AuthorizingClaimMatchValueType`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClaimMatch {
    /// How to compare.
    pub claim_match_operator: ClaimMatchOperator,
    /// What to compare with.
    pub claim_match_value: ClaimMatchValue,
}

/// How to compare a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClaimMatchOperator {
    /// The string is this one.
    Equals,
    /// The list has this string.
    Contains,
    /// The list has one of these strings.
    ContainsAny,
}

/// What to compare a claim with: exactly one of the two.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClaimMatchValue {
    /// For `EQUALS` and `CONTAINS`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub match_value_string: Option<String>,
    /// For `CONTAINS_ANY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub match_value_string_list: Option<Vec<String>>,
}

/// A configuration that breaks rules of the API: all of them, for `fieldList` of a `ValidationException`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidConfig(pub Vec<FieldProblem>);

/// One rule that is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// The member, such as `customJWTAuthorizer.allowedScopes[1]`.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl FieldProblem {
    fn new(field: impl fmt::Display, message: impl Into<String>) -> Self {
        Self {
            field: format!("customJWTAuthorizer.{field}"),
            message: message.into(),
        }
    }
}

impl std::error::Error for InvalidConfig {}

impl fmt::Display for InvalidConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, FieldProblem { field, message }) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}`{field}` {message}")?;
        }
        Ok(())
    }
}

impl InvalidConfig {
    pub(crate) fn one(field: &str, message: impl Into<String>) -> Self {
        Self(vec![FieldProblem::new(field, message)])
    }
}

impl CustomJwtConfig {
    /// Checks the rules of the API, and that nothing is demanded that only AWS can check.
    ///
    /// # Errors
    ///
    /// Every rule that is broken.
    pub fn validate(&self) -> Result<(), InvalidConfig> {
        let problems = rules::broken(self);
        if problems.is_empty() {
            Ok(())
        } else {
            Err(InvalidConfig(problems))
        }
    }

    /// Members that are accepted and have no effect outside AWS.
    pub fn without_effect(&self) -> Vec<&'static str> {
        let members = [
            ("privateEndpoint", &self.private_endpoint),
            ("privateEndpointOverrides", &self.private_endpoint_overrides),
            (
                "certificateConfigurations",
                &self.certificate_configurations,
            ),
        ];
        members
            .into_iter()
            .filter(|(_, value)| value.is_some())
            .map(|(name, _)| name)
            .collect()
    }

    /// The allowed scopes by the names that clients know.
    pub(crate) fn advertised_scopes(&self) -> Option<Vec<&str>> {
        let mapping = self.advertised_scope_mapping.as_ref();
        let scopes = self.allowed_scopes.as_ref()?.iter();
        Some(
            scopes
                .map(|scope| {
                    mapping
                        .and_then(|names| names.get(scope))
                        .unwrap_or(scope)
                        .as_str()
                })
                .collect(),
        )
    }

    /// The same, as a challenge has them.
    pub(crate) fn advertised_scope(&self) -> Option<String> {
        Some(self.advertised_scopes()?.join(" "))
    }
}
