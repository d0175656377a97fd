//! Why a tool call failed, in the caller's terms.

use agentcore_gateway_target::{ToolError, tool_failure};
use rmcp::ErrorData;
use rmcp::handler::server::tool::IntoCallToolResult;
use rmcp::model::CallToolResponse;

/// Why a tool call failed. Messages are for the caller; sources are logged only.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each message says what its fields are")]
pub enum GitError {
    #[error("`{path}` does not exist under the allowed roots ({roots})")]
    RepositoryNotFound { path: String, roots: String },
    #[error("`{path}` is outside the allowed roots ({roots}); give a path inside one of them")]
    OutsideRoots { path: String, roots: String },
    #[error("`{path}` is not a git repository: no `.git` in it. {hint}")]
    NotARepository { path: String, hint: String },
    #[error("`{path}` is a bare repository; this tool needs a work tree")]
    BareRepository { path: String },
    #[error("`{path}` is refused: {what} leads outside the allowed roots")]
    LeadsOutside { path: String, what: String },
    #[error("`{path}` is refused: {reason}")]
    Unsupported { path: String, reason: String },
    #[error(
        "the index of `{path}` is damaged ({reason}); remove `.git/index` and call `git_reset` to rebuild it from HEAD"
    )]
    DamagedIndex { path: String, reason: String },
    #[error(
        "object {0} of the repository is damaged: it ends too early; restore it from another copy (`git fsck` lists such objects)"
    )]
    DamagedObject(String),
    #[error("git could not {doing}: {reason}")]
    Git {
        doing: &'static str,
        reason: String,
        #[source]
        source: git2::Error,
    },
    #[error("could not {doing}: {reason}")]
    Io {
        doing: String,
        reason: String,
        #[source] // Logged, never shown: it can name paths outside.
        source: std::io::Error,
    },
    #[error(
        "`{revision}` is not a revision of this repository; give a branch, tag, hash or expression such as `HEAD~1`{hint}"
    )]
    RevisionNotFound {
        revision: String,
        hint: &'static str,
    },
    #[error("`{revision}` names a {kind}, not a commit; give a branch, tag or commit hash")]
    NotACommit {
        revision: String,
        kind: &'static str,
    },
    #[error("`{0}` has no commits yet; make one with `git_add` and `git_commit`")]
    NoCommits(String),
    #[error(
        "no changes staged for commit; stage some with `git_add`, `git_status` shows what there is"
    )]
    NothingStaged,
    #[error(
        "there are unmerged paths: {paths}; resolve each, stage it with `git_add`, then commit"
    )]
    UnmergedPaths { paths: String },
    #[error(
        "no name and email for the commit; set `user.name` and `user.email` in the repository's configuration, or `GIT_REPO_AUTHOR_NAME` and `GIT_REPO_AUTHOR_EMAIL` for the server"
    )]
    IdentityMissing,
    #[error("`files` is empty; name at least one file, or `.` for everything")]
    NothingToStage,
    #[error("`{path}` is outside the repository")]
    PathOutsideRepository { path: String },
    #[error("`{path}` matches no file, neither tracked nor new")]
    PathNotMatched { path: String },
    #[error("`{path}` is ignored by this repository's ignore rules; nothing was staged")]
    PathIgnored { path: String },
    #[error("`{path}` cannot be staged: {reason}")]
    PathNotStageable { path: String, reason: &'static str },
    #[error(
        "`{path}` uses pathspec magic that this server does not know; known are `:(top)`, `:(literal)`, `:(glob)`, `:(icase)`, `:(exclude)` and `:/`, `:!`"
    )]
    UnknownPathspecMagic { path: String },
    #[error("`{name}` cannot be a branch name: {reason}")]
    InvalidBranchName { name: String, reason: &'static str },
    #[error("branch `{name}` exists already")]
    BranchExists { name: String },
    #[error(
        "branch `{name}` cannot exist beside branch `{other}`, because one name is a folder of the other"
    )]
    BranchNameTaken { name: String, other: String },
    #[error(
        "`{name}` is not a branch, tag or remote branch to start from; a hash is not accepted here"
    )]
    BaseNotFound { name: String },
    #[error("HEAD is detached, so there is no current branch to start from; pass `base_branch`")]
    HeadDetached,
    #[error("{0}")]
    CheckoutRefused(String),
    #[error(
        "`{value}` is not a date in `{argument}`; write `2024-01-15`, `2024-01-15T14:30:25+01:00`, `2 weeks ago` or `yesterday`"
    )]
    InvalidDate {
        argument: &'static str,
        value: String,
    },
    #[error(
        "another process is working on this repository (`{file}` exists); try again, or remove the file if none is"
    )]
    Locked { file: String },
}

