//! Settings. Nothing here touches network or disk.

use std::net::IpAddr;

use reqwest::header::HeaderValue;
use url::{Host, Url};

use crate::location::Partition;
use crate::settings;

/// What the server was told. Every field has a default.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// `AWS_DOCUMENTATION_PARTITION`. Default: `aws`.
    pub(crate) partition: Partition,
    /// `MCP_USER_AGENT`, followed by this server's name and version. Default: only those.
    pub(crate) user_agent: HeaderValue,
    /// `AWS_DOCUMENTATION_STAND_IN`. Default: the servers themselves.
    pub(crate) stand_in: Option<StandIn>,
}

/// A server on this machine that tests ask instead of all others: `http://` and a loopback
/// address. What it is asked for is still only what the real servers would be.
#[derive(Debug, Clone)]
pub(crate) struct StandIn(Url);

impl StandIn {
    fn parse(value: &str) -> Option<Self> {
        let url = Url::parse(value).ok()?;
        let address = match url.host()? {
            Host::Ipv4(address) => IpAddr::from(address),
            Host::Ipv6(address) => IpAddr::from(address),
            Host::Domain(_) => return None,
        };
        let bare = url.path() == "/" && url.query().is_none() && url.username().is_empty();
        (address.is_loopback() && url.scheme() == "http" && bare).then_some(Self(url))
    }

    /// Where the stand-in has what is at `url`.
    pub(crate) fn place(&self, url: &Url) -> Url {
        let mut place = self.0.clone();
        place.set_path(url.path());
        place.set_query(url.query());
        place
    }
}

/// A setting that cannot be used. The message names it, its value and the right form.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "fields are named by the messages")]
pub enum ConfigError {
    /// No partition that has a documentation of its own.
    #[error("{}={value:?} is not `aws` or `aws-cn`", settings::PARTITION)]
    Partition { value: String },
    /// Not a header.
    #[error(
        "{}={value:?} is not a header: write visible ASCII characters, such as `example-agent/1.0`",
        settings::USER_AGENT
    )]
    UserAgent { value: String },
    /// A stand-in elsewhere than on this machine.
    #[error(
        "{}={value:?} is not a server on this machine: write `http://127.0.0.1:PORT`; it is for tests",
        settings::STAND_IN
    )]
    StandIn { value: String },
    /// An argument.
    #[error("unknown argument {0:?}; this server takes none")]
    Argument(String),
}

impl Config {
    /// Reads the process's environment.
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
        if let Some(argument) = args.first() {
            return Err(ConfigError::Argument(argument.clone()));
        }
        let partition = match variable(settings::PARTITION).as_deref() {
            None | Some("aws") => Partition::Aws,
            Some("aws-cn") => Partition::China,
            Some(value) => {
                let value = value.to_owned();
                return Err(ConfigError::Partition { value });
            }
        };
        let own = concat!("mcp-fleet-aws-docs/", env!("CARGO_PKG_VERSION"));
        let user_agent = match variable(settings::USER_AGENT) {
            None => HeaderValue::from_static(own),
            Some(value) => HeaderValue::from_str(&format!("{value} {own}"))
                .ok()
                .filter(|header| header.to_str().is_ok())
                .ok_or(ConfigError::UserAgent { value })?,
        };
        let stand_in = match variable(settings::STAND_IN) {
            None => None,
            Some(value) => match StandIn::parse(&value) {
                Some(stand_in) => Some(stand_in),
                None => return Err(ConfigError::StandIn { value }),
            },
        };
        Ok(Self {
            partition,
            user_agent,
            stand_in,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_lookup(&[], &|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn nothing_is_needed() {
        for variables in [vec![], vec![(settings::PARTITION, "")]] {
            let config = config(&variables).expect("defaults");
            assert_eq!(config.partition, Partition::Aws);
            assert!(config.stand_in.is_none());
            let agent = config.user_agent.to_str().expect("ASCII");
            assert!(agent.starts_with("mcp-fleet-aws-docs/"), "{agent}");
        }
        let config = config(&[(settings::USER_AGENT, "probe/2 (x)")]).expect("a header");
        let agent = config.user_agent.to_str().expect("ASCII");
        assert!(
            agent.starts_with("probe/2 (x) mcp-fleet-aws-docs/"),
            "{agent}"
        );
    }

    #[test]
    fn a_stand_in_is_on_this_machine() {
        for value in [
            "http://127.0.0.1:8099",
            "http://[::1]:1/",
            "http://127.8.0.1",
        ] {
            let config = config(&[(settings::STAND_IN, value)]).expect(value);
            assert!(config.stand_in.is_some(), "{value}");
        }
        for value in [
            "https://127.0.0.1:1",
            "http://localhost:1",
            "http://10.0.0.1",
            "http://docs.aws.amazon.com",
            "http://a@127.0.0.1:1",
            "http://127.0.0.1:1/pages",
            "127.0.0.1:1",
        ] {
            let error = config(&[(settings::STAND_IN, value)]).expect_err(value);
            let value = value.to_owned();
            assert_eq!(error, ConfigError::StandIn { value });
        }
    }

    #[test]
    fn what_is_malformed_is_named() {
        for (name, value) in [
            (settings::PARTITION, "aws-us-gov"),
            (settings::USER_AGENT, "a\nb"),
            (settings::USER_AGENT, "agé"),
        ] {
            let error = config(&[(name, value)]).expect_err(name).to_string();
            assert!(
                error.starts_with(&format!("{name}={value:?} is not ")),
                "{error}"
            );
        }
        let error = Config::from_lookup(&["--x".to_owned()], &|_| None).expect_err("an argument");
        assert_eq!(
            error.to_string(),
            "unknown argument \"--x\"; this server takes none"
        );
    }
}
