//! Staging files that pathspecs name.

use std::collections::BTreeSet;
use std::fs;
use std::path::Component;

use git2::{Delta, DiffOptions, Index};

use crate::arguments::FileSpec;
use crate::changes::{self, Staged};
use crate::confinement::lexical;
use crate::content::{SUBMODULE, Side, Source};
use crate::error::GitError;
use crate::pathspec::Pathspec;
use crate::submodules;
use crate::switching::bare_entry;
use crate::work_tree::{WorkTree, bytes_of, path_from_bytes};

/// Stages what `files` names. Returns whether the index changed. Nothing is staged unless every
/// entry names something.
pub(crate) fn stage(tree: &WorkTree, files: &[FileSpec]) -> Result<bool, GitError> {
    let mut index = tree.index()?;
    let staged = Staged::read(&index);
    let specs: Vec<Pathspec> = files
        .iter()
        .map(|file| Pathspec::parse(file.as_str(), |path| relative(tree, path)))
        .collect::<Result<_, _>>()?;
    let unstaged = changes::unstaged(tree, &index, &staged)?;
    let untracked = untracked(tree, &index)?;
    for spec in &specs {
        check(tree, spec, &staged, &untracked)?;
    }
    let wanted = |path: &[u8]| {
        let included = specs.iter().all(|spec| spec.exclude)
            || specs.iter().any(|spec| !spec.exclude && spec.matches(path));
        included && !specs.iter().any(|spec| spec.exclude && spec.matches(path))
    };
    let mut present = BTreeSet::new();
    let mut gone = BTreeSet::new();
    for change in unstaged.changes {
        let set = if change.new.is_some() {
            &mut present
        } else {
            &mut gone
        };
        set.insert(change.path().to_vec());
    }
    for path in staged.conflicts.into_keys() {
        let set = if is_file(tree, &path) {
            &mut present
        } else {
            &mut gone
        };
        set.insert(path);
    }
    present.extend(untracked);
    let wanted = |path: &Vec<u8>| wanted(path.strip_suffix(b"/").unwrap_or(path));
    present.retain(wanted);
    gone.retain(wanted);
    if present.is_empty() && gone.is_empty() {
        return Ok(false);
    }
    let before = listing(&index);
    // Removals first: a file may have become a folder.
    for path in gone {
        remove(&mut index, &path)?;
    }
    for path in present {
        add(tree, &mut index, &path)?;
    }
    if listing(&index) == before {
        return Ok(false);
    }
    index.write().map_err(GitError::git("write the index"))?;
    Ok(true)
}

/// What `git ls-files --stage` would show.
fn listing(index: &Index) -> Vec<(Vec<u8>, u16, u32, git2::Oid)> {
    let entries = index.iter();
    entries
        .map(|entry| (entry.path, entry.flags >> 12, entry.mode, entry.id))
        .collect()
}

/// Whether `path` is a file or symlink, and not through a symlinked folder.
fn is_file(tree: &WorkTree, path: &[u8]) -> bool {
    let metadata = fs::symlink_metadata(tree.file(path));
    !tree.is_behind_link(path) && metadata.is_ok_and(|metadata| !metadata.is_dir())
}

/// A caller's path from the root of the repository, without leaving it.
fn relative(tree: &WorkTree, given: &str) -> Result<Vec<u8>, GitError> {
    let outside = || GitError::PathOutsideRepository {
        path: given.to_owned(),
    };
    let path = tree.root().join(given);
    let plain = lexical(&path);
    let inside = match plain.strip_prefix(tree.root()) {
        Ok(inside) => inside.to_owned(),
        // An absolute path may lead to the root through a symlink.
        Err(_) => {
            let (parent, name) = (plain.parent(), plain.file_name());
            let parent = parent
                .and_then(|parent| parent.canonicalize().ok())
                .ok_or_else(outside)?;
            let path = name.map_or(parent.clone(), |name| parent.join(name));
            path.strip_prefix(tree.root())
                .map_err(|_| outside())?
                .to_owned()
        }
    };
    // Where it really leads, if it is there.
    if let Ok(resolved) = tree.root().join(&inside).canonicalize()
        && !resolved.starts_with(tree.root())
    {
        return Err(outside());
    }
    let mut components = inside.components();
    let first = components.next();
    if first == Some(Component::Normal(".git".as_ref())) {
        return Err(outside());
    }
    let mut bytes = bytes_of(&inside).to_vec();
    if given.ends_with('/') && !bytes.is_empty() {
        bytes.push(b'/');
    }
    Ok(bytes)
}

