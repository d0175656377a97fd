//! Servers that are programs or addresses: their stored lists of tools.

use serde_json::{Value, json};

use crate::support::{FLEET, Workspace};

/// A handler in front of a server that lists what is in `live.json`, if that is there.
const WRAPPED: &str = r#"#!/bin/sh
case "$MCP_FLEET_TOOL_LIST" in
live) list=live.json ;;
*) list=$MCP_FLEET_TOOL_LIST ;;
esac
[ -e "$list" ] || { echo "cannot reach it" >&2; exit 1; }
exec cat "$list"
"#;

fn tool(name: &str, description: &str) -> Value {
    json!({
        "name": name, "description": description, "inputSchema": {"type": "object"},
        "annotations": {"readOnlyHint": true}
    })
}

/// `alpha` is wrapped, and lists these tools.
fn workspace(source: &str, live: &[Value]) -> Workspace {
    let workspace = Workspace::new();
    workspace.handler("alpha", WRAPPED);
    workspace.write("live.json", &json!({ "tools": live }).to_string());
    workspace.write("servers.yaml", &FLEET.replace("server: alpha", source));
    workspace
}

fn without_args(source: &str, live: &[Value]) -> Workspace {
    let workspace = workspace(source, live);
    let manifest = workspace.read("servers.yaml");
    workspace.write(
        "servers.yaml",
        &manifest.replace("    args: [--root, /data]\n", ""),
    );
    workspace
}

fn names(workspace: &Workspace, file: &str) -> Vec<String> {
    let list: Value = serde_json::from_str(&workspace.read(file)).expect("JSON");
    let tools = list["tools"].as_array().expect("a list");
    tools
        .iter()
        .map(|tool| tool["name"].as_str().expect("a name").to_owned())
        .collect()
}

#[test]
fn a_program_is_wired_in_with_the_tools_that_it_lists() {
    let workspace = workspace(
        "command: mcp-server-time",
        &[tool("b", "B."), tool("a", "A.")],
    );
    workspace.codegen(&[]).expect(0);
    let main = workspace.read("handlers/alpha/src/main.rs");
    assert!(
        main.contains("command::run(SERVER, COMMAND).await"),
        "{main}"
    );
    assert!(main.contains("program: \"mcp-server-time\","), "{main}");
    assert!(
        workspace
            .read("handlers/alpha/Cargo.toml")
            .contains("\nmcp-proxy.workspace = true\n")
    );
    assert_eq!(names(&workspace, "handlers/alpha/tools.json"), ["a", "b"]);
    assert_eq!(names(&workspace, "handlers/alpha/target.json"), ["a", "b"]);
    let document = workspace.read("docs/servers.md");
    assert!(
        document
            .contains("Settings and limits: [docs/wrapped-servers.md](../docs/wrapped-servers.md)"),
        "{document}"
    );

    // Without the program nothing changes, and nothing is asked.
    std::fs::remove_file(workspace.path("live.json")).expect("it was there");
    workspace.codegen(&["--check"]).expect(0);
    workspace.codegen(&[]).expect(0);
}

#[test]
fn an_address_is_wired_in_with_its_headers() {
    let source =
        "url: https://mcp.example.com/mcp\n    headers: {Authorization: \"Bearer ${API_TOKEN}\"}";
    let workspace = without_args(source, &[tool("a", "A.")]);
    workspace.codegen(&[]).expect(0);
    let main = workspace.read("handlers/alpha/src/main.rs");
    assert!(
        main.contains("url: \"https://mcp.example.com/mcp\","),
        "{main}"
    );
    assert!(
        main.contains("headers: &[(\"authorization\", \"Bearer ${API_TOKEN}\")],"),
        "{main}"
    );
    assert!(
        main.contains("remote::run(SERVER, ENDPOINT).await"),
        "{main}"
    );
}

