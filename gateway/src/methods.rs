//! The answers that need no target: the handshake, and the lists that are empty.

use std::borrow::Cow;

use rmcp::model::{
    DiscoverResult, ErrorCode, ErrorData, Implementation, InitializeResult, ServerCapabilities,
};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::gateway::Settings;
use crate::jsonrpc::{Answer, json, read};

pub(crate) fn initialize(params: Option<&RawValue>, settings: &Settings) -> Answer {
    #[derive(Deserialize)]
    struct Params<'a> {
        #[serde(rename = "protocolVersion", borrow)]
        protocol_version: Cow<'a, str>,
    }
    let params: Params<'_> = read(params, "`protocolVersion` must be a string")?;
    let version = settings
        .supported_versions
        .negotiate(&params.protocol_version)?;
    let capabilities = ServerCapabilities::builder()
        .enable_tools()
        .enable_tool_list_changed()
        .build();
    let mut result = InitializeResult::new(capabilities)
        .with_protocol_version(version)
        .with_server_info(implementation());
    result.instructions.clone_from(&settings.instructions);
    Ok(json(&result))
}

pub(crate) fn discover(settings: &Settings) -> String {
    // A server of this version declares what it answers, and the gateway answers with empty lists.
    let capabilities = ServerCapabilities::builder()
        .enable_tools()
        .enable_tool_list_changed()
        .enable_prompts()
        .enable_resources()
        .build();
    let mut result = DiscoverResult::new(settings.supported_versions.all().to_vec(), capabilities);
    result.instructions.clone_from(&settings.instructions);
    json(&result)
}

/// Name and version are those of the service's documentation.
pub(crate) fn implementation() -> Implementation {
    Implementation::new("agentcore-gateway", "1.0.0")
}

pub(crate) fn method_not_found(method: &str) -> ErrorData {
    ErrorData::new(
        ErrorCode::METHOD_NOT_FOUND,
        format!("Method not found: {method}"),
        None,
    )
}

/// The list of something that Lambda targets do not have.
pub(crate) fn empty_list(params: Option<&RawValue>, member: &str) -> Answer {
    match cursor(params)? {
        None => Ok(format!(r#"{{"{member}":[]}}"#)),
        Some(_) => Err(invalid_cursor()),
    }
}

pub(crate) fn no_prompt(params: Option<&RawValue>) -> Answer {
    #[derive(Deserialize)]
    struct Params<'a> {
        #[serde(borrow)]
        name: Cow<'a, str>,
    }
    let Params { name } = read(params, "`name` must be a string")?;
    Err(ErrorData::invalid_params(
        format!("Unknown prompt: {name}"),
        None,
    ))
}

pub(crate) fn no_resource(params: Option<&RawValue>, stateless: bool) -> Answer {
    #[derive(Deserialize)]
    struct Params<'a> {
        #[serde(borrow)]
        uri: Cow<'a, str>,
    }
    let Params { uri } = read(params, "`uri` must be a string")?;
    // -32002 went with 2026-07-28.
    let code = if stateless {
        ErrorCode::INVALID_PARAMS
    } else {
        ErrorCode::RESOURCE_NOT_FOUND
    };
    Err(ErrorData::new(
        code,
        "Resource not found",
        Some(json!({ "uri": uri })),
    ))
}

pub(crate) fn cursor<'a>(params: Option<&'a RawValue>) -> Result<Option<Cow<'a, str>>, ErrorData> {
    #[derive(Default, Deserialize)]
    struct Params<'a> {
        #[serde(default, borrow)]
        cursor: Option<Cow<'a, str>>,
    }
    match params {
        None => Ok(None),
        Some(_) => {
            read::<Params<'a>>(params, "`cursor` must be a string").map(|params| params.cursor)
        }
    }
}

pub(crate) fn invalid_cursor() -> ErrorData {
    ErrorData::invalid_params("Invalid cursor", None)
}
