//! The roots as open directories, for the length of one call.

use std::fs::DirBuilder;
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use crate::config::normalized;
use crate::{Config, FilesystemError, Limits};

/// What a tool works with: the opened roots and the limits.
///
/// Every access to the disk goes through the handles held here. The only paths that the process
/// opens by name are the configured roots themselves.
pub(crate) struct Session {
    roots: Vec<Root>,
    config: Arc<Config>,
    cancelled: Arc<AtomicBool>,
}

/// One configured root.
pub(crate) struct Root {
    /// As configured, made absolute.
    given: PathBuf,
    /// Where it really is, and its handle; or why it cannot be used.
    opened: Result<(PathBuf, Rc<Dir>), Unusable>,
}

/// Why a root cannot be used.
struct Unusable {
    reason: &'static str,
    kind: Option<ErrorKind>,
}

impl Session {
    /// Opens the roots. A root that cannot be opened fails only those calls that need it.
    pub(crate) fn open(config: Arc<Config>, cancelled: Arc<AtomicBool>) -> Self {
        let open = |given: &PathBuf| Root {
            given: given.clone(),
            opened: open_root(given, config.create_roots),
        };
        Self {
            roots: config.roots.iter().map(open).collect(),
            config,
            cancelled,
        }
    }

    pub(crate) fn limits(&self) -> Limits {
        self.config.limits
    }

    pub(crate) fn home(&self) -> Option<&Path> {
        self.config.home.as_deref()
    }

    /// Long work asks this often.
    ///
    /// # Errors
    ///
    /// When nobody waits for the answer any more.
    pub(crate) fn check(&self) -> Result<(), FilesystemError> {
        if self.cancelled.load(Ordering::Relaxed) {
            return Err(FilesystemError::Cancelled);
        }
        Ok(())
    }

    /// How many roots there are.
    pub(crate) fn root_count(&self) -> usize {
        self.roots.len()
    }

    /// A root as configured.
    pub(crate) fn root_path(&self, root: usize) -> &Path {
        &self.roots[root].given
    }

    /// Where a root really is.
    pub(crate) fn real_root_path(&self, root: usize) -> &Path {
        let root = &self.roots[root];
        root.opened.as_ref().map_or(&root.given, |(real, _)| real)
    }

    /// The handle of a root.
    pub(crate) fn root_dir(&self, root: usize) -> Result<Rc<Dir>, FilesystemError> {
        let root = &self.roots[root];
        match &root.opened {
            Ok((_, dir)) => Ok(Rc::clone(dir)),
            Err(unusable) => Err(FilesystemError::RootUnavailable {
                root: root.given.to_string_lossy().into_owned(),
                reason: unusable.reason,
                source: unusable.kind.map(Into::into),
            }),
        }
    }

    /// The roots for a message.
    pub(crate) fn root_list(&self) -> String {
        let names = self
            .roots
            .iter()
            .map(|root| format!("`{}`", root.given.display()));
        names.collect::<Vec<_>>().join(", ")
    }

    /// The root that an absolute path is under, and the path below it. The deepest root wins.
    /// `..` after the root stays in the path; before it, `..` goes by the text.
    pub(crate) fn under_root(&self, absolute: &Path) -> Option<(usize, PathBuf)> {
        let deepest = |path: &Path| {
            let mut best: Option<(usize, usize, PathBuf)> = None;
            for (index, root) in self.roots.iter().enumerate() {
                let real = root.opened.as_ref().ok().map(|(real, _)| real);
                for prefix in [Some(&root.given), real].into_iter().flatten() {
                    if let Ok(rest) = path.strip_prefix(prefix) {
                        let depth = prefix.components().count();
                        if best.as_ref().is_none_or(|(most, ..)| depth > *most) {
                            best = Some((depth, index, rest.to_owned()));
                        }
                    }
                }
            }
            best.map(|(_, index, rest)| (index, rest))
        };
        deepest(absolute).or_else(|| {
            let has_up = absolute
                .components()
                .any(|part| part == Component::ParentDir);
            has_up.then(|| deepest(&normalized(absolute)))?
        })
    }
}

