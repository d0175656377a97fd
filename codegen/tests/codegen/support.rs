//! A small workspace with handlers that are shell scripts, and the program run on it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

pub(crate) const FLEET: &str = "\
# The fleet.
defaults:
  timeout: 30   # seconds

servers:
  # The first.
  alpha:
    name: Alpha \"one\"
    description: Reads | writes.
    server: alpha
    args: [--root, /data]

  # The second.
  beta:
    name: Beta
    description: Does things.
    server: beta
    access: read-write
    env:
      BETA_URL: https://example.com
";

const DOCUMENT: &str = "# Servers\n\n<!-- generated:servers -->\n<!-- /generated -->\n\n\
                        <!-- generated:tools -->\n<!-- /generated -->\n\nEnd.\n";

/// The entry point of `alpha` under this name, which awaits `run`.
pub(crate) fn entry_point(name: &str, run: &str) -> String {
    format!(
        r#"// @generated from `servers.yaml` by `cargo run -p codegen`. Do not edit.

//! Entry point of `mcp-server-alpha`: wiring only.

use std::process::ExitCode;

use agentcore_gateway_target::ServerInfo;
use alpha_server::Server;

const SERVER: ServerInfo = ServerInfo {{
    id: "alpha",
    name: {name:?},
    version: env!("CARGO_PKG_VERSION"),
}};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {{
    {run}.await
}}
"#
    )
}

/// A handler: `tools` lists two tools, or one where only reading is allowed.
const HANDLER: &str = r#"#!/bin/sh
look='{"name":"look","description":"Look at it. Closely.","inputSchema":{"type":"object"'
change='{"name":"change","description":"Change it.","inputSchema":{"type":"object"'
case "$*" in
"tools")
    look="$look},\"annotations\":{\"readOnlyHint\":true},\"_meta\":{\"mcp-fleet/iam\":[\"aps:QueryMetrics\"]}}"
    change="$change},\"annotations\":{\"readOnlyHint\":false},\"_meta\":{\"mcp-fleet/iam\":[\"s3:PutObject\"]}}"
    ;;
"tools --gateway")
    look="$look,\"properties\":{\"b\":{\"type\":\"string\"},\"a\":{\"type\":\"string\"}}}}"
    change="$change}}"
    ;;
*)
    echo "what is $*" >&2
    exit 2
    ;;
esac
case "$MCP_FLEET_ACCESS" in
read-only) echo "{\"tools\":[$look]}" ;;
*) echo "{\"tools\":[$look,$change]}" ;;
esac
"#;

/// What a run of the program left behind.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Asserts the exit code and returns what was said.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> String {
        assert_eq!(
            self.code,
            Some(code),
            "stdout: {}\nstderr: {}",
            self.stdout,
            self.stderr
        );
        self.stderr
    }
}

pub(crate) struct Workspace {
    folder: TempDir,
}

impl Workspace {
    pub(crate) fn new() -> Self {
        let workspace = Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        };
        workspace.write(
            "Cargo.toml",
            "[workspace]\n\n[workspace.dependencies]\n\
             alpha-server = { path = \"servers/alpha\" }\n\
             beta-server = { path = \"servers/beta\" }\n",
        );
        for name in ["alpha", "beta"] {
            workspace.write(
                &format!("servers/{name}/Cargo.toml"),
                &format!(
                    "[package]\nname = \"{name}-server\"\ndescription = \"The server {name}\"\n"
                ),
            );
            workspace.handler(name, HANDLER);
        }
        workspace.write("servers/alpha/README.md", "# alpha\n");
        workspace.write("servers.yaml", FLEET);
        workspace.write("docs/servers.md", DOCUMENT);
        workspace.write("README.md", "# Fleet\n");
        workspace
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it is below the root")).expect("the folder");
        fs::write(path, text).expect("the file is written");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Puts a script into `bin` as the handler of a server.
    pub(crate) fn handler(&self, id: &str, script: &str) {
        self.script(&format!("bin/mcp-server-{id}"), script);
    }

    /// Writes a program.
    pub(crate) fn script(&self, name: &str, script: &str) {
        self.write(name, script);
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o755))
            .expect("it can be made executable");
    }

    /// Runs the program with the handlers in `bin`.
    pub(crate) fn codegen(&self, arguments: &[&str]) -> Run {
        let mut with_bin = vec!["--bin-dir", "bin"];
        with_bin.extend(arguments);
        self.codegen_building(&with_bin)
    }

    /// Runs the program as it is.
    pub(crate) fn codegen_building(&self, arguments: &[&str]) -> Run {
        let output = self.command(arguments).output().expect("codegen starts");
        Run {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The program, not started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_codegen"));
        command.args(arguments).current_dir(self.root());
        command
    }

    /// Every file and its content, and every folder.
    pub(crate) fn snapshot(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let mut found = BTreeMap::new();
        let mut folders = vec![self.root().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    found.insert(path.clone(), None);
                    folders.push(path);
                } else {
                    found.insert(path.clone(), Some(fs::read(&path).expect("a file")));
                }
            }
        }
        found
    }
}
