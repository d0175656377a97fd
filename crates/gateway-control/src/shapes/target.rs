//! Settings of a target: the members that CreateGatewayTarget and UpdateGatewayTarget share.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::credentials::{self, CredentialProviderConfiguration};
use super::headers::MetadataConfiguration;
use super::mcp_server::{McpServerTarget, McpToolSchema};
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

impl TargetSettings {
    /// Reads and checks a body, without its token. `region` is the gateway's.
    pub(crate) fn read(body: Body, region: &str) -> Result<Self, ApiError> {
        body.refuse(&UNSUPPORTED)?;
        refuse_unserved_kinds(body.get("targetConfiguration"))?;
        credentials::refuse_unserved(body.get("credentialProviderConfigurations"))?;
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
        let providers = self.credential_provider_configurations.as_slice();
        findings.count("credentialProviderConfigurations", providers.len(), (0, 1));
        if let Some(metadata) = &self.metadata_configuration {
            metadata.check(findings);
        }
        let TargetConfiguration::Mcp(target) = &self.target_configuration;
        match target {
            McpTarget::Lambda(lambda) => {
                lambda.check(findings, region);
                credentials::check_for_lambda(providers, findings);
            }
            McpTarget::McpServer(server) => {
                server.check(findings);
                credentials::check_for_server(providers, findings);
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
