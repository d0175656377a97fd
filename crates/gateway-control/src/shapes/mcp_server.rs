//! `McpServerTargetConfiguration`: a remote MCP server as a target.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::{Host, Url};

use super::tool::MOST_TOOLS;
use crate::check::Findings;

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

impl McpServerTarget {
    pub(super) fn check(&self, findings: &mut Findings) {
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
    let mut names = BTreeSet::new();
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
