//! Where PromQL is asked: at the host of CloudWatch's own API, in every partition.

use aws_clients::{AwsError, Session};
use aws_sdk_cloudwatch::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};
use aws_types::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

/// Base URL, without a slash at its end: `https://monitoring.eu-west-1.amazonaws.com`.
///
/// The SDK's own rules give it, so regions, partitions, FIPS, dual stack and
/// `AWS_ENDPOINT_URL_CLOUDWATCH` count here as they do for every other call.
pub(super) async fn base(session: &Session) -> Result<String, AwsError> {
    let config = session.config();
    let params = Params::builder()
        .region(session.region().as_str())
        .set_endpoint(configured(config))
        .set_use_fips(config.use_fips())
        .set_use_dual_stack(config.use_dual_stack())
        .build()
        .map_err(AwsError::not_signable)?;
    let resolver = DefaultResolver::new();
    let endpoint = resolver.resolve_endpoint(&params).await;
    let endpoint = endpoint.map_err(AwsError::not_signable)?;
    Ok(endpoint.url().trim_end_matches('/').to_owned())
}

/// The service's own setting wins over the general one, unless that came from code.
fn configured(config: &SdkConfig) -> Option<String> {
    let general = config.endpoint_url().map(str::to_owned);
    if config.get_origin("endpoint_url").is_client_config() {
        return general;
    }
    let key = ServiceConfigKey::builder()
        .service_id("CloudWatch")
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .expect("all three are set");
    let own = config.service_config()?.load_config(key);
    own.or(general)
}
