//! What the command line says about a gateway's inbound authorization.

use anyhow::bail;
use aws_clients::RegionName;
use gateway_client::{Authorization, region_of};
use url::Url;

use crate::arguments::Arguments;
use crate::aws;

/// How requests to the gateway at `url` are authorized.
///
/// # Errors
///
/// When the variable holds no token, or there are no credentials or no region.
pub(super) async fn authorization(
    url: &Url,
    arguments: &Arguments,
) -> anyhow::Result<Authorization> {
    if let Some(variable) = &arguments.bearer_token_env {
        return Ok(Authorization::bearer_from_env(variable)?);
    }
    if !arguments.sigv4 {
        return Ok(Authorization::None);
    }
    let (config, credentials) = aws::for_signing(arguments).await?;
    let named = arguments.region.clone().or_else(|| region_of(url));
    let region = match (named, config.region()) {
        (Some(region), _) => region,
        (None, Some(region)) => RegionName::try_from(region.to_string())?,
        (None, None) => {
            bail!("the Region of {url} is not known: give `--region`, or set AWS_REGION")
        }
    };
    Ok(Authorization::SigV4 {
        region,
        credentials,
    })
}
