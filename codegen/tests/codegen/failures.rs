//! Nothing is written when anything is wrong, and one message says what.

use crate::support::{FLEET, Workspace};

/// Runs on a generated workspace with this manifest; nothing may change.
#[track_caller]
fn refused(workspace: &Workspace, manifest: &str) -> String {
    workspace.write("servers.yaml", manifest);
    let before = workspace.snapshot();
    let said = workspace.codegen(&[]).expect(2);
    assert_eq!(workspace.snapshot(), before);
    said
}

#[test]
fn a_manifest_with_mistakes_writes_nothing_and_lists_them() {
    let workspace = Workspace::new();
    let manifest = FLEET
        .replace("timeout: 30 ", "timeout: 0 ")
        .replace("access: read-write", "acces: read-write");
    assert_eq!(
        refused(&workspace, &manifest),
        "error: `servers.yaml` has 2 mistakes; nothing was changed\n\
         servers.yaml:3:12: `timeout` is 0\n  \
         hint: write a whole number of seconds from 1 to 900\n\
         servers.yaml:18:5: unknown key `acces` in `beta`\n  \
         hint: did you mean `access`?\n"
    );
    assert!(!workspace.path("handlers").exists());
    workspace.codegen(&["--check"]).expect(2);
    workspace.codegen(&["list"]).expect(2);
}

#[test]
fn sources_that_cannot_be_generated_are_named() {
    let workspace = Workspace::new();
    let manifest = FLEET.replace("server: alpha", "server: alhpa");
    assert_eq!(
        refused(&workspace, &manifest),
        "error: `servers.yaml` has a mistake; nothing was changed\n\
         servers.yaml:10:13: there is no server crate `servers/alhpa`\n  \
         hint: did you mean `alpha`?\n"
    );
    workspace.write(
        "Cargo.toml",
        "[workspace.dependencies]\nalpha-server = { path = \"servers/alpha\" }\n",
    );
    assert_eq!(
        refused(&workspace, FLEET),
        "error: `servers.yaml` has a mistake; nothing was changed\n\
         servers.yaml:17:13: the workspace's `Cargo.toml` does not name `beta-server`\n  \
         hint: add `beta-server = { path = \"servers/beta\" }` below `[workspace.dependencies]`\n"
    );
}

#[test]
fn tools_are_checked_against_the_manifest() {
    let workspace = Workspace::new();
    let filtered = "access: read-write\n    tools: {exclude: [chnage]}";
    let manifest = FLEET.replace("access: read-write", filtered);
    assert_eq!(
        refused(&workspace, &manifest),
        "error: `servers.yaml` has a mistake; nothing was changed\n\
         servers.yaml:19:23: `beta` has no tool `chnage`\n  hint: did you mean `change`?\n"
    );
    let long = "x".repeat(60);
    workspace.handler(
        "alpha",
        &format!(
            "#!/bin/sh\necho '{{\"tools\":[{{\"name\":\"{long}\",\"description\":\"X.\",\
             \"inputSchema\":{{\"type\":\"object\"}},\"annotations\":{{\"readOnlyHint\":true}}}}]}}'\n"
        ),
    );
    assert_eq!(
        refused(&workspace, FLEET),
        format!(
            "error: `servers.yaml` has a mistake; nothing was changed\n\
             servers.yaml:7:3: the tool `alpha___{long}` has 68 characters, models accept 64\n  \
             hint: choose a name of at most 1 characters for the server\n"
        )
    );
}

