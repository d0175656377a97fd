//! Reads a gateway out of any control plane of this API: the service's, a local CloudFormation's, or this crate's.

mod reader;

use std::fmt;
use std::sync::Arc;

use aws_clients::RegionName;
use aws_credential_types::provider::SharedCredentialsProvider;
use jiff::Timestamp;
use serde_json::{Map, Value};
use url::Url;

use self::reader::Reader;
use crate::ids::{GatewayId, InvalidId, TargetId};
use crate::plane::now;
use crate::record::{GatewayRecord, Origin, TargetRecord, TargetStatus};
use crate::shapes::gateway::{self, GatewaySettings};
use crate::shapes::request::{Body, Tags};
use crate::shapes::target::TargetSettings;

/// A control plane to read from.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Its address, such as `https://bedrock-agentcore-control.eu-west-1.amazonaws.com`.
    pub url: Url,
    /// Region of the signature.
    pub region: RegionName,
    /// Whose signature.
    pub credentials: SharedCredentialsProvider,
}

/// A gateway's id or name: letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayName(String);

/// A gateway that was read.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The gateway, with the targets that can be served here. The tools of MCP servers are not part of the API: ask
    /// the servers.
    pub gateway: GatewayRecord,
    /// One sentence each: what the gateway has there and will not have here.
    pub left_out: Vec<String>,
}

/// Why a gateway could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "named by the messages")]
pub enum LoadError {
    /// Not a gateway's name or id.
    #[error("`{0}` is neither a gateway id nor a gateway name")]
    Name(String),
    /// No credentials to sign with.
    #[error("no AWS credentials for the control plane")]
    Credentials(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The endpoint did not answer.
    #[error("the control plane at {url} could not be asked for {operation}")]
    Unreachable {
        url: Url,
        operation: &'static str,
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The endpoint answered with an error.
    #[error("{operation} was refused with status {status}: {message}")]
    Refused {
        operation: &'static str,
        status: u16,
        message: String,
    },
    /// The endpoint answered something else than the API.
    #[error("the answer to {operation} is not what the API returns: {problem}")]
    Answer {
        operation: &'static str,
        problem: String,
    },
    /// No gateway of that name.
    #[error("the control plane at {url} has no gateway `{name}`")]
    NotFound { url: Url, name: GatewayName },
    /// No gateway at all.
    #[error("the control plane at {url} has no gateways")]
    Empty { url: Url },
    /// More than one, and none was named.
    #[error("the control plane at {url} has several gateways: {}", ids.join(", "))]
    Several { url: Url, ids: Vec<String> },
    /// The gateway cannot be had here without being weaker than there.
    #[error("gateway {id} cannot be served here: {problem}")]
    Unservable { id: GatewayId, problem: String },
}

impl TryFrom<String> for GatewayName {
    type Error = LoadError;

    fn try_from(text: String) -> Result<Self, LoadError> {
        let fits = text
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_alphanumeric());
        if fits && (1..=211).contains(&text.len()) {
            Ok(Self(text))
        } else {
            Err(LoadError::Name(text))
        }
    }
}

impl std::str::FromStr for GatewayName {
    type Err = LoadError;

