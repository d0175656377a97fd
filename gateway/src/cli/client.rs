//! Which running gateway is asked, and how it knows who asks.

use aws_clients::{Aws, RegionName, Scope};
use gateway::Remote;
use gateway_client::{Authorization, is_loopback, region_of};
use url::Url;

/// The default of `--iam-region`: what a local gateway wants signatures for.
const LOCAL_REGION: &str = "us-east-1";

#[derive(clap::Args)]
pub(crate) struct ClientArguments {
    /// The gateway's MCP endpoint.
    #[arg(long, default_value = "http://127.0.0.1:8080/mcp")]
    url: Url,
    /// Environment variable that holds the gateway's bearer token.
    #[arg(long, value_name = "NAME")]
    bearer_token_env: Option<String>,
    /// Sign the requests with the AWS credentials of the environment.
    #[arg(long, conflicts_with = "bearer_token_env")]
    sigv4: bool,
    /// Region to sign for [default: the one in the address, else AWS_REGION; us-east-1 for a gateway on this machine].
    #[arg(long, value_name = "REGION", requires = "sigv4", value_parser = region)]
    region: Option<RegionName>,
}

impl ClientArguments {
    /// The gateway and what its inbound authorization wants to see.
    ///
    /// # Errors
    ///
    /// When the variable holds no token, or there are no credentials or no Region.
    pub(crate) async fn remote(self) -> anyhow::Result<Remote> {
        let authorization = match &self.bearer_token_env {
            Some(variable) => Authorization::bearer_from_env(variable)?,
            None if self.sigv4 => self.signature().await?,
            None => Authorization::None,
        };
        Ok(Remote {
            url: self.url,
            authorization,
        })
    }

    async fn signature(&self) -> anyhow::Result<Authorization> {
        let mut aws = Aws::builder();
        if is_loopback(&self.url) {
            aws = aws.fallback_region(LOCAL_REGION.to_owned().try_into()?);
        }
        let scope = Scope {
            region: self.region.clone().or_else(|| region_of(&self.url)),
            ..Scope::default()
        };
        let session = aws.build().session(&scope).await?;
        Ok(Authorization::SigV4 {
            region: session.region().clone(),
            credentials: session.credentials().await?,
        })
    }
}

fn region(text: &str) -> Result<RegionName, String> {
    RegionName::try_from(text.to_owned()).map_err(|error| error.to_string())
}
