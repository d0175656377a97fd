//! The bytes behind one side of a change.

use std::fs;

use git2::{AttrCheckFlags, AttrValue, ErrorCode, Oid};

use crate::error::GitError;
use crate::work_tree::{WorkTree, bytes_of, path_from_bytes};

/// Files above this are never diffed: they show as binary. git's own limit is 512 MB, which no
/// handler has the memory for.
pub(crate) const LARGEST_DIFFED: u64 = 16 * 1024 * 1024;

/// Modes of index and tree entries, as git prints them.
pub(crate) const REGULAR: u32 = 0o100_644;
pub(crate) const EXECUTABLE: u32 = 0o100_755;
pub(crate) const SYMLINK: u32 = 0o120_000;
pub(crate) const SUBMODULE: u32 = 0o160_000;

/// The kind of file that a mode stands for, without permissions.
pub(crate) fn kind(mode: u32) -> u32 {
    mode & 0o170_000
}

/// Where the bytes of a side are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// An object of the repository.
    Object,
    /// A file or symlink of the work tree.
    WorkTree,
    /// Another repository at this commit, perhaps with changes of its own.
    Submodule { dirty: bool },
}

/// One side of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Side {
    pub(crate) path: Vec<u8>,
    pub(crate) mode: u32,
    pub(crate) id: Oid,
    pub(crate) source: Source,
}

impl Side {
    pub(crate) fn is_regular(&self) -> bool {
        kind(self.mode) == 0o100_000
    }
}

/// The bytes of a side, or that there are too many.
#[derive(Debug)]
pub(crate) enum Content {
    Bytes(Vec<u8>),
    TooLarge,
}

impl Content {
    /// The bytes; none of a file that is too large.
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::TooLarge => &[],
        }
    }

    /// git's test: a NUL among the first 8000 bytes.
    pub(crate) fn looks_binary(&self) -> bool {
        match self {
            Self::Bytes(bytes) => bytes.iter().take(8000).any(|&byte| byte == 0),
            Self::TooLarge => true,
        }
    }
}

/// Reads the bytes of `side`.
pub(crate) fn load(tree: &WorkTree, side: &Side) -> Result<Content, GitError> {
    match &side.source {
        Source::Submodule { dirty } => {
            let dirty = if *dirty { "-dirty" } else { "" };
            let text = format!("Subproject commit {}{dirty}\n", side.id);
            Ok(Content::Bytes(text.into_bytes()))
        }
        Source::WorkTree if !fits(tree, &side.path) => Ok(Content::TooLarge),
        Source::WorkTree | Source::Object => load_object(tree, side.id),
    }
}

fn fits(tree: &WorkTree, path: &[u8]) -> bool {
    fs::symlink_metadata(tree.file(path)).is_ok_and(|metadata| metadata.len() <= LARGEST_DIFFED)
}

fn load_object(tree: &WorkTree, id: Oid) -> Result<Content, GitError> {
    let failed = || GitError::git("read a file's content");
    tree.check(id)?;
    let odb = tree.repository.odb().map_err(failed())?;
    let (size, _) = odb.read_header(id).map_err(failed())?;
    if size as u64 > LARGEST_DIFFED {
        return Ok(Content::TooLarge);
    }
    let blob = tree.repository.find_blob(id).map_err(failed())?;
    Ok(Content::Bytes(blob.content().to_vec()))
}

/// The hash that a file of the work tree would have, with line endings as git would store them.
/// The object is kept in memory only. `None` when there is no such file.
pub(crate) fn hash_file(tree: &WorkTree, path: &[u8], mode: u32) -> Result<Option<Oid>, GitError> {
    let failed = || GitError::git("read a file of the work tree");
    if tree.is_behind_link(path) {
        return Ok(None);
    }
    let file = tree.file(path);
    if kind(mode) == SYMLINK {
        let target = match fs::read_link(&file) {
            Ok(target) => target,
            Err(_) => return Ok(None),
        };
        return tree
            .repository
            .blob(bytes_of(&target))
            .map(Some)
            .map_err(failed());
    }
    // Never a pipe or a device, which would block or never end.
    if !fs::symlink_metadata(&file).is_ok_and(|metadata| metadata.is_file()) {
        return Ok(None);
    }
    if !fits(tree, path) {
        // Hashed without being held: it is never shown.
        return Ok(Oid::hash_file(git2::ObjectType::Blob, &file).ok());
    }
    match tree.repository.blob_path(&file) {
        Ok(id) => Ok(Some(id)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(failed()(error)),
    }
}

/// What the attribute `diff` says about a path: `Some(true)` binary, `Some(false)` text.
pub(crate) fn declared_binary(tree: &WorkTree, path: &[u8]) -> Option<bool> {
    let path = path_from_bytes(path);
    let value = tree
        .repository
        .get_attr_bytes(
            path,
            "diff",
            AttrCheckFlags::FILE_THEN_INDEX | AttrCheckFlags::NO_SYSTEM,
        )
        .ok()?;
    match AttrValue::from_bytes(value) {
        AttrValue::True => Some(false),
        AttrValue::False => Some(true),
        _ => None,
    }
}
