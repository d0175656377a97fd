//! What is around a root that a server must not leave.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Every file, folder and link of `folder`, but not of the folder `root` in it, with kind, permissions,
/// time of the last change and content. Two are the same when nothing was changed in between.
///
/// # Panics
///
/// When something cannot be read.
pub fn surroundings(
    folder: &Path,
    root: &str,
) -> BTreeMap<PathBuf, impl PartialEq + std::fmt::Debug + use<>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.file_name().is_some_and(|name| name == root) {
                continue;
            }
            let metadata = fs::symlink_metadata(&path).expect("what is there");
            let content = metadata.is_file().then(|| fs::read(&path).expect("a file"));
            let changed = (metadata.mtime(), metadata.mtime_nsec());
            if metadata.is_dir() {
                folders.push(path.clone());
            }
            found.insert(path, (metadata.mode(), changed, content));
        }
    }
    found
}
