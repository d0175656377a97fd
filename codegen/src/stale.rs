//! Handlers of servers that the manifest no longer has.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use fleet_manifest::Manifest;

use crate::change::Change;
use crate::workspace::{Workspace, folders};

/// Everything that a handler folder has.
pub(crate) const FILES: [&str; 5] = [
    "Cargo.toml",
    "src/main.rs",
    "target.json",
    "policy.json",
    "tools.json",
];

/// What is in `handlers/` and not in the manifest.
#[derive(Debug, Default)]
pub(crate) struct Stale {
    /// The generated files to delete.
    pub(crate) deletions: Vec<Change>,
    /// Folders that are not ours; they stay.
    pub(crate) foreign: Vec<String>,
}

/// Looks for handlers without a server.
///
/// # Errors
///
/// When a generated folder holds something else as well: it can neither be deleted, nor stay,
/// because cargo takes every folder there for a package.
pub(crate) fn find(workspace: &Workspace, manifest: &Manifest) -> Result<Stale> {
    let mut stale = Stale::default();
    let mut names = folders(&workspace.root.join("handlers"));
    names.sort();
    for name in names {
        if manifest.server(&name).is_some() {
            continue;
        }
        let folder = workspace.handler_folder(&name);
        if !is_generated(&folder) {
            stale.foreign.push(workspace.shown(&folder));
            continue;
        }
        let ours: BTreeSet<PathBuf> = FILES.iter().map(|file| folder.join(file)).collect();
        let others: Vec<String> = files_below(&folder)
            .into_iter()
            .filter(|path| !ours.contains(path))
            .map(|path| format!("`{}`", workspace.shown(&path)))
            .collect();
        if !others.is_empty() {
            bail!(
                "`{name}` is not in the manifest, but its handler holds files that were not \
                 generated: {}; nothing was changed\n  hint: move or delete them, then run again",
                others.join(", ")
            );
        }
        let deletions = ours.iter().filter(|path| path.exists());
        stale
            .deletions
            .extend(deletions.map(|path| Change::delete(path)));
    }
    Ok(stale)
}

/// Whether the folder's `Cargo.toml` says that it was generated.
fn is_generated(folder: &Path) -> bool {
    std::fs::read_to_string(folder.join("Cargo.toml"))
        .is_ok_and(|text| text.starts_with("# @generated"))
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files = Vec::new();
    for entry in entries.filter_map(Result::ok) {
        let path = entry.path();
        // Not following links: one to a folder is a file here.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}
