//! Settings of a target: the members that CreateGatewayTarget and UpdateGatewayTarget share.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::{Host, Url};

use super::headers::MetadataConfiguration;
use super::request::Body;
use super::tool::{self, MOST_TOOLS, ToolDefinition};
use crate::check::{Findings, text};
use crate::error::ApiError;

/// Largest inline schema, in bytes of JSON: a quota of the service.
const LARGEST_SCHEMA_BYTES: usize = 1024 * 1024;

text!(NAME, (0, 1000), "([0-9a-zA-Z][-]?){1,100}");
text!(DESCRIPTION, (1, 200));
text!(
    LAMBDA_ARN,
    (1, 170),
    r"arn:(aws[a-zA-Z-]*)?:lambda:([a-z]{2}(-gov)?-[a-z]+-\d{1}):(\d{12}):function:([a-zA-Z0-9-_.]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?"
);
text!(IAM_SERVICE, (1, 64), "[a-zA-Z0-9._-]+");
text!(IAM_REGION, (1, 32), "[a-zA-Z0-9-]+");

/// Members of the API that the local gateway cannot honour.
const UNSUPPORTED: [(&str, &str); 2] = [
    ("privateEndpoint", "the local gateway reaches no VPC"),
    (
        "certificateConfigurations",
        "the local gateway trusts the certificates that this machine trusts",
    ),
];

/// Kinds of target that the API has and the local gateway does not serve: member of the union, and below `mcp`.
const UNSERVED_KINDS: [&str; 2] = ["http", "inference"];
const UNSERVED_MCP_KINDS: [&str; 4] = ["openApiSchema", "smithyModel", "apiGateway", "connector"];

/// Everything about a target that its owner chooses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TargetSettings {
    /// Prefix of the tools' names; unique in the gateway.
    pub name: String,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What stands behind the target.
    pub target_configuration: TargetConfiguration,
    /// How the gateway identifies itself to the target.
    #[serde(default)]
    pub credential_provider_configurations: Vec<CredentialProviderConfiguration>,
    /// Headers and query parameters that pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata_configuration: Option<MetadataConfiguration>,
}

/// `TargetConfiguration`, a union.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TargetConfiguration {
    /// Something that offers tools.
    Mcp(McpTarget),
}

/// `McpTargetConfiguration`, a union.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum McpTarget {
    /// A Lambda function.
    Lambda(LambdaTarget),
    /// A remote MCP server.
    McpServer(McpServerTarget),
}

/// `McpLambdaTargetConfiguration`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LambdaTarget {
    /// ARN of the function, perhaps with a version or alias.
    pub lambda_arn: String,
    /// Its tools.
    pub tool_schema: ToolSchema,
}

/// `ToolSchema`, a union, of which only the inline form is served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ToolSchema {
    /// The tools themselves.
    InlinePayload(Vec<ToolDefinition>),
}

/// `McpServerTargetConfiguration`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct McpServerTarget {
    /// URL of the server's Streamable HTTP endpoint.
    pub endpoint: String,
    /// The tools, when the server is not to be asked for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mcp_tool_schema: Option<McpToolSchema>,
    /// When the tools are listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listing_mode: Option<ListingMode>,
    /// 0 to 1000: who wins where two servers offer the same resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_priority: Option<u16>,
}

/// `McpToolSchemaConfiguration`, a union, of which only the inline form is served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum McpToolSchema {
    /// JSON text: a list of MCP tools, or the result of `tools/list`.
    InlinePayload(String),
}

/// `ListingMode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ListingMode {
    /// When the target is created, changed or synchronized.
    Default,
    /// At every `tools/list`.
    Dynamic,
}

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

impl TargetSettings {
    /// Reads and checks a body, without its token. `region` is the gateway's.
    pub(crate) fn read(body: Body, region: &str) -> Result<Self, ApiError> {
        body.refuse(&UNSUPPORTED)?;
        refuse_unserved_kinds(body.get("targetConfiguration"))?;
        refuse_unserved_credentials(body.get("credentialProviderConfigurations"))?;
        let given = body
            .get("credentialProviderConfigurations")
            .and_then(Value::as_array);
        if given.is_some_and(Vec::is_empty) {
            return Err(ApiError::field(
                "credentialProviderConfigurations",
                "must have 1 element, and has 0",
            ));
        }
        let settings: Self = body.settings()?;
        let mut findings = Findings::default();
        settings.check(&mut findings, region);
        findings.into_result()?;
        settings.check_quotas()?;
        Ok(settings)
    }

