//! The function answers as it was generated.

use agentcore_gateway_target::ToolDefinition;
use fleet_manifest::{Server, Target};
use rmcp::model::Tool;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::answer::{self, Checked};
use crate::lambda::{Failure, Functions};

/// An event without a context and without a tool name gets the one documented answer.
pub(crate) async fn no_context(
    server: &Server,
    functions: &Functions,
    function: &str,
) -> Checked<()> {
    let wanted = json!({"error": {
        "code": -32603,
        "message": "Internal error: Missing bedrockAgentCoreToolName in context",
        "data": {"server_id": server.id.as_str(), "server_name": server.name},
    }});
    let answer = functions.invoke(function, &json!({}), None).await?;
    if answer == wanted {
        Ok(((), "as documented".to_owned()))
    } else {
        Err(Failure::Call(format!("answered {answer}, not {wanted}")))
    }
}

/// The running function offers exactly the tools that were generated from it.
pub(crate) async fn tools(target: &Target, functions: &Functions, function: &str) -> Checked<()> {
    #[derive(Deserialize)]
    struct Answer {
        result: Listing,
    }
    #[derive(Deserialize)]
    struct Listing {
        tools: Vec<Tool>,
    }
    let request = json!({"jsonrpc": "2.0", "id": "verify", "method": "tools/list"});
    let answer = functions.invoke(function, &request, None).await?;
    let listing: Answer = serde_json::from_value(answer).map_err(|error| {
        Failure::Call(format!("`tools/list` is not answered with tools: {error}"))
    })?;
    let tools = listing.result.tools.iter();
    let found: Vec<_> = tools.map(|tool| ToolDefinition::lower(tool).0).collect();
    let differences = differences(&to_map(&found)?, &to_map(&target.tools)?);
    if differences.is_empty() {
        return Ok(((), format!("{} as generated", found.len())));
    }
    Err(Failure::Call(format!(
        "{}: deploy what was generated, or generate again",
        differences.join("; ")
    )))
}

fn differences(found: &Map<String, Value>, wanted: &Map<String, Value>) -> Vec<String> {
    let of_wanted = wanted
        .iter()
        .filter_map(|(name, tool)| match found.get(name) {
            None => Some(format!("`{name}` is not offered")),
            Some(other) if other != tool => Some(format!("`{name}` is offered in another form")),
            Some(_) => None,
        });
    let extra = found.keys().filter(|name| !wanted.contains_key(*name));
    let extra = extra.map(|name| format!("`{name}` is offered but not in target.json"));
    of_wanted.chain(extra).collect()
}

fn to_map<T: serde::Serialize>(tools: &[T]) -> Result<Map<String, Value>, Failure> {
    let named = |tool: &T| {
        let tool = serde_json::to_value(tool).ok()?;
        let name = tool.get("name")?.as_str()?.to_owned();
        Some((name, tool))
    };
    let map: Option<Map<String, Value>> = tools.iter().map(named).collect();
    map.ok_or_else(|| Failure::Call("a tool without a name".to_owned()))
}

/// One harmless call, in the form that the gateway uses, gets an answer of the tool.
pub(crate) async fn smoke(target: &Target, functions: &Functions, function: &str) -> Checked<()> {
    let smoke = answer::smoke(target)?;
    let prefixed = format!("{}___{}", target.id, smoke.tool);
    let answer = functions
        .invoke(function, &smoke.arguments, Some(&prefixed))
        .await?;
    answer::judge(&smoke.tool, &answer)
}
