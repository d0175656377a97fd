//! Keeps every path that libgit2 is going to open inside the allowed roots.
//!
//! libgit2 takes paths, not handles, so everything that can lead it elsewhere is resolved and
//! checked before it is opened: the path itself, a `.git` file (work trees, submodules), the
//! common directory, symlinks among git's own files, alternate object stores, and included
//! configuration (see [`crate::configuration`]). `core.worktree` is never followed at all, because
//! the work tree is set from the path that was checked.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::configuration;
use crate::error::GitError;
use crate::settings::Root;

/// Nested alternates and `.git` files, as git limits them.
const DEEPEST: usize = 5;
/// Git files looked at; a repository with more refs than this is refused rather than half-checked.
const MOST_FILES: usize = 200_000;
/// Longest `.git`, `commondir` or `alternates` file.
const LARGEST_POINTER: u64 = 1 << 20;

/// A repository whose files all lie inside the roots.
#[derive(Debug)]
pub(crate) struct Located {
    /// The root of the work tree, resolved.
    pub(crate) work_dir: PathBuf,
    /// Its `.git` directory, resolved.
    pub(crate) git_dir: PathBuf,
    /// Where refs, objects and configuration are: `git_dir`, unless this is a linked work tree.
    pub(crate) common_dir: PathBuf,
}

/// The allowed roots, resolved for one call.
#[derive(Debug, Clone)]
pub(crate) struct Confinement {
    roots: Vec<PathBuf>,
    /// As configured, for messages.
    shown: String,
}

impl Confinement {
    /// Resolves the roots. A root that does not exist holds nothing.
    pub(crate) fn new(roots: &[Root]) -> Self {
        let shown: Vec<String> = roots
            .iter()
            .map(|root| format!("`{}`", root.path.display()))
            .collect();
        let resolved = roots.iter().filter_map(|root| {
            let path = root.path.canonicalize().ok()?;
            Some(if root.repository {
                enclosing_repository(path)
            } else {
                path
            })
        });
        Self {
            roots: resolved.collect(),
            shown: shown.join(", "),
        }
    }

    fn allows(&self, path: &Path) -> bool {
        self.roots.iter().any(|root| path.starts_with(root))
    }

    /// Finds the repository that `given` names. A relative path counts from the first root that
    /// has it.
    pub(crate) fn locate(&self, given: &str) -> Result<Located, GitError> {
        let work_dir = self.resolve(given)?;
        let dot_git = work_dir.join(".git");
        let Ok(metadata) = fs::symlink_metadata(&dot_git) else {
            return Err(self.not_a_repository(given, &work_dir));
        };
        let git_dir = if metadata.is_file() {
            self.pointed_to(given, &dot_git, "gitdir: ")?
        } else {
            self.inside(given, &dot_git, "its `.git`")?
        };
        self.check_git_dir(given, work_dir, git_dir)
    }

    /// The same checks for a repository inside another's work tree: a submodule.
    pub(crate) fn locate_nested(&self, given: &str, work_dir: &Path) -> Option<Located> {
        let work_dir = work_dir
            .canonicalize()
            .ok()
            .filter(|path| self.allows(path))?;
        let dot_git = work_dir.join(".git");
        let git_dir = if fs::symlink_metadata(&dot_git).ok()?.is_file() {
            self.pointed_to(given, &dot_git, "gitdir: ").ok()?
        } else {
            self.inside(given, &dot_git, "its `.git`").ok()?
        };
        self.check_git_dir(given, work_dir, git_dir).ok()
    }

