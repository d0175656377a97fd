//! A place below a root: an open directory, and the name in it.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use cap_std::fs::{Dir, File, Metadata, OpenOptions, OpenOptionsExt as _};
use rustix::fs::OFlags;

use crate::FilesystemError;
use crate::error::Posix;

/// A place below a root, whether or not there is something.
#[derive(Debug)]
pub(crate) struct Place {
    asked: String,
    root: usize,
    relative: PathBuf,
    shown: PathBuf,
    dir: Rc<Dir>,
    /// What is below `dir`: nothing for a root itself, one name, or several that do not exist.
    names: Vec<OsString>,
    metadata: Option<Metadata>,
}

impl Place {
    pub(crate) fn new(
        asked: &str,
        root: usize,
        root_path: &Path,
        dir: Rc<Dir>,
        directory: &Path,
        names: Vec<OsString>,
        metadata: Option<Metadata>,
    ) -> Self {
        let mut relative = directory.to_owned();
        relative.extend(&names);
        let shown = match relative.as_os_str().is_empty() {
            true => root_path.to_owned(), // `join` would add a slash
            false => root_path.join(&relative),
        };
        Self {
            asked: asked.to_owned(),
            root,
            relative,
            shown,
            dir,
            names,
            metadata,
        }
    }

    /// What the caller wrote.
    pub(crate) fn asked(&self) -> &str {
        &self.asked
    }

    /// The number of its root.
    pub(crate) fn root(&self) -> usize {
        self.root
    }

    /// The path from its root, without symbolic links.
    pub(crate) fn relative(&self) -> &Path {
        &self.relative
    }

    /// The absolute path, without symbolic links below the root.
    pub(crate) fn shown(&self) -> &Path {
        &self.shown
    }

    /// What is there.
    pub(crate) fn metadata(&self) -> Option<&Metadata> {
        self.metadata.as_ref()
    }

    /// Whether there is something.
    pub(crate) fn exists(&self) -> bool {
        self.metadata.is_some()
    }

    /// Whether the directory exists that this is in.
    pub(crate) fn has_parent(&self) -> bool {
        self.names.len() <= 1
    }

    pub(crate) fn is_dir(&self) -> bool {
        self.metadata.as_ref().is_some_and(Metadata::is_dir)
    }

    pub(crate) fn is_file(&self) -> bool {
        self.metadata.as_ref().is_some_and(Metadata::is_file)
    }

    /// This place, if there is something.
    ///
    /// # Errors
    ///
    /// When there is nothing.
    pub(crate) fn existing(self) -> Result<Self, FilesystemError> {
        if self.exists() {
            return Ok(self);
        }
        Err(FilesystemError::posix(Posix::NotFound, &self.asked))
    }

    /// The open directory that this is in, and its name there.
    ///
    /// # Errors
    ///
    /// When this is a root, or the directory does not exist.
    pub(crate) fn entry(&self) -> Result<(&Dir, &OsStr), FilesystemError> {
        match self.names.as_slice() {
            [] => Err(FilesystemError::IsRoot {
                path: self.asked.clone(),
            }),
            [name] => Ok((&self.dir, name)),
            _ => {
                let parent = self.shown.parent().unwrap_or(&self.shown);
                Err(FilesystemError::NoParent {
                    path: self.asked.clone(),
                    parent: parent.to_string_lossy().into_owned(),
                })
            }
        }
    }

    /// The deepest directory that exists, and what is missing below it.
    pub(crate) fn missing(&self) -> (&Dir, &[OsString]) {
        match self.exists() {
            true => (&self.dir, &[]),
            false => (&self.dir, &self.names),
        }
    }

    /// Opens a regular file to read it.
    ///
    /// # Errors
    ///
    /// When it is something else, or cannot be read.
    pub(crate) fn open_file(&self) -> Result<(File, Metadata), FilesystemError> {
        if self.is_dir() {
            return Err(FilesystemError::posix(Posix::IsADirectory, &self.asked));
        }
        let (dir, name) = self.entry()?;
        let mut options = OpenOptions::new();
        // Opening a pipe would otherwise wait for a writer.
        let without_waiting = OFlags::NONBLOCK.bits().cast_signed();
        options.read(true).custom_flags(without_waiting);
        let file = dir
            .open_with(name, &options)
            .map_err(|error| self.io(error))?;
        let metadata = file.metadata().map_err(|error| self.io(error))?;
        if metadata.is_dir() {
            return Err(FilesystemError::posix(Posix::IsADirectory, &self.asked));
        }
        if !metadata.is_file() {
            return Err(self.not_a_file());
        }
        Ok((file, metadata))
    }

    /// Opens a directory.
    ///
    /// # Errors
    ///
    /// When it is none, or cannot be opened.
    pub(crate) fn open_dir(&self) -> Result<Dir, FilesystemError> {
        match self.names.as_slice() {
            [] => self.dir.try_clone(),
            [name] => self.dir.open_dir(name),
            _ => return Err(FilesystemError::posix(Posix::NotFound, &self.asked)),
        }
        .map_err(|error| self.io(error))
    }

    pub(crate) fn not_a_file(&self) -> FilesystemError {
        FilesystemError::NotAFile {
            path: self.asked.clone(),
        }
    }

    pub(crate) fn io(&self, error: std::io::Error) -> FilesystemError {
        // A pipe or socket that was asked for without waiting.
        if rustix::io::Errno::from_io_error(&error) == Some(rustix::io::Errno::NXIO) {
            return self.not_a_file();
        }
        FilesystemError::io(&self.asked, error)
    }
}