impl GitError {
    /// A failure of libgit2 without a better name.
    pub(crate) fn git(doing: &'static str) -> impl FnOnce(git2::Error) -> Self {
        move |source| {
            if source.code() == git2::ErrorCode::Locked {
                return Self::Locked {
                    file: ".git/index.lock".to_owned(),
                };
            }
            // Texts of classes `Os` and `Config` hold paths, which may lie outside the roots.
            let reason = match source.class() {
                git2::ErrorClass::Os | git2::ErrorClass::Config => {
                    "the repository's files could not be read or written".to_owned()
                }
                _ => source.message().to_owned(),
            };
            Self::Git {
                doing,
                reason,
                source,
            }
        }
    }

    /// A failure of the file system.
    pub(crate) fn io(doing: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io {
            doing: doing.into(),
            reason: reason(&source),
            source,
        }
    }
}

/// The kind of a failure. The standard library has none for some, such as too many open files: these are in the system's words.
fn reason(error: &std::io::Error) -> String {
    match error.raw_os_error() {
        Some(code) if format!("{:?}", error.kind()) == "Uncategorized" => {
            std::io::Error::from_raw_os_error(code).to_string()
        }
        _ => error.kind().to_string(),
    }
}

impl ToolError for GitError {
    fn code(&self) -> &'static str {
        match self {
            Self::RepositoryNotFound { .. } => "repository_not_found",
            Self::OutsideRoots { .. } => "outside_roots",
            Self::NotARepository { .. } => "not_a_repository",
            Self::BareRepository { .. } => "bare_repository",
            Self::LeadsOutside { .. } => "leads_outside_roots",
            Self::Unsupported { .. } => "unsupported_repository",
            Self::DamagedIndex { .. } => "damaged_index",
            Self::DamagedObject(_) => "damaged_object",
            Self::Git { .. } => "git_failed",
            Self::Io { .. } => "io_failed",
            Self::RevisionNotFound { .. } => "revision_not_found",
            Self::NotACommit { .. } => "not_a_commit",
            Self::NoCommits(_) => "no_commits",
            Self::NothingStaged => "nothing_staged",
            Self::UnmergedPaths { .. } => "unmerged_paths",
            Self::NothingToStage => "invalid_arguments",
            Self::IdentityMissing => "identity_missing",
            Self::PathOutsideRepository { .. } => "path_outside_repository",
            Self::PathNotMatched { .. } => "path_not_matched",
            Self::PathIgnored { .. } => "path_ignored",
            Self::PathNotStageable { .. } => "path_not_stageable",
            Self::UnknownPathspecMagic { .. } => "unknown_pathspec_magic",
            Self::InvalidBranchName { .. } => "invalid_branch_name",
            Self::BranchExists { .. } => "branch_exists",
            Self::BranchNameTaken { .. } => "branch_name_taken",
            Self::BaseNotFound { .. } => "base_not_found",
            Self::HeadDetached => "head_detached",
            Self::CheckoutRefused(_) => "checkout_refused",
            Self::InvalidDate { .. } => "invalid_date",
            Self::Locked { .. } => "repository_locked",
        }
    }
}

impl IntoCallToolResult for GitError {
    fn into_call_tool_result(self) -> Result<CallToolResponse, ErrorData> {
        Ok(tool_failure(&self))
    }
}
