//! Region and credentials.

use std::time::Duration;

use anyhow::{Context as _, bail};
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_sdk_lambda::error::DisplayErrorContext;
use aws_types::SdkConfig;
use gateway_client::is_loopback;

use crate::arguments::Arguments;

/// The longest that a call may take: Lambda's own limit for a function.
const CALL_TIMEOUT: Duration = Duration::from_secs(900);
/// The longest to wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Settings of the Lambda API's client.
///
/// A loopback endpoint needs no credentials and no region: made-up ones do.
///
/// # Errors
///
/// When there is no region, or there are no credentials.
pub(crate) async fn for_functions(arguments: &Arguments) -> anyhow::Result<SdkConfig> {
    let mut loader = loader(arguments);
    if let Some(endpoint) = &arguments.endpoint_url {
        loader = loader.endpoint_url(endpoint.as_str());
        if is_loopback(endpoint) && arguments.profile.is_none() {
            loader = loader
                .credentials_provider(Credentials::new("local", "local", None, None, "verify"));
            if arguments.region.is_none() {
                let region = ["AWS_REGION", "AWS_DEFAULT_REGION"]
                    .iter()
                    .find_map(|name| std::env::var(name).ok().filter(|region| !region.is_empty()));
                loader = loader.region(Region::new(region.unwrap_or("us-east-1".to_owned())));
            }
        }
    }
    let config = loader.load().await;
    if config.region().is_none() {
        bail!(
            "no AWS Region: give `--region`, or set AWS_REGION; for a local gateway give `--endpoint-url`"
        );
    }
    credentials(&config).await?;
    Ok(config)
}

/// Credentials and region for signing requests to a gateway: always the user's own.
///
/// # Errors
///
/// When there are no credentials.
pub(crate) async fn for_signing(arguments: &Arguments) -> anyhow::Result<(SdkConfig, Credentials)> {
    let config = loader(arguments).load().await;
    let credentials = credentials(&config).await?;
    Ok((config, credentials))
}

fn loader(arguments: &Arguments) -> aws_config::ConfigLoader {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_timeout(CALL_TIMEOUT)
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts);
    if let Some(region) = &arguments.region {
        loader = loader.region(Region::new(region.as_str().to_owned()));
    }
    if let Some(profile) = &arguments.profile {
        loader = loader.profile_name(profile);
    }
    loader
}

async fn credentials(config: &SdkConfig) -> anyhow::Result<Credentials> {
    let provider = config
        .credentials_provider()
        .context("no AWS credentials are configured")?;
    provider.provide_credentials().await.map_err(|error| {
        anyhow::anyhow!(
            "no usable AWS credentials ({}): give `--profile`, or set AWS_PROFILE or \
             AWS_ACCESS_KEY_ID; for a local gateway give `--endpoint-url`",
            DisplayErrorContext(&error)
        )
    })
}