    fn check(&self, findings: &mut Findings, region: &str) {
        findings.text("name", Some(&self.name), &NAME);
        findings.text("description", self.description.as_deref(), &DESCRIPTION);
        if self.credential_provider_configurations.len() > 1 {
            let found = self.credential_provider_configurations.len();
            findings.count("credentialProviderConfigurations", found, (1, 1));
        }
        if let Some(metadata) = &self.metadata_configuration {
            metadata.check(findings);
        }
        let TargetConfiguration::Mcp(target) = &self.target_configuration;
        match target {
            McpTarget::Lambda(lambda) => {
                lambda.check(findings, region);
                self.check_lambda_credentials(findings);
            }
            McpTarget::McpServer(server) => {
                server.check(findings);
                self.check_server_credentials(findings);
            }
        }
    }

    /// A Lambda function is invoked with the gateway's role, and that has to be said: aws/agentcore-cli#1005.
    fn check_lambda_credentials(&self, findings: &mut Findings) {
        let path = "credentialProviderConfigurations";
        match self.credential_provider_configurations.first() {
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

    fn check_server_credentials(&self, findings: &mut Findings) {
        let Some(provider) = self.credential_provider_configurations.first() else {
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

    fn check_quotas(&self) -> Result<(), ApiError> {
        let TargetConfiguration::Mcp(target) = &self.target_configuration;
        let (tools, bytes) = match target {
            McpTarget::Lambda(lambda) => {
                let ToolSchema::InlinePayload(tools) = &lambda.tool_schema;
                (
                    tools.len(),
                    serde_json::to_vec(tools).map_or(0, |json| json.len()),
                )
            }
            McpTarget::McpServer(server) => match &server.mcp_tool_schema {
                Some(McpToolSchema::InlinePayload(text)) => {
                    (server.static_tools().map_or(0, |t| t.len()), text.len())
                }
                None => return Ok(()),
            },
        };
        if tools > MOST_TOOLS {
            return Err(ApiError::Quota(format!(
                "a target has at most {MOST_TOOLS} tools, and this one has {tools}"
            )));
        }
        if bytes > LARGEST_SCHEMA_BYTES {
            return Err(ApiError::Quota(format!(
                "an inline tool schema has at most {LARGEST_SCHEMA_BYTES} bytes, and this one has {bytes}"
            )));
        }
        Ok(())
    }

    /// The kind of the target: `TargetType` of the API model.
    pub fn target_type(&self) -> &'static str {
        let TargetConfiguration::Mcp(target) = &self.target_configuration;
        match target {
            McpTarget::Lambda(_) => "LAMBDA",
            McpTarget::McpServer(_) => "MCP_SERVER",
        }
    }

    /// The MCP server, if it is one.
    pub fn mcp_server(&self) -> Option<&McpServerTarget> {
        let TargetConfiguration::Mcp(target) = &self.target_configuration;
        match target {
            McpTarget::Lambda(_) => None,
            McpTarget::McpServer(server) => Some(server),
        }
    }
}

impl LambdaTarget {
    fn check(&self, findings: &mut Findings, region: &str) {
        let path = "targetConfiguration.mcp.lambda";
        let name = format!("{path}.lambdaArn");
        findings.text(&name, Some(&self.lambda_arn), &LAMBDA_ARN);
        // Region of `arn:aws:lambda:<region>:…`. Across Regions the service cannot invoke: awslabs/agentcore-samples#140.
        if let Some(found) = self
            .lambda_arn
            .split(':')
            .nth(3)
            .filter(|found| *found != region)
        {
            let message = format!(
                "the function is in Region '{found}' and the gateway in '{region}': both must be in one"
            );
            findings.add(&name, message);
        }
        let ToolSchema::InlinePayload(tools) = &self.tool_schema;
        tool::check(tools, findings, &format!("{path}.toolSchema.inlinePayload"));
    }

    /// The function's tools.
    pub fn tools(&self) -> &[ToolDefinition] {
        let ToolSchema::InlinePayload(tools) = &self.tool_schema;
        tools
    }
}

impl McpServerTarget {
    fn check(&self, findings: &mut Findings) {
        let path = "targetConfiguration.mcp.mcpServer";
        if !is_endpoint(&self.endpoint) {
            let message = "must be an https:// URL without user and fragment, or an http:// URL of this machine";
            findings.add(format_args!("{path}.endpoint"), message);
        }
        if self.listing_mode == Some(ListingMode::Dynamic) {
            findings.add(
                format_args!("{path}.listingMode"),
                "the local gateway lists tools in mode DEFAULT only",
            );
        }
        if self
            .resource_priority
            .is_some_and(|priority| priority > 1000)
        {
            findings.add(format_args!("{path}.resourcePriority"), "must be 0 to 1000");
        }
        if let Some(Err(message)) = self.mcp_tool_schema.as_ref().map(McpToolSchema::tools) {
            findings.add(format_args!("{path}.mcpToolSchema.inlinePayload"), message);
        }
    }

    /// The tools that were declared with the target, as MCP writes them.
    pub fn static_tools(&self) -> Option<Vec<Value>> {
        self.mcp_tool_schema.as_ref()?.tools().ok()
    }
}

impl McpToolSchema {
    fn tools(&self) -> Result<Vec<Value>, String> {
        let Self::InlinePayload(text) = self;
        let tools = match serde_json::from_str(text) {
            Ok(Value::Array(tools)) => tools,
            Ok(Value::Object(mut result)) => match result.remove("tools") {
                Some(Value::Array(tools)) => tools,
                _ => return Err("has no list `tools`".to_owned()),
            },
            Ok(_) => return Err("must be a JSON list of tools".to_owned()),
            Err(error) => return Err(format!("is not JSON: {error}")),
        };
        check_mcp_tools(&tools)?;
        Ok(tools)
    }
}

/// Checks tools that an MCP server declared: each has a name of its own and an object as its schema.
pub(crate) fn check_mcp_tools(tools: &[Value]) -> Result<(), String> {
    if tools.len() > MOST_TOOLS {
        return Err(format!(
            "{} tools are more than the {MOST_TOOLS} that a target may have",
            tools.len()
        ));
    }
    let mut names = std::collections::BTreeSet::new();
    for (index, tool) in tools.iter().enumerate() {
        let name = tool["name"].as_str().unwrap_or_default();
        if name.is_empty() || name.chars().count() > 256 {
            return Err(format!("tool {index} has no name of 1 to 256 characters"));
        }
        if !names.insert(name) {
            return Err(format!("tool '{name}' is declared twice"));
        }
        if tool["inputSchema"]["type"] != "object" {
            return Err(format!("tool '{name}' has no inputSchema of type 'object'"));
        }
    }
    Ok(())
}

/// The API model wants `https://.*`; a server on this machine needs no certificate.
fn is_endpoint(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else {
        return false;
    };
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => Ipv4Addr::is_loopback(&address),
        Some(Host::Ipv6(address)) => Ipv6Addr::is_loopback(&address),
        None => return false,
    };
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    plain && (url.scheme() == "https" || (url.scheme() == "http" && here))
}

fn refuse_unserved_kinds(configuration: Option<&Value>) -> Result<(), ApiError> {
    let Some(configuration) = configuration else {
        return Ok(());
    };
    let refuse = |path: String, kind: &str| {
        let message = format!(
            "the local gateway cannot serve {kind} targets: it serves mcp.lambda and mcp.mcpServer"
        );
        Err(ApiError::field(path, message))
    };
    for kind in UNSERVED_KINDS {
        if configuration.get(kind).is_some() {
            return refuse(format!("targetConfiguration.{kind}"), kind);
        }
    }
    let Some(mcp) = configuration.get("mcp") else {
        return Ok(());
    };
    for kind in UNSERVED_MCP_KINDS {
        if mcp.get(kind).is_some() {
            return refuse(format!("targetConfiguration.mcp.{kind}"), kind);
        }
    }
    for (kind, member) in [("lambda", "toolSchema"), ("mcpServer", "mcpToolSchema")] {
        if mcp
            .get(kind)
            .is_some_and(|target| target[member].get("s3").is_some())
        {
            let path = format!("targetConfiguration.mcp.{kind}.{member}.s3");
            return Err(ApiError::field(
                path,
                "the local gateway does not read S3: give the tools as inlinePayload",
            ));
        }
    }
    Ok(())
}

fn refuse_unserved_credentials(providers: Option<&Value>) -> Result<(), ApiError> {
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
