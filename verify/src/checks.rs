//! The checks of one server.

use agentcore_gateway_target::ToolDefinition;
use fleet_manifest::Target;
use rmcp::model::Tool;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::fleet::Expected;
use crate::lambda::{Failure, Functions};
use crate::report::{CheckResult, Outcome, ServerResult};

/// What every function of a fleet runs on.
const RUNTIME: &str = "provided.al2023";

/// Codes of tool errors that are the fleet's own fault, whatever the caller asked.
const OWN_FAULTS: &[&str] = &[
    "deadline_exceeded",
    "internal_error",
    "protocol_error",
    "response_too_large",
    "unknown_tool",
];

/// Runs every check of one server.
///
/// # Errors
///
/// When the Lambda API cannot be used at all, so that nothing is known of any server.
pub(crate) async fn check(
    expected: &Expected,
    functions: &Functions,
) -> anyhow::Result<ServerResult> {
    let server = &expected.server;
    let function = server.function_name();
    let mut checks = Vec::new();

    let target = record(&mut checks, "generated files", files(expected))?;
    let configured = configuration(expected, functions, &function).await;
    let exists = !matches!(configured, Err(Failure::Call(_)));
    record(&mut checks, "function", configured)?;

    if exists {
        record(
            &mut checks,
            "answer without context",
            no_context(expected, functions, &function).await,
        )?;
        let tools = tools(target.as_ref(), functions, &function).await;
        let tools = record(&mut checks, "tools", tools)?;
        match tools {
            Some(tools) => {
                let called = smoke(expected, &tools, functions, &function).await;
                record(&mut checks, "call", called)?;
            }
            None => skip(&mut checks, &["call"], "the tools are not as expected"),
        }
    } else {
        skip(
            &mut checks,
            &["answer without context", "tools", "call"],
            "there is no such function",
        );
    }
    Ok(ServerResult {
        server: server.id.to_string(),
        function,
        checks,
    })
}

/// A check that passed: what later checks need, and what to show.
type Checked<T> = Result<(T, String), Failure>;

fn record<T>(
    checks: &mut Vec<CheckResult>,
    check: &'static str,
    result: Checked<T>,
) -> anyhow::Result<Option<T>> {
    let (value, outcome, detail) = match result {
        Ok((value, detail)) => (Some(value), Outcome::Passed, detail),
        Err(Failure::Call(detail)) => (None, Outcome::Failed, detail),
        Err(Failure::Unusable(reason)) => anyhow::bail!(reason),
    };
    checks.push(CheckResult {
        check,
        outcome,
        detail,
    });
    Ok(value)
}

fn skip(checks: &mut Vec<CheckResult>, names: &[&'static str], reason: &str) {
    let skipped = |check: &&'static str| CheckResult {
        check,
        outcome: Outcome::Skipped,
        detail: reason.to_owned(),
    };
    checks.extend(names.iter().map(skipped));
}

/// The handler folder is complete and says what the manifest says.
fn files(expected: &Expected) -> Checked<Target> {
    let folder = &expected.folder;
    let wrong =
        |what: String| Failure::Call(format!("{what}: regenerate with `cargo run -p codegen`"));
    for file in ["Cargo.toml", "src/main.rs", "policy.json"] {
        if !folder.join(file).is_file() {
            return Err(wrong(format!("{} is missing", folder.join(file).display())));
        }
    }
    let target =
        Target::load(&folder.join("target.json")).map_err(|error| wrong(error.to_string()))?;
    let server = &expected.server;
    let mut differences = Vec::new();
    if target.id != server.id.as_str() {
        differences.push("id");
    }
    if target.name != server.name {
        differences.push("name");
    }
    if target.description != server.description {
        differences.push("description");
    }
    if target.environment != server.environment() {
        differences.push("environment");
    }
    if differences.is_empty() {
        let detail = format!("{} tools", target.tools.len());
        Ok((target, detail))
    } else {
        Err(wrong(format!(
            "target.json differs from the manifest in {}",
            differences.join(", ")
        )))
    }
}

