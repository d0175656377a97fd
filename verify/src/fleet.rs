//! What the fleet should be: the manifest and the generated files beside it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use fleet_manifest::{Manifest, Server};

/// The servers to check.
#[derive(Debug)]
pub(crate) struct Fleet {
    pub(crate) servers: Vec<Expected>,
}

/// One server as the manifest and its handler folder describe it.
#[derive(Debug)]
pub(crate) struct Expected {
    /// The manifest's entry.
    pub(crate) server: Server,
    /// `handlers/<id>`.
    pub(crate) folder: PathBuf,
}

impl Fleet {
    /// Reads the manifest and picks `only`, or all servers where it is empty.
    pub(crate) fn load(manifest: &Path, handlers: &Path, only: &[String]) -> anyhow::Result<Self> {
        let manifest = Manifest::load(manifest)?;
        for id in only {
            if manifest.server(id).is_none() {
                let known: Vec<&str> = manifest
                    .servers
                    .iter()
                    .map(|server| server.id.as_str())
                    .collect();
                bail!(
                    "the manifest has no server `{id}`; it has: {}",
                    known.join(", ")
                );
            }
        }
        let servers: Vec<Expected> = manifest
            .servers
            .into_iter()
            .filter(|server| only.is_empty() || only.iter().any(|id| id == server.id.as_str()))
            .map(|server| Expected {
                folder: handlers.join(server.id.as_str()),
                server,
            })
            .collect();
        if !handlers.is_dir() {
            return Err(std::io::Error::from(std::io::ErrorKind::NotFound)).with_context(|| {
                format!(
                    "{}: generate it with `cargo run -p codegen`",
                    handlers.display()
                )
            });
        }
        Ok(Self { servers })
    }
}