#[test]
fn a_handler_that_fails_is_named_with_what_it_said() {
    let workspace = Workspace::new();
    workspace.handler("beta", "#!/bin/sh\necho 'BETA_URL: bad' >&2\nexit 2\n");
    assert_eq!(
        refused(&workspace, FLEET),
        "error: `mcp-server-beta tools` failed (exit status: 2): BETA_URL: bad\n"
    );
    workspace.handler("beta", "#!/bin/sh\necho hello\n");
    assert_eq!(
        refused(&workspace, FLEET),
        "error: `mcp-server-beta tools` did not print a list of tools: \
         expected value at line 1 column 1\n"
    );
    let wildcard = "{\"tools\":[{\"name\":\"a\",\"description\":\"A.\",\"_meta\":\
                    {\"mcp-fleet/iam\":[\"everything\"]}}]}";
    workspace.handler("beta", &format!("#!/bin/sh\necho '{wildcard}'\n"));
    assert_eq!(
        refused(&workspace, FLEET),
        "error: the tool `a` of `beta`: `mcp-fleet/iam` has `everything`, which is not \
         `service:Action`\n"
    );
    std::fs::remove_file(workspace.path("bin/mcp-server-beta")).expect("deleted");
    assert_eq!(
        refused(&workspace, FLEET),
        "error: `bin` has no `mcp-server-beta`; nothing was changed\n  \
         hint: build first, or leave `--bin-dir` out\n"
    );
}

#[test]
fn a_workspace_that_cargo_refuses_is_left_as_it_was() {
    let workspace = Workspace::new();
    // Its packages have no versions.
    let before = workspace.snapshot();
    let said = workspace.codegen_building(&[]).expect(2);
    assert!(
        said.ends_with(
            "error: cargo cannot build this workspace (exit status: 101); nothing was changed, \
             its message is above\n"
        ),
        "{said}"
    );
    assert_eq!(workspace.snapshot(), before);
}

#[test]
fn a_handler_that_does_not_build_is_named_and_leaves_nothing_written() {
    let workspace = Workspace::new();
    workspace.script(
        "bin/cargo",
        r#"#!/bin/sh
echo '{"reason":"compiler-artifact","target":{"name":"mcp-server-alpha","kind":["bin"]},"executable":"/x"}'
echo 'error[E0425]: cannot find value `x`' >&2
exit 101
"#,
    );
    let before = workspace.snapshot();
    let run = workspace
        .command(&[])
        .env("CARGO", workspace.path("bin/cargo"))
        .output();
    let run = run.expect("codegen starts");
    assert_eq!(run.status.code(), Some(2));
    assert_eq!(
        String::from_utf8_lossy(&run.stderr),
        "error[E0425]: cannot find value `x`\n\
         error: `mcp-server-beta` does not build (exit status: 101); nothing was changed, the \
         compiler's messages are above\n"
    );
    assert_eq!(workspace.snapshot(), before);
}

#[test]
fn an_interrupted_build_leaves_nothing_written() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let workspace = Workspace::new();
        // A build that takes as long as it is let.
        workspace.script("bin/cargo", "#!/bin/sh\nexec sleep 600\n");
        let before = workspace.snapshot();
        let mut running = workspace
            .command(&[])
            .env("CARGO", workspace.path("bin/cargo"))
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("codegen starts");
        // The last file of the first phase: the handlers that cargo is to build.
        while !workspace.path("handlers/beta/src/main.rs").exists() {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        let pid = running.id().to_string();
        let sent = std::process::Command::new("kill")
            .args([signal, &pid])
            .status();
        assert!(sent.expect("kill runs").success());
        let mut said = String::new();
        let mut stderr = running.stderr.take().expect("it is piped");
        std::io::Read::read_to_string(&mut stderr, &mut said).expect("text");
        assert_eq!(running.wait().expect("it ends").code(), Some(2), "{signal}");
        assert_eq!(said, "error: interrupted; nothing was changed\n");
        assert_eq!(workspace.snapshot(), before);
    }
}

#[test]
fn a_folder_without_a_fleet_is_said() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_codegen"))
        .current_dir(folder.path())
        .output()
        .expect("codegen starts");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: there is no `servers.yaml` here or in a folder above\n  \
         hint: run in the workspace, or name it with `--root DIR`\n"
    );
}

#[test]
fn a_document_with_a_broken_marker_is_named() {
    let workspace = Workspace::new();
    workspace.write("README.md", "\n<!-- generated:servers -->\n");
    assert_eq!(
        refused(&workspace, FLEET),
        "error: README.md:2: `servers` has no `<!-- /generated -->`\n"
    );
    workspace.write(
        "README.md",
        "<!-- generated:prices -->\n<!-- /generated -->\n",
    );
    assert_eq!(
        refused(&workspace, FLEET),
        "error: README.md: `prices` cannot be generated; known are `servers`, `tools`\n"
    );
}