/// Opens a root by its name: the one place where the process does so.
fn open_root(given: &Path, create: bool) -> Result<(PathBuf, Rc<Dir>), Unusable> {
    if create {
        create_private(given)?;
    }
    let failed = |error: std::io::Error| {
        unusable(
            match error.kind() {
                ErrorKind::NotFound => "it does not exist",
                ErrorKind::NotADirectory => "it is not a directory",
                ErrorKind::PermissionDenied => "the server's user may not open it",
                _ => "it could not be opened",
            },
            &error,
        )
    };
    let real = given.canonicalize().map_err(failed)?;
    let dir = Dir::open_ambient_dir(&real, ambient_authority()).map_err(failed)?;
    Ok((real, Rc::new(dir)))
}

/// Makes the default root, for this user alone. It is in a directory that everybody can write to,
/// so one that somebody else has prepared is refused.
fn create_private(root: &Path) -> Result<(), Unusable> {
    match DirBuilder::new().mode(0o700).create(root) {
        Ok(()) => return Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(unusable("it could not be created", &error)),
    }
    let metadata = std::fs::symlink_metadata(root)
        .map_err(|error| unusable("it could not be inspected", &error))?;
    let reason = if metadata.is_symlink() {
        "somebody made it a symbolic link"
    } else if metadata.uid() != rustix::process::geteuid().as_raw() {
        "it belongs to another user"
    } else {
        return Ok(());
    };
    Err(Unusable { reason, kind: None })
}

fn unusable(reason: &'static str, error: &std::io::Error) -> Unusable {
    let kind = Some(error.kind());
    Unusable { reason, kind }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    use super::Session;
    use crate::{Config, Limits};

    fn session(root: &Path) -> Session {
        let config = Config {
            roots: vec![root.to_owned()],
            create_roots: true,
            home: None,
            limits: Limits::default(),
        };
        Session::open(Arc::new(config), Arc::default())
    }

    #[test]
    fn the_default_root_is_made_for_one_user_and_kept() {
        let base = tempfile::tempdir().unwrap();
        let root = base.path().join("root");
        for _ in 0..2 {
            session(&root).root_dir(0).unwrap();
            let mode = fs::metadata(&root).unwrap().permissions().mode();
            assert_eq!(mode & 0o7777, 0o700);
            fs::write(root.join("kept"), "").unwrap();
        }
        assert!(root.join("kept").exists());
    }

    #[test]
    fn a_default_root_that_somebody_prepared_is_refused() {
        let base = tempfile::tempdir().unwrap();
        let (link, file) = (base.path().join("link"), base.path().join("file"));
        symlink(base.path(), &link).unwrap();
        fs::write(&file, "").unwrap();
        let nowhere = base.path().join("no/root");
        let cases: [(&PathBuf, &str); 3] = [
            (&link, "somebody made it a symbolic link"),
            (&file, "it is not a directory"),
            (&nowhere, "it could not be created"),
        ];
        for (root, reason) in cases {
            let error = session(root).root_dir(0).unwrap_err().to_string();
            let root = root.display();
            let text = format!("the allowed directory `{root}` cannot be used: {reason}");
            assert_eq!(error, text);
        }
    }

    #[test]
    fn the_deepest_root_wins_and_names_are_not_prefixes() {
        let config = Config {
            roots: ["/a", "/a/b", "/ab"].map(PathBuf::from).to_vec(),
            create_roots: false,
            home: None,
            limits: Limits::default(),
        };
        let session = Session::open(Arc::new(config), Arc::default());
        let cases = [
            ("/a", Some((0, ""))),
            ("/a/x", Some((0, "x"))),
            ("/a/b/x", Some((1, "x"))),
            ("/ab/x", Some((2, "x"))),
            ("/abc", None),
            ("/", None),
            // `..` before the root goes by the text, after it stays for the walk.
            ("/x/../a/y", Some((0, "y"))),
            ("/a/b/../y", Some((1, "../y"))),
        ];
        for (path, expected) in cases {
            let expected = expected.map(|(root, rest)| (root, PathBuf::from(rest)));
            assert_eq!(session.under_root(Path::new(path)), expected, "{path}");
        }
    }
}
