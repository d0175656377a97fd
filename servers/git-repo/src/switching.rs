//! Switching the work tree to another commit without losing anything that is not committed.
//!
//! Which paths are in the way is decided first, by git's two-way rules (git-read-tree, "Two Tree
//! Merge"); then libgit2 writes exactly the paths that differ, in its safe mode, which compares
//! each file once more before it replaces it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use git2::build::CheckoutBuilder;
use git2::{Commit, ErrorCode, IndexEntry, IndexTime};

use crate::changes::{self, Change, Staged};
use crate::content::{SUBMODULE, Side};
use crate::error::GitError;
use crate::work_tree::{WorkTree, path_from_bytes};

/// Paths that are named in a refusal.
const MOST_NAMED: usize = 50;

/// What stands in the way of a switch.
#[derive(Debug, Default)]
struct Obstacles {
    changed: BTreeSet<Vec<u8>>,
    untracked: BTreeSet<Vec<u8>>,
}

/// Makes the index and the work tree those of `target`, keeping uncommitted changes that do not
/// collide. HEAD is not moved: that is for the caller, before the files that are left are written.
pub(crate) fn switch_files(tree: &WorkTree, target: &Commit<'_>) -> Result<Missing, GitError> {
    let mut index = tree.index()?;
    let staged = Staged::read(&index);
    if !staged.conflicts.is_empty() {
        return Err(unmerged(tree, &staged));
    }
    let wanted = tree.tree_of(target)?;
    let head = tree.head_tree()?;
    let differing = changes::between(tree, head.as_ref(), &wanted)?;
    let unstaged = changes::unstaged(tree, &index, &staged)?;
    let dirty: BTreeMap<&[u8], &Change> = unstaged
        .changes
        .iter()
        .map(|change| (change.path(), change))
        .collect();
    let mut obstacles = Obstacles::default();
    let mut write = Vec::new();
    for change in &differing {
        let path = change.path();
        let recorded = staged.entries.get(path);
        let same = |side: Option<&Side>| match (recorded, side) {
            (Some(a), Some(b)) => a.id == b.id && a.mode == b.mode,
            (None, None) => !staged.announced.contains(path),
            _ => false,
        };
        if recorded.is_some() && same(change.new.as_ref()) {
            continue; // The index has it already; the file stays as it is.
        }
        if recorded.is_none() && change.new.is_none() {
            // Removed here as well; but git does not leave behind what is no longer tracked.
            if untracked_in_the_way(tree, path, &BTreeSet::new()).is_some() {
                obstacles.untracked.insert(path.to_vec());
            }
            continue;
        }
        let is_dirty = dirty.get(path).is_some_and(|change| change.new.is_some());
        if !same(change.old.as_ref()) || is_dirty || is_folder_for_file(tree, change) {
            obstacles.changed.insert(path.to_vec());
        } else {
            write.push(change);
        }
    }
    let leaving: BTreeSet<&[u8]> = write
        .iter()
        .filter(|change| change.new.is_none())
        .map(|change| change.path())
        .collect();
    for change in &write {
        let path = change.path();
        // libgit2 would write and remove files through a symlinked folder.
        let mut obstacle = file_for_folder(tree, path, &staged, &leaving);
        let is_new = change.new.is_some() && !staged.has(path);
        if obstacle.is_none() && is_new {
            obstacle = untracked_in_the_way(tree, path, &leaving);
        }
        obstacles.untracked.extend(obstacle);
    }
    obstacles.refuse(tree)?;
    apply(tree, &mut index, &wanted, &write)
}

/// A file or symlink where a folder of `path` has to be, unless it is on its way out.
fn file_for_folder(
    tree: &WorkTree,
    path: &[u8],
    staged: &Staged,
    leaving: &BTreeSet<&[u8]>,
) -> Option<Vec<u8>> {
    let ends = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
    for (end, _) in ends {
        let folder = &path[..end];
        let metadata = fs::symlink_metadata(tree.file(folder)).ok()?;
        if !metadata.is_dir() {
            let leaves = staged.has(folder) && leaving.contains(folder);
            return (!leaves).then(|| folder.to_vec());
        }
    }
    None
}

