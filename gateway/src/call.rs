//! `tools/call`.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use rmcp::model::ErrorData;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::time::timeout;

use crate::arguments::refusal;
use crate::catalog::Entry;
use crate::chain::Chain;
use crate::client_context::Call;
use crate::gateway::{Arrival, Current, Gateway, Settings};
use crate::http::MAX_MESSAGE_BYTES;
use crate::invoke::{Failure, Invocation, Returned};
use crate::jsonrpc::{Answer, Request, invalid_params, read};
use crate::outcome;
use crate::search::SEARCH_TOOL;

/// The service's quota for one call.
const INVOCATION_TIMEOUT: Duration = Duration::from_secs(15 * 60);

#[derive(Deserialize)]
struct Params<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(default, borrow)]
    arguments: Option<&'a RawValue>,
}

impl Gateway {
    pub(crate) async fn call(
        &self,
        current: &Current,
        request: &Request<'_>,
        arrival: Arrival<'_>,
    ) -> Answer {
        let params: Params<'_> = read(request.params, "`name` must be a string")?;
        let arguments = params.arguments.map_or("{}", RawValue::get);
        let rules = current.settings.validation;
        if let (Some(search), SEARCH_TOOL) = (&current.search, params.name.as_ref()) {
            return Ok(search.call(&object(arguments)?, rules));
        }
        let Some(entry) = current.catalog.find(&params.name) else {
            let text = format!("Unknown tool: {}", params.name);
            return Err(ErrorData::invalid_params(text, None));
        };
        let values = object(arguments)?;
        let schema = entry.input.as_ref();
        if let Some(text) = schema.and_then(|schema| refusal(schema, &values, rules)) {
            return Ok(outcome::refused(text));
        }
        let propagation = &entry.target.propagation;
        let mut call = Call::new(
            uuid::Uuid::new_v4().to_string(),
            request.id.text.clone(),
            Arc::clone(&self.id),
            Arc::clone(&entry.target.id),
            params.name.into_owned(),
        );
        call.headers = propagation.headers(arrival.headers);
        call.query_parameters = propagation.parameters(arrival.query);
        let tool = call.tool.clone();
        let arguments = Bytes::copy_from_slice(arguments.as_bytes());
        let invoked = invoke(entry, Invocation { arguments, call }, &current.settings).await;
        Ok(invoked.unwrap_or_else(|failure| {
            tracing::warn!(
                gateway.target = entry.target.name,
                mcp.tool = tool,
                mcp.message_id = request.id.text,
                "[{}] {tool}: {}",
                entry.target.name,
                Chain(&failure)
            );
            outcome::failed(&failure, current.settings.exception_level)
        }))
    }
}

fn object(arguments: &str) -> Result<Value, ErrorData> {
    match serde_json::from_str(arguments) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err(invalid_params("`arguments` must be an object")),
        Err(error) => Err(invalid_params(&format!("`arguments`: {error}"))),
    }
}

async fn invoke(
    entry: &Entry,
    invocation: Invocation,
    settings: &Settings,
) -> Result<String, Failure> {
    let target = || entry.target.name.clone();
    let returned = timeout(INVOCATION_TIMEOUT, entry.target.invoke.invoke(invocation));
    let returned = returned.await.map_err(|_| Failure::TimedOut {
        target: target(),
        seconds: INVOCATION_TIMEOUT.as_secs(),
    })??;
    let (Returned::Value(payload) | Returned::ToolResult(payload)) = &returned;
    let size_bytes = payload.len();
    if size_bytes > MAX_MESSAGE_BYTES {
        return Err(Failure::TooLarge {
            target: target(),
            size_bytes,
            limit_bytes: MAX_MESSAGE_BYTES,
        });
    }
    outcome::returned(&returned, settings.result_mode).map_err(|source| Failure::NotJson {
        target: target(),
        size_bytes,
        source,
    })
}
