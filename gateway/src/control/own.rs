//! The fleet's own gateway as the API describes gateways.

use gateway_auth::InboundAuth;
use gateway_control::{
    AuthorizerConfiguration, AuthorizerType, ExceptionLevel, FleetGateway, FleetTarget, GatewayId,
    GatewaySettings, McpConfiguration, Place, ProtocolConfiguration, SearchType,
    SessionConfiguration, StreamingConfiguration, TargetId,
};
use serde_json::json;

use crate::catalog::identifier;
use crate::fleet::Member;
use crate::gateway::{Gateway, NAME, Settings};
use crate::outcome;

/// The fleet's gateway and its targets.
///
/// # Errors
///
/// When the fleet is not what the API allows.
pub(super) fn described(
    own: &Gateway,
    members: &[Member],
    place: &Place,
) -> anyhow::Result<FleetGateway> {
    let targets = members.iter().map(|member| target(member, place));
    Ok(FleetGateway {
        id: GatewayId::try_from(own.id().to_owned())?,
        settings: settings(&own.current().settings, place),
        targets: targets.collect::<anyhow::Result<_>>()?,
    })
}

fn settings(settings: &Settings, place: &Place) -> GatewaySettings {
    let (authorizer_type, authorizer_configuration) = match settings.auth.as_deref() {
        None | Some(InboundAuth::None) => (AuthorizerType::None, None),
        Some(InboundAuth::AwsIam(_)) => (AuthorizerType::AwsIam, None),
        Some(InboundAuth::CustomJwt(jwt)) => {
            let custom_jwt_authorizer = jwt.config().clone();
            let configuration = AuthorizerConfiguration {
                custom_jwt_authorizer,
            };
            (AuthorizerType::CustomJwt, Some(configuration))
        }
    };
    let versions = settings.supported_versions.names();
    let mcp = McpConfiguration {
        supported_versions: Some(versions.into_iter().map(str::to_owned).collect()),
        instructions: settings.instructions.clone(),
        search_type: settings.search.then_some(SearchType::Semantic),
        session_configuration: settings
            .session_timeout
            .map(|timeout| SessionConfiguration {
                session_timeout_in_seconds: Some(timeout.seconds()),
            }),
        streaming_configuration: settings
            .response_streaming
            .then_some(StreamingConfiguration {
                enable_response_streaming: Some(true),
            }),
        disable_mcp_list_tools_pagination: settings.disable_list_pagination.then_some(true),
    };
    GatewaySettings {
        name: NAME.to_owned(),
        description: Some("The fleet of servers.yaml.".to_owned()),
        role_arn: format!("arn:aws:iam::{}:role/{NAME}", place.account),
        protocol_type: None,
        protocol_configuration: Some(ProtocolConfiguration::Mcp(mcp)),
        authorizer_type,
        authorizer_configuration,
        kms_key_arn: None,
        exception_level: match settings.exception_level {
            outcome::ExceptionLevel::Debug => Some(ExceptionLevel::Debug),
            outcome::ExceptionLevel::None => None,
        },
        waf_configuration: None,
    }
}

fn target(member: &Member, place: &Place) -> anyhow::Result<FleetTarget> {
    let id = identifier(&member.target.id).to_ascii_uppercase();
    let Place { region, account } = place;
    let arn = format!(
        "arn:aws:lambda:{region}:{account}:function:{}",
        member.function.name
    );
    let tools: Vec<_> = member.target.tools.iter().map(|tool| {
        json!({"name": tool.name, "description": tool.description, "inputSchema": tool.input_schema})
    }).collect();
    let lambda = json!({"lambdaArn": arn, "toolSchema": {"inlinePayload": tools}});
    let settings = json!({
        "name": member.target.id,
        "targetConfiguration": {"mcp": {"lambda": lambda}},
        "credentialProviderConfigurations": [{"credentialProviderType": "GATEWAY_IAM_ROLE"}],
    });
    Ok(FleetTarget {
        id: TargetId::try_from(id)?,
        settings: serde_json::from_value(settings)?,
    })
}