/// Whether somebody replaced the file that HEAD has by a folder.
fn is_folder_for_file(tree: &WorkTree, change: &Change) -> bool {
    let was_file = change.old.as_ref().is_some_and(|old| old.mode != SUBMODULE);
    was_file && fs::symlink_metadata(tree.file(change.path())).is_ok_and(|found| found.is_dir())
}

/// Something that is not tracked where the new file `path` is going to be.
fn untracked_in_the_way(
    tree: &WorkTree,
    path: &[u8],
    leaving: &BTreeSet<&[u8]>,
) -> Option<Vec<u8>> {
    let metadata = fs::symlink_metadata(tree.file(path)).ok()?;
    if !metadata.is_dir() {
        return Some(path.to_vec());
    }
    // A folder where the file is to be: everything in it has to be on its way out.
    let mut pending = vec![path.to_vec()];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(tree.file(&folder)).ok()?.flatten() {
            let name = entry.file_name();
            let mut inner = folder.clone();
            inner.push(b'/');
            inner.extend_from_slice(crate::work_tree::bytes_of(name.as_ref()));
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                pending.push(inner);
            } else if !leaving.contains(inner.as_slice()) {
                return Some(inner);
            }
        }
    }
    None
}

fn unmerged(tree: &WorkTree, staged: &Staged) -> GitError {
    let quoting = tree.quoting();
    let mut text = "you need to resolve your current index first".to_owned();
    for path in staged.conflicts.keys().take(MOST_NAMED) {
        text.push_str(&format!("\n{}: needs merge", quoting.text(path)));
    }
    GitError::CheckoutRefused(text)
}

impl Obstacles {
    fn refuse(&self, tree: &WorkTree) -> Result<(), GitError> {
        let quoting = tree.quoting();
        let mut text = String::new();
        for (paths, what, remedy) in [
            (
                &self.changed,
                "Your local changes to the following files would be overwritten by checkout:",
                "Please commit your changes or stash them before you switch branches.",
            ),
            (
                &self.untracked,
                "The following untracked working tree files would be overwritten by checkout:",
                "Please move or remove them before you switch branches.",
            ),
        ] {
            if paths.is_empty() {
                continue;
            }
            text.push_str(what);
            for path in paths.iter().take(MOST_NAMED) {
                text.push_str(&format!("\n\t{}", quoting.text(path)));
            }
            if paths.len() > MOST_NAMED {
                text.push_str(&format!("\n\tand {} more", paths.len() - MOST_NAMED));
            }
            text.push_str(&format!("\n{remedy}\n"));
        }
        if text.is_empty() {
            return Ok(());
        }
        text.push_str("Aborting");
        Err(GitError::CheckoutRefused(text))
    }
}

