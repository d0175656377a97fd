//! Settings of a gateway: the members that CreateGateway and UpdateGateway share.

use gateway_auth::AuthorizerConfiguration;
use serde::{Deserialize, Serialize};

use super::request::Body;
use crate::check::{Findings, text};
use crate::error::ApiError;

/// Protocol versions that a gateway can be told to support.
pub const PROTOCOL_VERSIONS: [&str; 4] = ["2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"];

text!(NAME, (0, 1000), "([0-9a-zA-Z][-]?){1,48}");
text!(DESCRIPTION, (1, 200));
text!(
    ROLE_ARN,
    (1, 2048),
    "arn:aws(-[^:]+)?:iam::([0-9]{12})?:role/.+"
);
text!(INSTRUCTIONS, (1, 2048));
text!(
    KMS_KEY_ARN,
    (1, 2048),
    "arn:aws(|-cn|-us-gov):kms:[a-zA-Z0-9-]*:[0-9]{12}:key/[a-zA-Z0-9-]{36}"
);

/// Members of the API that the local gateway cannot honour.
pub(crate) const UNSUPPORTED: [(&str, &str); 4] = [
    (
        "interceptorConfigurations",
        "the local gateway calls no interceptors",
    ),
    (
        "policyEngineConfiguration",
        "the local gateway has no policy engine",
    ),
    (
        "customTransformConfiguration",
        "the local gateway has no transformations",
    ),
    (
        "domainOverride",
        "the local gateway has one address and no domains of its own",
    ),
];

/// Everything about a gateway that its owner chooses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GatewaySettings {
    /// Unique in the account; never changes.
    pub name: String,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The role that the gateway would have in AWS. Kept, and not used here.
    pub role_arn: String,
    /// `MCP`, or absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol_type: Option<ProtocolType>,
    /// How the gateway speaks MCP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol_configuration: Option<ProtocolConfiguration>,
    /// Who may call.
    pub authorizer_type: AuthorizerType,
    /// Details of `CUSTOM_JWT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer_configuration: Option<AuthorizerConfiguration>,
    /// Kept, and not used: the local store is not encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key_arn: Option<String>,
    /// How much of an error a client sees; absent: little.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception_level: Option<ExceptionLevel>,
    /// Kept, and not used: no firewall is in front of the local gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waf_configuration: Option<WafConfiguration>,
}

/// `GatewayProtocolType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named by the API")]
pub enum ProtocolType {
    #[serde(rename = "MCP")]
    Mcp,
}

/// `GatewayProtocolConfiguration`, a union.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ProtocolConfiguration {
    /// MCP is the only protocol.
    Mcp(McpConfiguration),
}

/// `MCPGatewayConfiguration`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct McpConfiguration {
    /// Replaces the default list of versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supported_versions: Option<Vec<String>>,
    /// What `initialize` tells the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// Whether the search tool is there. Chosen at creation only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_type: Option<SearchType>,
    /// Sessions are off without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_configuration: Option<SessionConfiguration>,
    /// Answers are buffered without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub streaming_configuration: Option<StreamingConfiguration>,
    /// All tools on one page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_mcp_list_tools_pagination: Option<bool>,
}

/// `SearchType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "named by the API")]
pub enum SearchType {
    Semantic,
}

/// `SessionConfiguration`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SessionConfiguration {
    /// 900 to 28800; 3600 when absent. Counted from `initialize`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_timeout_in_seconds: Option<u32>,
}

/// `StreamingConfiguration`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct StreamingConfiguration {
    /// Whether a client that accepts an event stream gets one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_response_streaming: Option<bool>,
}

/// `AuthorizerType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "named by the API")]
pub enum AuthorizerType {
    CustomJwt,
    AwsIam,
    None,
    AuthenticateOnly,
}

/// `ExceptionLevel`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "named by the API")]
pub enum ExceptionLevel {
    Debug,
}

/// `WafConfiguration`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WafConfiguration {
    /// What happens to calls while the firewall cannot be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_mode: Option<WafFailureMode>,
}

/// `WafFailureMode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "named by the API")]
pub enum WafFailureMode {
    FailClose,
    FailOpen,
}

