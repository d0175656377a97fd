//! The files of the fleet: manifest, target definitions, a repository.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use fleet_manifest::Manifest;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::calls::COMMIT;

/// What a fleet is made of.
pub(crate) struct Setup {
    pub(crate) binaries: PathBuf,
    pub(crate) folder: PathBuf,
    pub(crate) small_disk: Option<PathBuf>,
    pub(crate) backend: SocketAddr,
}

pub(crate) fn make_repository(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    let identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"];
    let commit = ["commit", "-q", "--allow-empty", "-m", COMMIT];
    for arguments in [
        &["init", "-q", "-b", "main"][..],
        &[&identity[..], &commit].concat(),
    ] {
        let mut git = std::process::Command::new("git");
        let status = git
            .current_dir(folder)
            .args(arguments)
            .status()
            .context("git")?;
        ensure!(status.success(), "git {arguments:?} failed");
    }
    Ok(())
}

pub(crate) fn write_manifest(
    setup: &Setup,
    folder: &Path,
    files: &Path,
    clock: &[(&str, String)],
) -> std::io::Result<()> {
    let server = |server: &str, timeout: u64, variables: &[(&str, String)]| {
        let env: serde_json::Map<String, Value> = clock
            .iter()
            .chain(variables)
            .map(|(name, value)| ((*name).to_owned(), value.clone().into()))
            .collect();
        json!({
            "name": server, "description": "Under load.", "server": server, "access": "read-write",
            "timeout": timeout, "memory": 256, "env": env,
        })
    };
    let prometheus = [
        ("PROMETHEUS_URL", format!("http://{}", setup.backend)),
        ("PROMETHEUS_TIMEOUT_SECONDS", "2".to_owned()),
    ];
    let stdio = setup.binaries.join("examples/stdio_server");
    let servers = json!({
        "filesystem": server("filesystem", 10, &[("FILESYSTEM_ROOTS", files.display().to_string())]),
        "git-repo": server("git-repo", 10, &[("GIT_REPO_ROOT", folder.join("repositories").display().to_string())]),
        "prometheus": server("prometheus", 5, &prometheus),
        "cfn-mcp": server("cfn-mcp", 5, &[]),
        "wrapped": server("wrapped", 10, &[("FIXTURE_PROGRAM", stdio.display().to_string())]),
    });
    // Every JSON document is a YAML document.
    fs::write(
        folder.join("servers.yaml"),
        json!({"servers": servers}).to_string(),
    )
}

/// Links the handlers and writes their target definitions, as `codegen` does: from what they list. Returns their programs.
pub(crate) async fn write_handlers(setup: &Setup, folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let manifest = Manifest::load(&folder.join("servers.yaml"))?;
    fs::create_dir_all(folder.join("bin"))?;
    let mut programs = vec![setup.binaries.join("examples/stdio_server")];
    for server in &manifest.servers {
        let program = match server.id.as_str() {
            "wrapped" => setup.binaries.join("examples/handler"),
            _ => setup.binaries.join(server.function_name()),
        };
        let environment = server.environment();
        let mut list = Command::new(&program);
        let listed = list
            .args(["tools", "--gateway"])
            .envs(&environment)
            .output()
            .await;
        let listed = listed.with_context(|| format!("`{}` cannot be run", program.display()))?;
        let text = String::from_utf8_lossy(&listed.stderr);
        ensure!(
            listed.status.success(),
            "`{}` lists no tools: {text}",
            program.display()
        );
        let listed: Value = serde_json::from_slice(&listed.stdout)?;
        let id = server.id.as_str();
        let target = json!({
            "id": id, "name": id, "description": "Under load.", "environment": environment, "tools": listed["tools"],
        });
        let place = folder.join("handlers").join(id);
        fs::create_dir_all(&place)?;
        fs::write(place.join("target.json"), target.to_string())?;
        symlink(&program, folder.join("bin").join(server.function_name()))?;
        programs.push(program);
    }
    Ok(programs)
}
