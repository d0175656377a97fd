//! Writing: a file is replaced as a whole or not at all.

use std::hash::{BuildHasher as _, RandomState};
use std::io::{ErrorKind, Write as _};

use cap_std::fs::{
    Dir, File, Metadata, MetadataExt as _, OpenOptions, Permissions, PermissionsExt as _,
};
use rustix::fs::RenameFlags;
use rustix::io::Errno;

use crate::FilesystemError;
use crate::error::Posix;
use crate::place::Place;

/// How often another name is tried for a temporary file.
const ATTEMPTS: usize = 16;

impl Place {
    /// Puts `content` in place of the file, or makes it. The content is written to a temporary
    /// file of the same directory, which then takes the name: readers see the old file or the new
    /// one, and a failure leaves the old one. Permission bits stay. Of a symbolic link, the file
    /// that it leads to is replaced.
    ///
    /// `unchanged_since` is what the caller knows of the file: another one by now is an error.
    ///
    /// # Errors
    ///
    /// When the directory is missing, the place is not a file, or the disk refuses.
    pub(crate) fn replace(
        &self,
        content: &[u8],
        unchanged_since: Option<&Metadata>,
    ) -> Result<(), FilesystemError> {
        if self.is_dir() {
            return Err(FilesystemError::posix(Posix::IsADirectory, self.asked()));
        }
        if self.exists() && !self.is_file() {
            return Err(self.not_a_file());
        }
        let (dir, name) = self.entry()?;
        let (mut file, temporary) = Temporary::new(dir).map_err(|error| self.io(error))?;
        let written = (|| {
            file.write_all(content)?;
            if let Some(metadata) = self.metadata() {
                let mode = metadata.permissions().mode() & 0o777;
                file.set_permissions(Permissions::from_mode(mode))?;
            }
            file.sync_data()
        })();
        written.map_err(|error| self.io(error))?;
        drop(file);
        if let Some(known) = unchanged_since {
            let now = dir.symlink_metadata(name).map_err(|error| self.io(error))?;
            if !is_same(known, &now) {
                return Err(FilesystemError::FileChanged {
                    path: self.asked().to_owned(),
                });
            }
        }
        let renamed = dir.rename(&temporary.name, dir, name);
        renamed.map_err(|error| self.io(error))?;
        temporary.keep();
        Ok(())
    }

    /// Moves what is here to a place where nothing is.
    ///
    /// # Errors
    ///
    /// When there is something, its directory is missing, or the disk refuses.
    pub(crate) fn rename_to(&self, destination: &Place) -> Result<(), FilesystemError> {
        let (from_dir, from) = self.entry()?;
        if destination.exists() {
            return Err(FilesystemError::posix(
                Posix::AlreadyExists,
                destination.asked(),
            ));
        }
        let (to_dir, to) = destination.entry()?;
        let renamed = rustix::fs::renameat_with(from_dir, from, to_dir, to, RenameFlags::NOREPLACE);
        match renamed {
            // Network file systems do not know the flag. There is a moment then between the look
            // and the move.
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP)
                if to_dir.symlink_metadata(to).is_err() =>
            {
                let renamed = from_dir.rename(from, to_dir, to);
                renamed.map_err(|error| destination.io(error))
            }
            Err(Errno::NOENT) => Err(self.io(Errno::NOENT.into())),
            Err(error) => Err(destination.io(error.into())),
            Ok(()) => Ok(()),
        }
    }
}

/// The same file with the same content, as far as its metadata tell.
fn is_same(known: &Metadata, now: &Metadata) -> bool {
    let facts = |metadata: &Metadata| {
        (
            metadata.dev(),
            metadata.ino(),
            metadata.size(),
            metadata.mtime(),
            metadata.mtime_nsec(),
        )
    };
    facts(known) == facts(now)
}

/// A temporary file, removed unless it got its final name.
struct Temporary<'d> {
    dir: &'d Dir,
    name: String,
    kept: bool,
}

impl<'d> Temporary<'d> {
    fn new(dir: &'d Dir) -> std::io::Result<(File, Self)> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let random = RandomState::new().hash_one(attempts);
            let name = format!(".mcp-{random:016x}.tmp");
            let created = dir.open_with(&name, OpenOptions::new().write(true).create_new(true));
            match created {
                Ok(file) => {
                    let kept = false;
                    return Ok((file, Self { dir, name, kept }));
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists && attempts < ATTEMPTS => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        if !self.kept {
            // What failed before is what the caller is told.
            let _ = self.dir.remove_file(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;
    use std::sync::Arc;

    use tempfile::TempDir;

    use crate::error::Posix;
    use crate::resolve::LastLink;
    use crate::session::Session;
    use crate::{Config, FilesystemError, Limits};

    /// A root with the file `a`.
    fn setup() -> (TempDir, PathBuf, Session) {
        let base = tempfile::tempdir().unwrap();
        let root = base.path().to_owned();
        fs::write(root.join("a"), "a").unwrap();
        let config = Config {
            roots: vec![root.clone()],
            create_roots: false,
            home: None,
            limits: Limits::default(),
        };
        let session = Session::open(Arc::new(config), Arc::default());
        (base, root, session)
    }

    fn names(root: &PathBuf) -> Vec<String> {
        let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name();
        let names = fs::read_dir(root).unwrap().map(name);
        let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_that_appears_during_the_move_is_not_replaced() {
        let (_base, root, session) = setup();
        let source = session.find("a", LastLink::Keep).unwrap();
        let destination = session.place("b", LastLink::Keep).unwrap();
        fs::write(root.join("b"), "somebody else's").unwrap();
        let error = source.rename_to(&destination).unwrap_err();
        assert!(
            matches!(&error, FilesystemError::System { posix: Posix::AlreadyExists, path, .. } if path == "b"),
            "{error:?}"
        );
        assert_eq!(fs::read(root.join("b")).unwrap(), b"somebody else's");
        assert_eq!(fs::read(root.join("a")).unwrap(), b"a");
    }

    #[test]
    fn a_file_that_vanishes_during_the_move_is_named() {
        let (_base, root, session) = setup();
        let source = session.find("a", LastLink::Keep).unwrap();
        let destination = session.place("b", LastLink::Keep).unwrap();
        fs::remove_file(root.join("a")).unwrap();
        let error = source.rename_to(&destination).unwrap_err();
        assert_eq!(error.to_string(), "ENOENT: no such file or directory: `a`");
    }

    #[test]
    fn a_change_by_somebody_else_is_not_lost() {
        let (_base, root, session) = setup();
        let place = session.find("a", LastLink::Follow).unwrap();
        fs::write(root.join("a"), "changed").unwrap();
        let error = place.replace(b"mine", place.metadata()).unwrap_err();
        assert!(
            matches!(error, FilesystemError::FileChanged { .. }),
            "{error:?}"
        );
        assert_eq!(fs::read(root.join("a")).unwrap(), b"changed");
        assert_eq!(names(&root), ["a"]);
    }

    #[test]
    fn a_failure_leaves_no_temporary_file() {
        let (_base, root, session) = setup();
        let place = session.find("a", LastLink::Follow).unwrap();
        fs::remove_file(root.join("a")).unwrap();
        fs::create_dir(root.join("a")).unwrap();
        let error = place.replace(b"mine", None).unwrap_err();
        assert!(
            matches!(
                error,
                FilesystemError::System {
                    posix: Posix::IsADirectory,
                    ..
                }
            ),
            "{error:?}"
        );
        assert_eq!(names(&root), ["a"]);
    }
}
