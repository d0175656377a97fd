//! Writing and checking, with handlers that are scripts.

use std::fs;

use crate::support::{FLEET, Workspace, entry_point};
use fleet_manifest::Target;

#[test]
fn a_handler_is_wiring_a_target_and_a_policy() {
    let workspace = Workspace::new();
    workspace.codegen(&[]).expect(0);
    assert_eq!(
        workspace.read("handlers/alpha/src/main.rs"),
        entry_point(
            "Alpha \"one\"",
            "agentcore_gateway_target::run(SERVER, Server::from_env)"
        )
    );
    assert_eq!(
        workspace.read("handlers/alpha/Cargo.toml"),
        r#"# @generated from `servers.yaml` by `cargo run -p codegen`. Do not edit.

[package]
name = "mcp-server-alpha"
description = "Reads | writes."
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
publish.workspace = true

[lints]
workspace = true

[dependencies]
agentcore-gateway-target.workspace = true
alpha-server.workspace = true
tokio.workspace = true
"#
    );
    assert_eq!(
        workspace.read("handlers/alpha/target.json"),
        r#"{
  "@generated": "from `servers.yaml` by `cargo run -p codegen`. Do not edit.",
  "id": "alpha",
  "name": "Alpha \"one\"",
  "description": "Reads | writes.",
  "environment": {
    "MCP_FLEET_ACCESS": "read-only",
    "MCP_FLEET_ARGS": "[\"--root\",\"/data\"]"
  },
  "tools": [
    {
      "name": "look",
      "description": "Look at it. Closely.",
      "inputSchema": {
        "properties": {
          "a": {
            "type": "string"
          },
          "b": {
            "type": "string"
          }
        },
        "type": "object"
      }
    }
  ]
}
"#
    );
    assert_eq!(
        workspace.read("handlers/beta/policy.json"),
        r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Aps",
      "Effect": "Allow",
      "Action": [
        "aps:QueryMetrics"
      ],
      "Resource": "*"
    },
    {
      "Sid": "S3",
      "Effect": "Allow",
      "Action": [
        "s3:PutObject"
      ],
      "Resource": "*"
    }
  ]
}
"#
    );
    assert!(!workspace.read("handlers/alpha/policy.json").contains("s3:"));
    assert!(
        !workspace
            .read("handlers/alpha/target.json")
            .contains("smoke")
    );
    let target = Target::load(&workspace.path("handlers/beta/target.json")).expect("a target");
    let names: Vec<&str> = target.tools.iter().map(|tool| tool.name.as_str()).collect();
    assert_eq!(names, ["change", "look"]);
    assert_eq!(target.environment["BETA_URL"], "https://example.com");
}

#[test]
fn documents_get_their_tables_and_keep_the_rest() {
    let workspace = Workspace::new();
    workspace.write(
        "README.md",
        "# Fleet\n<!-- generated:servers -->\n<!-- /generated -->\nEnd.",
    );
    workspace.codegen(&[]).expect(0);
    assert_eq!(
        workspace.read("README.md"),
        "# Fleet
<!-- generated:servers -->

| Server | What it does | Tools | Access |
|---|---|---|---|
| [`alpha`](servers/alpha/README.md) | Reads \\| writes. | 1 of 2 | read-only |
| [`beta`](servers/beta) | Does things. | 2 | read-write |

<!-- /generated -->
End."
    );
    let document = workspace.read("docs/servers.md");
    assert!(document.starts_with("# Servers\n\n<!-- generated:servers -->\n\n| Server "));
    assert!(document.ends_with("<!-- /generated -->\n\nEnd.\n"));
    assert!(document.contains("[`alpha`](../servers/alpha/README.md)"));
    assert!(document.contains(
        "| `change` | Change it. | read-write | no | `s3:PutObject` |\n\
         | `look` | Look at it. | read-only | yes | `aps:QueryMetrics` |\n"
    ));
}

#[test]
fn generating_twice_changes_nothing() {
    let workspace = Workspace::new();
    workspace.codegen(&[]).expect(0);
    let before = workspace.snapshot();
    let said = workspace.codegen(&[]).expect(0);
    assert_eq!(said, "everything is up to date\n");
    assert_eq!(workspace.snapshot(), before);
    assert_eq!(workspace.codegen(&["--check"]).expect(0), "");
}

