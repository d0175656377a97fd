//! Why a tool call failed, in one enum.

use std::io;

use agentcore_gateway_target::{ToolError, tool_failure};
use rmcp::ErrorData;
use rmcp::handler::server::tool::IntoCallToolResult;
use rmcp::model::CallToolResponse;
use rustix::io::Errno;

/// Why a tool call failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "fields are named by the messages")]
pub enum FilesystemError {
    /// The operating system refused.
    #[error("{}: {}: `{path}`{}", posix.word(), posix.sentence(), posix.hint())]
    System {
        posix: Posix,
        path: String,
        #[source]
        source: Option<io::Error>,
    },
    /// A file cannot be made in a directory that does not exist.
    #[error(
        "ENOENT: no such directory: `{parent}`, in which `{path}` would be\nhint: make it with `create_directory`"
    )]
    NoParent { path: String, parent: String },
    /// The path names a place outside the roots.
    #[error("`{path}` is outside the allowed directories: {roots}")]
    OutsideRoots { path: String, roots: String },
    /// A symbolic link on the way leads out of the roots.
    #[error("`{path}` leads through a symbolic link out of the allowed directories")]
    LinkLeavesRoots { path: String },
    /// The path cannot be one.
    #[error("{path:?} is not a path: it holds a NUL character")]
    InvalidPath { path: String },
    /// Two names that differ only in how they encode accents.
    #[error(
        "`{path}` matches {count} names in its directory that differ only in how Unicode writes them: give the exact one, as `list_directory` shows it"
    )]
    AmbiguousName { path: String, count: usize },
    /// A configured root cannot be used.
    #[error("the allowed directory `{root}` cannot be used: {reason}")]
    RootUnavailable {
        root: String,
        reason: &'static str,
        #[source]
        source: Option<io::Error>,
    },
    /// The operation would change or replace a root itself.
    #[error("`{path}` is an allowed directory itself, which stays where it is")]
    IsRoot { path: String },
    /// A pipe, socket or device.
    #[error("`{path}` is neither a file nor a directory, but a pipe, socket or device")]
    NotAFile { path: String },
    /// `head` together with `tail`.
    #[error("`head` and `tail` exclude each other: give one of them")]
    HeadAndTail,
    /// No file is named.
    #[error("`paths` is empty: give at least one path")]
    NoPaths,
    /// More bytes than one call returns.
    #[error("`{path}` has {what} more than the {limit} bytes that one call reads\nhint: {hint}")]
    FileTooLarge {
        path: String,
        what: String,
        limit: u64,
        hint: &'static str,
    },
    /// The answer would not fit into a response.
    #[error(
        "the answer would take {bytes} bytes of JSON, more than the {limit} that fit into a response\nhint: {hint}"
    )]
    ResultTooLarge {
        bytes: usize,
        limit: usize,
        hint: &'static str,
    },
    /// More entries than a tree shows.
    #[error(
        "`{path}` holds more than {limit} files and directories{largest}\nhint: leave out what you do not need with `excludePatterns`, as in [\"node_modules\", \".git\"], or start at a deeper `path`"
    )]
    TooManyEntries {
        path: String,
        limit: usize,
        largest: String,
    },
    /// A glob that cannot be understood.
    #[error("`{pattern}` is not a pattern: {reason}")]
    InvalidPattern {
        pattern: String,
        reason: &'static str,
    },
    /// An edit of bytes that are not text.
    #[error(
        "`{path}` is not UTF-8 text: editing would damage it\nhint: replace the whole file with `write_file`"
    )]
    NotText { path: String },
    /// `oldText` is empty.
    #[error("`edits[{index}].oldText` is empty: give the text that `newText` is to replace")]
    EmptyOldText { index: usize },
    /// `oldText` is nowhere in the file.
    #[error(
        "`edits[{index}].oldText` is not in `{path}`; no edit was made\nhint: read the file again and copy the text exactly:\n{old_text}"
    )]
    EditNotFound {
        index: usize,
        path: String,
        old_text: String,
    },
    /// `oldText` is in the file more than once.
    #[error(
        "`edits[{index}].oldText` is in `{path}` {count} times, at lines {lines}; no edit was made\nhint: add neighbouring lines to `oldText` until only one place matches"
    )]
    AmbiguousEdit {
        index: usize,
        path: String,
        count: usize,
        lines: String,
    },
    /// `oldText` is found only without its indentation, which does not tell that of `newText`.
    #[error(
        "`edits[{index}].oldText` is in `{path}` at line {line} with another indentation, from which that of `newText` does not follow; no edit was made\nhint: give `oldText` with the indentation of the file"
    )]
    IndentationUnclear {
        index: usize,
        path: String,
        line: usize,
    },
    /// The file changed between reading and writing.
    #[error(
        "`{path}` was changed by somebody else during the edit; no edit was made\nhint: read it again"
    )]
    FileChanged { path: String },
    /// The call was given up by its caller.
    #[error("the call was cancelled")]
    Cancelled,
}

/// What the operating system says, by its POSIX name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the sentences below say what they mean")]
pub enum Posix {
    NotFound,
    IsADirectory,
    NotADirectory,
    AlreadyExists,
    PermissionDenied,
    TooManyLinks,
    NameTooLong,
    CrossDevice,
    IntoItself,
    StorageFull,
    ReadOnly,
    TooManyOpenFiles,
    Other,
}

