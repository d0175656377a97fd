//! An entry whose `env` names secrets: its handler reads them, and may.

use serde_json::Value;

use crate::support::{Workspace, entry_point};

const VARIABLES: &str = "    env:
      API_TOKEN: ${secretsmanager:prod/alpha#token}
      API_USER: ${ssm:/prod/alpha/user}
      PLAIN: text
";

/// A workspace with one server of this source, generated. Its handler refuses to list tools when it is given anything but
/// the reference itself.
fn generated(source: &str) -> Workspace {
    let workspace = Workspace::new();
    let fleet = format!(
        "servers:\n  alpha:\n    name: Alpha\n    description: Reads.\n    {source}\n{VARIABLES}"
    );
    workspace.write("servers.yaml", &fleet);
    workspace.handler(
        "alpha",
        "#!/bin/sh\n\
         [ \"$API_TOKEN\" = '${secretsmanager:prod/alpha#token}' ] || { echo \"got $API_TOKEN\" >&2; exit 2; }\n\
         echo '{\"tools\":[{\"name\":\"look\",\"description\":\"Look.\",\"inputSchema\":{\"type\":\"object\"},\
         \"annotations\":{\"readOnlyHint\":true}}]}'\n",
    );
    workspace.codegen(&[]).expect(0);
    workspace
}

#[test]
fn a_handler_with_secrets_reads_them_at_start() {
    let workspace = generated("server: alpha");
    assert_eq!(
        workspace.read("handlers/alpha/src/main.rs"),
        entry_point(
            "Alpha",
            "agentcore_gateway_target::run_with_secrets(SERVER, aws_clients::secret, Server::from_env)"
        )
    );
    let manifest = workspace.read("handlers/alpha/Cargo.toml");
    let (_, dependencies) = manifest.split_once("[dependencies]\n").expect("a table");
    assert_eq!(
        dependencies,
        "agentcore-gateway-target.workspace = true\n\
         alpha-server.workspace = true\n\
         aws-clients.workspace = true\n\
         tokio.workspace = true\n"
    );
    workspace.codegen(&["--check"]).expect(0);
}

#[test]
fn the_reference_is_deployed_and_may_be_read() {
    let workspace = generated("server: alpha");
    let json = |file: &str| -> Value {
        serde_json::from_str(&workspace.read(&format!("handlers/alpha/{file}"))).expect("JSON")
    };
    let environment = &json("target.json")["environment"];
    assert_eq!(
        (
            environment["API_TOKEN"].as_str(),
            environment["API_USER"].as_str(),
            environment["PLAIN"].as_str()
        ),
        (
            Some("${secretsmanager:prod/alpha#token}"),
            Some("${ssm:/prod/alpha/user}"),
            Some("text")
        )
    );
    let policy = json("policy.json");
    let statements = policy["Statement"].as_array().expect("a list").iter();
    let allowed: Vec<(&str, &str)> = statements
        .map(|statement| {
            let first = |member: &str| {
                let one = &statement[member];
                one.as_str().or(one[0].as_str()).expect("text")
            };
            (first("Action"), first("Resource"))
        })
        .collect();
    assert_eq!(
        allowed,
        [
            (
                "secretsmanager:GetSecretValue",
                "arn:aws:secretsmanager:*:*:secret:prod/alpha-??????"
            ),
            (
                "ssm:GetParameter",
                "arn:aws:ssm:*:*:parameter/prod/alpha/user"
            )
        ]
    );
}

#[test]
fn programs_and_addresses_read_theirs_the_same_way() {
    for (source, run) in [
        (
            "command: mcp-server-time",
            "command::run_with_secrets(SERVER, aws_clients::secret, COMMAND)",
        ),
        (
            "url: https://mcp.example.com/mcp",
            "remote::run_with_secrets(SERVER, aws_clients::secret, ENDPOINT)",
        ),
    ] {
        let workspace = generated(source);
        let main = workspace.read("handlers/alpha/src/main.rs");
        assert!(main.contains(run), "{main}");
        let manifest = workspace.read("handlers/alpha/Cargo.toml");
        assert!(
            manifest.contains("\naws-clients.workspace = true\n"),
            "{manifest}"
        );
    }
}
