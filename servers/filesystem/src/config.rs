//! Settings: the roots and the limits.

use std::path::{Component, Path, PathBuf};

/// The environment variables of this server.
pub mod variables {
    /// Directories that the tools may use, separated by colons as in `PATH`. They come after those
    /// given as arguments. Default when there are none at all: `/tmp/mcp-filesystem`, created when
    /// it is first needed.
    pub const ROOTS: &str = "FILESYSTEM_ROOTS";
    /// How many bytes of files one call reads or edits. Default: 2097152 (2 MiB).
    pub const MAX_READ_BYTES: &str = "FILESYSTEM_MAX_READ_BYTES";
    /// How many entries one call lists or finds. Default: 5000.
    pub const MAX_ENTRIES: &str = "FILESYSTEM_MAX_ENTRIES";
    /// How many levels `directory_tree` descends, 1 to 128. Default: 32.
    pub const MAX_DEPTH: &str = "FILESYSTEM_MAX_DEPTH";
}

/// Used when no root is configured. Only this one is created by the server.
const DEFAULT_ROOT: &str = "/tmp/mcp-filesystem";

/// Settings of the server. Building them touches neither disk nor network.
#[derive(Debug, Clone)]
pub struct Config {
    /// Absolute paths that the tools may use, in order, without repetition.
    pub roots: Vec<PathBuf>,
    /// Whether `roots` is the default one, which the server creates when it is first needed.
    pub create_roots: bool,
    /// What `~` stands for in paths. Variable `HOME`; without it `~` is an ordinary name.
    pub home: Option<PathBuf>,
    /// How much one call returns.
    pub limits: Limits,
}

/// How much one call reads and returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of files. Variable `FILESYSTEM_MAX_READ_BYTES`, default 2 MiB: as text or base64,
    /// twice (as content and as structured content), that stays below the 6 MB of a Lambda response.
    pub read_bytes: u64,
    /// Entries of listings, trees and searches. Variable `FILESYSTEM_MAX_ENTRIES`, default 5000.
    pub entries: usize,
    /// Levels of a tree. Variable `FILESYSTEM_MAX_DEPTH`, default 32, at most 128.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            read_bytes: 2 * 1024 * 1024,
            entries: 5000,
            depth: 32,
        }
    }
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// A root is not a path.
    #[error(
        "{place} has `{value}` as a root, which is not a path: give directories, as in `/data:/mnt/files` for the variable or one argument each"
    )]
    #[expect(missing_docs, reason = "named by the message")]
    Root { place: &'static str, value: String },
    /// An argument looks like an option.
    #[error(
        "the argument `{value}` is not known: arguments are directories (write `./{value}` for a directory of that name)"
    )]
    #[expect(missing_docs, reason = "named by the message")]
    Option { value: String },
    /// A limit is not a number in range.
    #[error("{variable} is `{value}`: give a whole number from 1 to {most}")]
    #[expect(missing_docs, reason = "named by the message")]
    Limit {
        variable: &'static str,
        value: String,
        most: u64,
    },
    /// A relative root, and no current directory to take it from.
    #[error(
        "the root `{value}` is relative and there is no current directory: give an absolute path"
    )]
    #[expect(missing_docs, reason = "named by the message")]
    Relative { value: String },
}

impl Config {
    /// Settings from the arguments (each one a root) and the process environment.
    ///
    /// # Errors
    ///
    /// When a setting is malformed. Missing settings have defaults.
    pub fn from_env(args: &[String]) -> Result<Self, ConfigError> {
        Self::from_lookup(args, |name| {
            Some(std::env::var_os(name)?.to_string_lossy().into_owned())
        })
    }

    /// [`Config::from_env`] with another source of variables.
    ///
    /// # Errors
    ///
    /// As [`Config::from_env`].
    pub fn from_lookup(
        args: &[String],
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let home = variable("HOME").map(PathBuf::from);
        let mut roots = Vec::new();
        for value in args {
            if value.starts_with('-') {
                let value = value.clone();
                return Err(ConfigError::Option { value });
            }
            add_root(&mut roots, "an argument", value, home.as_deref())?;
        }
        for value in variable(variables::ROOTS)
            .iter()
            .flat_map(|all| all.split(':'))
        {
            add_root(&mut roots, variables::ROOTS, value, home.as_deref())?;
        }
        let create_roots = roots.is_empty();
        if create_roots {
            roots.push(PathBuf::from(DEFAULT_ROOT));
        }
        let usual = Limits::default();
        let limit = |name, default: u64, most: u64| {
            let Some(value) = variable(name) else {
                return Ok(default);
            };
            match value.trim().parse() {
                Ok(number) if (1..=most).contains(&number) => Ok(number),
                _ => Err(ConfigError::Limit {
                    variable: name,
                    value,
                    most,
                }),
            }
        };
        let limits = Limits {
            read_bytes: limit(variables::MAX_READ_BYTES, usual.read_bytes, 1 << 30)?,
            entries: limit(variables::MAX_ENTRIES, usual.entries as u64, 1_000_000)? as usize,
            depth: limit(variables::MAX_DEPTH, usual.depth as u64, 128)? as usize,
        };
        Ok(Self {
            roots,
            create_roots,
            home,
            limits,
        })
    }
}

