//! The function exists, is ready, and is configured as the manifest says.

use std::collections::BTreeSet;

use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use aws_sdk_lambda::types::{LastUpdateStatus, State};
use fleet_manifest::Server;

use crate::answer::Checked;
use crate::lambda::{Failure, Functions};

/// What every function of a fleet runs on.
const RUNTIME: &str = "provided.al2023";

/// Compares the function with the manifest's entry.
pub(crate) async fn check(server: &Server, functions: &Functions, function: &str) -> Checked<()> {
    let found = functions.configuration(function).await?;
    let mut differences = readiness(&found);
    differences.extend(settings(server, &found));
    differences.extend(environment(server, &found));
    differences.extend(network(server, &found));
    if !differences.is_empty() {
        return Err(Failure::Call(differences.join("; ")));
    }
    // AWS always reports both; a stand-in for it may not.
    let architecture = match found.architectures().first() {
        Some(architecture) => architecture.as_str(),
        None => "architecture not reported",
    };
    let state = match found.state() {
        Some(_) => "",
        None => ", state not reported",
    };
    let (memory, timeout) = (server.memory_mb, server.timeout_seconds);
    Ok((
        (),
        format!("{architecture}, {memory} MB, {timeout} s{state}"),
    ))
}

/// Whether it can be called, and runs what was deployed last.
fn readiness(found: &GetFunctionConfigurationOutput) -> Vec<String> {
    let because = |reason: Option<&str>| match reason {
        Some(reason) if !reason.is_empty() => format!(" ({reason})"),
        _ => String::new(),
    };
    let mut differences = Vec::new();
    if let Some(state) = found.state().filter(|state| **state != State::Active) {
        let reason = because(found.state_reason());
        let what_to_do = match state {
            State::Pending => ": it is still being set up; verify again in a minute",
            State::Inactive => ": it was idle for weeks; call it once and verify again in a minute",
            _ => ": deploy it again",
        };
        let state = state.as_str();
        differences.push(format!("state is {state}{reason}, not Active{what_to_do}"));
    }
    let reason = because(found.last_update_status_reason());
    match found.last_update_status() {
        Some(LastUpdateStatus::Failed) => differences.push(format!(
            "the last update failed{reason}: what runs is what was there before; deploy again"
        )),
        Some(LastUpdateStatus::InProgress) => {
            differences.push("an update is in progress: verify again when it is done".to_owned())
        }
        _ => {}
    }
    differences
}

fn settings(server: &Server, found: &GetFunctionConfigurationOutput) -> Vec<String> {
    let number = |number: Option<i32>| number.map(|number| number.to_string());
    let runtime = found.runtime().map(|runtime| runtime.as_str().to_owned());
    let architecture = found.architectures().first();
    let wanted_architecture = server.architecture.as_str().to_owned();
    let pairs = [
        ("runtime", runtime, RUNTIME.to_owned()),
        (
            "architecture",
            // See `check`: what is not reported is not held against it.
            Some(architecture.map_or(wanted_architecture.clone(), |one| one.as_str().to_owned())),
            wanted_architecture,
        ),
        (
            "memory",
            number(found.memory_size()),
            server.memory_mb.to_string(),
        ),
        (
            "timeout",
            number(found.timeout()),
            server.timeout_seconds.to_string(),
        ),
    ];
    let differs = |(name, found, wanted): (&str, Option<String>, String)| {
        let found = found.as_deref().unwrap_or("not reported");
        (found != wanted).then(|| format!("{name} is {found}, the manifest says {wanted}"))
    };
    pairs.into_iter().filter_map(differs).collect()
}

/// What the function has besides is the deployment's.
fn environment(server: &Server, found: &GetFunctionConfigurationOutput) -> Vec<String> {
    let variables = found
        .environment()
        .and_then(|environment| environment.variables());
    let wanted = server.environment();
    let differs = |(name, value): (&String, &String)| {
        let found = variables.and_then(|variables| variables.get(name));
        // Values can be secrets: only names are shown.
        (found != Some(value))
            .then(|| format!("environment variable {name} is not as the manifest says"))
    };
    wanted.iter().filter_map(differs).collect()
}

fn network(server: &Server, found: &GetFunctionConfigurationOutput) -> Vec<String> {
    let Some(wanted) = &server.vpc else {
        return Vec::new();
    };
    let vpc = found.vpc_config();
    let subnets = vpc.map(|vpc| vpc.subnet_ids()).unwrap_or_default();
    let groups = vpc.map(|vpc| vpc.security_group_ids()).unwrap_or_default();
    let pairs = [
        ("subnets", subnets, &wanted.subnets),
        ("security groups", groups, &wanted.security_groups),
    ];
    let set = |ids: &[String]| ids.iter().cloned().collect::<BTreeSet<String>>();
    let shown = |ids: &[String]| match ids {
        [] => "none".to_owned(),
        ids => ids.join(" "),
    };
    let differs = |(name, found, wanted): (&str, &[String], &Vec<String>)| {
        (set(found) != set(wanted)).then(|| {
            let (found, wanted) = (shown(found), shown(wanted));
            format!("{name} are {found}, the manifest says {wanted}")
        })
    };
    pairs.into_iter().filter_map(differs).collect()
}
