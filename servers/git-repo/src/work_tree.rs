//! A repository that is open, with its work tree, inside the roots.

use std::cell::RefCell;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

use git2::{Commit, ErrorCode, Index, Oid, Repository, Tree};

use crate::arguments::RepoPath;
use crate::configuration::{self, Reviewed};
use crate::confinement::{Confinement, Located};
use crate::error::GitError;
use crate::settings::Settings;

/// An open repository.
pub(crate) struct WorkTree {
    pub(crate) repository: Repository,
    pub(crate) located: Located,
    pub(crate) confinement: Confinement,
    /// The path as the caller gave it, for messages.
    pub(crate) given: String,
    /// Keeps the file that `repository` reads its settings from.
    configuration: Reviewed,
    /// Objects that were found whole.
    pub(crate) checked: RefCell<HashSet<Oid>>,
}

/// Whether a tool may change the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Objects that are made along the way stay in memory.
    Read,
    Write,
}

impl WorkTree {
    /// Opens the repository that a caller names.
    pub(crate) fn open(
        settings: &Settings,
        path: &RepoPath,
        purpose: Purpose,
    ) -> Result<Self, GitError> {
        let confinement = Confinement::new(&settings.roots);
        let located = confinement.locate(path.as_str())?;
        Self::open_located(confinement, located, path.as_str(), purpose)
    }

    pub(crate) fn open_located(
        confinement: Confinement,
        located: Located,
        given: &str,
        purpose: Purpose,
    ) -> Result<Self, GitError> {
        let failed = || GitError::git("open the repository");
        // `open_bare` neither searches for a work tree nor looks at its owner: the work tree is
        // the one that was checked, and nothing in it is ever executed.
        let repository = Repository::open_bare(&located.git_dir).map_err(|error| {
            if error.code() == ErrorCode::NotFound {
                return GitError::NotARepository {
                    path: given.to_owned(),
                    hint: "Its `.git` is not a git directory".to_owned(),
                };
            }
            failed()(error)
        })?;
        let configuration = configuration::reviewed(&located)?;
        repository
            .set_config(&configuration.config.0)
            .map_err(failed())?;
        repository
            .set_workdir(&located.work_dir, false)
            .map_err(failed())?;
        if purpose == Purpose::Read {
            let odb = repository.odb().map_err(failed())?;
            odb.add_new_mempack_backend(i32::MAX).map_err(failed())?;
        }
        Ok(Self {
            repository,
            located,
            confinement,
            given: given.to_owned(),
            configuration,
            checked: RefCell::default(),
        })
    }

    /// The resolved root of the work tree.
    pub(crate) fn root(&self) -> &Path {
        &self.located.work_dir
    }

    /// A file of the work tree.
    pub(crate) fn file(&self, path: &[u8]) -> PathBuf {
        self.root().join(path_from_bytes(path))
    }

    /// Whether one of the folders that lead to `path` is a symlink: then it is not a file of this
    /// work tree, wherever it leads.
    pub(crate) fn is_behind_link(&self, path: &[u8]) -> bool {
        let folders = path_from_bytes(path).ancestors().skip(1);
        folders
            .filter(|folder| !folder.as_os_str().is_empty())
            .any(|folder| self.root().join(folder).is_symlink())
    }

    /// The reviewed configuration.
    pub(crate) fn config(&self) -> &git2::Config {
        &self.configuration.config.0
    }

    /// The index, which is empty when there is none yet.
    pub(crate) fn index(&self) -> Result<Index, GitError> {
        self.repository
            .index()
            .map_err(|error| match error.class() {
                git2::ErrorClass::Index => GitError::DamagedIndex {
                    path: self.given.clone(),
                    reason: error.message().to_owned(),
                },
                _ => GitError::git("read the index")(error),
            })
    }

    /// The commit that HEAD is at; `None` before the first.
    pub(crate) fn head_commit(&self) -> Result<Option<Oid>, GitError> {
        match self.repository.head() {
            Ok(head) => {
                if let Some(id) = head.target() {
                    self.check(id)?;
                }
                let commit = head.peel_to_commit().map_err(GitError::git("read HEAD"))?;
                Ok(Some(commit.id()))
            }
            Err(error) if error.code() == ErrorCode::UnbornBranch => Ok(None),
            Err(error) => Err(GitError::git("read HEAD")(error)),
        }
    }

    /// The tree of HEAD's commit; `None` before the first.
    pub(crate) fn head_tree(&self) -> Result<Option<Tree<'_>>, GitError> {
        let Some(id) = self.head_commit()? else {
            return Ok(None);
        };
        let commit = self
            .repository
            .find_commit(id)
            .map_err(GitError::git("read HEAD"))?;
        self.tree_of(&commit).map(Some)
    }

    /// The tree of a commit.
    pub(crate) fn tree_of<'tree>(&self, commit: &Commit<'tree>) -> Result<Tree<'tree>, GitError> {
        self.check(commit.tree_id())?;
        commit.tree().map_err(GitError::git("read a commit's tree"))
    }
}

/// Paths of git are bytes.
#[cfg(unix)]
pub(crate) fn path_from_bytes(path: &[u8]) -> &Path {
    use std::os::unix::ffi::OsStrExt as _;
    Path::new(std::ffi::OsStr::from_bytes(path))
}

/// The bytes of a path.
#[cfg(unix)]
pub(crate) fn bytes_of(path: &Path) -> &[u8] {
    use std::os::unix::ffi::OsStrExt as _;
    path.as_os_str().as_bytes()
}

impl WorkTree {
    /// How this repository wants its paths quoted.
    pub(crate) fn quoting(&self) -> crate::quoting::Quoting {
        crate::quoting::Quoting {
            quote_high_bytes: self.config().get_bool("core.quotepath").unwrap_or(true),
        }
    }
}