#[test]
fn a_list_is_renewed_on_request_and_keeps_what_people_wrote() {
    let workspace = workspace(
        "command: x",
        &[tool("a", "Their words."), tool("old", "Old.")],
    );
    workspace.codegen(&[]).expect(0);
    let stored = workspace.read("handlers/alpha/tools.json");
    workspace.write(
        "handlers/alpha/tools.json",
        &stored.replace("Their words.", "Our words."),
    );
    workspace.write(
        "live.json",
        &json!({"tools": [tool("a", "Other words."), tool("new", "New.")]}).to_string(),
    );
    workspace.codegen(&[]).expect(0);
    assert_eq!(names(&workspace, "handlers/alpha/tools.json"), ["a", "old"]);

    let said = workspace.codegen(&["refresh", "alpha"]).expect(0);
    assert!(
        said.contains("`alpha` has the tool `new`, which is new"),
        "{said}"
    );
    assert!(
        said.contains("`alpha` no longer has the tool `old`"),
        "{said}"
    );
    assert_eq!(
        names(&workspace, "handlers/alpha/target.json"),
        ["a", "new"]
    );
    assert!(
        workspace
            .read("handlers/alpha/target.json")
            .contains("Our words.")
    );

    std::fs::remove_file(workspace.path("live.json")).expect("it was there");
    let said = workspace.codegen(&["refresh"]).expect(0);
    assert!(
        said.contains("warning: `alpha` cannot be asked, and its stored list stays: "),
        "{said}"
    );
    let said = workspace.codegen(&["refresh", "beta"]).expect(2);
    assert!(
        said.contains("`beta` is no server with `command` or `url`"),
        "{said}"
    );
}

#[test]
fn without_a_list_it_has_to_be_asked() {
    let workspace = workspace("command: x", &[]);
    std::fs::remove_file(workspace.path("live.json")).expect("it was there");
    let before = workspace.snapshot();
    let said = workspace.codegen(&[]).expect(2);
    assert!(
        said.contains(
            "the tools of `alpha` are not known, and it cannot be asked; nothing was changed"
        ),
        "{said}"
    );
    assert!(
        said.contains("hint: run this where it can be, or write `handlers/alpha/tools.json`"),
        "{said}"
    );
    assert_eq!(workspace.snapshot(), before);
    workspace.codegen(&["--check"]).expect(1);
}

#[test]
fn programs_and_addresses_can_be_added() {
    let workspace = workspace("server: alpha", &[tool("a", "A.")]);
    workspace.handler("alpha", WRAPPED);
    workspace.handler("clock", WRAPPED);
    workspace.handler("far", WRAPPED);
    workspace.write(
        "servers.yaml",
        &FLEET.replace("server: alpha", "command: x"),
    );
    workspace
        .codegen(&[
            "add",
            "clock",
            "--command",
            "mcp-server-time",
            "--",
            "--local-timezone",
            "Europe/Berlin",
        ])
        .expect(0);
    workspace
        .codegen(&["add", "far", "--url", "https://mcp.example.com/mcp"])
        .expect(0);
    let manifest = workspace.read("servers.yaml");
    assert!(
        manifest.contains(
            "    command: mcp-server-time\n    args: [\"--local-timezone\",\"Europe/Berlin\"]\n"
        ),
        "{manifest}"
    );
    assert!(
        manifest.contains("    url: \"https://mcp.example.com/mcp\"\n"),
        "{manifest}"
    );
    assert!(
        manifest.contains("description: Offers the tools of the server at mcp.example.com.\n"),
        "{manifest}"
    );
    assert_eq!(names(&workspace, "handlers/far/target.json"), ["a"]);
    workspace.codegen(&["remove", "clock"]).expect(0);
    assert!(!workspace.path("handlers/clock").exists());
    for arguments in [
        &["add", "x"][..],
        &["add", "x", "--url", "https://a.example", "--command", "y"],
    ] {
        workspace.codegen(arguments).expect(2);
    }
}
