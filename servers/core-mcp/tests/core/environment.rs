//! What each role mounts, by the process's own variables: in a process of their own, this test
//! program again.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Output};

use core_mcp_server::Server;
use serde_json::Value;

use crate::support::{name, tools};

const CFN: (&str, usize) = ("cfn", 8);
const CLOUDWATCH: (&str, usize) = ("cloudwatch", 19);
const FRONTEND: (&str, usize) = ("frontend", 1);
/// As many tools as its stored list has.
const KNOWLEDGE: (&str, usize) = ("aws_knowledge", 0);
const PRICING: (&str, usize) = ("pricing", 9);
const PROMETHEUS: (&str, usize) = ("prometheus", 5);

/// Every role with the servers that it mounts and the number of their tools.
const MOUNTED: [(&str, &[(&str, usize)]); 18] = [
    ("aws-foundation", &[KNOWLEDGE]),
    ("dev-tools", &[KNOWLEDGE]),
    ("ci-cd-devops", &[CFN]),
    ("container-orchestration", &[]),
    ("serverless-architecture", &[]),
    ("analytics-warehouse", &[]),
    ("data-platform-eng", &[]),
    ("frontend-dev", &[FRONTEND]),
    ("solutions-architect", &[PRICING, KNOWLEDGE]),
    ("finops", &[PRICING, CLOUDWATCH]),
    ("monitoring-observability", &[CLOUDWATCH, PROMETHEUS]),
    ("caching-performance", &[]),
    ("security-identity", &[]),
    ("sql-db-specialist", &[]),
    ("nosql-db-specialist", &[]),
    ("timeseries-db-specialist", &[PROMETHEUS, CLOUDWATCH]),
    ("messaging-events", &[]),
    ("healthcare-lifesci", &[]),
];

/// The stored list of the remote server, which is listed instead of what it answers: tests ask nobody.
fn stored_list() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../handlers/aws-knowledge/tools.json")
}

/// How many tools the remote server has; none when `servers.yaml` does not have it.
fn stored_tools() -> usize {
    let Ok(list) = std::fs::read_to_string(stored_list()) else {
        return 0;
    };
    let list: Value = serde_json::from_str(&list).expect("JSON");
    list["tools"].as_array().expect("a list").len()
}

/// What the server lists with these variables, or why it does not start.
fn start(variables: &[(&str, &str)]) -> Result<Vec<String>, String> {
    let program = std::env::current_exe().expect("this program");
    let Output { stdout, .. } = Command::new(program)
        .args([
            "environment::as_a_child",
            "--exact",
            "--ignored",
            "--nocapture",
        ])
        .env_clear()
        .env("MCP_FLEET_TOOL_LIST", stored_list())
        .envs(variables.iter().copied())
        .output()
        .expect("this program starts");
    let said = String::from_utf8_lossy(&stdout);
    if let Some(error) = said.lines().find_map(|line| line.strip_prefix("refused: ")) {
        return Err(error.to_owned());
    }
    let names = said.lines().filter_map(|line| line.strip_prefix("tool: "));
    Ok(names.map(str::to_owned).collect())
}

#[tokio::test]
#[ignore = "started by the other tests, with variables"]
async fn as_a_child() {
    // The harness ends its own line only after the test.
    println!();
    match Server::from_env(&[]) {
        Ok(server) => {
            for tool in tools(&server).await {
                println!("tool: {}", name(&tool));
            }
        }
        Err(error) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            println!("refused: {error}: {}", cause.unwrap_or_default());
        }
    }
}

#[test]
fn every_role_mounts_what_the_fleet_has() {
    for (role, mounted) in MOUNTED {
        let variable = role.to_uppercase().replace('-', "_");
        let listed = start(&[(&variable, "on")]).expect("it starts");
        let mut expected = 1;
        for (prefix, count) in mounted {
            let count = match *prefix {
                "aws_knowledge" => stored_tools(),
                _ => *count,
            };
            expected += count;
            let own = format!("{prefix}_");
            let with_prefix = listed.iter().filter(|name| name.starts_with(&own));
            assert_eq!(with_prefix.count(), count, "{role}: {listed:?}");
        }
        assert_eq!(listed.len(), expected, "{role}: {listed:?}");
    }
}

#[test]
fn no_role_mounts_nothing() {
    for variables in [&[][..], &[("FINOPS", ""), ("dev-tools", " ")]] {
        assert_eq!(
            start(variables),
            Ok(vec!["prompt_understanding".to_owned()])
        );
    }
}

#[test]
fn a_server_of_several_roles_is_mounted_once_and_names_fit_behind_the_targets_prefix() {
    let every: Vec<(&str, &str)> = MOUNTED.iter().map(|(role, _)| (*role, "on")).collect();
    let listed = start(&every).expect("it starts");
    let distinct: BTreeSet<&String> = listed.iter().collect();
    assert_eq!(distinct.len(), listed.len());
    let native = [CFN, CLOUDWATCH, FRONTEND, PRICING, PROMETHEUS];
    let native: usize = native.iter().map(|(_, count)| count).sum();
    assert_eq!(listed.len(), 1 + native + stored_tools());
    for name in listed {
        let shown = format!("core-mcp___{name}");
        assert!(shown.len() <= 64, "{shown}: {} characters", shown.len());
    }
}

#[test]
fn a_malformed_setting_names_the_server_that_has_it() {
    let variables = [
        ("PROMETHEUS_URL", "nowhere"),
        ("TIMESERIES_DB_SPECIALIST", "on"),
    ];
    let error = start(&variables).expect_err("it is no URL");
    let expected = "`prometheus`, mounted as `prometheus` for the role `timeseries-db-specialist`, cannot start: PROMETHEUS_URL";
    assert!(error.starts_with(expected), "{error}");
}

#[test]
fn a_server_that_no_role_mounts_is_not_built() {
    let variables = [("PROMETHEUS_URL", "nowhere"), ("ci-cd-devops", "on")];
    let listed = start(&variables).expect("nobody reads the URL");
    assert_eq!(listed.len(), 1 + CFN.1);
}

#[test]
fn an_argument_is_refused_with_how_it_is_done() {
    let error = Server::from_env(&["--role=finops".to_owned()]).expect_err("none are known");
    assert_eq!(
        error.to_string(),
        "unknown argument \"--role=finops\"; there are none: a role is a variable, such as `FINOPS=on`"
    );
}
