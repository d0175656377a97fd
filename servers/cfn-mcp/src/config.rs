//! Settings, from arguments and environment. Nothing here touches network or disk.

use std::path::{Component, PathBuf};
use std::time::Duration;

use crate::settings;

/// Used when no root is set. Created when something is first saved.
const DEFAULT_ROOT: &str = "/tmp/mcp-cfn";

/// Below the minute after which many MCP clients give up on a call.
const DEFAULT_WAIT_SECONDS: u64 = 45;

/// Lambda's own limit is 900.
const LONGEST_WAIT_SECONDS: u64 = 890;

/// What the server was told. Every field has a default.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// `--output-root`, else `CFN_OUTPUT_ROOT`: the only directory that `save_to_file` writes into.
    /// Default: `/tmp/mcp-cfn`.
    pub(crate) output_root: PathBuf,
    /// `CFN_WAIT_SECONDS`, 0 to 890: how long a create, update or delete is waited for; the
    /// invocation's deadline shortens it. Default: 45.
    pub(crate) wait: Duration,
}

/// A setting that cannot be used. The message names it, its value and the right form.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The root is no absolute path.
    #[error(
        "{setting}={value:?} is not an absolute path without `..`; write one like `/tmp/templates`"
    )]
    #[expect(missing_docs, reason = "named by the message")]
    Root {
        setting: &'static str,
        value: String,
    },
    /// A number is none, or out of range.
    #[error(
        "{}={value:?} is not a whole number from 0 to {LONGEST_WAIT_SECONDS}",
        settings::WAIT_SECONDS
    )]
    #[expect(missing_docs, reason = "named by the message")]
    Wait { value: String },
    /// Upstream's flag, which is another setting here.
    #[error(
        "`--readonly` is not an argument of this server: it is read-only unless `MCP_FLEET_ACCESS` or `--access` says `read-write`"
    )]
    ReadOnly,
    /// An argument that the server does not know.
    #[error("unknown argument {0:?}; there is `--output-root DIRECTORY`")]
    Argument(String),
    /// An argument without its value.
    #[error("argument `--output-root` needs a directory")]
    NoValue,
}

impl Config {
    /// Reads arguments and the process's environment.
    ///
    /// # Errors
    ///
    /// Only for what is there and malformed.
    pub fn from_env(args: &[String]) -> Result<Self, ConfigError> {
        Self::from_lookup(args, &|name| std::env::var(name).ok())
    }

    /// As [`Self::from_env`], with variables from somewhere else.
    ///
    /// # Errors
    ///
    /// As [`Self::from_env`].
    pub fn from_lookup(
        args: &[String],
        lookup: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        // An empty variable is how shells and templates say "not set".
        let variable = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let (setting, root) = match argument(args)? {
            Some(root) => ("--output-root", Some(root)),
            None => (settings::OUTPUT_ROOT, variable(settings::OUTPUT_ROOT)),
        };
        let output_root = match root {
            None => PathBuf::from(DEFAULT_ROOT),
            Some(value) if is_absolute(&value) => PathBuf::from(value),
            Some(value) => return Err(ConfigError::Root { setting, value }),
        };
        let seconds = match variable(settings::WAIT_SECONDS) {
            None => DEFAULT_WAIT_SECONDS,
            Some(value) => match value.parse() {
                Ok(seconds) if seconds <= LONGEST_WAIT_SECONDS => seconds,
                _ => return Err(ConfigError::Wait { value }),
            },
        };
        Ok(Self {
            output_root,
            wait: Duration::from_secs(seconds),
        })
    }
}

fn is_absolute(value: &str) -> bool {
    let path = PathBuf::from(value);
    let climbs = path.components().any(|part| part == Component::ParentDir);
    path.is_absolute() && !climbs && !value.contains('\0')
}

fn argument(args: &[String]) -> Result<Option<String>, ConfigError> {
    let mut root = None;
    let mut rest = args.iter();
    while let Some(argument) = rest.next() {
        root = match argument.split_once('=') {
            Some(("--output-root", value)) => Some(value.to_owned()),
            None if argument == "--output-root" => {
                Some(rest.next().ok_or(ConfigError::NoValue)?.clone())
            }
            None if argument == "--readonly" => return Err(ConfigError::ReadOnly),
            _ => return Err(ConfigError::Argument(argument.clone())),
        };
    }
    Ok(root)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn read(args: &[&str], variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        Config::from_lookup(&args, &|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn nothing_has_to_be_set() {
        let config = read(&[], &[("CFN_OUTPUT_ROOT", ""), ("CFN_WAIT_SECONDS", "")]).unwrap();
        assert_eq!(config.output_root, Path::new("/tmp/mcp-cfn"));
        assert_eq!(config.wait, Duration::from_secs(45));
    }

    #[test]
    fn the_argument_wins_over_the_variable() {
        let variable = [("CFN_OUTPUT_ROOT", "/b"), ("CFN_WAIT_SECONDS", "0")];
        for args in [&["--output-root", "/a"][..], &["--output-root=/a"]] {
            let config = read(args, &variable).unwrap();
            assert_eq!(config.output_root, Path::new("/a"));
            assert_eq!(config.wait, Duration::ZERO);
        }
        let config = read(&[], &variable).unwrap();
        assert_eq!(config.output_root, Path::new("/b"));
    }

    #[test]
    fn mistakes_name_the_setting_and_the_right_form() {
        for (args, variables, text) in [
            (
                &["--output-root", "here"][..],
                &[][..],
                "--output-root=\"here\" is not an absolute path without `..`; write one like `/tmp/templates`",
            ),
            (
                &[],
                &[("CFN_OUTPUT_ROOT", "/tmp/../etc")],
                "CFN_OUTPUT_ROOT=\"/tmp/../etc\" is not an absolute path without `..`; write one like `/tmp/templates`",
            ),
            (
                &["--output-root"],
                &[],
                "argument `--output-root` needs a directory",
            ),
            (
                &["x"],
                &[],
                "unknown argument \"x\"; there is `--output-root DIRECTORY`",
            ),
            (
                &["--readonly"],
                &[],
                "`--readonly` is not an argument of this server: it is read-only unless `MCP_FLEET_ACCESS` or `--access` says `read-write`",
            ),
            (
                &[],
                &[("CFN_WAIT_SECONDS", "891")],
                "CFN_WAIT_SECONDS=\"891\" is not a whole number from 0 to 890",
            ),
        ] {
            assert_eq!(read(args, variables).unwrap_err().to_string(), text);
        }
    }
}