/// The function exists and is configured as the manifest says.
async fn configuration(expected: &Expected, functions: &Functions, function: &str) -> Checked<()> {
    let server = &expected.server;
    let found = functions.configuration(function).await?;
    let runtime = found.runtime().map_or("none", |runtime| runtime.as_str());
    let architecture = found
        .architectures()
        .first()
        .map_or("none", |architecture| architecture.as_str());
    let memory = found.memory_size().unwrap_or_default().to_string();
    let timeout = found.timeout().unwrap_or_default().to_string();
    let pairs = [
        ("runtime", runtime, RUNTIME.to_owned()),
        (
            "architecture",
            architecture,
            server.architecture.as_str().to_owned(),
        ),
        ("memory", &memory, server.memory_mb.to_string()),
        ("timeout", &timeout, server.timeout_seconds.to_string()),
    ];
    let mut differences: Vec<String> = pairs
        .iter()
        .filter(|(_, found, wanted)| found != wanted)
        .map(|(name, found, wanted)| format!("{name} is {found}, the manifest says {wanted}"))
        .collect();
    let variables = found
        .environment()
        .and_then(|environment| environment.variables());
    for (name, value) in server.environment() {
        // Values can be secrets: only names are shown.
        if variables.and_then(|variables| variables.get(&name)) != Some(&value) {
            differences.push(format!(
                "environment variable {name} is not as the manifest says"
            ));
        }
    }
    if differences.is_empty() {
        Ok(((), format!("{architecture}, {memory} MB, {timeout} s")))
    } else {
        Err(Failure::Call(differences.join("; ")))
    }
}

/// An event without a context and without a tool name gets the one documented answer.
async fn no_context(expected: &Expected, functions: &Functions, function: &str) -> Checked<()> {
    let server = &expected.server;
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
async fn tools(
    target: Option<&Target>,
    functions: &Functions,
    function: &str,
) -> Checked<Vec<Tool>> {
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
    let tools = listing.result.tools;
    let Some(target) = target else {
        let detail = "target.json cannot be compared, because it is not as the manifest says";
        return Err(Failure::Call(detail.to_owned()));
    };
    let found: Vec<_> = tools
        .iter()
        .map(|tool| ToolDefinition::lower(tool).0)
        .collect();
    let found = to_map(&found)?;
    let wanted = to_map(&target.tools)?;
    let mut differences = Vec::new();
    for (name, tool) in &wanted {
        match found.get(name) {
            None => differences.push(format!("`{name}` is not offered")),
            Some(other) if other != tool => {
                differences.push(format!("`{name}` is offered in another form"))
            }
            Some(_) => {}
        }
    }
    let extra = found.keys().filter(|name| !wanted.contains_key(*name));
    differences.extend(extra.map(|name| format!("`{name}` is offered but not in target.json")));
    if differences.is_empty() {
        let detail = format!("{} as generated", tools.len());
        Ok((tools, detail))
    } else {
        Err(Failure::Call(format!(
            "{}: deploy what was generated, or generate again",
            differences.join("; ")
        )))
    }
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
///
/// An error that the tool itself reports (no repository there, no URL configured) is an answer.
async fn smoke(
    expected: &Expected,
    tools: &[Tool],
    functions: &Functions,
    function: &str,
) -> Checked<()> {
    let marked = tools.iter().find_map(|tool| {
        let arguments = tool.meta.as_ref()?.get("mcp-fleet/smoke")?;
        Some((tool.name.as_ref(), arguments.clone()))
    });
    let Some((tool, arguments)) = marked else {
        let detail = "no tool that remains is marked harmless with `mcp-fleet/smoke`";
        return Err(Failure::Call(detail.to_owned()));
    };
    let prefixed = format!("{}___{tool}", expected.server.id);
    let answer = functions
        .invoke(function, &arguments, Some(&prefixed))
        .await?;
    let text = answer["content"][0]["text"].as_str();
    if answer["isError"] != true {
        return match answer.get("error") {
            None => Ok(((), format!("`{tool}` answered"))),
            Some(error) => Err(Failure::Call(format!("`{tool}`: {error}"))),
        };
    }
    let text = text.unwrap_or_default();
    let code = text.split(':').next().unwrap_or_default();
    if OWN_FAULTS.contains(&code) {
        Err(Failure::Call(format!("`{tool}`: {text}")))
    } else {
        Ok(((), format!("`{tool}` answered: {text}")))
    }
}
