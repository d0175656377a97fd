//! Answers HTTP events as a stateless MCP server over Streamable HTTP.
//!
//! rmcp's own service does it, protocol versions and headers included: nothing of HTTP needs the speed that calls
//! through the gateway have.

use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use rmcp::model::ServerJsonRpcMessage;
use rmcp::transport::streamable_http_server::StreamableHttpServerConfig;
use rmcp::{ErrorData, ServerHandler};
use tokio_util::sync::CancellationToken;

use super::answer::{Form, OutcomeKind, bytes};
use super::http::{self as event, BadRequest, HttpEvent};
use super::invoke::{Answer, Time, guarded};
use super::stream::{Begun, HttpStream};
use crate::failure::CallFailure;
use crate::guarded::Guarded;
use crate::settings::HttpResponse;
use crate::streamable::Streamable;

/// A server behind HTTP events.
pub(super) struct HttpService<S> {
    service: Streamable<S>,
    response: HttpResponse,
}

impl<S: ServerHandler> HttpService<S> {
    pub(super) fn new(server: Arc<Guarded<S>>, response: HttpResponse) -> Self {
        let config = StreamableHttpServerConfig::default()
            .with_legacy_session_mode(false)
            .with_json_response(response == HttpResponse::Buffered)
            // Nobody reads a stream that waits: a function's stream is cut off at its deadline anyway.
            .with_sse_keep_alive(None)
            .with_sse_retry(None)
            // The name is that of the API in front, and a page of a foreign origin cannot reach past it.
            .disable_allowed_hosts();
        let service = Streamable::new(server, config);
        Self { service, response }
    }

    /// Answers one request.
    pub(super) async fn answer(
        &self,
        event: HttpEvent,
        form: &Form,
        time: Time,
    ) -> (Answer, OutcomeKind) {
        let tool = event.tool().unwrap_or("the request").to_owned();
        let answered = match time.too_late(&tool) {
            Some(failure) => Err(failure),
            None => self.within_time(event, form, &tool, time).await,
        };
        answered.unwrap_or_else(|failure| {
            let (message, kind) = form.message_form().failure(&failure);
            (reply(self.response, StatusCode::OK, message), kind)
        })
    }

    async fn within_time(
        &self,
        event: HttpEvent,
        form: &Form,
        tool: &str,
        time: Time,
    ) -> Result<(Answer, OutcomeKind), CallFailure> {
        let mut request = event.request;
        request.extensions_mut().insert(time.deadline);
        let response = self.service.answer(request);
        // rmcp cancels the tool when its response is dropped, so this one is for the signature.
        let token = CancellationToken::new();
        match self.response {
            HttpResponse::Streaming => {
                let begun = async { Begun::wait(response.await).await };
                let begun = guarded(begun, tool, time, &token).await?;
                Ok(streamed(begun, form, tool, time))
            }
            HttpResponse::Buffered => {
                let collected = async { event::collect(response.await).await };
                let collected = guarded(collected, tool, time, &token).await?;
                Ok(buffered(collected, form, tool))
            }
        }
    }
}

fn buffered(
    (status, headers, body): (StatusCode, http::HeaderMap, Bytes),
    form: &Form,
    tool: &str,
) -> (Answer, OutcomeKind) {
    let answer = bytes(&event::answer(status, &headers, &body));
    let (bytes, kind) = form.within_limit(tool, answer, event::outcome(status, &body));
    (Answer::Json(bytes), kind)
}

fn streamed(begun: Begun, form: &Form, tool: &str, time: Time) -> (Answer, OutcomeKind) {
    // Until the stream says more.
    let kind = event::outcome(begun.status(), &[]);
    let (tool, had) = (tool.to_owned(), time.whole());
    let too_late = CallFailure::Deadline { tool, had };
    let stream = HttpStream::new(begun, time.deadline, form.message_form(), too_late);
    (Answer::Stream(stream), kind)
}

/// A JSON-RPC message as the response that the function's front end expects.
fn reply(response: HttpResponse, status: StatusCode, message: Vec<u8>) -> Answer {
    match response {
        HttpResponse::Buffered => Answer::Json(bytes(&event::json_answer(status, &message))),
        HttpResponse::Streaming => Answer::Stream(HttpStream::whole(status, &message)),
    }
}

/// The answer to an event that says it is a request, and is not.
pub(super) fn bad_request(error: &BadRequest, response: HttpResponse) -> (Answer, OutcomeKind) {
    let error = ErrorData::invalid_request(error.to_string(), None);
    let message = bytes(&ServerJsonRpcMessage::error(error, None));
    let answer = reply(response, StatusCode::BAD_REQUEST, message);
    (answer, OutcomeKind::ProtocolError)
}
