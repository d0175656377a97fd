//! Answers an invocation in its own task: no session, no child task.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use rmcp::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ClientJsonRpcMessage, JsonRpcMessage, NumberOrString,
    RequestId, ServerJsonRpcMessage,
};
use rmcp::{ErrorData, model::ErrorCode};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::answer::{Form, Outcome, OutcomeKind, bytes};
use super::context::GatewayContext;
use super::event::{Event, Kind, ToolCall};
use crate::deadline::Deadline;
use crate::dispatch::Dispatcher;
use crate::error::with_code;
use crate::failure::{CallFailure, RESERVE};
use crate::guarded::Guarded;
use crate::run::ServerInfo;
use crate::settings::ResultMode;

/// The JSON-RPC id of calls that have none of their own.
const NO_ID: RequestId = NumberOrString::Number(0);

/// A server, ready to be invoked.
#[derive(Debug)]
pub(super) struct Invoker<S> {
    info: ServerInfo,
    dispatcher: Dispatcher<Guarded<S>>,
    mode: ResultMode,
}

/// The time that an invocation has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Time {
    pub(super) started: Instant,
    /// When the answer has to be on its way.
    pub(super) deadline: Deadline,
}

impl Time {
    /// What is kept for the answer is not the tool's.
    pub(super) fn new(started: Instant, lambda_deadline: Option<Instant>) -> Self {
        let deadline = lambda_deadline.map_or(Deadline::NONE, |at| {
            Deadline::at(at.checked_sub(RESERVE).unwrap_or(started))
        });
        Self { started, deadline }
    }

    /// What a tool can have at most.
    pub(super) fn whole(self) -> Duration {
        let end = self.deadline.instant().unwrap_or(self.started);
        end.saturating_duration_since(self.started)
    }

    fn too_late(self, tool: &str) -> Option<CallFailure> {
        let left = self.deadline.remaining()?;
        left.is_zero().then(|| {
            let end = self.deadline.instant().map(|at| at + RESERVE);
            CallFailure::TooLate {
                tool: tool.to_owned(),
                left: end.map_or(Duration::ZERO, |end| {
                    end.saturating_duration_since(self.started)
                }),
            }
        })
    }
}

impl<S: ServerHandler> Invoker<S> {
    pub(super) fn new(
        info: ServerInfo,
        dispatcher: Dispatcher<Guarded<S>>,
        mode: ResultMode,
    ) -> Self {
        Self {
            info,
            dispatcher,
            mode,
        }
    }

    /// How an event wants to be answered.
    pub(super) fn form(&self, event: &Event) -> Form {
        match event {
            Event::Message(message) => Form::Message {
                id: serde_json::from_value(message["id"].clone()).unwrap_or(NO_ID),
                is_call: message["method"] == "tools/call",
            },
            Event::Tool(_) | Event::Other => Form::Tool(self.mode),
        }
    }

    /// The answer to an event. Never fails, never panics, and is ready by the deadline unless the
    /// tool blocks the thread.
    pub(super) async fn answer(
        &self,
        event: Event,
        form: &Form,
        context: GatewayContext,
        time: Time,
    ) -> (Vec<u8>, Outcome) {
        let answer = async {
            match event {
                Event::Tool(call) => self.tool(call, form, context, time).await,
                Event::Message(message) => self.message(message, form, time).await,
                Event::Other => (self.no_tool_name(), OutcomeKind::Unrecognised),
            }
        };
        let ((bytes, kind), code) = with_code(answer).await;
        (bytes, Outcome { kind, code })
    }