impl Posix {
    fn of(error: &io::Error) -> Self {
        match Errno::from_io_error(error) {
            Some(Errno::NOENT) => Self::NotFound,
            Some(Errno::ISDIR) => Self::IsADirectory,
            Some(Errno::NOTDIR) => Self::NotADirectory,
            Some(Errno::EXIST | Errno::NOTEMPTY) => Self::AlreadyExists,
            Some(Errno::ACCESS | Errno::PERM) => Self::PermissionDenied,
            Some(Errno::LOOP) => Self::TooManyLinks,
            Some(Errno::NAMETOOLONG) => Self::NameTooLong,
            Some(Errno::XDEV) => Self::CrossDevice,
            Some(Errno::INVAL) => Self::IntoItself,
            Some(Errno::NOSPC | Errno::DQUOT) => Self::StorageFull,
            Some(Errno::ROFS) => Self::ReadOnly,
            Some(Errno::MFILE | Errno::NFILE) => Self::TooManyOpenFiles,
            _ => Self::Other,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::IsADirectory => "is_a_directory",
            Self::NotADirectory => "not_a_directory",
            Self::AlreadyExists => "already_exists",
            Self::PermissionDenied => "permission_denied",
            Self::TooManyLinks => "too_many_links",
            Self::NameTooLong => "name_too_long",
            Self::CrossDevice => "cross_device",
            Self::IntoItself => "invalid_operation",
            Self::StorageFull => "storage_full",
            Self::ReadOnly => "read_only_file_system",
            Self::TooManyOpenFiles => "too_many_open_files",
            Self::Other => "io_error",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::NotFound => "ENOENT",
            Self::IsADirectory => "EISDIR",
            Self::NotADirectory => "ENOTDIR",
            Self::AlreadyExists => "EEXIST",
            Self::PermissionDenied => "EACCES",
            Self::TooManyLinks => "ELOOP",
            Self::NameTooLong => "ENAMETOOLONG",
            Self::CrossDevice => "EXDEV",
            Self::IntoItself => "EINVAL",
            Self::StorageFull => "ENOSPC",
            Self::ReadOnly => "EROFS",
            Self::TooManyOpenFiles => "EMFILE",
            Self::Other => "EIO",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Self::NotFound => "no such file or directory",
            Self::IsADirectory => "this is a directory",
            Self::NotADirectory => "not a directory, or below a file",
            Self::AlreadyExists => "exists already",
            Self::PermissionDenied => "the server's user may not do this",
            Self::TooManyLinks => "symbolic links lead in a circle",
            Self::NameTooLong => "the name is too long",
            Self::CrossDevice => "source and destination are on different file systems",
            Self::IntoItself => {
                "the file system does not do this, as moving a directory into itself"
            }
            Self::StorageFull => "no space left",
            Self::ReadOnly => "the file system is read-only",
            Self::TooManyOpenFiles => "the server has as many files open as it may",
            Self::Other => "the file system failed",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::IsADirectory => "\nhint: `list_directory` shows what is in it",
            Self::TooManyOpenFiles => "\nhint: call again",
            Self::CrossDevice => "\nhint: read the file and write it at the destination",
            _ => "",
        }
    }
}

impl FilesystemError {
    /// What an operation on `path`, as the caller wrote it, failed with.
    pub(crate) fn io(path: &str, source: io::Error) -> Self {
        // cap-std's own refusal, which no system call gave.
        if source.kind() == io::ErrorKind::PermissionDenied && source.raw_os_error().is_none() {
            let path = path.to_owned();
            return Self::LinkLeavesRoots { path };
        }
        let posix = Posix::of(&source);
        Self::System {
            posix,
            path: path.to_owned(),
            source: Some(source),
        }
    }

    pub(crate) fn posix(posix: Posix, path: &str) -> Self {
        Self::System {
            posix,
            path: path.to_owned(),
            source: None,
        }
    }

    /// Whether a relative path may still mean something under the next root.
    pub(crate) fn is_absence(&self) -> bool {
        matches!(
            self,
            Self::System {
                posix: Posix::NotFound | Posix::NotADirectory,
                ..
            } | Self::NoParent { .. }
        )
    }
}

impl ToolError for FilesystemError {
    fn code(&self) -> &'static str {
        match self {
            Self::System { posix, .. } => posix.code(),
            Self::NoParent { .. } => "not_found",
            Self::OutsideRoots { .. } | Self::LinkLeavesRoots { .. } => "outside_roots",
            Self::InvalidPath { .. } => "invalid_path",
            Self::AmbiguousName { .. } => "ambiguous_name",
            Self::RootUnavailable { .. } => "root_unavailable",
            Self::IsRoot { .. } => "is_root",
            Self::NotAFile { .. } => "not_a_file",
            Self::HeadAndTail | Self::NoPaths => "invalid_arguments",
            Self::FileTooLarge { .. } => "file_too_large",
            Self::ResultTooLarge { .. } => "result_too_large",
            Self::TooManyEntries { .. } => "too_many_entries",
            Self::InvalidPattern { .. } => "invalid_pattern",
            Self::NotText { .. } => "not_text",
            Self::EmptyOldText { .. } => "empty_old_text",
            Self::EditNotFound { .. } => "edit_not_found",
            Self::AmbiguousEdit { .. } => "ambiguous_edit",
            Self::IndentationUnclear { .. } => "indentation_unclear",
            Self::FileChanged { .. } => "file_changed",
            Self::Cancelled => "cancelled",
        }
    }
}

impl IntoCallToolResult for FilesystemError {
    fn into_call_tool_result(self) -> Result<CallToolResponse, ErrorData> {
        Ok(tool_failure(&self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_machine_has_run_out_of_is_named() {
        for (errno, code, text) in [
            (Errno::NOSPC, "storage_full", "ENOSPC: no space left: `a`"),
            (
                Errno::MFILE,
                "too_many_open_files",
                "EMFILE: the server has as many files open as it may: `a`\nhint: call again",
            ),
        ] {
            let error = FilesystemError::io("a", errno.into());
            assert_eq!((error.code(), error.to_string().as_str()), (code, text));
        }
    }
}
