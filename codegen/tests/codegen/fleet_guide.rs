//! What `servers/core-mcp` is told of the fleet.

use crate::support::{FLEET, Workspace};

const GUIDE: &str = "servers/core-mcp/src/fleet/guide.md";
const REMOTES: &str = "servers/core-mcp/src/fleet/remotes.rs";

/// A workspace that has the crate, and its server in the manifest with `lines`.
fn with_core(lines: &str) -> Workspace {
    let workspace = Workspace::new();
    let cargo_toml = workspace.read("Cargo.toml");
    workspace.write(
        "Cargo.toml",
        &format!("{cargo_toml}core-mcp-server = {{ path = \"servers/core-mcp\" }}\n"),
    );
    workspace.write(
        "servers/core-mcp/Cargo.toml",
        "[package]\nname = \"core-mcp-server\"\ndescription = \"Core\"\n",
    );
    let fleet = FLEET.trim_end();
    let entry = "  core:\n    name: Core\n    description: Core.\n    server: core-mcp\n";
    workspace.write("servers.yaml", &format!("{fleet}\n{entry}{lines}"));
    // As the server does: a role's tools are there when its variable is.
    workspace.handler("core", CORE);
    workspace
}

/// Answers with `a`, and with the role `FINOPS` also with tools of another server.
const CORE: &str = r#"#!/bin/sh
tool() { printf '{"name":"%s","description":"X.","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":%s},"_meta":{"mcp-fleet/iam":[%s]}}' "$1" "$2" "$3"; }
printf '{"tools":['
tool a true ''
if [ -n "$FINOPS" ]; then
    printf ,; tool pricing_get true '"pricing:GetProducts"'
    if [ "$MCP_FLEET_ACCESS" != read-only ]; then printf ,; tool cfn_create false '"cloudformation:CreateResource"'; fi
    if [ "$FINOPS" = long ]; then printf ,; tool cloudwatch_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx true ''; fi
fi
echo ']}'
"#;

#[test]
fn the_guide_names_every_other_server_and_settles_in_one_run() {
    let workspace = with_core("");
    workspace.codegen(&[]).expect(0);
    let guide = workspace.read(GUIDE);
    assert!(
        guide.starts_with("<!-- @generated from `servers.yaml`"),
        "{guide}"
    );
    assert!(guide.contains("\n**alpha**: "), "{guide}");
    assert!(guide.contains("\n**beta**: "), "{guide}");
    assert!(
        guide.contains("\n- Reads: ") && guide.contains("\n- Writes: change"),
        "{guide}"
    );
    // `alpha` may not write.
    assert!(guide.contains("\n- Off: change"), "{guide}");
    assert!(!guide.contains("core"), "{guide}");
    assert!(
        workspace
            .read(REMOTES)
            .contains("REMOTES: &[(&str, Endpoint)] = &[];")
    );
    workspace.codegen(&["--check"]).expect(0);
}

#[test]
fn a_fleet_without_the_crate_has_no_guide() {
    let workspace = Workspace::new();
    workspace.codegen(&[]).expect(0);
    assert!(!workspace.path(GUIDE).exists() && !workspace.path(REMOTES).exists());
}

#[test]
fn a_guide_changed_by_hand_is_reported_and_a_stale_one_found() {
    let workspace = with_core("");
    workspace.codegen(&[]).expect(0);
    workspace.write(GUIDE, "mine\n");
    let said = workspace.codegen(&[]).expect(2);
    assert!(said.contains(GUIDE), "{said}");
    workspace.codegen(&["--force"]).expect(0);
    let manifest = workspace.read("servers.yaml");
    workspace.write(
        "servers.yaml",
        &manifest.replace("access: read-write", "access: read-only"),
    );
    let check = workspace.codegen(&["--check"]);
    assert!(check.stdout.contains(GUIDE), "{}", check.stdout);
    check.expect(1);
}

#[test]
fn many_tools_are_cut_to_what_a_model_reads() {
    let workspace = with_core("");
    let tool = |n: usize| {
        format!(
            "{{\"name\":\"{}{n}\",\"description\":\"X.\",\"inputSchema\":{{\"type\":\"object\"}},\
             \"annotations\":{{\"readOnlyHint\":true}}}}",
            "long_name_".repeat(4)
        )
    };
    let tools: Vec<String> = (0..300).map(tool).collect();
    workspace.handler(
        "alpha",
        &format!("#!/bin/sh\necho '{{\"tools\":[{}]}}'\n", tools.join(",")),
    );
    workspace.codegen(&[]).expect(0);
    let guide = workspace.read(GUIDE);
    assert!(guide.len() <= 6_000, "{} bytes", guide.len());
    assert!(guide.contains(" and 260 more\n"), "{guide}");
}

#[test]
fn the_policy_and_the_target_follow_the_roles_and_the_access() {
    let workspace = with_core("    env: {FINOPS: 'on'}\n");
    workspace.codegen(&[]).expect(0);
    let policy = workspace.read("handlers/core/policy.json");
    assert!(policy.contains("pricing:GetProducts"), "{policy}");
    assert!(!policy.contains("cloudformation"), "{policy}");
    let target = workspace.read("handlers/core/target.json");
    assert!(
        target.contains("\"pricing_get\"") && !target.contains("cfn_create"),
        "{target}"
    );

    let manifest = workspace.read("servers.yaml");
    workspace.write(
        "servers.yaml",
        &format!("{manifest}    access: read-write\n"),
    );
    workspace.codegen(&[]).expect(0);
    let policy = workspace.read("handlers/core/policy.json");
    assert!(policy.contains("cloudformation:CreateResource"), "{policy}");

    let without = with_core("");
    without.codegen(&[]).expect(0);
    assert!(
        without
            .read("handlers/core/policy.json")
            .contains("\"Statement\": []")
    );
}

#[test]
fn a_mounted_name_that_is_too_long_is_refused_with_its_place() {
    let workspace = with_core("    env: {FINOPS: long}\n");
    let said = workspace.codegen(&[]).expect(2);
    assert!(said.contains("the tool `core___cloudwatch_"), "{said}");
    assert!(said.contains("characters, models accept 64"), "{said}");
    assert!(!workspace.path("handlers/core").exists());
}