#[test]
fn the_machine_does_not_show_in_the_output() {
    let here = Workspace::new();
    let there = Workspace::new();
    here.codegen(&[]).expect(0);
    there.codegen(&[]).expect(0);
    let relative = |workspace: &Workspace| {
        let files = workspace.snapshot().into_iter();
        files
            .map(|(path, content)| {
                let path = path.strip_prefix(workspace.root()).expect("below the root");
                (path.to_owned(), content)
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(relative(&here), relative(&there));
}

#[test]
fn check_prints_a_diff_and_the_command_and_writes_nothing() {
    let workspace = Workspace::new();
    workspace.codegen(&[]).expect(0);
    workspace.write("servers.yaml", &FLEET.replace("Does things", "Does more"));
    let before = workspace.snapshot();
    let run = workspace.codegen(&["--check"]);
    assert!(
        run.stdout
            .contains("--- a/handlers/beta/target.json\n+++ b/handlers/beta/target.json\n")
    );
    assert!(run.stdout.contains("-  \"description\": \"Does things.\""));
    assert!(run.stdout.contains("+  \"description\": \"Does more.\""));
    assert_eq!(
        run.expect(1),
        "error: generated files are out of date\n  hint: `cargo run -p codegen` writes them\n"
    );
    assert_eq!(workspace.snapshot(), before);
}

#[test]
fn a_missing_file_is_written_again() {
    let workspace = Workspace::new();
    workspace.codegen(&[]).expect(0);
    let before = workspace.snapshot();
    fs::remove_file(workspace.path("handlers/alpha/target.json")).expect("deleted");
    let said = workspace.codegen(&[]).expect(0);
    assert_eq!(said, "wrote handlers/alpha/target.json\n");
    assert_eq!(workspace.snapshot(), before);
}

#[test]
fn a_change_by_hand_is_reported_and_kept() {
    let workspace = Workspace::new();
    workspace.codegen(&[]).expect(0);
    let clean = workspace.snapshot();
    for name in [
        "handlers/alpha/src/main.rs",
        "handlers/beta/target.json",
        "handlers/beta/policy.json",
    ] {
        let edited = workspace.read(name) + "\n";
        workspace.write(name, &edited);
        let before = workspace.snapshot();
        let said = workspace.codegen(&[]).expect(2);
        assert_eq!(
            said,
            format!(
                "error: {name} is not as generated, and would be overwritten; nothing was \
                 changed\n  hint: move the change to `servers.yaml`, the server or the template, \
                 then run again with `--force`\n"
            )
        );
        assert_eq!(workspace.snapshot(), before);
        workspace.codegen(&["--check"]).expect(1);
        let said = workspace.codegen(&["--force"]).expect(0);
        assert_eq!(
            said,
            format!(
                "warning: {name} was changed by hand; the change is overwritten\nwrote {name}\n"
            )
        );
        assert_eq!(workspace.snapshot(), clean);
    }
}

#[test]
fn a_table_changed_by_hand_is_reported() {
    let workspace = Workspace::new();
    workspace.codegen(&[]).expect(0);
    let edited = workspace
        .read("docs/servers.md")
        .replace("Does things.", "Is great.");
    workspace.write("docs/servers.md", &edited);
    let said = workspace.codegen(&[]).expect(2);
    assert!(
        said.starts_with(
            "error: the part `servers` of docs/servers.md, the part `tools` of docs/servers.md \
             are not as generated"
        ),
        "{said}"
    );
    assert_eq!(workspace.read("docs/servers.md"), edited);
    workspace.codegen(&["--force"]).expect(0);
    assert!(!workspace.read("docs/servers.md").contains("Is great."));
    // Around the tables everybody may write.
    let edited = workspace
        .read("docs/servers.md")
        .replace("End.", "The end.");
    workspace.write("docs/servers.md", &edited);
    workspace.codegen(&["--check"]).expect(0);
}

#[test]
fn a_removed_server_leaves_nothing_behind() {
    let workspace = Workspace::new();
    workspace.codegen(&[]).expect(0);
    let without_beta = FLEET
        .split("\n  # The second.")
        .next()
        .expect("a first part");
    workspace.write("servers.yaml", without_beta);
    let run = workspace.codegen(&["--check"]);
    assert!(
        run.stdout
            .contains("--- a/handlers/beta/Cargo.toml\n+++ /dev/null\n")
    );
    run.expect(1);
    workspace.codegen(&[]).expect(0);
    assert!(!workspace.path("handlers/beta").exists());
    for (path, content) in workspace.snapshot() {
        let generated = path.starts_with(workspace.path("handlers"))
            || path.starts_with(workspace.path("docs"));
        if generated && let Some(content) = content {
            let text = String::from_utf8(content).expect("text");
            assert!(!text.contains("beta"), "{}", path.display());
        }
    }
    workspace.codegen(&["--check"]).expect(0);
}

#[test]
fn what_was_not_generated_is_never_deleted() {
    let workspace = Workspace::new();
    workspace.codegen(&[]).expect(0);
    workspace.write("handlers/mine/Cargo.toml", "[package]\nname = \"mine\"\n");
    let said = workspace.codegen(&[]).expect(0);
    assert_eq!(
        said,
        "warning: `handlers/mine` is not in the manifest and was not generated; it stays\n\
         everything is up to date\n"
    );

    workspace.write("handlers/beta/notes.txt", "mine");
    let without_beta = FLEET
        .split("\n  # The second.")
        .next()
        .expect("a first part");
    workspace.write("servers.yaml", without_beta);
    let before = workspace.snapshot();
    let said = workspace.codegen(&["--force"]).expect(2);
    assert_eq!(
        said,
        "error: `beta` is not in the manifest, but its handler holds files that were not \
         generated: `handlers/beta/notes.txt`; nothing was changed\n  \
         hint: move or delete them, then run again\n"
    );
    assert_eq!(workspace.snapshot(), before);
}
