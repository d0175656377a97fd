//! Which checks a server gets, in which order, and what becomes of them.

use fleet_manifest::Target;

use crate::answer::Checked;
use crate::arguments::Part;
use crate::fleet::Expected;
use crate::gateway::Gateway;
use crate::lambda::{Failure, Functions};
use crate::prefix::Prefix;
use crate::report::{CheckResult, Outcome, ServerResult};
use crate::{calls, configuration, files};

const CALLS: [&str; 3] = ["answer without context", "tools", "call"];
const NO_TARGET: &str = "target.json is not as the manifest says";

/// Checks the generated files of one server and, unless only the gateway is asked, its function.
///
/// # Errors
///
/// When the Lambda API cannot be used at all, so that nothing is known of any server.
pub(crate) async fn check(
    expected: &Expected,
    prefix: &Prefix,
    functions: Option<&Functions>,
    parts: &[Part],
) -> anyhow::Result<ServerResult> {
    let function = format!("{prefix}{}", expected.server.function_name());
    let mut checks = Vec::new();
    let target = record(&mut checks, "generated files", files::check(expected))?;
    if let Some(functions) = functions {
        let mut exists = true;
        if parts.contains(&Part::Config) {
            let found = configuration::check(&expected.server, functions, &function).await;
            exists = !matches!(found, Err(Failure::NoFunction(_)));
            record(&mut checks, "function", found)?;
        }
        if parts.contains(&Part::Calls) && exists {
            call(expected, target.as_ref(), functions, &function, &mut checks).await?;
        } else if parts.contains(&Part::Calls) {
            skip(&mut checks, &CALLS, "there is no such function");
        }
    }
    Ok(ServerResult {
        server: expected.server.id.to_string(),
        function,
        checks,
    })
}

async fn call(
    expected: &Expected,
    target: Option<&Target>,
    functions: &Functions,
    function: &str,
    checks: &mut Vec<CheckResult>,
) -> anyhow::Result<()> {
    let [without_context, tools, call] = CALLS;
    let found = calls::no_context(&expected.server, functions, function).await;
    let exists = !matches!(found, Err(Failure::NoFunction(_)));
    record(checks, without_context, found)?;
    let reason = match target {
        _ if !exists => "there is no such function",
        None => NO_TARGET,
        Some(target) => {
            let found = calls::tools(target, functions, function).await;
            record(checks, tools, found)?;
            let found = calls::smoke(target, functions, function).await;
            record(checks, call, found)?;
            return Ok(());
        }
    };
    skip(checks, &[tools, call], reason);
    Ok(())
}

/// Checks one server through the gateway.
///
/// # Errors
///
/// Never, as things are: what a gateway does is the one server's matter once it has listed its tools.
pub(crate) async fn check_through(
    expected: &Expected,
    gateway: &mut Gateway,
    checks: &mut Vec<CheckResult>,
) -> anyhow::Result<()> {
    let names = ["gateway tools", "gateway call"];
    // `files::check` has reported it.
    let Ok(target) = Target::load(&expected.folder.join("target.json")) else {
        skip(checks, &names, NO_TARGET);
        return Ok(());
    };
    let id = expected.server.id.as_str();
    let listed = record(checks, names[0], gateway.tools(id, &target))?;
    if listed.is_some() {
        record(checks, names[1], gateway.smoke(id, &target).await)?;
    } else {
        skip(checks, &names[1..], "the tools are not as expected");
    }
    Ok(())
}

fn record<T>(
    checks: &mut Vec<CheckResult>,
    check: &'static str,
    result: Checked<T>,
) -> anyhow::Result<Option<T>> {
    let (value, outcome, detail) = match result {
        Ok((value, detail)) => (Some(value), Outcome::Passed, detail),
        Err(Failure::Call(detail) | Failure::NoFunction(detail)) => (None, Outcome::Failed, detail),
        Err(Failure::Skipped(reason)) => (None, Outcome::Skipped, reason),
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
