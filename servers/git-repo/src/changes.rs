//! What differs between two of: a commit's tree, the index, the work tree.

use std::collections::{BTreeMap, BTreeSet};

use git2::{Delta, DiffOptions, Index, IndexEntry, ObjectType, Oid, Tree};

use crate::content::{SUBMODULE, Side, Source, hash_file, kind};
use crate::error::GitError;
use crate::submodules;
use crate::work_tree::WorkTree;

/// Bits of [`IndexEntry`]: the stage of a conflict, and `git add --intent-to-add`.
const STAGE_SHIFT: u16 = 12;
const STAGE_MASK: u16 = 0x3;
pub(crate) const INTENT_TO_ADD: u16 = 1 << 13;

/// Folders within folders: deeper trees are refused, because each level is a stack frame.
const DEEPEST_TREE: usize = 500;

/// One path that differs. At least one side is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) old: Option<Side>,
    pub(crate) new: Option<Side>,
    /// How alike the sides of a rename are, in per cent.
    pub(crate) similarity: Option<u32>,
}

impl Change {
    /// The two sides of a path.
    fn new(old: Option<Side>, new: Option<Side>) -> Self {
        Self {
            old,
            new,
            similarity: None,
        }
    }

    /// The path after the change, or the one that was removed.
    pub(crate) fn path(&self) -> &[u8] {
        let side = self.new.as_ref().or(self.old.as_ref());
        side.map_or(&[], |side| &side.path)
    }
}

/// A path with more than one version in the index, and what is in the work tree.
#[derive(Debug, Clone)]
pub(crate) struct Conflict {
    pub(crate) path: Vec<u8>,
    /// The common ancestor, ours, theirs; absent where that side has no such file.
    pub(crate) stages: [Option<Side>; 3],
}

/// What the index holds.
#[derive(Debug, Default)]
pub(crate) struct Staged {
    pub(crate) entries: BTreeMap<Vec<u8>, Side>,
    /// Files that are only announced, with `git add --intent-to-add`.
    pub(crate) announced: BTreeSet<Vec<u8>>,
    pub(crate) conflicts: BTreeMap<Vec<u8>, Conflict>,
}

impl Staged {
    pub(crate) fn read(index: &Index) -> Self {
        let mut staged = Self::default();
        for entry in index.iter() {
            let stage = (entry.flags >> STAGE_SHIFT) & STAGE_MASK;
            let announced = entry.flags_extended & INTENT_TO_ADD != 0;
            let side = side_of(&entry);
            let path = side.path.clone();
            match usize::from(stage) {
                0 if announced => {
                    staged.announced.insert(path);
                }
                0 => {
                    staged.entries.insert(path, side);
                }
                stage => {
                    let conflict = staged.conflicts.entry(path.clone()).or_insert(Conflict {
                        path,
                        stages: [None, None, None],
                    });
                    conflict.stages[stage - 1] = Some(side);
                }
            }
        }
        staged
    }

    /// Whether the index knows `path`, in whatever form.
    pub(crate) fn has(&self, path: &[u8]) -> bool {
        self.entries.contains_key(path)
            || self.announced.contains(path)
            || self.conflicts.contains_key(path)
    }
}

fn side_of(entry: &IndexEntry) -> Side {
    let source = if entry.mode == SUBMODULE {
        Source::Submodule { dirty: false }
    } else {
        Source::Object
    };
    Side {
        path: entry.path.clone(),
        mode: entry.mode,
        id: entry.id,
        source,
    }
}

/// Every file of a tree.
pub(crate) fn files(
    tree: &WorkTree,
    top: Option<&Tree<'_>>,
) -> Result<BTreeMap<Vec<u8>, Side>, GitError> {
    let mut found = BTreeMap::new();
    if let Some(top) = top {
        collect(tree, top, None, &mut Vec::new(), 0, &mut found)?;
    }
    Ok(found)
}