fn apply(
    tree: &WorkTree,
    index: &mut git2::Index,
    wanted: &git2::Tree<'_>,
    write: &[&Change],
) -> Result<Missing, GitError> {
    let failed = || GitError::git("check out the files");
    let is_submodule = |change: &Change| {
        let mode = |side: &Option<Side>| side.as_ref().map_or(0, |side| side.mode);
        mode(&change.old) == SUBMODULE || mode(&change.new) == SUBMODULE
    };
    for change in write {
        if !is_submodule(change) {
            remove_hollow_folders(&tree.file(change.path()));
        }
    }
    // libgit2 stumbles over a file that is gone already where a folder is to be, or the other way.
    let is_gone = |change: &Change| {
        let missing = fs::symlink_metadata(tree.file(change.path())).is_err();
        change.new.is_none() && missing
    };
    let (submodules, files): (Vec<&Change>, Vec<&Change>) =
        write.iter().partition(|change| is_submodule(change));
    let (gone, files): (Vec<&Change>, Vec<&Change>) =
        files.into_iter().partition(|change| is_gone(change));
    for change in gone {
        let path = path_from_bytes(change.path());
        index.remove(path, 0).map_err(failed())?;
    }
    index.write().map_err(GitError::git("write the index"))?;
    let mut missing = Missing::default();
    if !files.is_empty() {
        let mut options = CheckoutBuilder::new();
        options
            .safe()
            .recreate_missing(true)
            .overwrite_ignored(false)
            .disable_pathspec_match(true);
        for change in &files {
            if let Some(new) = &change.new {
                tree.check(new.id)?;
            }
            options.path(path_from_bytes(change.path()));
        }
        let written = tree
            .repository
            .checkout_tree(wanted.as_object(), Some(&mut options));
        written.map_err(|error| match error.code() {
            ErrorCode::Conflict => GitError::CheckoutRefused(
                "Files changed while they were being checked out; look at git_status and try again"
                    .to_owned(),
            ),
            _ => failed()(error),
        })?;
        index.read(true).map_err(failed())?;
        missing = Missing::record(tree, index, &files)?;
    }
    // Other repositories are only recorded: their files are not this server's to fetch.
    for change in submodules {
        let path = path_from_bytes(change.path());
        if index.get_path(path, 0).is_some() {
            index.remove(path, 0).map_err(failed())?;
        }
        let Some(new) = &change.new else { continue };
        if new.mode == SUBMODULE {
            fs::create_dir_all(tree.file(&new.path)).map_err(GitError::io("make a folder"))?;
            index.add(&bare_entry(new)).map_err(failed())?;
        }
    }
    index.write().map_err(GitError::git("write the index"))?;
    Ok(missing)
}

/// Files that libgit2 left out: it takes a file for removed by the user where the user had removed
/// the folder that was there before. They are in the index, and nothing is in their place.
#[derive(Debug, Default)]
#[must_use]
pub(crate) struct Missing(Vec<Vec<u8>>);

impl Missing {
    fn record(
        tree: &WorkTree,
        index: &mut git2::Index,
        files: &[&Change],
    ) -> Result<Self, GitError> {
        let new = files.iter().filter_map(|change| change.new.as_ref());
        let mut missing = Vec::new();
        for new in new.filter(|new| fs::symlink_metadata(tree.file(&new.path)).is_err()) {
            index
                .add(&bare_entry(new))
                .map_err(GitError::git("check out the files"))?;
            missing.push(new.path.clone());
        }
        Ok(Self(missing))
    }

    /// Writes them, once HEAD is where they come from.
    pub(crate) fn write(self, tree: &WorkTree) -> Result<(), GitError> {
        if self.0.is_empty() {
            return Ok(());
        }
        let mut options = CheckoutBuilder::new();
        options.force().disable_pathspec_match(true);
        for path in &self.0 {
            options.path(path_from_bytes(path));
        }
        let written = tree.repository.checkout_head(Some(&mut options));
        written.map_err(GitError::git("check out the files"))
    }
}

/// Removes folders without files where a file is or was to be; libgit2 trips over them.
fn remove_hollow_folders(path: &Path) {
    let mut folders = Vec::new();
    let mut pending = vec![path.to_owned()];
    while let Some(folder) = pending.pop() {
        if !fs::symlink_metadata(&folder).is_ok_and(|metadata| metadata.is_dir()) {
            continue;
        }
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
        pending.extend(entries.map(|entry| entry.path()));
        folders.push(folder);
    }
    // The innermost first. One that is not empty stays, which is what the system call is for.
    for folder in folders.iter().rev() {
        let _ = fs::remove_dir(folder);
    }
}

/// An index entry that says nothing about a file on disk: for another repository, or one that is
/// about to be written.
pub(crate) fn bare_entry(side: &Side) -> IndexEntry {
    IndexEntry {
        ctime: IndexTime::new(0, 0),
        mtime: IndexTime::new(0, 0),
        dev: 0,
        ino: 0,
        mode: side.mode,
        uid: 0,
        gid: 0,
        file_size: 0,
        id: side.id,
        flags: 0,
        flags_extended: 0,
        path: side.path.clone(),
    }
}