fn add_root(
    roots: &mut Vec<PathBuf>,
    place: &'static str,
    value: &str,
    home: Option<&Path>,
) -> Result<(), ConfigError> {
    if value.is_empty() || value.contains('\0') {
        let value = value.to_owned();
        return Err(ConfigError::Root { place, value });
    }
    let path = expand_home(value, home);
    let path = std::path::absolute(path).map_err(|_| ConfigError::Relative {
        value: value.to_owned(),
    })?;
    let path = normalized(&path);
    if !roots.contains(&path) {
        roots.push(path);
    }
    Ok(())
}

/// `~` and `~/x` with the home directory in place of `~`.
pub(crate) fn expand_home(path: &str, home: Option<&Path>) -> PathBuf {
    match (home, path.strip_prefix('~')) {
        (Some(home), Some("")) => home.to_owned(),
        (Some(home), Some(rest)) if rest.starts_with('/') => {
            home.join(rest.trim_start_matches('/'))
        }
        _ => PathBuf::from(path),
    }
}

/// An absolute path without `.`, `..` and doubled slashes. Goes by the text alone.
pub(crate) fn normalized(path: &Path) -> PathBuf {
    let mut clean = PathBuf::from("/");
    for component in path.components() {
        match component {
            Component::Normal(name) => clean.push(name),
            Component::ParentDir => {
                clean.pop();
            }
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Config, Limits};

    type Variables<'v> = &'v [(&'v str, &'v str)];

    fn config(args: &[&str], variables: Variables<'_>) -> Result<Config, String> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let lookup = |name: &str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Config::from_lookup(&args, lookup).map_err(|error| error.to_string())
    }

    #[test]
    fn roots() {
        let here = std::env::current_dir().unwrap();
        let relative = here.join("notes").display().to_string();
        let cases: [(&[&str], Variables<'_>, &[&str]); 6] = [
            (&[], &[], &["/tmp/mcp-filesystem"]),
            (&[], &[("FILESYSTEM_ROOTS", "")], &["/tmp/mcp-filesystem"]),
            (&[], &[("FILESYSTEM_ROOTS", "/a:/b/../c/")], &["/a", "/c"]),
            (
                &["/x", "/a"],
                &[("FILESYSTEM_ROOTS", "/a:/b")],
                &["/x", "/a", "/b"],
            ),
            (
                &["~", "~/x", "/~"],
                &[("HOME", "/h")],
                &["/h", "/h/x", "/~"],
            ),
            (&["./notes/."], &[], &[&relative]),
        ];
        for (args, variables, expected) in cases {
            let config = config(args, variables).unwrap();
            let expected: Vec<PathBuf> = expected.iter().map(PathBuf::from).collect();
            assert_eq!(config.roots, expected);
            assert_eq!(config.create_roots, args.is_empty() && expected.len() == 1);
        }
    }

    #[test]
    fn limits() {
        let variables = [
            ("FILESYSTEM_MAX_READ_BYTES", " 10 "),
            ("FILESYSTEM_MAX_ENTRIES", "20"),
            ("FILESYSTEM_MAX_DEPTH", "128"),
        ];
        let expected = Limits {
            read_bytes: 10,
            entries: 20,
            depth: 128,
        };
        assert_eq!(config(&[], &variables).unwrap().limits, expected);
        assert_eq!(config(&[], &[]).unwrap().limits, Limits::default());
    }

    #[test]
    fn malformed_settings_are_named() {
        let cases: [(&[&str], Variables<'_>, &str); 6] = [
            (
                &["--root"],
                &[],
                "the argument `--root` is not known: arguments are directories (write `./--root` for a directory of that name)",
            ),
            (
                &[""],
                &[],
                "an argument has `` as a root, which is not a path: give directories, as in `/data:/mnt/files` for the variable or one argument each",
            ),
            (
                &[],
                &[("FILESYSTEM_ROOTS", "/a::/b")],
                "FILESYSTEM_ROOTS has `` as a root, which is not a path: give directories, as in `/data:/mnt/files` for the variable or one argument each",
            ),
            (
                &[],
                &[("FILESYSTEM_MAX_READ_BYTES", "2MB")],
                "FILESYSTEM_MAX_READ_BYTES is `2MB`: give a whole number from 1 to 1073741824",
            ),
            (
                &[],
                &[("FILESYSTEM_MAX_ENTRIES", "0")],
                "FILESYSTEM_MAX_ENTRIES is `0`: give a whole number from 1 to 1000000",
            ),
            (
                &[],
                &[("FILESYSTEM_MAX_DEPTH", "129")],
                "FILESYSTEM_MAX_DEPTH is `129`: give a whole number from 1 to 128",
            ),
        ];
        for (args, variables, message) in cases {
            assert_eq!(config(args, variables).unwrap_err(), message);
        }
    }
}
