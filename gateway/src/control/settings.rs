//! A gateway's settings in the control plane as settings of the data plane.

use std::sync::Arc;

use gateway_auth::{AwsIam, CustomJwt, InboundAuth, JwtOptions};
use gateway_control::{AuthorizerType, ExceptionLevel, GatewaySettings, SearchType};

use super::start::Signers;
use crate::gateway::Settings;
use crate::outcome;

/// What `record` says, over `base` for what the control plane knows nothing of.
///
/// # Errors
///
/// One sentence, when the gateway cannot be served as its owner wants it, above all not to these callers only.
pub(super) fn settings(
    record: &GatewaySettings,
    base: &Settings,
    signers: Option<&Signers>,
) -> Result<Settings, String> {
    let mcp = record.mcp().cloned().unwrap_or_default();
    let timeout = mcp.session_configuration.map(|sessions| {
        let seconds = sessions.session_timeout_in_seconds.unwrap_or(3600);
        seconds.to_string().parse()
    });
    let versions = mcp
        .supported_versions
        .map(|versions| versions.join(",").parse());
    Ok(Settings {
        exception_level: match record.exception_level {
            Some(ExceptionLevel::Debug) => outcome::ExceptionLevel::Debug,
            None => outcome::ExceptionLevel::None,
        },
        supported_versions: versions.transpose()?.unwrap_or_default(),
        session_timeout: timeout.transpose()?,
        response_streaming: mcp
            .streaming_configuration
            .is_some_and(|streaming| streaming.enable_response_streaming == Some(true)),
        disable_list_pagination: mcp.disable_mcp_list_tools_pagination == Some(true),
        instructions: mcp.instructions,
        search: mcp.search_type == Some(SearchType::Semantic),
        auth: auth(record, signers)?.map(Arc::new),
        ..base.clone()
    })
}

fn auth(
    record: &GatewaySettings,
    signers: Option<&Signers>,
) -> Result<Option<InboundAuth>, String> {
    match (record.authorizer_type, &record.authorizer_configuration) {
        (AuthorizerType::None, _) => Ok(None),
        (AuthorizerType::CustomJwt, Some(configuration)) => {
            let config = configuration.custom_jwt_authorizer.clone();
            let jwt =
                CustomJwt::new(config, JwtOptions::default()).map_err(|error| error.to_string())?;
            Ok(Some(jwt.into()))
        }
        (AuthorizerType::CustomJwt, None) => {
            Err("CUSTOM_JWT needs an authorizerConfiguration".to_owned())
        }
        (AuthorizerType::AwsIam | AuthorizerType::AuthenticateOnly, _) => {
            let signers = signers.ok_or(
                "AWS_IAM needs access keys: `--iam-keys`, or AWS_ACCESS_KEY_ID and \
                                         AWS_SECRET_ACCESS_KEY",
            )?;
            AwsIam::new(signers.clone())
                .map(|iam| Some(iam.into()))
                .map_err(|error| error.to_string())
        }
    }
}