/// Adds the files of `folder`, without the subfolders that `other` has just the same.
fn collect(
    tree: &WorkTree,
    folder: &Tree<'_>,
    other: Option<&Tree<'_>>,
    prefix: &mut Vec<u8>,
    depth: usize,
    found: &mut BTreeMap<Vec<u8>, Side>,
) -> Result<(), GitError> {
    let failed = || GitError::git("read a tree");
    if depth > DEEPEST_TREE {
        let reason = "its folders are nested too deeply";
        return Err(failed()(git2::Error::from_str(reason)));
    }
    let subtree = |id| {
        tree.check(id)?;
        tree.repository.find_tree(id).map_err(failed())
    };
    for entry in folder {
        let twin = other.and_then(|other| other.get_name_bytes(entry.name_bytes()));
        let length = prefix.len();
        prefix.extend_from_slice(entry.name_bytes());
        if entry.kind() == Some(ObjectType::Tree) {
            prefix.push(b'/');
            let twin = twin.filter(|twin| twin.kind() == Some(ObjectType::Tree));
            if twin.as_ref().is_none_or(|twin| twin.id() != entry.id()) {
                let twin = twin.map(|twin| subtree(twin.id())).transpose()?;
                let inner = subtree(entry.id())?;
                collect(tree, &inner, twin.as_ref(), prefix, depth + 1, found)?;
            }
        } else {
            let side = object_side(prefix.clone(), mode_of(entry.filemode_raw()), entry.id());
            found.insert(prefix.clone(), side);
        }
        prefix.truncate(length);
    }
    Ok(())
}

/// The mode of a tree entry as git canonicalizes it; old trees hold odd permissions.
fn mode_of(raw: i32) -> u32 {
    let raw = u32::try_from(raw).unwrap_or(0);
    match kind(raw) {
        0o100_000 if raw & 0o100 != 0 => 0o100_755,
        0o100_000 => 0o100_644,
        other => other,
    }
}

fn object_side(path: Vec<u8>, mode: u32, id: Oid) -> Side {
    let source = if mode == SUBMODULE {
        Source::Submodule { dirty: false }
    } else {
        Source::Object
    };
    Side {
        path,
        mode,
        id,
        source,
    }
}

/// Pairs two sets of files by path and keeps what differs, in order of paths.
pub(crate) fn differences(
    mut old: BTreeMap<Vec<u8>, Side>,
    new: BTreeMap<Vec<u8>, Side>,
) -> Vec<Change> {
    let mut changes = BTreeMap::new();
    for (path, new) in new {
        let old = old.remove(&path);
        if !old.as_ref().is_some_and(|old| same(old, &new)) {
            changes.insert(path, Change::new(old, Some(new)));
        }
    }
    for (path, old) in old {
        changes.insert(path, Change::new(Some(old), None));
    }
    changes.into_values().collect()
}

fn same(old: &Side, new: &Side) -> bool {
    let dirty = |side: &Side| side.source == Source::Submodule { dirty: true };
    old.id == new.id && old.mode == new.mode && !dirty(new)
}

/// What is staged: HEAD (or nothing, before the first commit) against the index, without conflicts.
pub(crate) fn staged(tree: &WorkTree, staged: &Staged) -> Result<Vec<Change>, GitError> {
    let head = tree.head_tree()?;
    let mut old = files(tree, head.as_ref())?;
    old.retain(|path, _| !staged.conflicts.contains_key(path));
    Ok(differences(old, staged.entries.clone()))
}

/// The difference of two trees.
pub(crate) fn between(
    tree: &WorkTree,
    old: Option<&Tree<'_>>,
    new: &Tree<'_>,
) -> Result<Vec<Change>, GitError> {
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    if let Some(old) = old {
        collect(tree, old, Some(new), &mut Vec::new(), 0, &mut before)?;
    }
    collect(tree, new, old, &mut Vec::new(), 0, &mut after)?;
    Ok(differences(before, after))
}

/// What differs between the index and the work tree.
#[derive(Debug, Default)]
pub(crate) struct Unstaged {
    /// Changes of tracked files, without conflicts.
    pub(crate) changes: Vec<Change>,
    /// Files and folders (ending in `/`) that are not tracked and not ignored.
    pub(crate) untracked: Vec<Vec<u8>>,
    /// What is going on inside submodules.
    pub(crate) submodules: BTreeMap<Vec<u8>, submodules::State>,
}

/// Changes by path.
type ByPath = BTreeMap<Vec<u8>, Change>;

/// Compares the index with the work tree.
pub(crate) fn unstaged(
    tree: &WorkTree,
    index: &Index,
    staged: &Staged,
) -> Result<Unstaged, GitError> {
    let (mut changes, mut untracked) = compared(tree, index, staged)?;
    for path in &staged.announced {
        changes.insert(path.clone(), Change::new(None, current(tree, path)?));
    }
    let submodules = inspected(tree, staged, &mut changes)?;
    changes.retain(|_, change| change.old.is_some() || change.new.is_some());
    untracked.sort();
    Ok(Unstaged {
        changes: changes.into_values().collect(),
        untracked,
        submodules,
    })
}