    async fn tool(
        &self,
        call: ToolCall,
        form: &Form,
        gateway: GatewayContext,
        time: Time,
    ) -> (Vec<u8>, OutcomeKind) {
        let mut context = self.dispatcher.context(NO_ID);
        context.extensions.insert(time.deadline);
        context.extensions.insert(gateway);
        let server = self.dispatcher.server();
        // A direct call may leave out the target, and then `___` is part of the tool's own name.
        let whole = call.kind == Kind::Direct && server.has(&call.name, &context).await;
        let name = if whole { &call.name } else { call.bare_name() };
        let name = name.to_owned();
        if let Some(refusal) = server.refusal(&name, &context).await {
            return form.failure(&refusal);
        }
        let arguments = match call.arguments {
            Ok(arguments) => arguments,
            Err(failure) => return form.failure(&failure),
        };
        if let Some(failure) = time.too_late(&name) {
            return form.failure(&failure);
        }
        let params = CallToolRequestParams::new(name.clone()).with_arguments(arguments);
        let token = context.ct.clone();
        let response = self.dispatcher.call_tool_in(context, params);
        let failure = match guarded(response, &name, time, &token).await {
            Ok(Ok(CallToolResponse::Complete(result))) => return form.result(&name, result),
            Ok(Ok(CallToolResponse::InputRequired(_))) => CallFailure::Conversation {
                tool: name,
                wanted: "further input",
            },
            Ok(Ok(_)) => CallFailure::Conversation {
                tool: name,
                wanted: "a task to be followed",
            },
            Ok(Err(error)) => CallFailure::Protocol {
                code: error.code.0,
                message: error.message.into_owned(),
            },
            Err(failure) => failure,
        };
        form.failure(&failure)
    }

    async fn message(&self, message: Value, form: &Form, time: Time) -> (Vec<u8>, OutcomeKind) {
        let tool = Event::called_tool(&message)
            .unwrap_or("the request")
            .to_owned();
        let id = message.get("id").cloned();
        let Ok(message) = serde_json::from_value::<ClientJsonRpcMessage>(message) else {
            return invalid_request(id);
        };
        let JsonRpcMessage::Request(request) = &message else {
            // A notification, or an answer to a question that was never asked: nothing to say.
            return (bytes(&Value::Null), OutcomeKind::Ok);
        };
        if let Some(failure) = time.too_late(&tool) {
            return form.failure(&failure);
        }
        let mut context = self.dispatcher.context(request.id.clone());
        context.extensions.insert(time.deadline);
        let token = context.ct.clone();
        let reply = self.dispatcher.handle_in(context, message);
        match guarded(reply, &tool, time, &token).await {
            Ok(Some(reply)) => form.message(&tool, &reply),
            Ok(None) => (bytes(&Value::Null), OutcomeKind::Ok),
            Err(failure) => form.failure(&failure),
        }
    }

    /// What the documented adapters answer to an event that names no tool. Checks of a deployed
    /// fleet rely on these words.
    fn no_tool_name(&self) -> Vec<u8> {
        bytes(&json!({
            "error": {
                "code": ErrorCode::INTERNAL_ERROR.0,
                "message": "Internal error: Missing bedrockAgentCoreToolName in context",
                "data": { "server_id": self.info.id, "server_name": self.info.name },
            }
        }))
    }
}

/// Runs to the end, to the deadline or to a panic, whichever comes first.
async fn guarded<F: Future>(
    call: F,
    tool: &str,
    time: Time,
    token: &CancellationToken,
) -> Result<F::Output, CallFailure> {
    let mut call = pin!(AssertUnwindSafe(call).catch_unwind());
    let ended = match time.deadline.instant() {
        Some(at) => tokio::time::timeout_at(at.into(), call.as_mut()).await,
        None => Ok(call.await),
    };
    match ended {
        Ok(Ok(output)) => Ok(output),
        Ok(Err(_panic)) => Err(CallFailure::Panic {
            tool: tool.to_owned(),
        }),
        Err(_elapsed) => {
            // Before the future is dropped: work that it has started elsewhere hears of it too.
            token.cancel();
            Err(CallFailure::Deadline {
                tool: tool.to_owned(),
                had: time.whole(),
            })
        }
    }
}

fn invalid_request(id: Option<Value>) -> (Vec<u8>, OutcomeKind) {
    let id = id.and_then(|id| serde_json::from_value(id).ok());
    let text = "Invalid Request: not a JSON-RPC 2.0 request, notification or response";
    let error = ErrorData::invalid_request(text, None);
    let message = ServerJsonRpcMessage::error(error, id);
    (bytes(&message), OutcomeKind::ProtocolError)
}