/// New files that are not ignored, each one; folders that are repositories end in `/`.
fn untracked(tree: &WorkTree, index: &Index) -> Result<BTreeSet<Vec<u8>>, GitError> {
    let mut options = DiffOptions::new();
    options
        .include_untracked(true)
        .recurse_untracked_dirs(true)
        .ignore_submodules(true);
    let diff = tree
        .repository
        .diff_index_to_workdir(Some(index), Some(&mut options))
        .map_err(GitError::git("look for new files"))?;
    let new = diff
        .deltas()
        .filter(|delta| delta.status() == Delta::Untracked);
    Ok(new
        .filter_map(|delta| delta.new_file().path_bytes().map(<[u8]>::to_vec))
        .collect())
}

/// Refuses a spec that names nothing, or something that must not be staged.
fn check(
    tree: &WorkTree,
    spec: &Pathspec,
    staged: &Staged,
    untracked: &BTreeSet<Vec<u8>>,
) -> Result<(), GitError> {
    let path = || spec.given.clone();
    if spec.exclude {
        return Ok(());
    }
    let literal = spec.literal_path();
    if spec.is_plain() && tree.is_behind_link(literal) {
        let reason = "it is beyond a symbolic link";
        return Err(GitError::PathNotStageable {
            path: path(),
            reason,
        });
    }
    let tracked = staged
        .entries
        .keys()
        .chain(&staged.announced)
        .chain(staged.conflicts.keys());
    let named = tracked
        .chain(untracked)
        .any(|path| spec.matches(path.strip_suffix(b"/").unwrap_or(path)));
    if named || literal.is_empty() {
        return Ok(());
    }
    let Ok(metadata) = fs::symlink_metadata(tree.file(literal)) else {
        return Err(GitError::PathNotMatched { path: path() });
    };
    if !spec.is_plain() {
        return Err(GitError::PathNotMatched { path: path() });
    }
    let ignored = tree.repository.is_path_ignored(path_from_bytes(literal));
    if ignored.map_err(GitError::git("read the ignore rules"))? {
        return Err(GitError::PathIgnored { path: path() });
    }
    if metadata.is_dir() {
        // A folder with nothing to stage in it.
        return Ok(());
    }
    let reason = "it is neither a file, a symbolic link nor a folder";
    Err(GitError::PathNotStageable {
        path: path(),
        reason,
    })
}

fn remove(index: &mut Index, path: &[u8]) -> Result<(), GitError> {
    let failed = || GitError::git("unstage a removed file");
    let path = path_from_bytes(path);
    for stage in 0..=3 {
        if index.get_path(path, stage).is_some() {
            index.remove(path, stage).map_err(failed())?;
        }
    }
    Ok(())
}

fn add(tree: &WorkTree, index: &mut Index, path: &[u8]) -> Result<(), GitError> {
    let failed = || GitError::git("stage a file");
    let plain = path.strip_suffix(b"/").unwrap_or(path);
    let metadata = fs::symlink_metadata(tree.file(plain));
    if metadata.is_ok_and(|metadata| metadata.is_dir()) {
        return add_repository(tree, index, plain);
    }
    index.add_path(path_from_bytes(plain)).map_err(failed())
}

/// A folder that is a repository of its own is recorded by its commit.
fn add_repository(tree: &WorkTree, index: &mut Index, path: &[u8]) -> Result<(), GitError> {
    let side = Side {
        path: path.to_vec(),
        mode: SUBMODULE,
        id: git2::Oid::ZERO_SHA1,
        source: Source::Submodule { dirty: false },
    };
    let head = match submodules::open(tree, &side)? {
        Some(nested) => nested.head_commit()?,
        None => None,
    };
    let Some(id) = head else {
        return Err(GitError::PathNotStageable {
            path: String::from_utf8_lossy(path).into_owned(),
            reason: "it is a repository without commits, or one whose files lie elsewhere",
        });
    };
    remove(index, path)?;
    let side = Side { id, ..side };
    let entry = bare_entry(&side);
    index
        .add(&entry)
        .map_err(GitError::git("stage a repository"))
}
