//! Short hashes, as long as git would make them.

use std::fs;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use git2::{ErrorCode, Odb, Oid};

use crate::error::GitError;
use crate::work_tree::WorkTree;

/// git's shortest.
const SHORTEST: usize = 7;

/// Shortens hashes of one repository.
pub(crate) struct Abbreviation<'repository> {
    odb: Odb<'repository>,
    length: usize,
}

impl<'repository> Abbreviation<'repository> {
    pub(crate) fn new(tree: &'repository WorkTree) -> Result<Self, GitError> {
        let configured = tree.config().get_i32("core.abbrev").ok();
        let length = match configured.and_then(|length| usize::try_from(length).ok()) {
            Some(length @ 4..=40) => length,
            _ => automatic_length(&tree.located.common_dir.join("objects/pack")),
        };
        let odb = tree
            .repository
            .odb()
            .map_err(GitError::git("open the objects"))?;
        Ok(Self { odb, length })
    }

    /// The shortest form of `id` that names no other object. `id` itself need not exist.
    pub(crate) fn short(&self, id: Oid) -> String {
        let full = id.to_string();
        let mut length = self.length;
        if id.is_zero() {
            return full[..length].to_owned();
        }
        while length < full.len() {
            let ambiguous = match self.odb.exists_prefix(id, length) {
                Ok(found) => found != id,
                Err(error) => error.code() == ErrorCode::Ambiguous,
            };
            if !ambiguous {
                break;
            }
            length += 1;
        }
        full[..length].to_owned()
    }
}

/// git makes hashes longer in large repositories: half the bits of the number of packed objects.
fn automatic_length(packs: &Path) -> usize {
    let Ok(entries) = fs::read_dir(packs) else {
        return SHORTEST;
    };
    let objects: u64 = entries
        .flatten()
        .filter(|entry| {
            entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "idx")
        })
        .filter_map(|entry| count(&entry.path()).ok())
        .sum();
    let bits = usize::try_from(u64::BITS - objects.leading_zeros()).unwrap_or(0);
    // As git does: a hash of n hex digits is safe for 2^(2n) objects.
    SHORTEST.max(bits.div_ceil(2))
}

/// Objects in a pack: the last entry of its index's fan-out table (gitformat-pack, version 2).
fn count(index: &Path) -> std::io::Result<u64> {
    let mut file = fs::File::open(index)?;
    file.seek(SeekFrom::Start(8 + 255 * 4))?;
    let mut count = [0; 4];
    file.read_exact(&mut count)?;
    Ok(u32::from_be_bytes(count).into())
}
