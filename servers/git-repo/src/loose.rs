//! Checks loose objects before libgit2 reads them.
//!
//! libgit2 1.9 reads a loose object that was cut short for ever: inflating makes no progress, and
//! it tries again. A full disk or a killed process leaves such files behind, so each object that
//! this server asks for is inflated once first. Objects in packs are not affected.

use std::fs::File;
use std::io;

use flate2::read::ZlibDecoder;
use git2::Oid;

use crate::error::GitError;
use crate::work_tree::WorkTree;

impl WorkTree {
    /// Refuses `id` when it is a loose object that cannot be read to its end.
    pub(crate) fn check(&self, id: Oid) -> Result<(), GitError> {
        if !self.checked.borrow_mut().insert(id) {
            return Ok(());
        }
        let name = id.to_string();
        let (folder, rest) = name.split_at(2);
        let objects = self.located.common_dir.join("objects");
        let Ok(file) = File::open(objects.join(folder).join(rest)) else {
            return Ok(());
        };
        match io::copy(&mut ZlibDecoder::new(file), &mut io::sink()) {
            Ok(1..) => Ok(()),
            Ok(0) | Err(_) => {
                self.checked.borrow_mut().remove(&id);
                Err(GitError::DamagedObject(name))
            }
        }
    }
}
