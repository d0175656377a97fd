//! What a gateway's inbound authorization wants to see.

use std::time::SystemTime;

use anyhow::{Context as _, ensure};
use aws_clients::RegionName;
use aws_credential_types::Credentials;
use gateway_client::Prepare;
use http::{HeaderValue, header};
use url::Url;

use crate::arguments::Arguments;
use crate::aws;

/// Name under which requests to a gateway are signed.
const SERVICE: &str = "bedrock-agentcore";

/// How requests are authorized.
pub(crate) enum Authorization {
    /// Not at all.
    None,
    /// By a token from an environment variable.
    Bearer {
        variable: String,
        /// `Bearer <token>`, marked as sensitive.
        header: HeaderValue,
    },
    /// By a signature.
    SigV4 {
        region: RegionName,
        credentials: Credentials,
    },
}

impl Authorization {
    /// Reads what the command line names.
    ///
    /// # Errors
    ///
    /// When the variable holds no token, or there are no credentials or no region.
    pub(crate) async fn read(url: &Url, arguments: &Arguments) -> anyhow::Result<Self> {
        if let Some(variable) = &arguments.bearer_token_env {
            let token = std::env::var(variable).unwrap_or_default();
            let token = token.trim();
            ensure!(
                !token.is_empty(),
                "the environment variable {variable} holds no token: set it, or name another with `--bearer-token-env`"
            );
            // The reason is not shown: it could hold the token.
            let mut header = HeaderValue::from_str(&format!("Bearer {token}"))
                .ok()
                .with_context(|| format!("what {variable} holds cannot be a token"))?;
            header.set_sensitive(true);
            let variable = variable.clone();
            return Ok(Self::Bearer { variable, header });
        }
        if arguments.sigv4 {
            let (config, credentials) = aws::for_signing(arguments).await?;
            let named = arguments.region.clone().or_else(|| region_of(url));
            let region = match (named, config.region()) {
                (Some(region), _) => region,
                (None, Some(region)) => RegionName::try_from(region.to_string())?,
                (None, None) => anyhow::bail!(
                    "the Region of {url} is not known: give `--region`, or set AWS_REGION"
                ),
            };
            return Ok(Self::SigV4 {
                region,
                credentials,
            });
        }
        Ok(Self::None)
    }

    /// What is done to each request.
    pub(crate) fn prepare(&self) -> Option<Prepare> {
        match self {
            Self::None => None,
            Self::Bearer { header, .. } => {
                let header = header.clone();
                Some(Box::new(move |request| {
                    request
                        .headers_mut()
                        .insert(header::AUTHORIZATION, header.clone());
                    Ok(())
                }))
            }
            Self::SigV4 {
                region,
                credentials,
            } => {
                let (region, credentials) = (region.clone(), credentials.clone());
                Some(Box::new(move |request| {
                    let now = SystemTime::now();
                    Ok(aws_clients::sign(
                        request,
                        SERVICE,
                        &region,
                        &credentials,
                        now,
                    )?)
                }))
            }
        }
    }
}

/// The Region in `<id>.gateway.bedrock-agentcore.<region>.amazonaws.com`.
fn region_of(url: &Url) -> Option<RegionName> {
    let (_, rest) = url.host_str()?.split_once(".gateway.bedrock-agentcore.")?;
    let (region, _) = rest.split_once('.')?;
    RegionName::try_from(region.to_owned()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_gateway_names_its_region() {
        let region = |url: &str| region_of(&url.parse().unwrap());
        let gateway =
            "https://fleet-0123456789.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp";
        assert_eq!(region(gateway).unwrap().as_str(), "eu-west-1");
        assert_eq!(region("https://mcp.example.com/mcp"), None);
        assert_eq!(region("https://a.gateway.bedrock-agentcore.EVIL"), None);
    }
}
