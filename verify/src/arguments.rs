//! The command line.

use std::path::PathBuf;

use anyhow::ensure;
use aws_clients::RegionName;
use clap::{ArgGroup, Parser, ValueEnum};
use gateway_client::is_loopback;
use url::Url;

use crate::prefix::Prefix;

/// Smoke-test every server of a fleet, local or deployed.
#[derive(Debug, Parser)]
#[command(
    name = "verify",
    version,
    group = ArgGroup::new("where").required(true).multiple(true).args(["deployed", "endpoint_url", "gateway_url"]),
    after_help = "Exit code: 0 all checks passed, 1 a check failed, 2 could not check."
)]
pub(crate) struct Arguments {
    /// Manifest of the fleet.
    #[arg(long, value_name = "FILE", default_value = "servers.yaml")]
    pub(crate) manifest: PathBuf,
    /// Folder of the generated handlers.
    #[arg(long, value_name = "DIR", default_value = "handlers")]
    pub(crate) handlers: PathBuf,
    /// Check the functions of the AWS account.
    #[arg(long)]
    pub(crate) deployed: bool,
    /// Check the functions behind this Lambda API, such as `http://127.0.0.1:9001` of a local gateway.
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint_url: Option<Url>,
    /// AWS Region. Default: that of the environment or the profile.
    #[arg(long, value_name = "REGION", value_parser = region)]
    pub(crate) region: Option<RegionName>,
    /// Profile of the AWS configuration files.
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// What the names of the deployed functions start with, such as `gamma-`.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) prefix: Prefix,
    /// Check only one side of the functions: `config` calls none, `calls` reads no configuration.
    #[arg(long, value_enum, value_name = "PART")]
    pub(crate) only: Option<Part>,
    /// Check through this gateway as well: its tools, and a call of each server.
    #[arg(long, value_name = "URL")]
    pub(crate) gateway_url: Option<Url>,
    /// Environment variable that holds the gateway's bearer token.
    #[arg(long, value_name = "NAME", requires = "gateway_url")]
    pub(crate) bearer_token_env: Option<String>,
    /// Sign the requests to the gateway with the AWS credentials.
    #[arg(long, requires = "gateway_url", conflicts_with = "bearer_token_env")]
    pub(crate) sigv4: bool,
    /// Check only this server. Repeat for more.
    #[arg(long = "server", value_name = "ID")]
    pub(crate) servers: Vec<String>,
    /// How to print the results.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

/// What is checked of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// That it exists and is configured as the manifest says.
    Config,
    /// That it answers.
    Calls,
}

/// Forms of the report.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
    /// For a build server.
    Junit,
}

fn region(text: &str) -> Result<RegionName, aws_clients::InvalidName> {
    RegionName::try_from(text.to_owned())
}

impl Arguments {
    /// What clap cannot say.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        if let Some(url) = &self.gateway_url {
            ensure!(
                url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url)),
                "{url} is not encrypted: write `https://…`; `http://` is for this machine only"
            );
            ensure!(
                self.only != Some(Part::Config),
                "`--only config` calls nothing, and `--gateway-url` is there to be called: leave one of them out"
            );
        }
        ensure!(
            self.only.is_none() || self.functions(),
            "`--only` is about functions: add `--deployed` or `--endpoint-url`"
        );
        Ok(())
    }

    /// Whether functions are checked directly.
    pub(crate) fn functions(&self) -> bool {
        self.deployed || self.endpoint_url.is_some()
    }

    /// What is checked of them.
    pub(crate) fn parts(&self) -> &'static [Part] {
        match self.only {
            None => &[Part::Config, Part::Calls],
            Some(Part::Config) => &[Part::Config],
            Some(Part::Calls) => &[Part::Calls],
        }
    }
}
