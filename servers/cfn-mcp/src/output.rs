//! `save_to_file`: below one root, whatever the path says.

use std::io;
use std::path::{Component, Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use crate::error::CfnError;

/// Where a file goes, below the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Destination {
    root: PathBuf,
    below: PathBuf,
}

impl Destination {
    /// Takes a path below `root`, or an absolute one that starts with `root`. Touches no disk.
    pub(crate) fn new(root: &Path, given: &str) -> Result<Self, CfnError> {
        let refused = || CfnError::OutputPath {
            given: given.to_owned(),
            root: root.to_owned(),
        };
        let path = Path::new(given);
        let below = match path.is_absolute() {
            true => path.strip_prefix(root).map_err(|_| refused())?,
            false => path,
        };
        let parts: Vec<&str> = below
            .components()
            .filter(|part| *part != Component::CurDir)
            .map(|part| match part {
                Component::Normal(name) => name.to_str(),
                _ => None,
            })
            .collect::<Option<_>>()
            .ok_or_else(refused)?;
        if parts.is_empty() || given.ends_with('/') || given.contains('\0') {
            return Err(refused());
        }
        Ok(Self {
            root: root.to_owned(),
            below: parts.iter().collect(),
        })
    }

    /// The whole path.
    pub(crate) fn path(&self) -> PathBuf {
        self.root.join(&self.below)
    }

    /// Writes the file, with the directories that it needs. Symbolic links out of the root are
    /// not followed.
    pub(crate) async fn write(self, text: String) -> Result<PathBuf, CfnError> {
        let path = self.path();
        let task = tokio::task::spawn_blocking(move || self.write_now(&text));
        let written = task
            .await
            .unwrap_or_else(|error| Err(io::Error::other(error)));
        match written {
            Ok(()) => Ok(path),
            Err(source) => Err(CfnError::NotSaved { path, source }),
        }
    }

    fn write_now(&self, text: &str) -> io::Result<()> {
        std::fs::create_dir_all(&self.root)?;
        let root = Dir::open_ambient_dir(&self.root, ambient_authority())?;
        if let Some(parent) = self.below.parent().filter(|p| !p.as_os_str().is_empty()) {
            root.create_dir_all(parent)?;
        }
        root.write(&self.below, text)
    }
}

#[cfg(test)]
mod tests {
    use agentcore_gateway_target::ToolError as _;

    use super::*;

    #[test]
    fn paths_stay_below_the_root() {
        let root = Path::new("/tmp/r");
        for given in ["a.yaml", "./a.yaml", "/tmp/r/a.yaml"] {
            let destination = Destination::new(root, given).unwrap();
            assert_eq!(destination.path(), Path::new("/tmp/r/a.yaml"), "{given}");
        }
        for given in [
            "",
            ".",
            "/",
            "..",
            "../a",
            "a/../../b",
            "/etc/passwd",
            "/tmp/r",
            "/tmp/rr/a",
            "a/",
            "a\0b",
        ] {
            let error = Destination::new(root, given).unwrap_err();
            assert_eq!(error.code(), "invalid_arguments", "{given:?}");
            assert!(error.to_string().contains("/tmp/r"), "{error}");
        }
    }

    #[tokio::test]
    async fn a_link_out_of_the_root_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (root, outside) = (folder.path().join("root"), folder.path().join("outside"));
        std::fs::create_dir_all(&root).unwrap();
        std::fs::create_dir_all(&outside).unwrap();
        std::os::unix::fs::symlink(&outside, root.join("link")).unwrap();
        let destination = Destination::new(&root, "link/a.yaml").unwrap();
        let error = destination.write("x".to_owned()).await.unwrap_err();
        assert_eq!(error.code(), "file_not_saved");
        assert!(!outside.join("a.yaml").exists());
        let destination = Destination::new(&root, "b/c/a.yaml").unwrap();
        let path = destination.write("x".to_owned()).await.unwrap();
        assert_eq!(std::fs::read_to_string(path).unwrap(), "x");
    }
}
