//! `CredentialProviderConfiguration`: how the gateway identifies itself to a target. Section 4.2 of the contract.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::check::{Findings, text};
use crate::error::ApiError;

text!(IAM_SERVICE, (1, 64), "[a-zA-Z0-9._-]+");
text!(IAM_REGION, (1, 32), "[a-zA-Z0-9-]+");

/// `CredentialProviderConfiguration`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CredentialProviderConfiguration {
    /// Whose credentials they are.
    pub credential_provider_type: CredentialProviderType,
    /// Details.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_provider: Option<CredentialProvider>,
}

/// `CredentialProviderType`, of which only the first is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "named by the API")]
pub enum CredentialProviderType {
    GatewayIamRole,
    Oauth,
    ApiKey,
    CallerIamCredentials,
    JwtPassthrough,
}

/// `CredentialProvider`, a union; the other members belong to types that are not served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CredentialProvider {
    /// Requests are signed with SigV4.
    IamCredentialProvider(IamCredentialProvider),
}

/// `IamCredentialProvider`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IamCredentialProvider {
    /// Name of the service in the signature.
    pub service: String,
    /// Region in the signature; the gateway's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

/// A Lambda function is invoked with the gateway's role, and that has to be said: aws/agentcore-cli#1005.
pub(super) fn check_for_lambda(
    providers: &[CredentialProviderConfiguration],
    findings: &mut Findings,
) {
    let path = "credentialProviderConfigurations";
    match providers.first() {
        None => findings.add(
            path,
            "must be [{credentialProviderType: GATEWAY_IAM_ROLE}] for a Lambda target",
        ),
        Some(provider) if provider.credential_provider.is_some() => {
            findings.add(
                format_args!("{path}[0].credentialProvider"),
                "is not for Lambda targets",
            );
        }
        Some(_) => {}
    }
}

pub(super) fn check_for_server(
    providers: &[CredentialProviderConfiguration],
    findings: &mut Findings,
) {
    let Some(provider) = providers.first() else {
        return;
    };
    let path = "credentialProviderConfigurations[0].credentialProvider";
    match &provider.credential_provider {
        None => findings.add(
            path,
            "an iamCredentialProvider with a service is required for an MCP server",
        ),
        Some(CredentialProvider::IamCredentialProvider(iam)) => {
            let path = format!("{path}.iamCredentialProvider");
            findings.text(
                format_args!("{path}.service"),
                Some(&iam.service),
                &IAM_SERVICE,
            );
            findings.text(
                format_args!("{path}.region"),
                iam.region.as_deref(),
                &IAM_REGION,
            );
        }
    }
}

/// Refuses kinds of credentials that the API has and the local gateway cannot obtain.
pub(super) fn refuse_unserved(providers: Option<&Value>) -> Result<(), ApiError> {
    let kind = providers.and_then(|providers| providers[0]["credentialProviderType"].as_str());
    match kind {
        Some(kind @ ("OAUTH" | "API_KEY" | "CALLER_IAM_CREDENTIALS" | "JWT_PASSTHROUGH")) => {
            Err(ApiError::field(
                "credentialProviderConfigurations[0].credentialProviderType",
                format!(
                    "the local gateway cannot obtain {kind} credentials: it has GATEWAY_IAM_ROLE, which is this machine's"
                ),
            ))
        }
        _ => Ok(()),
    }
}