    fn check_git_dir(
        &self,
        given: &str,
        work_dir: PathBuf,
        git_dir: PathBuf,
    ) -> Result<Located, GitError> {
        let pointer = git_dir.join("commondir");
        let common_dir = if fs::symlink_metadata(&pointer).is_ok() {
            self.pointed_to(given, &pointer, "")?
        } else {
            git_dir.clone()
        };
        if !common_dir.join("objects").is_dir()
            || fs::symlink_metadata(git_dir.join("HEAD")).is_err()
        {
            return Err(GitError::NotARepository {
                path: given.to_owned(),
                hint: "Its `.git` has no HEAD or no objects: it is damaged".to_owned(),
            });
        }
        let mut budget = MOST_FILES;
        self.check_links(given, &git_dir, &mut budget)?;
        if common_dir != git_dir {
            self.check_links(given, &common_dir, &mut budget)?;
        }
        self.check_alternates(given, &common_dir.join("objects"), DEEPEST)?;
        for file in [common_dir.join("config"), git_dir.join("config.worktree")] {
            configuration::check_includes(&file, &|target| self.leads_inside(target)).map_err(
                |what| GitError::LeadsOutside {
                    path: given.to_owned(),
                    what,
                },
            )?;
        }
        Ok(Located {
            work_dir,
            git_dir,
            common_dir,
        })
    }

    fn resolve(&self, given: &str) -> Result<PathBuf, GitError> {
        let path = Path::new(given);
        let candidates: Vec<PathBuf> = if path.is_absolute() {
            vec![path.to_owned()]
        } else {
            self.roots.iter().map(|root| root.join(path)).collect()
        };
        for candidate in &candidates {
            match candidate.canonicalize() {
                Ok(resolved) if self.allows(&resolved) => return Ok(resolved),
                Ok(_) => return Err(self.outside(given)),
                Err(_) => {}
            }
        }
        // What does not exist is only said of places inside: nothing outside is probed by this.
        let inside = |path: &PathBuf| self.allows(&lexical(path));
        if !path.is_absolute() || candidates.iter().any(inside) {
            Err(GitError::RepositoryNotFound {
                path: given.to_owned(),
                roots: self.shown.clone(),
            })
        } else {
            Err(self.outside(given))
        }
    }

    fn outside(&self, given: &str) -> GitError {
        GitError::OutsideRoots {
            path: given.to_owned(),
            roots: self.shown.clone(),
        }
    }

    fn not_a_repository(&self, given: &str, work_dir: &Path) -> GitError {
        let path = given.to_owned();
        if work_dir.join("HEAD").is_file() && work_dir.join("objects").is_dir() {
            return GitError::BareRepository { path };
        }
        let above = work_dir
            .ancestors()
            .skip(1)
            .take_while(|path| self.allows(path))
            .find(|path| path.join(".git").exists());
        let hint = match above {
            Some(root) => format!("Did you mean its root, `{}`?", root.display()),
            None => "Give the root folder of a work tree".to_owned(),
        };
        GitError::NotARepository { path, hint }
    }

    /// Follows `path` to its end, which must be inside.
    fn inside(&self, given: &str, path: &Path, what: &str) -> Result<PathBuf, GitError> {
        let resolved = path
            .canonicalize()
            .map_err(GitError::io(format!("resolve {what}")))?;
        if self.allows(&resolved) {
            return Ok(resolved);
        }
        Err(GitError::LeadsOutside {
            path: given.to_owned(),
            what: what.to_owned(),
        })
    }

    /// Follows a file that holds a path, as `.git` and `commondir` files do.
    fn pointed_to(&self, given: &str, file: &Path, prefix: &str) -> Result<PathBuf, GitError> {
        let name = file.file_name().unwrap_or_default().display().to_string();
        let bytes = read_small(file).map_err(GitError::io(format!("read `{name}`")))?;
        let text = String::from_utf8_lossy(&bytes);
        let Some(target) = text
            .strip_prefix(prefix)
            .map(|text| text.trim_end_matches(['\n', '\r']))
        else {
            return Err(GitError::NotARepository {
                path: given.to_owned(),
                hint: format!("Its `{name}` file does not name a git directory"),
            });
        };
        let target = file.parent().unwrap_or(Path::new("/")).join(target);
        let what = format!("its `{name}` file");
        // One answer for what is outside, whether it exists or not.
        if !self.leads_inside(&target) {
            return Err(GitError::LeadsOutside {
                path: given.to_owned(),
                what,
            });
        }
        self.inside(given, &target, &what)
    }

