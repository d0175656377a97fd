//! What an entry's `policy` becomes, and the harmless call of a server.

use serde_json::{Value, json};

use crate::support::{FLEET, Workspace};

const POLICY: &str = r#"    policy:
      resources:
        aps: ["arn:aws:aps:eu-west-1:111122223333:workspace/ws-1"]
      statements:
        - actions: [s3:GetObject, s3:CreateBucket]
          resources: ["arn:aws:s3:::demo-b", "arn:aws:s3:::demo-a"]
          conditions: {StringEquals: {aws:ResourceTag/team: data}}
"#;

#[test]
fn a_policy_narrows_the_tools_actions_and_adds_statements() {
    let workspace = Workspace::new();
    workspace.write("servers.yaml", &format!("{FLEET}{POLICY}"));
    workspace.codegen(&[]).expect(0);
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
      "Resource": "arn:aws:aps:eu-west-1:111122223333:workspace/ws-1"
    },
    {
      "Sid": "S3",
      "Effect": "Allow",
      "Action": [
        "s3:PutObject"
      ],
      "Resource": "*"
    },
    {
      "Sid": "Manifest",
      "Effect": "Allow",
      "Action": [
        "s3:CreateBucket",
        "s3:GetObject"
      ],
      "Resource": [
        "arn:aws:s3:::demo-a",
        "arn:aws:s3:::demo-b"
      ],
      "Condition": {
        "StringEquals": {
          "aws:ResourceTag/team": [
            "data"
          ]
        }
      }
    }
  ]
}
"#
    );
}

#[test]
fn resources_of_an_action_that_no_tool_needs_are_refused_with_their_place() {
    let workspace = Workspace::new();
    let before = workspace.snapshot();
    workspace.write(
        "servers.yaml",
        &format!("{FLEET}{}", POLICY.replace("aps:", "aqs:")),
    );
    let said = workspace.codegen(&[]).expect(2);
    assert!(
        said.contains(
            "servers.yaml:23:9: no tool of `beta` needs `aqs`\n  hint: did you mean `aps`?"
        ),
        "{said}"
    );
    workspace.write("servers.yaml", FLEET);
    assert_eq!(workspace.snapshot(), before);
}

/// A handler whose one tool has this `_meta`.
fn handler(read_only: bool, meta: &Value) -> String {
    let tool = json!({
        "name": "look", "description": "Look.", "inputSchema": {"type": "object"},
        "annotations": {"readOnlyHint": read_only}, "_meta": meta,
    });
    format!("#!/bin/sh\necho '{}'\n", json!({"tools": [tool]}))
}

#[test]
fn the_harmless_call_of_a_server_is_in_its_target() {
    let workspace = Workspace::new();
    let meta = json!({"mcp-fleet/smoke": {"path": ".", "depth": 1}});
    workspace.handler("alpha", &handler(true, &meta));
    workspace.codegen(&[]).expect(0);
    let target: Value =
        serde_json::from_str(&workspace.read("handlers/alpha/target.json")).unwrap();
    assert_eq!(
        target["smoke"],
        json!({"tool": "look", "arguments": {"depth": 1, "path": "."}})
    );
}

#[test]
fn a_call_that_is_not_harmless_is_refused() {
    let workspace = Workspace::new();
    for (read_only, arguments) in [(false, json!({})), (true, json!([]))] {
        workspace.handler(
            "beta",
            &handler(read_only, &json!({"mcp-fleet/smoke": arguments})),
        );
        let said = workspace.codegen(&[]).expect(2);
        assert!(said.contains("the tool `look` of `beta`"), "{said}");
        assert!(
            said.contains("`mcp-fleet/smoke` is for read-only tools"),
            "{said}"
        );
    }
}
