//! From a path that a caller wrote to a place below a root, without ever leaving the roots.
//!
//! The walk holds a handle of every directory on the way and takes one name at a time from the
//! last of them, so nothing that happens to the tree meanwhile makes it follow a path out: a
//! directory that is swapped for a symbolic link is either the one that was opened before, or a
//! link that is read and judged here. cap-std confines each step to its handle once more.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use cap_std::fs::{Dir, Metadata};
use unicode_normalization::UnicodeNormalization as _;

use crate::FilesystemError;
use crate::config::{expand_home, normalized};
use crate::error::Posix;
use crate::place::Place;
use crate::session::Session;

/// As Linux has it.
const MOST_LINKS: usize = 40;

/// One step of a path.
#[derive(Debug, Clone)]
enum Step {
    Down(OsString),
    Up,
}

/// Whether a link in the last place is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LastLink {
    Follow,
    Keep,
}

impl Session {
    /// The file or directory that a path names. A relative path is tried under every root.
    ///
    /// # Errors
    ///
    /// When there is none, or it is not under a root.
    pub(crate) fn find(&self, path: &str, last: LastLink) -> Result<Place, FilesystemError> {
        let path = or_here(path);
        let mut first_error = None;
        for candidate in self.candidates(path)? {
            match self
                .place_at(&candidate, path, last)
                .and_then(Place::existing)
            {
                Err(error) if error.is_absence() || is_unavailable(&error) => {
                    first_error.get_or_insert(error);
                }
                other => return other,
            }
        }
        Err(first_error.unwrap_or_else(|| FilesystemError::posix(Posix::NotFound, path)))
    }

    /// The place that a path names, where something may be made. A relative path means the first
    /// root that has it, else the first that has its directory, else the first.
    ///
    /// # Errors
    ///
    /// When it is not under a root.
    pub(crate) fn place(&self, path: &str, last: LastLink) -> Result<Place, FilesystemError> {
        let path = or_here(path);
        let mut first = None;
        let mut with_parent = None;
        for candidate in self.candidates(path)? {
            match self.place_at(&candidate, path, last) {
                Ok(place) if place.exists() => return Ok(place),
                Ok(place) if place.has_parent() && with_parent.is_none() => {
                    with_parent = Some(place);
                }
                Err(error) if !error.is_absence() && !is_unavailable(&error) => return Err(error),
                other => {
                    first.get_or_insert(other);
                }
            }
        }
        match (with_parent, first) {
            (Some(place), _) => Ok(place),
            (None, Some(first)) => first,
            (None, None) => Err(FilesystemError::posix(Posix::NotFound, path)),
        }
    }

    /// Where a symbolic link in a listing leads, as far as that is under a root.
    pub(crate) fn follow(&self, directory: &Place, name: &OsStr) -> Option<Place> {
        let path = directory.relative().join(name);
        let shown = path.to_string_lossy().into_owned();
        self.walk(directory.root(), &path, &shown, LastLink::Follow)
            .and_then(Place::existing)
            .ok()
    }

    /// The absolute paths that a caller's path can mean, in order.
    fn candidates(&self, path: &str) -> Result<Vec<PathBuf>, FilesystemError> {
        if path.contains('\0') {
            let path = path.to_owned();
            return Err(FilesystemError::InvalidPath { path });
        }
        let expanded = expand_home(path, self.home());
        if expanded.is_absolute() {
            return Ok(vec![normalized(&expanded)]);
        }
        let under = |root| normalized(&self.root_path(root).join(&expanded));
        Ok((0..self.root_count()).map(under).collect())
    }

    fn place_at(
        &self,
        absolute: &Path,
        asked: &str,
        last: LastLink,
    ) -> Result<Place, FilesystemError> {
        let Some((root, rest)) = self.under_root(absolute) else {
            return Err(FilesystemError::OutsideRoots {
                path: asked.to_owned(),
                roots: self.root_list(),
            });
        };
        self.walk(root, &rest, asked, last)
    }

    /// Walks `path` from a root. `asked` is what the caller wrote, for messages.
    fn walk(
        &self,
        root: usize,
        path: &Path,
        asked: &str,
        last: LastLink,
    ) -> Result<Place, FilesystemError> {
        let mut walk = Walk {
            session: self,
            asked,
            root,
            top: self.root_dir(root)?,
            below: Vec::new(),
            steps: steps(path).collect(),
            links: 0,
        };
        loop {
            self.check()?;
            match walk.steps.pop_front() {
                None => return walk.directory(),
                Some(Step::Up) => walk.up()?,
                Some(Step::Down(name)) => {
                    let Some((name, metadata)) = walk.look_up(name.clone())? else {
                        return walk.missing(name);
                    };
                    let is_last = walk.steps.is_empty();
                    if metadata.is_symlink() && (!is_last || last == LastLink::Follow) {
                        walk.follow(&name)?;
                    } else if is_last {
                        return Ok(walk.found(vec![name], Some(metadata)));
                    } else {
                        walk.down(name)?;
                    }
                }
            }
        }
    }
}