    /// Whether `path`, which may not exist, leads to a place inside.
    fn leads_inside(&self, path: &Path) -> bool {
        match path.canonicalize() {
            Ok(resolved) => self.allows(&resolved),
            // The deepest folder that exists decides; what is missing below it cannot be a link,
            // but it must not climb out again.
            Err(_) => {
                let Some(parent) = path.parent() else {
                    return false;
                };
                let last = path.components().next_back();
                // A dangling link resolves to nothing but is followed when a file is made.
                let dangling = fs::read_link(path).ok();
                match (last, dangling) {
                    (_, Some(target)) => self.allows(&lexical(&parent.join(target))),
                    (Some(Component::Normal(_)), None) => self.leads_inside(parent),
                    _ => false,
                }
            }
        }
    }

    /// Refuses symlinks among git's own files that lead outside. Loose objects and packs are
    /// verified by their hash and only read, so their folders are checked but not their files.
    fn check_links(&self, given: &str, folder: &Path, budget: &mut usize) -> Result<(), GitError> {
        let entries = fs::read_dir(folder).map_err(GitError::io("list the git directory"))?;
        for entry in entries {
            let entry = entry.map_err(GitError::io("list the git directory"))?;
            *budget = budget.checked_sub(1).ok_or_else(|| GitError::Unsupported {
                path: given.to_owned(),
                reason: format!(
                    "its git directory holds more than {MOST_FILES} files; pack them with `git gc`"
                ),
            })?;
            let kind = entry
                .file_type()
                .map_err(GitError::io("list the git directory"))?;
            let path = entry.path();
            if kind.is_symlink() {
                if !self.leads_inside(&path) {
                    return Err(GitError::LeadsOutside {
                        path: given.to_owned(),
                        what: format!(
                            "the symlink `{}` in its git directory",
                            entry.file_name().display()
                        ),
                    });
                }
            } else if kind.is_dir() {
                let name = entry.file_name();
                let name = name.to_string_lossy();
                let objects = folder.ends_with("objects") && (name.len() == 2 || name == "pack");
                // Never opened by this server.
                let unused = matches!(&*name, "hooks" | "lfs" | "modules" | "worktrees");
                if !objects && !unused {
                    self.check_links(given, &path, budget)?;
                }
            } else if !kind.is_file() {
                return Err(GitError::Unsupported {
                    path: given.to_owned(),
                    reason: format!(
                        "`{}` in its git directory is neither a file nor a folder",
                        entry.file_name().display()
                    ),
                });
            }
        }
        Ok(())
    }

    fn check_alternates(&self, given: &str, objects: &Path, depth: usize) -> Result<(), GitError> {
        let file = objects.join("info/alternates");
        let bytes = match read_small(&file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(GitError::io("read `objects/info/alternates`")(error)),
        };
        for line in String::from_utf8_lossy(&bytes).lines() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let target = objects.join(line);
            // Quoted lines are paths that this check would read differently than libgit2.
            if line.starts_with('"') || depth == 0 || !self.leads_inside(&target) {
                return Err(GitError::LeadsOutside {
                    path: given.to_owned(),
                    what: "an alternate object store (`objects/info/alternates`)".to_owned(),
                });
            }
            self.check_alternates(given, &target, depth - 1)?;
        }
        Ok(())
    }
}

/// The root of the repository that `path` is in, or `path`.
fn enclosing_repository(path: PathBuf) -> PathBuf {
    let root = path.ancestors().find(|folder| folder.join(".git").exists());
    root.map_or_else(|| path.clone(), Path::to_path_buf)
}

/// `path` without `.` and `..`, not looking at the disk.
pub(crate) fn lexical(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

/// Reads a regular file that should be short.
pub(crate) fn read_small(path: &Path) -> io::Result<Vec<u8>> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() || metadata.len() > LARGEST_POINTER {
        return Err(io::ErrorKind::InvalidData.into());
    }
    fs::read(path)
}
