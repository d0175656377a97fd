//! Settings, from arguments and environment. Nothing here touches network or disk.

use std::time::Duration;

use aws_clients::{InvalidName, ProfileName, RegionName};
use secrecy::SecretString;

use crate::endpoint::{BaseUrl, Origin, UrlProblem};
use crate::settings;

/// What the server was told. Every field has a default; a missing URL is not a mistake.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// `--url`, else `PROMETHEUS_URL`: where queries go. None: to the workspace that a call names.
    pub(crate) url: Option<BaseUrl>,
    /// `PROMETHEUS_BEARER_TOKEN`, or `PROMETHEUS_USERNAME` with `PROMETHEUS_PASSWORD`. None: no
    /// `Authorization` header.
    pub(crate) login: Option<Login>,
    /// `PROMETHEUS_SIGV4=always`: sign requests to `url` although it is no AMP address.
    pub(crate) sign_url: bool,
    /// `PROMETHEUS_TRUSTED_ORIGINS`. Default: none.
    pub(crate) trusted_origins: Vec<Origin>,
    /// `PROMETHEUS_TIMEOUT_SECONDS`, 1 to 890. Default: 25.
    pub(crate) timeout: Duration,
    /// `PROMETHEUS_MAX_RESPONSE_BYTES`, 1,000 to 5,000,000. Default: 1,000,000.
    pub(crate) max_response_bytes: usize,
    /// `--region`. None: by the AWS rule.
    pub(crate) region: Option<RegionName>,
    /// `--profile`. None: by the AWS rule.
    pub(crate) profile: Option<ProfileName>,
    /// `AWS_PROFILE`, only to be shown.
    pub(crate) profile_shown: Option<String>,
}

/// How the server identifies itself at `PROMETHEUS_URL`.
#[derive(Debug, Clone)]
pub(crate) enum Login {
    Bearer(SecretString),
    Basic {
        user: String,
        password: SecretString,
    },
}

/// A setting that cannot be used. The message names it, its value and the right form.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The URL cannot be one of a Prometheus. Its value is not repeated where it holds a secret.
    #[error("{setting}: {problem}")]
    #[expect(missing_docs, reason = "named by the message")]
    Url {
        setting: &'static str,
        problem: UrlProblem,
    },
    /// A region or profile argument is malformed.
    #[error("{setting}: {problem}")]
    #[expect(missing_docs, reason = "named by the message")]
    Name {
        setting: &'static str,
        problem: InvalidName,
    },
    /// A number is none, or out of range.
    #[error("{setting}={value:?} is not a whole number from {min} to {max}")]
    #[expect(missing_docs, reason = "named by the message")]
    Number {
        setting: &'static str,
        value: String,
        min: u64,
        max: u64,
    },
    /// Not one of the words that the setting knows.
    #[error("{}={value:?} is not `auto` or `always`", settings::SIGV4)]
    #[expect(missing_docs, reason = "named by the message")]
    SigV4 { value: String },
    /// Settings that exclude each other, or one that needs another.
    #[error("{0}")]
    Combination(&'static str),
    /// An argument that the server does not know.
    #[error(
        "unknown argument {0:?}; there are `--url`, `--region` and `--profile`, each with a value"
    )]
    Argument(String),
    /// An argument without its value.
    #[error("argument `{0}` needs a value")]
    NoValue(String),
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
        let given = Arguments::parse(args)?;
        let (setting, url) = match given.url {
            Some(url) => ("--url", Some(url)),
            None => (settings::URL, variable(settings::URL)),
        };
        let url = url
            .map(BaseUrl::try_from)
            .transpose()
            .map_err(|problem| ConfigError::Url { setting, problem })?;
        let sign_url = match variable(settings::SIGV4).as_deref() {
            None | Some("auto") => false,
            Some("always") => true,
            Some(value) => {
                let value = value.to_owned();
                return Err(ConfigError::SigV4 { value });
            }
        };
        let login = login(&variable)?;
        let signed = sign_url || url.as_ref().is_some_and(|url| url.amp().is_some());
        if login.is_some() && signed {
            return Err(ConfigError::Combination(
                "requests to `PROMETHEUS_URL` are signed with AWS credentials; unset `PROMETHEUS_BEARER_TOKEN`, `PROMETHEUS_USERNAME` and `PROMETHEUS_PASSWORD`",
            ));
        }
        let profile = given
            .profile
            .map(ProfileName::try_from)
            .transpose()
            .map_err(|problem| ConfigError::Name {
                setting: "--profile",
                problem,
            })?;
        Ok(Self {
            login,
            sign_url,
            trusted_origins: trusted_origins(&variable)?,
            timeout: Duration::from_secs(number(settings::TIMEOUT_SECONDS, &variable, 25, 1, 890)?),
            max_response_bytes: usize::try_from(number(
                settings::MAX_RESPONSE_BYTES,
                &variable,
                1_000_000,
                1_000,
                5_000_000,
            )?)
            .expect("at most 5,000,000"),
            region: given
                .region
                .map(RegionName::try_from)
                .transpose()
                .map_err(|problem| ConfigError::Name {
                    setting: "--region",
                    problem,
                })?,
            profile_shown: profile
                .as_ref()
                .map(ToString::to_string)
                .or_else(|| variable(settings::AWS_PROFILE)),
            profile,
            url,
        })
    }
}