/// An empty path is the first root, as `.` is, which reads better in messages.
fn or_here(path: &str) -> &str {
    if path.is_empty() { "." } else { path }
}

fn is_unavailable(error: &FilesystemError) -> bool {
    matches!(error, FilesystemError::RootUnavailable { .. })
}

fn steps(path: &Path) -> impl DoubleEndedIterator<Item = Step> + '_ {
    path.components().filter_map(|component| match component {
        Component::Normal(name) => Some(Step::Down(name.to_owned())),
        Component::ParentDir => Some(Step::Up),
        Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
    })
}

/// Where a walk is: the directories from the root to here, and what is still to do.
struct Walk<'s> {
    session: &'s Session,
    asked: &'s str,
    root: usize,
    top: Rc<Dir>,
    below: Vec<(OsString, Rc<Dir>)>,
    steps: VecDeque<Step>,
    links: usize,
}

impl Walk<'_> {
    fn here(&self) -> &Rc<Dir> {
        self.below.last().map_or(&self.top, |(_, dir)| dir)
    }

    fn io(&self, error: std::io::Error) -> FilesystemError {
        FilesystemError::io(self.asked, error)
    }

    fn leaves(&self) -> FilesystemError {
        FilesystemError::LinkLeavesRoots {
            path: self.asked.to_owned(),
        }
    }

    /// The entry of this name here, or the one that is the same name in another encoding.
    fn look_up(&self, name: OsString) -> Result<Option<(OsString, Metadata)>, FilesystemError> {
        match self.here().symlink_metadata(&name) {
            Ok(metadata) => return Ok(Some((name, metadata))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(self.io(error)),
        }
        let Some(text) = name.to_str().filter(|text| !text.is_ascii()) else {
            return Ok(None);
        };
        let wanted: String = text.nfc().collect();
        let mut same = Vec::new();
        for entry in self.here().entries().map_err(|error| self.io(error))? {
            self.session.check()?;
            let entry = entry.map_err(|error| self.io(error))?.file_name();
            if entry
                .to_str()
                .is_some_and(|entry| entry.nfc().eq(wanted.chars()))
            {
                same.push(entry);
            }
        }
        match same.len() {
            0 => Ok(None),
            1 => {
                let name = same.remove(0);
                let metadata = self.here().symlink_metadata(&name);
                Ok(Some((name, metadata.map_err(|error| self.io(error))?)))
            }
            count => Err(FilesystemError::AmbiguousName {
                path: self.asked.to_owned(),
                count,
            }),
        }
    }

    fn down(&mut self, name: OsString) -> Result<(), FilesystemError> {
        let dir = self
            .here()
            .open_dir(&name)
            .map_err(|error| self.io(error))?;
        self.below.push((name, Rc::new(dir)));
        Ok(())
    }

    /// `..` of a link's target. Above a root there may be another root.
    fn up(&mut self) -> Result<(), FilesystemError> {
        if self.below.pop().is_some() {
            return Ok(());
        }
        let mut path = self.session.real_root_path(self.root).to_owned();
        path.push("..");
        for step in self.steps.drain(..) {
            match step {
                Step::Down(name) => path.push(name),
                Step::Up => path.push(".."),
            }
        }
        self.enter(&normalized(&path))
    }

    /// Goes on at an absolute path, which a link named.
    fn enter(&mut self, absolute: &Path) -> Result<(), FilesystemError> {
        let (root, rest) = self
            .session
            .under_root(absolute)
            .ok_or_else(|| self.leaves())?;
        self.root = root;
        self.top = self.session.root_dir(root)?;
        self.below.clear();
        for step in steps(&rest).rev() {
            self.steps.push_front(step);
        }
        Ok(())
    }

    fn follow(&mut self, name: &OsStr) -> Result<(), FilesystemError> {
        self.links += 1;
        if self.links > MOST_LINKS {
            return Err(FilesystemError::posix(Posix::TooManyLinks, self.asked));
        }
        let target = self.here().read_link_contents(name);
        let target = target.map_err(|error| self.io(error))?;
        if target.is_absolute() {
            return self.enter(&target);
        }
        for step in steps(&target).rev() {
            self.steps.push_front(step);
        }
        Ok(())
    }

    /// The walk ended on a directory that it has entered.
    fn directory(mut self) -> Result<Place, FilesystemError> {
        if let Some((name, dir)) = self.below.pop() {
            let metadata = dir.dir_metadata().map_err(|error| self.io(error))?;
            return Ok(self.found(vec![name], Some(metadata)));
        }
        let metadata = self.top.dir_metadata().map_err(|error| self.io(error))?;
        Ok(self.found(Vec::new(), Some(metadata)))
    }

    /// The walk ended where something is missing: `name`, and all that comes after it.
    fn missing(mut self, name: OsString) -> Result<Place, FilesystemError> {
        let mut names = vec![name];
        for step in self.steps.drain(..) {
            match step {
                Step::Down(name) => names.push(name),
                // Only a link's target has it here; where that leads is not known.
                Step::Up => return Err(FilesystemError::posix(Posix::NotFound, self.asked)),
            }
        }
        Ok(self.found(names, None))
    }

    fn found(self, names: Vec<OsString>, metadata: Option<Metadata>) -> Place {
        let directory: PathBuf = self.below.iter().map(|(name, _)| name).collect();
        let dir = Rc::clone(self.here());
        let root_path = self.session.root_path(self.root);
        Place::new(
            self.asked, self.root, root_path, dir, &directory, names, metadata,
        )
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::PathBuf;
    use std::sync::Arc;

    use tempfile::TempDir;

    use super::LastLink;
    use crate::session::Session;
    use crate::{Config, FilesystemError, Limits};

    /// A root `in` with `d/f`, and `out` beside it with another `f`.
    fn setup() -> (TempDir, PathBuf, Session) {
        let base = tempfile::tempdir().unwrap();
        let root = base.path().join("in");
        fs::create_dir_all(root.join("d")).unwrap();
        fs::create_dir(base.path().join("out")).unwrap();
        fs::write(root.join("d/f"), "inside").unwrap();
        fs::write(base.path().join("out/f"), "outside").unwrap();
        let config = Config {
            roots: vec![root.clone()],
            create_roots: false,
            home: None,
            limits: Limits::default(),
        };
        let session = Session::open(Arc::new(config), Arc::default());
        (base, root, session)
    }

    fn read(session: &Session, place: &crate::place::Place) -> Result<Vec<u8>, FilesystemError> {
        session.read_bytes(place, "")
    }

    #[test]
    fn a_directory_swapped_after_the_walk_is_still_the_old_one() {
        let (base, root, session) = setup();
        let place = session.find("d/f", LastLink::Follow).unwrap();
        let new = session.place("d/new", LastLink::Follow).unwrap();
        fs::rename(root.join("d"), root.join("old")).unwrap();
        symlink(base.path().join("out"), root.join("d")).unwrap();
        assert_eq!(read(&session, &place).unwrap(), b"inside");
        new.replace(b"new", None).unwrap();
        place.replace(b"changed", None).unwrap();
        assert_eq!(fs::read(root.join("old/f")).unwrap(), b"changed");
        assert_eq!(fs::read(root.join("old/new")).unwrap(), b"new");
        assert_eq!(fs::read_dir(base.path().join("out")).unwrap().count(), 1);
        assert_eq!(fs::read(base.path().join("out/f")).unwrap(), b"outside");
    }

    #[test]
    fn a_file_swapped_after_the_walk_for_a_link_is_not_read() {
        let (base, root, session) = setup();
        let place = session.find("d/f", LastLink::Follow).unwrap();
        fs::remove_file(root.join("d/f")).unwrap();
        for target in [base.path().join("out/f"), PathBuf::from("../../out/f")] {
            symlink(target, root.join("d/f")).unwrap();
            let error = read(&session, &place).unwrap_err();
            assert!(
                matches!(error, FilesystemError::LinkLeavesRoots { .. }),
                "{error:?}"
            );
            // Writing takes the place of the link.
            place.replace(b"new", None).unwrap();
            assert_eq!(fs::read(root.join("d/f")).unwrap(), b"new");
            fs::remove_file(root.join("d/f")).unwrap();
        }
        assert_eq!(fs::read(base.path().join("out/f")).unwrap(), b"outside");
    }

    #[test]
    fn names_are_the_same_however_unicode_writes_them() {
        let (_base, root, session) = setup();
        let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}");
        fs::write(root.join(decomposed), "one").unwrap();
        let place = session.find(composed, LastLink::Follow).unwrap();
        assert_eq!(read(&session, &place).unwrap(), b"one");
        // Writing changes that file and makes no second one.
        let place = session.place(composed, LastLink::Follow).unwrap();
        place.replace(b"two", None).unwrap();
        assert_eq!(fs::read(root.join(decomposed)).unwrap(), b"two");
        assert!(!root.join(composed).exists());
        // The exact name wins; otherwise two candidates are one too many.
        fs::write(root.join("\u{1e69}"), "exact").unwrap();
        fs::write(root.join("s\u{323}\u{307}"), "other").unwrap();
        let place = session.find("\u{1e69}", LastLink::Follow).unwrap();
        assert_eq!(read(&session, &place).unwrap(), b"exact");
        let error = session
            .find("\u{1e63}\u{307}", LastLink::Follow)
            .unwrap_err();
        assert!(
            matches!(error, FilesystemError::AmbiguousName { count: 2, .. }),
            "{error:?}"
        );
    }

    #[test]
    fn work_that_nobody_waits_for_ends() {
        let (_base, root, _) = setup();
        let config = Config {
            roots: vec![root],
            create_roots: false,
            home: None,
            limits: Limits::default(),
        };
        let session = Session::open(Arc::new(config), Arc::new(true.into()));
        let error = session.find("d/f", LastLink::Follow).unwrap_err();
        assert!(matches!(error, FilesystemError::Cancelled), "{error:?}");
    }
}