/// What git's own comparison finds: changes of tracked files, and what is not tracked.
fn compared(
    tree: &WorkTree,
    index: &Index,
    staged: &Staged,
) -> Result<(ByPath, Vec<Vec<u8>>), GitError> {
    let failed = || GitError::git("compare the index with the work tree");
    let mut options = DiffOptions::new();
    options
        .include_typechange(true)
        .include_untracked(true)
        // Submodules are looked at by us, inside the roots only.
        .ignore_submodules(true)
        .include_unreadable(true);
    let diff = tree
        .repository
        .diff_index_to_workdir(Some(index), Some(&mut options))
        .map_err(failed())?;
    let (mut changes, mut untracked) = (BTreeMap::new(), Vec::new());
    for delta in diff.deltas() {
        let file = delta.new_file();
        let path = file
            .path_bytes()
            .or(delta.old_file().path_bytes())
            .unwrap_or_default();
        match delta.status() {
            // git says nothing of a folder where a tracked file was: the file's line says it.
            Delta::Untracked if staged.has(path.strip_suffix(b"/").unwrap_or(path)) => {}
            Delta::Untracked => untracked.push(path.to_vec()),
            Delta::Conflicted | Delta::Ignored | Delta::Unmodified => {}
            status => {
                let Some(old) = staged.entries.get(path) else {
                    continue;
                };
                let new = match status {
                    Delta::Deleted => None,
                    _ => work_tree_side(tree, path, u32::from(file.mode()))?,
                };
                if !new.as_ref().is_some_and(|new| same(old, new)) {
                    changes.insert(path.to_vec(), Change::new(Some(old.clone()), new));
                }
            }
        }
    }
    Ok((changes, untracked))
}

/// What is going on inside submodules; those at another commit are added to `changes`.
fn inspected(
    tree: &WorkTree,
    staged: &Staged,
    changes: &mut ByPath,
) -> Result<BTreeMap<Vec<u8>, submodules::State>, GitError> {
    let mut states = BTreeMap::new();
    let entries = staged.entries.iter();
    for (path, old) in entries.filter(|(_, side)| side.mode == SUBMODULE) {
        let (state, new) = submodules::inspect(tree, old)?;
        if new.as_ref() != Some(old) {
            changes.insert(path.clone(), Change::new(Some(old.clone()), new));
        }
        if let Some(state) = state {
            states.insert(path.clone(), state);
        }
    }
    Ok(states)
}

/// A file of the work tree with the mode that git would record.
pub(crate) fn current(tree: &WorkTree, path: &[u8]) -> Result<Option<Side>, GitError> {
    use std::os::unix::fs::PermissionsExt as _;
    let Ok(metadata) = std::fs::symlink_metadata(tree.file(path)) else {
        return Ok(None);
    };
    let mode = if metadata.is_symlink() {
        crate::content::SYMLINK
    } else if metadata.permissions().mode() & 0o100 != 0 {
        crate::content::EXECUTABLE
    } else {
        crate::content::REGULAR
    };
    work_tree_side(tree, path, mode)
}

fn work_tree_side(tree: &WorkTree, path: &[u8], mode: u32) -> Result<Option<Side>, GitError> {
    let id = hash_file(tree, path, mode)?;
    Ok(id.map(|id| Side {
        path: path.to_vec(),
        mode,
        id,
        source: Source::WorkTree,
    }))
}

/// How the tracked files of the work tree differ from `target`.
pub(crate) fn against(
    tree: &WorkTree,
    target: &Tree<'_>,
    staged: &Staged,
    unstaged: Unstaged,
) -> Result<Vec<Change>, GitError> {
    let old = files(tree, Some(target))?;
    let mut new = staged.entries.clone();
    for change in unstaged.changes {
        let path = change.path().to_vec();
        match change.new {
            Some(side) => new.insert(path, side),
            None => new.remove(&path),
        };
    }
    for path in staged.conflicts.keys() {
        if let Some(side) = current(tree, path)? {
            new.insert(path.clone(), side);
        }
    }
    Ok(differences(old, new))
}
