//! Answers an invocation in its own task: no session, no child task.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::{Arc, OnceLock};
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
use super::event::{Event, ID_LIMIT_BYTES, Kind, ToolCall};
use super::http_service::{HttpService, bad_request};
use super::metrics::Metrics;
use super::stream::HttpStream;
use crate::deadline::Deadline;
use crate::dispatch::Dispatcher;
use crate::error::with_code;
use crate::failure::{CallFailure, RESERVE};
use crate::guarded::Guarded;
use crate::run::ServerInfo;
use crate::settings::{HttpResponse, ResultMode, Settings};

/// The JSON-RPC id of calls that have none of their own.
const NO_ID: RequestId = NumberOrString::Number(0);

/// A server, ready to be invoked.
pub(super) struct Invoker<S> {
    info: ServerInfo,
    dispatcher: Dispatcher<Guarded<S>>,
    mode: ResultMode,
    http_response: HttpResponse,
    metrics: Option<Arc<Metrics>>,
    /// Built for the first HTTP event: most functions never see one.
    http: OnceLock<HttpService<S>>,
}

/// What an invocation returns.
pub(super) enum Answer {
    /// A JSON value.
    Json(Vec<u8>),
    /// An HTTP response in the making.
    Stream(HttpStream),
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

    pub(super) fn too_late(self, tool: &str) -> Option<CallFailure> {
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
        settings: &Settings,
    ) -> Self {
        let metrics = settings.metrics.then(|| {
            let own = || format!("mcp-fleet/{}", info.id);
            let namespace = settings.metrics_namespace.clone().unwrap_or_else(own);
            Arc::new(Metrics::new(namespace, dispatcher.server().known_tools()))
        });
        Self {
            info,
            dispatcher,
            metrics,
            mode: settings.result_mode,
            http_response: settings.http_response,
            http: OnceLock::new(),
        }
    }

    /// Where calls are counted, if they are.
    pub(super) fn metrics(&self) -> Option<Arc<Metrics>> {
        self.metrics.clone()
    }

    /// How an event wants to be answered.
    pub(super) fn form(&self, event: &Event) -> Form {
        match event {
            Event::Message(message) => {
                let (id, is_call) = id_and_kind(message);
                Form::Message { id, is_call }
            }
            Event::Http(event) => {
                let message = event
                    .as_ref()
                    .as_ref()
                    .map_or(&Value::Null, |event| &event.message);
                let (id, is_call) = id_and_kind(message);
                Form::Http {
                    id,
                    is_call,
                    response: self.http_response,
                }
            }
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
    ) -> (Answer, Outcome) {
        // Pinned here: rmcp's futures have 20 kB, and would be moved from wrapper to wrapper.
        let answer = pin!(async {
            let (bytes, kind) = match event {
                Event::Tool(call) => self.tool(call, form, context, time).await,
                Event::Message(message) => self.message(message, form, time).await,
                Event::Http(event) => match *event {
                    Ok(event) => {
                        let service = self.http.get_or_init(|| {
                            let server = Arc::clone(self.dispatcher.server());
                            HttpService::new(server, self.http_response)
                        });
                        return service.answer(event, form, time).await;
                    }
                    Err(error) => return bad_request(&error, self.http_response),
                },
                Event::Other => (self.no_tool_name(), OutcomeKind::Unrecognised),
            };
            (Answer::Json(bytes), kind)
        });
        let ((answer, kind), code) = with_code(answer).await;
        (answer, Outcome { kind, code })
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
                tool: name.clone(),
                wanted: "further input",
            },
            Ok(Ok(_)) => CallFailure::Conversation {
                tool: name.clone(),
                wanted: "a task to be followed",
            },
            Ok(Err(error)) => CallFailure::Protocol {
                code: error.code.0,
                message: error.message.into_owned(),
            },
            Err(failure) => failure,
        };
        // The words of a protocol error are the server's, or those of one behind it.
        let (bytes, outcome) = form.failure(&failure);
        form.within_limit(&name, bytes, outcome)
    }

    async fn message(&self, message: Value, form: &Form, time: Time) -> (Vec<u8>, OutcomeKind) {
        let tool = Event::called_tool(&message)
            .unwrap_or("the request")
            .to_owned();
        if Event::has_long_id(&message) {
            return invalid_request(
                None,
                &format!("its id is longer than {ID_LIMIT_BYTES} bytes"),
            );
        }
        let id = message.get("id").cloned();
        let Ok(message) = serde_json::from_value::<ClientJsonRpcMessage>(message) else {
            return invalid_request(id, "not a JSON-RPC 2.0 request, notification or response");
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
pub(super) async fn guarded<F: Future>(
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

/// The id of a JSON-RPC message, and whether it calls a tool.
fn id_and_kind(message: &Value) -> (RequestId, bool) {
    let id = serde_json::from_value(message["id"].clone()).unwrap_or(NO_ID);
    (id, message["method"] == "tools/call")
}

fn invalid_request(id: Option<Value>, reason: &str) -> (Vec<u8>, OutcomeKind) {
    let id = id.and_then(|id| serde_json::from_value(id).ok());
    let error = ErrorData::invalid_request(format!("Invalid Request: {reason}"), None);
    let message = ServerJsonRpcMessage::error(error, id);
    (bytes(&message), OutcomeKind::ProtocolError)
}
