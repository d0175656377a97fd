//! `call TOOL [JSON]`: one call, its result on stdout.

use std::process::ExitCode;

use rmcp::ServerHandler;
use rmcp::model::{CallToolRequestParams, CallToolResponse, RequestId};
use serde_json::Value;

use super::{FAILED, MISCONFIGURED, fail, print_json};
use crate::dispatch::Dispatcher;
use crate::error::failure_result;
use crate::failure::CallFailure;
use crate::guarded::Guarded;

pub(super) async fn print<S: ServerHandler>(
    dispatcher: &Dispatcher<Guarded<S>>,
    tool: String,
    json: &str,
) -> ExitCode {
    let arguments = match serde_json::from_str(json) {
        Ok(Value::Object(arguments)) => arguments,
        Ok(_) => return fail(MISCONFIGURED, &format!("`{json}` is not a JSON object")),
        Err(error) => {
            return fail(
                MISCONFIGURED,
                &format!("`{json}` is not a JSON object: {error}"),
            );
        }
    };
    let context = dispatcher.context(RequestId::Number(1));
    let mut result = match dispatcher.server().refusal(&tool, &context).await {
        Some(refusal) => failure_result(&refusal),
        None => {
            let params = CallToolRequestParams::new(tool.clone()).with_arguments(arguments);
            match dispatcher.call_tool_in(context, params).await {
                Ok(CallToolResponse::Complete(result)) => result,
                Ok(_) => failure_result(&CallFailure::Conversation {
                    tool,
                    wanted: "further input",
                }),
                Err(error) => failure_result(&CallFailure::Protocol {
                    code: error.code.0,
                    message: error.message.into_owned(),
                }),
            }
        }
    };
    // Tells results of MCP 2026-07-28 apart, which was not agreed on here.
    result.result_type = None;
    let code = match result.is_error {
        Some(true) => ExitCode::from(FAILED),
        _ => ExitCode::SUCCESS,
    };
    print_json(&result, code)
}
