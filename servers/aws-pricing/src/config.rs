//! Settings, from arguments and environment. Nothing here touches network or disk.

use std::path::PathBuf;

use crate::settings;

/// Used when no root is set. Nothing creates it: without files in it, projects are sent inline.
const DEFAULT_ROOT: &str = "/tmp/mcp-aws-pricing";

/// What the server was told. Every field has a default.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// `--project-root`, else `AWS_PRICING_PROJECT_ROOT`: the only directory that is ever read.
    /// Default: `/tmp/mcp-aws-pricing`.
    pub(crate) project_root: PathBuf,
    /// `PRICING_ENDPOINT`: where the Price List API is. None: by region, or by the variables of
    /// the AWS SDK.
    pub(crate) endpoint: Option<String>,
}

/// A setting that cannot be used. The message names it, its value and the right form.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The root is no absolute path.
    #[error("{setting}={value:?} is not an absolute path; write one like `/mnt/projects`")]
    #[expect(missing_docs, reason = "named by the message")]
    Root {
        setting: &'static str,
        value: String,
    },
    /// The endpoint is no URL.
    #[error(
        "{}={value:?} is not a URL; write one like `https://api.pricing.us-east-1.amazonaws.com`",
        settings::ENDPOINT
    )]
    #[expect(missing_docs, reason = "named by the message")]
    Endpoint { value: String },
    /// An argument that the server does not know.
    #[error("unknown argument {0:?}; there is `--project-root DIRECTORY`")]
    Argument(String),
    /// An argument without its value.
    #[error("argument `--project-root` needs a directory")]
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
            Some(root) => ("--project-root", Some(root)),
            None => (settings::PROJECT_ROOT, variable(settings::PROJECT_ROOT)),
        };
        let project_root = match root {
            None => PathBuf::from(DEFAULT_ROOT),
            Some(value) if value.starts_with('/') && !value.contains('\0') => PathBuf::from(value),
            Some(value) => return Err(ConfigError::Root { setting, value }),
        };
        let endpoint = variable(settings::ENDPOINT);
        if let Some(value) = &endpoint
            && !["http://", "https://"]
                .iter()
                .any(|scheme| value.starts_with(scheme))
        {
            let value = value.clone();
            return Err(ConfigError::Endpoint { value });
        }
        Ok(Self {
            project_root,
            endpoint,
        })
    }
}

fn argument(args: &[String]) -> Result<Option<String>, ConfigError> {
    let mut root = None;
    let mut rest = args.iter();
    while let Some(argument) = rest.next() {
        root = match argument.split_once('=') {
            Some(("--project-root", value)) => Some(value.to_owned()),
            None if argument == "--project-root" => {
                Some(rest.next().ok_or(ConfigError::NoValue)?.clone())
            }
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
        let config = read(
            &[],
            &[("AWS_PRICING_PROJECT_ROOT", ""), ("PRICING_ENDPOINT", "")],
        )
        .unwrap();
        assert_eq!(config.project_root, Path::new("/tmp/mcp-aws-pricing"));
        assert_eq!(config.endpoint, None);
    }

    #[test]
    fn the_argument_wins_over_the_variable() {
        let variable = [("AWS_PRICING_PROJECT_ROOT", "/b")];
        for args in [&["--project-root", "/a"][..], &["--project-root=/a"]] {
            assert_eq!(read(args, &variable).unwrap().project_root, Path::new("/a"));
        }
        assert_eq!(read(&[], &variable).unwrap().project_root, Path::new("/b"));
    }

    #[test]
    fn mistakes_name_the_setting_and_the_right_form() {
        for (args, variables, text) in [
            (
                &["--project-root", "here"][..],
                &[][..],
                "--project-root=\"here\" is not an absolute path; write one like `/mnt/projects`",
            ),
            (
                &["--project-root"],
                &[],
                "argument `--project-root` needs a directory",
            ),
            (
                &["x"],
                &[],
                "unknown argument \"x\"; there is `--project-root DIRECTORY`",
            ),
            (
                &[],
                &[("PRICING_ENDPOINT", "localhost:1")],
                "PRICING_ENDPOINT=\"localhost:1\" is not a URL; write one like `https://api.pricing.us-east-1.amazonaws.com`",
            ),
        ] {
            assert_eq!(read(args, variables).unwrap_err().to_string(), text);
        }
    }
}
