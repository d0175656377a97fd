//! The entries of a directory, in order and not too many.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ffi::OsString;

use cap_std::fs::Dir;

use crate::FilesystemError;
use crate::place::Place;
use crate::session::Session;

/// An entry of a directory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    /// The name, byte for byte; entries are ordered by it.
    pub(crate) name: OsString,
    pub(crate) kind: Kind,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Directory,
    File,
    Link,
}

impl Entry {
    /// The name for people, with U+FFFD for what is not UTF-8.
    pub(crate) fn shown(&self) -> String {
        self.name.to_string_lossy().into_owned()
    }
}

impl Session {
    /// Hands every entry of a directory to `each`, in no order.
    ///
    /// # Errors
    ///
    /// When the directory cannot be read, or nobody waits for the answer any more.
    pub(crate) fn each_entry(
        &self,
        place: &Place,
        dir: &Dir,
        mut each: impl FnMut(Entry),
    ) -> Result<(), FilesystemError> {
        for entry in dir.entries().map_err(|error| place.io(error))? {
            self.check()?;
            let entry = entry.map_err(|error| place.io(error))?;
            // An entry that vanishes meanwhile is not there.
            let Ok(file_type) = entry.file_type() else {
                continue;
            };
            let kind = if file_type.is_dir() {
                Kind::Directory
            } else if file_type.is_symlink() {
                Kind::Link
            } else {
                Kind::File
            };
            let name = entry.file_name();
            each(Entry { name, kind });
        }
        Ok(())
    }

    /// Whether an entry is a directory, or a link that leads to one below a root.
    pub(crate) fn is_directory(&self, directory: &Place, entry: &Entry) -> bool {
        match entry.kind {
            Kind::Directory => true,
            Kind::File => false,
            Kind::Link => {
                let target = self.follow(directory, &entry.name);
                target.is_some_and(|target| target.is_dir())
            }
        }
    }
}

/// Keeps the first so many of any number of items.
pub(crate) struct Smallest<T> {
    kept: BTreeSet<T>,
    most: usize,
    seen: usize,
}

impl<T: Ord> Smallest<T> {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            kept: BTreeSet::new(),
            most,
            seen: 0,
        }
    }

    pub(crate) fn push(&mut self, item: T) {
        self.seen += 1;
        self.kept.insert(item);
        if self.kept.len() > self.most {
            self.kept.pop_last();
        }
    }

    /// A line that says how many are missing, if any are.
    pub(crate) fn note(&self) -> Option<String> {
        (self.seen > self.most).then(|| {
            format!(
                "(the first {} of {} entries; `search_files` with a `pattern` finds the others)",
                self.most, self.seen
            )
        })
    }

    pub(crate) fn into_items(self) -> impl Iterator<Item = T> {
        self.kept.into_iter()
    }
}

/// Names as people sort them: upper and lower case together.
pub(crate) fn by_name(left: &str, right: &str) -> Ordering {
    let lower = |text: &str| text.to_lowercase();
    lower(left).cmp(&lower(right)).then_with(|| left.cmp(right))
}
