//! The data plane: what each MCP method answers.

use std::borrow::Cow;

use bytes::Bytes;
use rmcp::model::{ErrorData, Implementation, InitializeResult, ServerCapabilities};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::arguments::Undeclared;
use crate::catalog::{Catalog, Entry, identifier};
use crate::chain::Chain;
use crate::client_context::Call;
use crate::invoke::{Failure, Invocation};
use crate::jsonrpc::{Answer, Request, json};
use crate::outcome::{self, ExceptionLevel, ResultMode};
use crate::protocol::SupportedVersions;

/// Name of the gateway; its identifier begins with it.
const NAME: &str = "mcp-fleet";

/// How a gateway behaves where the service leaves a choice, or leaves it undocumented.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What becomes of a function's return value.
    pub result_mode: ResultMode,
    /// Whether clients are told why a call failed.
    pub exception_level: ExceptionLevel,
    /// What happens to undeclared arguments.
    pub undeclared_arguments: Undeclared,
    /// Protocol versions that are served.
    pub supported_versions: SupportedVersions,
}

/// A gateway: its tools and its settings.
pub struct Gateway {
    id: String,
    catalog: Catalog,
    pub(crate) settings: Settings,
}

impl Gateway {
    /// A gateway that serves `catalog`.
    pub fn new(catalog: Catalog, settings: Settings) -> Self {
        Self {
            id: format!("{NAME}-{}", identifier(NAME)),
            catalog,
            settings,
        }
    }

    /// Answers one request.
    pub(crate) async fn answer(&self, request: &Request<'_>) -> Answer {
        tracing::debug!(
            mcp.method = request.method.as_ref(),
            mcp.message_id = request.id.text,
            "received request for {} method",
            request.method
        );
        match request.method.as_ref() {
            "initialize" => self.initialize(request.params),
            "ping" => Ok("{}".to_owned()),
            "tools/list" => self.list(request.params),
            "tools/call" => self.call(request).await,
            "prompts/list" => empty_list(request.params, "prompts"),
            "resources/list" => empty_list(request.params, "resources"),
            "resources/templates/list" => empty_list(request.params, "resourceTemplates"),
            method => Err(ErrorData::new(
                rmcp::model::ErrorCode::METHOD_NOT_FOUND,
                format!("Method not found: {method}"),
                None,
            )),
        }
    }

    fn initialize(&self, params: Option<&RawValue>) -> Answer {
        #[derive(Deserialize)]
        struct Params<'a> {
            #[serde(rename = "protocolVersion", borrow)]
            protocol_version: Cow<'a, str>,
        }
        let params: Params<'_> = read(params, "`protocolVersion` must be a string")?;
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_tool_list_changed()
            .build();
        // Name and version are those of the service's documentation.
        let result = InitializeResult::new(capabilities)
            .with_protocol_version(
                self.settings
                    .supported_versions
                    .negotiate(&params.protocol_version),
            )
            .with_server_info(Implementation::new("agentcore-gateway", "1.0.0"));
        Ok(json(&result))
    }

    fn list(&self, params: Option<&RawValue>) -> Answer {
        let cursor = cursor(params)?;
        match self.catalog.page(cursor.as_deref()) {
            Ok(page) => Ok(json(&page)),
            Err(_) => Err(invalid_cursor()),
        }
    }

    async fn call(&self, request: &Request<'_>) -> Answer {
        #[derive(Deserialize)]
        struct Params<'a> {
            #[serde(borrow)]
            name: Cow<'a, str>,
            #[serde(default, borrow)]
            arguments: Option<&'a RawValue>,
        }
        let params: Params<'_> = read(request.params, "`name` must be a string")?;
        let Some(entry) = self.catalog.find(&params.name) else {
            return Err(ErrorData::invalid_params(
                format!("Unknown tool: {}", params.name),
                None,
            ));
        };
        let arguments = params.arguments.map_or("{}", RawValue::get);
        let value: Value = match serde_json::from_str(arguments) {
            Ok(value @ Value::Object(_)) => value,
            Ok(_) => return Err(invalid_params("`arguments` must be an object")),
            Err(error) => return Err(invalid_params(&format!("`arguments`: {error}"))),
        };
        if let Some(text) = entry
            .input
            .refusal(&value, self.settings.undeclared_arguments)
        {
            return Ok(outcome::refused(text));
        }
        let arguments = Bytes::copy_from_slice(arguments.as_bytes());
        match self
            .invoke(entry, &params.name, &request.id.text, arguments)
            .await
        {
            Ok(result) => Ok(result),
            Err(failure) => {
                tracing::warn!(
                    gateway.target = entry.target_name,
                    mcp.tool = params.name.as_ref(),
                    mcp.message_id = request.id.text,
                    "[{}] {}: {}",
                    entry.target_name,
                    params.name,
                    Chain(&failure)
                );
                Ok(outcome::failed(&failure, self.settings.exception_level))
            }
        }
    }

    async fn invoke(
        &self,
        entry: &Entry,
        tool: &str,
        message_id: &str,
        arguments: Bytes,
    ) -> Result<String, Failure> {
        let request_id = uuid::Uuid::new_v4().to_string();
        let call = Call {
            request_id: &request_id,
            message_id,
            gateway_id: &self.id,
            target_id: &entry.target_id,
            tool,
        };
        let client_context = call.client_context()?;
        let payload = entry
            .invoke
            .invoke(Invocation {
                arguments,
                client_context,
            })
            .await?;
        outcome::returned(&payload, self.settings.result_mode).map_err(|source| Failure::NotJson {
            target: entry.target_name.clone(),
            size_bytes: payload.len(),
            source,
        })
    }
}

/// The list of something that Lambda targets do not have.
fn empty_list(params: Option<&RawValue>, member: &str) -> Answer {
    match cursor(params)? {
        None => Ok(format!(r#"{{"{member}":[]}}"#)),
        Some(_) => Err(invalid_cursor()),
    }
}

fn cursor<'a>(params: Option<&'a RawValue>) -> Result<Option<Cow<'a, str>>, ErrorData> {
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

fn read<'a, T: Deserialize<'a>>(params: Option<&'a RawValue>, rule: &str) -> Result<T, ErrorData> {
    params
        // A struct would accept an array of its members as well.
        .filter(|params| params.get().starts_with('{'))
        .and_then(|params| serde_json::from_str(params.get()).ok())
        .ok_or_else(|| invalid_params(rule))
}

fn invalid_params(rule: &str) -> ErrorData {
    ErrorData::invalid_params(format!("Invalid params: {rule}"), None)
}

fn invalid_cursor() -> ErrorData {
    ErrorData::invalid_params("Invalid cursor", None)
}