    fn from_str(text: &str) -> Result<Self, LoadError> {
        Self::try_from(text.to_owned())
    }
}

impl fmt::Display for GatewayName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads a gateway and all its targets: the one called `name`, or without a name the only one.
///
/// Targets of kinds that are not served here, and those that are not ready, are left out and named.
///
/// # Errors
///
/// When the control plane cannot be asked, has no such gateway, or the gateway's own settings cannot be honoured.
pub async fn load_from_endpoint(
    endpoint: &Endpoint,
    name: Option<&GatewayName>,
) -> Result<Loaded, LoadError> {
    let reader = Reader::new(endpoint)?;
    let found = match name {
        Some(name) => reader.find(name).await?,
        None => reader.only().await?,
    };
    let mut loaded = read_gateway(&found)?;
    let id = loaded.gateway.id.clone();
    // Region of `arn:aws:bedrock-agentcore:<region>:…`: the functions of the gateway are there too.
    let region = found["gatewayArn"]
        .as_str()
        .and_then(|arn| arn.split(':').nth(3));
    let region = region.unwrap_or(endpoint.region.as_str()).to_owned();
    for item in reader
        .list("ListGatewayTargets", &format!("/gateways/{id}/targets/"))
        .await?
    {
        let answer = |error: InvalidId| answer("ListGatewayTargets", error);
        let target = TargetId::try_from(text(&item, "targetId").to_owned()).map_err(answer)?;
        let target = reader
            .get(
                "GetGatewayTarget",
                &format!("/gateways/{id}/targets/{target}/"),
            )
            .await?;
        match read_target(target, &region)? {
            Ok(target) => loaded.gateway.targets.push(Arc::new(target)),
            Err(why) => loaded.left_out.push(why),
        }
    }
    loaded
        .gateway
        .targets
        .sort_by(|one, other| one.id.cmp(&other.id));
    Ok(loaded)
}

fn read_gateway(found: &Value) -> Result<Loaded, LoadError> {
    let id = GatewayId::of_answer(text(found, "gatewayId"))
        .map_err(|error| answer("GetGateway", error))?;
    let unsupported = gateway::UNSUPPORTED
        .iter()
        .filter(|(name, _)| !is_empty(&found[*name]));
    let mut left_out: Vec<_> = unsupported
        .map(|(name, why)| format!("{name}: {why}"))
        .collect();
    let body = body(
        found,
        &[
            "name",
            "description",
            "roleArn",
            "protocolType",
            "protocolConfiguration",
            "authorizerType",
            "authorizerConfiguration",
            "kmsKeyArn",
            "exceptionLevel",
            "wafConfiguration",
        ],
    );
    // Never served with less protection than it has there: what cannot be read here ends the load.
    let settings = GatewaySettings::read(body);
    let settings = settings.map_err(|error| LoadError::Unservable {
        id: id.clone(),
        problem: error.to_string(),
    })?;
    if let Some(configuration) = &settings.authorizer_configuration {
        let members = configuration.custom_jwt_authorizer.without_effect();
        left_out.extend(
            members
                .iter()
                .map(|name| format!("customJWTAuthorizer.{name} has no effect here")),
        );
    }
    let gateway = GatewayRecord {
        id,
        settings,
        origin: Origin::Api,
        created_at: time(found, "createdAt"),
        updated_at: time(found, "updatedAt"),
        tags: Tags::new(),
        client_token: None,
        targets: Vec::new(),
    };
    Ok(Loaded { gateway, left_out })
}

/// A target, or why it is left out.
fn read_target(found: Value, region: &str) -> Result<Result<TargetRecord, String>, LoadError> {
    let id = TargetId::try_from(text(&found, "targetId").to_owned())
        .map_err(|error| answer("GetGatewayTarget", error))?;
    let name = text(&found, "name");
    let status: TargetStatus = match serde_json::from_value(found["status"].clone()) {
        Ok(TargetStatus::Creating | TargetStatus::Failed | TargetStatus::Deleting) | Err(_) => {
            return Ok(Err(format!("target {name} is {} there", found["status"])));
        }
        Ok(status) => status,
    };
    let members = [
        "name",
        "description",
        "targetConfiguration",
        "credentialProviderConfigurations",
        "metadataConfiguration",
        "privateEndpoint",
        "certificateConfigurations",
    ];
    Ok(match TargetSettings::read(body(&found, &members), region) {
        Err(error) => Err(format!("target {name} cannot be served here: {error}")),
        Ok(settings) => {
            let mut record =
                TargetRecord::new(id, settings, Origin::Api, time(&found, "createdAt"));
            record.updated_at = time(&found, "updatedAt");
            record.status = status;
            record.served = true;
            Ok(record)
        }
    })
}

/// The members of an answer that a request has too. Empty ones are absent: not every emulator knows the difference.
fn body(found: &Value, names: &[&str]) -> Body {
    let members = names.iter().filter(|name| !is_empty(&found[**name]));
    Body::new(
        members
            .map(|name| ((*name).to_owned(), found[*name].clone()))
            .collect::<Map<_, _>>(),
    )
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(elements) => elements.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn time(value: &Value, name: &str) -> Timestamp {
    text(value, name).parse().unwrap_or_else(|_| now())
}

fn answer(operation: &'static str, problem: impl ToString) -> LoadError {
    LoadError::Answer {
        operation,
        problem: problem.to_string(),
    }
}
