//! What the environment and the arguments of the process decide.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::approxidate;
use crate::arguments::CONTROL_CHARACTERS_HINT;

/// Allowed roots, separated by colons.
pub(crate) const ROOT: &str = "GIT_REPO_ROOT";
/// Author's name of commits in repositories whose own configuration has none.
pub(crate) const FALLBACK_NAME: &str = "GIT_REPO_AUTHOR_NAME";
/// Author's email of such commits.
pub(crate) const FALLBACK_EMAIL: &str = "GIT_REPO_AUTHOR_EMAIL";
/// Where repositories are expected when nothing else is said.
pub(crate) const DEFAULT_ROOT: &str = "/tmp/repos";

/// One side of a commit's identity, as git's own variables give it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Person {
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    /// Seconds since 1970 and minutes east of UTC.
    pub(crate) date: Option<(i64, i32)>,
}

/// A folder that repositories may live in. A relative one counts from the process's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Root {
    pub(crate) path: PathBuf,
    /// Given with `--repository`: the repository that holds the folder is meant.
    pub(crate) repository: bool,
}

/// The settings of a [`Server`](crate::Server).
#[derive(Debug, Clone)]
pub struct Settings {
    pub(crate) roots: Vec<Root>,
    pub(crate) author: Person,
    pub(crate) committer: Person,
    pub(crate) fallback: Person,
}

/// A malformed setting. Nothing is read from disk to find one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A root that only a shell would understand.
    #[error(
        "`{path}` in {place} begins with `~`, which only a shell expands; write the path in full, as in `/tmp/repos`"
    )]
    ShellRoot {
        /// Variable or argument.
        place: &'static str,
        /// The value.
        path: String,
    },
    /// An argument that is none of ours.
    #[error(
        "unknown argument `{0}`; known are `--repository PATH` (also `-r PATH`) and paths of allowed roots"
    )]
    UnknownArgument(String),
    /// `--repository` at the end.
    #[error("`{0}` needs a path after it, as in `--repository /tmp/repos/app`")]
    MissingPath(String),
    /// A name or email that no commit can hold.
    #[error("{variable} is `{value}`, which no commit can hold: {reason}")]
    BadIdentity {
        /// Variable.
        variable: &'static str,
        /// The value.
        value: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// `GIT_AUTHOR_DATE` or `GIT_COMMITTER_DATE` is not a date.
    #[error("{variable} is `{value}`, which is not a date; write it as `2024-06-01T12:00:00Z`")]
    BadDate {
        /// Variable.
        variable: &'static str,
        /// The value.
        value: String,
    },
    /// A variable that is not UTF-8, except paths, which may be anything.
    #[error("{0} is not UTF-8 text")]
    NotText(&'static str),
}

impl Settings {
    /// Reads `args` and the variables that `variable` answers for.
    ///
    /// # Errors
    ///
    /// When something is malformed. Missing settings have defaults or are reported by the tool that
    /// needs them.
    pub fn read(
        args: &[String],
        variable: impl Fn(&'static str) -> Option<OsString>,
    ) -> Result<Self, ConfigError> {
        let text = |name| match variable(name).map(OsString::into_string) {
            Some(Ok(text)) if text.is_empty() => Ok(None),
            Some(Ok(text)) => Ok(Some(text)),
            Some(Err(_)) => Err(ConfigError::NotText(name)),
            None => Ok(None),
        };
        let person = |name, email, date: Option<&'static str>| {
            Ok(Person {
                name: identity_part(name, text(name)?)?,
                email: identity_part(email, text(email)?)?,
                date: match date {
                    Some(variable) => date_part(variable, text(variable)?)?,
                    None => None,
                },
            })
        };
        let mut roots = roots_from_args(args)?;
        if roots.is_empty() {
            roots = roots_from_variable(variable(ROOT))?;
        }
        Ok(Self {
            roots,
            author: person(
                "GIT_AUTHOR_NAME",
                "GIT_AUTHOR_EMAIL",
                Some("GIT_AUTHOR_DATE"),
            )?,
            committer: person(
                "GIT_COMMITTER_NAME",
                "GIT_COMMITTER_EMAIL",
                Some("GIT_COMMITTER_DATE"),
            )?,
            fallback: person(FALLBACK_NAME, FALLBACK_EMAIL, None)?,
        })
    }
}

fn roots_from_args(args: &[String]) -> Result<Vec<Root>, ConfigError> {
    let mut roots = Vec::new();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let (place, path, repository) = if arg == "--repository" || arg == "-r" {
            let path = args
                .next()
                .ok_or_else(|| ConfigError::MissingPath(arg.clone()))?;
            ("`--repository`", path.as_str(), true)
        } else if let Some(path) = arg.strip_prefix("--repository=") {
            ("`--repository`", path, true)
        } else if arg.starts_with('-') || arg.is_empty() {
            return Err(ConfigError::UnknownArgument(arg.clone()));
        } else {
            ("the arguments", arg.as_str(), false)
        };
        roots.push(root(place, PathBuf::from(path), repository)?);
    }
    Ok(roots)
}

fn roots_from_variable(value: Option<OsString>) -> Result<Vec<Root>, ConfigError> {
    let value = value.unwrap_or_default();
    let paths = std::env::split_paths(&value).filter(|path| !path.as_os_str().is_empty());
    let roots: Vec<Root> = paths
        .map(|path| root(ROOT, path, false))
        .collect::<Result<_, _>>()?;
    if roots.is_empty() {
        return Ok(vec![root(ROOT, PathBuf::from(DEFAULT_ROOT), false)?]);
    }
    Ok(roots)
}

fn root(place: &'static str, path: PathBuf, repository: bool) -> Result<Root, ConfigError> {
    if path.starts_with("~") {
        let path = path.display().to_string();
        return Err(ConfigError::ShellRoot { place, path });
    }
    Ok(Root { path, repository })
}

fn identity_part(
    variable: &'static str,
    value: Option<String>,
) -> Result<Option<String>, ConfigError> {
    let Some(value) = value else { return Ok(None) };
    let reason = if value.contains(['<', '>']) {
        "it contains `<` or `>`"
    } else if value.contains(char::is_control) {
        CONTROL_CHARACTERS_HINT
    } else if value.trim().is_empty() {
        "it is blank"
    } else {
        return Ok(Some(value));
    };
    Err(ConfigError::BadIdentity {
        variable,
        value,
        reason,
    })
}

fn date_part(
    variable: &'static str,
    value: Option<String>,
) -> Result<Option<(i64, i32)>, ConfigError> {
    let Some(value) = value else { return Ok(None) };
    match approxidate::exact(&value) {
        Some(date) => Ok(Some(date)),
        None => Err(ConfigError::BadDate { variable, value }),
    }
}