impl GatewaySettings {
    /// Reads and checks the body of CreateGateway, without its token and tags.
    pub(crate) fn for_create(body: Body) -> Result<Self, ApiError> {
        // The API model has it in UpdateGateway only.
        body.refuse(&[(
            "wafConfiguration",
            "is set with UpdateGateway, not at creation",
        )])?;
        Self::read(body)
    }

    /// Reads and checks the body of UpdateGateway: a full replacement of `current`.
    pub(crate) fn for_update(body: Body, current: &Self) -> Result<Self, ApiError> {
        let settings = Self::read(body)?;
        let mut findings = Findings::default();
        if settings.name != current.name {
            findings.add(
                "name",
                format_args!(
                    "cannot be changed: the gateway's name is '{}'",
                    current.name
                ),
            );
        }
        if settings.search_type() != current.search_type() {
            findings.add(
                "protocolConfiguration.mcp.searchType",
                "can be chosen only when a gateway is created",
            );
        }
        findings.into_result()?;
        Ok(settings)
    }

    pub(crate) fn read(body: Body) -> Result<Self, ApiError> {
        body.refuse(&UNSUPPORTED)?;
        let settings: Self = body.settings()?;
        let mut findings = Findings::default();
        settings.check(&mut findings);
        findings.into_result()?;
        Ok(settings)
    }

    /// Every rule of the API model.
    pub(crate) fn check(&self, findings: &mut Findings) {
        findings.text("name", Some(&self.name), &NAME);
        findings.text("description", self.description.as_deref(), &DESCRIPTION);
        findings.text("roleArn", Some(&self.role_arn), &ROLE_ARN);
        findings.text("kmsKeyArn", self.kms_key_arn.as_deref(), &KMS_KEY_ARN);
        if let Some(ProtocolConfiguration::Mcp(mcp)) = &self.protocol_configuration {
            mcp.check(findings);
        }
        match (self.authorizer_type, &self.authorizer_configuration) {
            (AuthorizerType::CustomJwt, None) => {
                findings.add(
                    "authorizerConfiguration",
                    "is required for authorizerType CUSTOM_JWT",
                );
            }
            (AuthorizerType::CustomJwt, Some(configuration)) => {
                if let Err(invalid) = configuration.custom_jwt_authorizer.validate() {
                    for problem in invalid.0 {
                        findings.add(
                            format_args!("authorizerConfiguration.{}", problem.field),
                            problem.message,
                        );
                    }
                }
            }
            (_, Some(_)) => {
                findings.add(
                    "authorizerConfiguration",
                    "is only for authorizerType CUSTOM_JWT",
                );
            }
            (_, None) => {}
        }
    }

    /// How the gateway speaks MCP; everything absent when nothing was said.
    pub fn mcp(&self) -> Option<&McpConfiguration> {
        let ProtocolConfiguration::Mcp(mcp) = self.protocol_configuration.as_ref()?;
        Some(mcp)
    }

    /// Whether calls belong to sessions.
    pub fn has_sessions(&self) -> bool {
        self.mcp()
            .is_some_and(|mcp| mcp.session_configuration.is_some())
    }

    fn search_type(&self) -> Option<SearchType> {
        self.mcp().and_then(|mcp| mcp.search_type)
    }
}

impl McpConfiguration {
    fn check(&self, findings: &mut Findings) {
        let path = "protocolConfiguration.mcp";
        findings.text(
            format_args!("{path}.instructions"),
            self.instructions.as_deref(),
            &INSTRUCTIONS,
        );
        if let Some(versions) = &self.supported_versions {
            if versions.is_empty() {
                findings.add(
                    format_args!("{path}.supportedVersions"),
                    "must name a version",
                );
            }
            for (index, version) in versions.iter().enumerate() {
                if !PROTOCOL_VERSIONS.contains(&version.as_str()) {
                    let known = PROTOCOL_VERSIONS.join(", ");
                    let name = format!("{path}.supportedVersions[{index}]");
                    findings.add(name, format_args!("'{version}' is not one of {known}"));
                }
            }
        }
        let timeout = self
            .session_configuration
            .as_ref()
            .and_then(|session| session.session_timeout_in_seconds);
        if timeout.is_some_and(|seconds| !(900..=28_800).contains(&seconds)) {
            let name = format!("{path}.sessionConfiguration.sessionTimeoutInSeconds");
            findings.add(name, "must be 900 to 28800");
        }
    }
}
