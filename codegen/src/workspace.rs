//! Where things are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use fleet_manifest::Manifest;

/// The workspace that is generated into.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) manifest_path: PathBuf,
    /// Where the user is: paths are shown from here.
    current: PathBuf,
}

impl Workspace {
    pub(crate) fn find(root: Option<PathBuf>, manifest: Option<PathBuf>) -> Result<Self> {
        let current = std::env::current_dir().context("the current folder cannot be read")?;
        let root = match root {
            Some(root) => current.join(root),
            None => {
                let found = current
                    .ancestors()
                    .find(|folder| folder.join("servers.yaml").is_file());
                match found {
                    Some(folder) => folder.to_owned(),
                    None => bail!(
                        "there is no `servers.yaml` here or in a folder above\n  \
                         hint: run in the workspace, or name it with `--root DIR`"
                    ),
                }
            }
        };
        if !root.join("Cargo.toml").is_file() {
            bail!(
                "`{}` is not a workspace: it has no `Cargo.toml`\n  \
                 hint: name the workspace with `--root DIR`",
                root.display()
            );
        }
        let manifest_path = match manifest {
            Some(path) => current.join(path),
            None => root.join("servers.yaml"),
        };
        Ok(Self {
            root,
            manifest_path,
            current,
        })
    }

    /// The manifest's name in messages.
    pub(crate) fn manifest_name(&self) -> String {
        self.shown(&self.manifest_path)
    }

    /// A path as the user would type it.
    pub(crate) fn shown(&self, path: &Path) -> String {
        let short = path
            .strip_prefix(&self.current)
            .or_else(|_| path.strip_prefix(&self.root))
            .unwrap_or(path);
        short.display().to_string()
    }

    pub(crate) fn read_manifest(&self) -> Result<String> {
        std::fs::read_to_string(&self.manifest_path)
            .with_context(|| format!("`{}` could not be read", self.manifest_name()))
    }

    pub(crate) fn parse(&self, text: &str) -> Result<Manifest> {
        let name = self.manifest_name();
        Manifest::parse(&name, text).map_err(|problems| crate::fleet::mistakes(&name, &problems))
    }

    pub(crate) fn handler_folder(&self, id: &str) -> PathBuf {
        self.root.join("handlers").join(id)
    }

    pub(crate) fn server_folder(&self, server: &str) -> PathBuf {
        self.root.join("servers").join(server)
    }

    pub(crate) fn has_server(&self, server: &str) -> bool {
        self.server_folder(server).join("Cargo.toml").is_file()
    }

    /// The folders of `servers/` that hold a crate, sorted.
    pub(crate) fn server_names(&self) -> Vec<String> {
        let mut names: Vec<String> = folders(&self.root.join("servers"))
            .into_iter()
            .filter(|name| self.has_server(name))
            .collect();
        names.sort();
        names
    }

    /// The `description` of a server crate's package.
    pub(crate) fn server_description(&self, server: &str) -> Option<String> {
        let path = self.server_folder(server).join("Cargo.toml");
        let text = std::fs::read_to_string(path).ok()?;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("description = \""))?;
        let description = line.strip_suffix('"')?;
        Some(format!("{description}."))
    }

    /// Whether the workspace's manifest names the package as a dependency for its members.
    pub(crate) fn has_dependency(cargo_toml: &str, package: &str) -> bool {
        cargo_toml.lines().any(|line| {
            line.strip_prefix(package)
                .is_some_and(|rest| rest.starts_with([' ', '=', '.']))
        })
    }

    pub(crate) fn cargo_toml(&self) -> Result<String> {
        let path = self.root.join("Cargo.toml");
        std::fs::read_to_string(&path)
            .with_context(|| format!("`{}` could not be read", self.shown(&path)))
    }
}

/// The names of the folders in a folder, in no order; none when there is no such folder.
pub(crate) fn folders(parent: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(parent) else {
        return Vec::new();
    };
    entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect()
}
