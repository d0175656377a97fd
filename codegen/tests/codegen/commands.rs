//! `list`, `add`, `remove`.

use crate::support::{FLEET, Workspace};
use serde_json::json;

#[test]
fn list_shows_every_server() {
    let workspace = Workspace::new();
    let run = workspace.codegen(&["list"]);
    assert!(run.stdout.contains("SERVER"), "{}", run.stdout);
    let line = run.stdout.lines().find(|line| line.contains("beta"));
    let words: Vec<&str> = line.expect("a line").split_whitespace().collect();
    assert_eq!(
        words,
        [
            "beta",
            "servers/beta",
            "read-write",
            "-",
            "256",
            "MB",
            "30",
            "s",
            "arm64"
        ]
    );
    run.expect(0);

    workspace.codegen(&[]).expect(0);
    let run = workspace.codegen(&["list", "--json"]);
    let list: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(
        list["servers"][0],
        json!({
            "id": "alpha", "name": "Alpha \"one\"", "source": "servers/alpha",
            "access": "read-only", "tools": 1, "memory_mb": 256, "timeout_seconds": 30,
            "architecture": "arm64", "description": "Reads | writes.",
            "function": "mcp-server-alpha", "environment": {
                "MCP_FLEET_ACCESS": "read-only", "MCP_FLEET_ARGS": "[\"--root\",\"/data\"]"
            },
            "provisioned_concurrency": 0, "reserved_concurrency": null, "vpc": null
        })
    );
    run.expect(0);
}

#[test]
fn adding_and_removing_leaves_the_workspace_as_it_was() {
    let workspace = Workspace::new();
    workspace.codegen(&[]).expect(0);
    let handler = workspace.read("bin/mcp-server-beta");
    workspace.handler("gamma", &handler);
    let before = workspace.snapshot();

    let said = workspace
        .codegen(&["add", "gamma", "--server", "beta"])
        .expect(0);
    assert!(said.contains("wrote servers.yaml\n"), "{said}");
    let expected = format!(
        "{FLEET}\n  gamma:\n    name: Gamma MCP Server\n    description: The server beta.\n    \
         server: beta\n"
    );
    assert_eq!(workspace.read("servers.yaml"), expected);
    assert!(workspace.path("handlers/gamma/target.json").exists());
    assert!(workspace.read("docs/servers.md").contains("### gamma"));
    workspace.codegen(&["--check"]).expect(0);

    workspace.codegen(&["remove", "gamma"]).expect(0);
    assert_eq!(workspace.snapshot(), before);
}

#[test]
fn a_new_server_crate_is_complete() {
    let workspace = Workspace::new();
    let handler = workspace.read("bin/mcp-server-beta");
    workspace.handler("weather", &handler);
    workspace
        .codegen(&[
            "add",
            "weather",
            "--server",
            "day-weather",
            "--name",
            "Weather: two days",
            "--description",
            "Tells the weather.",
            "--access",
            "read-write",
        ])
        .expect(0);
    let manifest = workspace.read("servers.yaml");
    assert!(manifest.ends_with(
        "\n  weather:\n    name: \"Weather: two days\"\n    description: Tells the weather.\n    \
         server: day-weather\n    access: read-write\n"
    ));
    assert!(workspace.read("Cargo.toml").contains(
        "beta-server = { path = \"servers/beta\" }\nday-weather-server = { path = \"servers/day-weather\" }\n"
    ));
    let config = workspace.read("servers/day-weather/src/config.rs");
    assert!(config.contains("\"DAY_WEATHER_GREETING\""));
    for file in [
        "Cargo.toml",
        "README.md",
        "src/lib.rs",
        "src/tools/greet.rs",
        "tests/greet.rs",
    ] {
        let text = workspace.read(&format!("servers/day-weather/{file}"));
        assert!(
            !text.contains("{{") && !text.contains("{%"),
            "{file}: {text}"
        );
    }
    workspace.codegen(&["--check"]).expect(0);
}

#[test]
fn what_cannot_be_added_or_removed_changes_nothing() {
    let workspace = Workspace::new();
    workspace.codegen(&[]).expect(0);
    let before = workspace.snapshot();
    for (arguments, expected) in [
        (
            &["add", "beta", "--server", "beta"] as &[&str],
            "`servers.yaml` has a server `beta` already, in line 14",
        ),
        (
            &["add", "Git_Repo", "--server", "beta"],
            "hint: write lower-case letters, digits and single hyphens: `git-repo`",
        ),
        (
            &["add", "gamma", "--server", "2-day"],
            "`2-day` starts with a digit\n  hint: write a letter first, as in `s2-day`",
        ),
        (
            &["add", "gamma", "--server", "gamma"],
            "`bin` has no `mcp-server-gamma`; nothing was changed",
        ),
        (
            &["add", "gamma", "--server", "beta", "--access", "all"],
            "`all` is none of read-only, read-write, sensitive",
        ),
        (
            &["remove", "gamma"],
            "`servers.yaml` has no server `gamma`; it has `alpha`, `beta`",
        ),
        (&["--check", "list"], "`--check` goes without a command"),
    ] {
        let said = workspace.codegen(arguments).expect(2);
        assert!(said.contains(expected), "{arguments:?}: {said}");
        assert_eq!(workspace.snapshot(), before, "{arguments:?}");
    }
}

#[test]
fn the_fleet_of_this_workspace_has_no_mistakes() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let path = std::path::Path::new(root).join("servers.yaml");
    let manifest = fleet_manifest::Manifest::load(&path).unwrap_or_else(|error| panic!("{error}"));
    assert!(!manifest.servers.is_empty());
}

#[test]
fn example_manifests_in_the_documents_have_no_mistakes() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut documents = vec![root.join("README.md"), root.join("CONTRIBUTING.md")];
    let docs = std::fs::read_dir(root.join("docs")).expect("the folder");
    documents.extend(docs.map(|entry| entry.expect("an entry").path()));
    let mut parsed = Vec::new();
    for document in documents {
        let Ok(text) = std::fs::read_to_string(&document) else {
            continue;
        };
        for block in text.split("```yaml\n").skip(1) {
            let block = block.split("```").next().unwrap_or_default();
            if block.lines().any(|line| line == "servers:") {
                let name = document.display().to_string();
                fleet_manifest::Manifest::parse(&name, block)
                    .unwrap_or_else(|problems| panic!("{problems}"));
                parsed.push(name);
            }
        }
    }
    let reference = parsed
        .iter()
        .filter(|name| name.ends_with("servers-yaml.md"));
    assert_eq!(reference.count(), 4, "{parsed:?}");
}