#[derive(Default)]
struct Arguments {
    url: Option<String>,
    region: Option<String>,
    profile: Option<String>,
}

impl Arguments {
    fn parse(args: &[String]) -> Result<Self, ConfigError> {
        let mut given = Self::default();
        let mut rest = args.iter();
        while let Some(argument) = rest.next() {
            let (name, value) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (argument.as_str(), None),
            };
            let place = match name {
                "--url" => &mut given.url,
                "--region" => &mut given.region,
                "--profile" => &mut given.profile,
                _ => return Err(ConfigError::Argument(name.to_owned())),
            };
            let value = match value {
                Some(value) => value,
                None => rest
                    .next()
                    .cloned()
                    .ok_or_else(|| ConfigError::NoValue(name.to_owned()))?,
            };
            *place = Some(value);
        }
        Ok(given)
    }
}

fn login(variable: &dyn Fn(&str) -> Option<String>) -> Result<Option<Login>, ConfigError> {
    match (
        variable(settings::BEARER_TOKEN),
        variable(settings::USERNAME),
        variable(settings::PASSWORD),
    ) {
        (None, None, None) => Ok(None),
        (Some(token), None, None) if is_header_text(&token) => {
            Ok(Some(Login::Bearer(token.into())))
        }
        (Some(_), None, None) => Err(ConfigError::Combination(
            "`PROMETHEUS_BEARER_TOKEN` holds characters that no token has; check for line ends",
        )),
        (None, Some(user), Some(password)) if !user.contains(':') => Ok(Some(Login::Basic {
            user,
            password: password.into(),
        })),
        (None, Some(_), Some(_)) => Err(ConfigError::Combination(
            "`PROMETHEUS_USERNAME` must not hold a `:`",
        )),
        (None, _, _) => Err(ConfigError::Combination(
            "set both `PROMETHEUS_USERNAME` and `PROMETHEUS_PASSWORD`",
        )),
        (Some(_), _, _) => Err(ConfigError::Combination(
            "set either `PROMETHEUS_BEARER_TOKEN` or `PROMETHEUS_USERNAME` with `PROMETHEUS_PASSWORD`",
        )),
    }
}

fn is_header_text(token: &str) -> bool {
    token.bytes().all(|byte| byte.is_ascii_graphic())
}

fn trusted_origins(variable: &dyn Fn(&str) -> Option<String>) -> Result<Vec<Origin>, ConfigError> {
    let list = variable(settings::TRUSTED_ORIGINS).unwrap_or_default();
    list.split(',')
        .map(str::trim)
        .filter(|origin| !origin.is_empty())
        .map(|origin| Origin::try_from(origin.to_owned()))
        .collect::<Result<_, _>>()
        .map_err(|problem| ConfigError::Url {
            setting: settings::TRUSTED_ORIGINS,
            problem,
        })
}

fn number(
    setting: &'static str,
    variable: &dyn Fn(&str) -> Option<String>,
    default: u64,
    min: u64,
    max: u64,
) -> Result<u64, ConfigError> {
    let Some(value) = variable(setting) else {
        return Ok(default);
    };
    match value.parse() {
        Ok(number) if (min..=max).contains(&number) => Ok(number),
        _ => Err(ConfigError::Number {
            setting,
            value,
            min,
            max,
        }),
    }
}
