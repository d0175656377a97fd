//! Changes to files: all of them or none.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A file as it shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) path: PathBuf,
    /// `None`: gone.
    pub(crate) after: Option<String>,
}

impl Change {
    pub(crate) fn write(path: &Path, content: String) -> Self {
        Self {
            path: path.to_owned(),
            after: Some(content),
        }
    }

    pub(crate) fn delete(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            after: None,
        }
    }

    /// The file as it is. Bytes that are not text become visible replacements.
    pub(crate) fn before(&self) -> Option<String> {
        let bytes = fs::read(&self.path).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    pub(crate) fn is_needed(&self) -> bool {
        fs::read(&self.path).ok().as_deref() != self.after.as_deref().map(str::as_bytes)
    }
}

/// Files changed so far. Dropping it puts everything back; [`Transaction::keep`] does not.
#[derive(Debug, Default)]
pub(crate) struct Transaction {
    done: Vec<(PathBuf, Option<Vec<u8>>)>,
    created_folders: Vec<PathBuf>,
    emptied_folders: BTreeSet<PathBuf>,
}

impl Transaction {
    /// Makes changes in their order.
    pub(crate) fn apply_all(&mut self, changes: &[Change]) -> Result<()> {
        changes.iter().try_for_each(|change| self.apply(change))
    }

    /// Makes one change. A file is written beside its place and moved there, so that nobody sees
    /// half of it.
    pub(crate) fn apply(&mut self, change: &Change) -> Result<()> {
        if !change.is_needed() {
            return Ok(());
        }
        let path = &change.path;
        let before = match fs::read(path) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => {
                return Err(error)
                    .with_context(|| format!("`{}` could not be read", path.display()));
            }
        };
        match &change.after {
            Some(content) => {
                self.create_folders(path)?;
                replace(path, content.as_bytes())?;
            }
            None => {
                fs::remove_file(path)
                    .with_context(|| format!("`{}` could not be deleted", path.display()))?;
            }
        }
        self.done.push((path.clone(), before));
        if change.after.is_none() {
            self.remove_empty_folders(path)?;
        }
        Ok(())
    }

    /// The files that are not as they were, and whether they are gone; each once.
    pub(crate) fn changed(&self) -> Vec<(PathBuf, bool)> {
        let paths: BTreeSet<&PathBuf> = self.done.iter().map(|(path, _)| path).collect();
        paths
            .into_iter()
            .map(|path| (path.clone(), !path.exists()))
            .collect()
    }

    /// The changes stay.
    pub(crate) fn keep(mut self) {
        self.done.clear();
        self.created_folders.clear();
        self.emptied_folders.clear();
    }

    fn create_folders(&mut self, path: &Path) -> Result<()> {
        let missing: Vec<PathBuf> = path
            .ancestors()
            .skip(1)
            .take_while(|folder| !folder.exists())
            .map(Path::to_owned)
            .collect();
        for folder in missing.into_iter().rev() {
            fs::create_dir(&folder)
                .with_context(|| format!("`{}` could not be created", folder.display()))?;
            self.created_folders.push(folder);
        }
        Ok(())
    }

    /// Removes what the deleted file was the last one in, two levels up: `src`, and the crate.
    fn remove_empty_folders(&mut self, path: &Path) -> Result<()> {
        for folder in path.ancestors().skip(1).take(2) {
            let empty = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
            if !empty {
                break;
            }
            fs::remove_dir(folder)
                .with_context(|| format!("`{}` could not be deleted", folder.display()))?;
            self.emptied_folders.insert(folder.to_owned());
        }
        Ok(())
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        for folder in &self.emptied_folders {
            // A failure shows in the file that follows.
            let _ = fs::create_dir_all(folder);
        }
        for (path, before) in self.done.drain(..).rev() {
            let restored = match &before {
                Some(bytes) => replace(&path, bytes),
                None => fs::remove_file(&path).map_err(anyhow::Error::from),
            };
            if let Err(error) = restored {
                warn_not_restored(&path, &error);
            }
        }
        for folder in self.created_folders.drain(..).rev() {
            // It stays when somebody else put something in it.
            let _ = fs::remove_dir(&folder);
        }
    }
}

#[expect(clippy::print_stderr, reason = "there is nobody to return it to")]
fn warn_not_restored(path: &Path, error: &anyhow::Error) {
    eprintln!(
        "warning: `{}` could not be put back as it was: {error:#}",
        path.display()
    );
}

fn replace(path: &Path, content: &[u8]) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}.new", std::process::id()));
    let written = fs::write(&beside, content).and_then(|()| {
        if let Ok(metadata) = fs::metadata(path) {
            fs::set_permissions(&beside, metadata.permissions())?;
        }
        fs::rename(&beside, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written.with_context(|| format!("`{}` could not be written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_kept_is_put_back() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("a/src")).unwrap();
        fs::write(root.join("a/src/old.rs"), "old").unwrap();
        fs::write(root.join("changed"), "before").unwrap();

        let mut transaction = Transaction::default();
        for change in [
            Change::delete(&root.join("a/src/old.rs")),
            Change::write(&root.join("changed"), "after".to_owned()),
            Change::write(&root.join("b/src/new.rs"), "new".to_owned()),
        ] {
            assert!(change.is_needed());
            transaction.apply(&change).unwrap();
            assert!(!change.is_needed());
        }
        assert!(!root.join("a").exists());
        assert!(root.join("b/src/new.rs").exists());

        drop(transaction);
        assert_eq!(
            fs::read_to_string(root.join("a/src/old.rs")).unwrap(),
            "old"
        );
        assert_eq!(fs::read_to_string(root.join("changed")).unwrap(), "before");
        assert!(!root.join("b").exists());
        assert_eq!(fs::read_dir(root).unwrap().count(), 2);
    }
}
