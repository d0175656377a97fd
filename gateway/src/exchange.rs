//! One HTTP request: the messages in it, and the response to them.

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use futures_util::{StreamExt as _, stream};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use rmcp::model::{ErrorCode, ErrorData};
use serde_json::value::RawValue;

use crate::form::{self, Form};
use crate::gateway::{Arrival, Current, Gateway};
use crate::gateways::Gateways;
use crate::jsonrpc::{Id, Invalid, Message, Request, response, response_without_id};
use crate::protocol::{Revision, STATELESS, VERSION_HEADER};
use crate::sessions::{NoSession, SESSION_HEADER};
use crate::stateless::revision_of;
use crate::subscription::Subscription;

/// Messages of one batch that are worked on at the same time.
const BATCH_CONCURRENCY: usize = 8;

/// An HTTP request to a gateway, without its body.
pub(crate) struct Exchange<'a> {
    pub(crate) gateways: &'a Gateways,
    pub(crate) gateway: &'a Gateway,
    pub(crate) current: &'a Current,
    pub(crate) parts: &'a Parts,
    /// Who asks; `None` when the gateway asks nobody who they are.
    pub(crate) caller: Option<&'a str>,
}

impl Exchange<'_> {
    pub(crate) async fn single(&self, json: &RawValue, form: Form) -> Response {
        let request = match Message::read(json) {
            Ok(Message::Request(request)) => request,
            Ok(Message::Notification | Message::Response) => return self.accepted(),
            Err(Invalid { id, reason }) => {
                return self.refused(
                    StatusCode::BAD_REQUEST,
                    id.as_ref(),
                    invalid_request(reason),
                );
            }
        };
        let id = Some(&request.id);
        let supported = &self.current.settings.supported_versions;
        let revision = match revision_of(&request, &self.parts.headers, supported) {
            Ok(revision) => revision,
            Err(error) => return self.refused(StatusCode::BAD_REQUEST, id, error),
        };
        if revision == Revision::Stateless {
            return self.stateless(&request, form).await;
        }
        let begins = request.method == "initialize";
        if !begins && let Err(response) = self.in_session(id) {
            return response;
        }
        let answer = self
            .gateway
            .answer(self.current, &request, self.arrival(&revision))
            .await;
        let succeeded = answer.is_ok();
        // A stream that begins with an error does not begin.
        let form = if succeeded { form } else { Form::Json };
        let mut response = form.respond(response(request.id.raw, &answer));
        if let (true, true, Some(timeout)) =
            (begins, succeeded, self.current.settings.session_timeout)
        {
            let session = self.gateway.sessions.begin(self.caller, timeout);
            let session = HeaderValue::try_from(session).expect("a UUID is ASCII");
            response.headers_mut().insert(SESSION_HEADER, session);
        }
        response
    }

    /// Answers a request of 2026-07-28, where some errors have a status of their own.
    async fn stateless(&self, request: &Request<'_>, form: Form) -> Response {
        if request.method == "subscriptions/listen" {
            return self.listen(request);
        }
        let arrival = self.arrival(&Revision::Stateless);
        let answer = self.gateway.answer(self.current, request, arrival).await;
        match answer {
            Ok(_) => form.respond(response(request.id.raw, &answer)),
            Err(error) if error.code == ErrorCode::METHOD_NOT_FOUND => {
                self.refused(StatusCode::NOT_FOUND, Some(&request.id), error)
            }
            Err(error) => self.refused(StatusCode::OK, Some(&request.id), error),
        }
    }

    fn listen(&self, request: &Request<'_>) -> Response {
        if !form::accepts_events(&self.parts.headers) {
            let error =
                invalid_request("`subscriptions/listen` is answered with text/event-stream only");
            return self.refused(StatusCode::NOT_ACCEPTABLE, Some(&request.id), error);
        }
        let closing = self.gateways.closing().clone();
        match Subscription::new(request, self.gateway.changes(), closing) {
            Ok(subscription) => form::events(Body::from_stream(subscription.events())),
            Err(error) => self.refused(StatusCode::OK, Some(&request.id), error),
        }
    }

    /// Answers a batch of protocol 2025-03-26, in order, with what asks for an answer.
    pub(crate) async fn batch(&self, json: &RawValue, form: Form) -> Response {
        let supported = &self.current.settings.supported_versions;
        let revision = match supported.of_header(&self.parts.headers) {
            Ok(revision) => revision,
            Err(error) => return self.refused(StatusCode::BAD_REQUEST, None, error),
        };
        if !revision.has_batches() {
            let error = invalid_request(format!("MCP {} has no batches", revision.name()));
            return self.refused(StatusCode::BAD_REQUEST, None, error);
        }
        if let Err(response) = self.in_session(None) {
            return response;
        }
        let messages: Vec<Box<RawValue>> =
            serde_json::from_str(json.get()).expect("a JSON array, as its first character says");
        if messages.is_empty() {
            let error = invalid_request("the batch is empty");
            return self.refused(StatusCode::BAD_REQUEST, None, error);
        }
        let revision = &revision;
        let responses: Vec<Option<String>> = stream::iter(messages)
            .map(|message| async move { self.batched(&message, revision).await })
            .buffered(BATCH_CONCURRENCY)
            .collect()
            .await;
        let responses: Vec<String> = responses.into_iter().flatten().collect();
        if responses.is_empty() {
            return StatusCode::ACCEPTED.into_response();
        }
        form.respond(format!("[{}]", responses.join(",")))
    }

    async fn batched(&self, message: &RawValue, revision: &Revision) -> Option<String> {
        match Message::read(message) {
            Ok(Message::Request(request)) if request.method == "initialize" => {
                let error = invalid_request("`initialize` cannot be part of a batch");
                Some(response(request.id.raw, &Err(error)))
            }
            Ok(Message::Request(request)) => {
                let answer = self
                    .gateway
                    .answer(self.current, &request, self.arrival(revision))
                    .await;
                Some(response(request.id.raw, &answer))
            }
            Ok(Message::Notification | Message::Response) => None,
            Err(Invalid { id, reason }) => {
                let id = id.map_or("null", |id| id.raw);
                Some(response(id, &Err(invalid_request(reason))))
            }
        }
    }

    /// Takes note of a message that wants no answer.
    fn accepted(&self) -> Response {
        let supported = &self.current.settings.supported_versions;
        match supported.of_header(&self.parts.headers) {
            Err(error) => self.refused(StatusCode::BAD_REQUEST, None, error),
            Ok(Revision::Stateless) => StatusCode::ACCEPTED.into_response(),
            Ok(Revision::Handshake(_)) => match self.in_session(None) {
                Ok(()) => StatusCode::ACCEPTED.into_response(),
                Err(response) => response,
            },
        }
    }

    /// Checks that a request after `initialize` belongs to a session of its caller, where there are sessions.
    #[expect(
        clippy::result_large_err,
        reason = "the error is the response, made once"
    )]
    fn in_session(&self, id: Option<&Id<'_>>) -> Result<(), Response> {
        if self.current.settings.session_timeout.is_none() {
            return Ok(());
        }
        let Some(session) = self.parts.headers.get(SESSION_HEADER) else {
            return Err(self.no_session_named(id));
        };
        let session = session.to_str().unwrap_or_default();
        let checked = self.gateway.sessions.check(session, self.caller);
        checked.map_err(|NoSession| self.session_not_found(id))
    }

    pub(crate) fn no_session_named(&self, id: Option<&Id<'_>>) -> Response {
        let error = invalid_request("the Mcp-Session-Id header is missing");
        self.refused(StatusCode::BAD_REQUEST, id, error)
    }

    pub(crate) fn session_not_found(&self, id: Option<&Id<'_>>) -> Response {
        let error = ErrorData::invalid_request("Session not found", None);
        self.refused(StatusCode::NOT_FOUND, id, error)
    }

    /// A JSON-RPC error with a status of its own: always plain JSON.
    pub(crate) fn refused(
        &self,
        status: StatusCode,
        id: Option<&Id<'_>>,
        error: ErrorData,
    ) -> Response {
        let version = self.parts.headers.get(VERSION_HEADER);
        let is_stateless = version.is_some_and(|version| version == STATELESS.as_str());
        let message = match id {
            Some(id) => response(id.raw, &Err(error)),
            None if is_stateless => response_without_id(&error),
            None => response("null", &Err(error)),
        };
        let mut refusal = form::json(message);
        *refusal.status_mut() = status;
        refusal
    }

    fn arrival<'b>(&'b self, revision: &'b Revision) -> Arrival<'b> {
        Arrival {
            headers: &self.parts.headers,
            query: self.parts.uri.query(),
            revision,
        }
    }
}

pub(crate) fn invalid_request(reason: impl std::fmt::Display) -> ErrorData {
    ErrorData::invalid_request(format!("Invalid request: {reason}"), None)
}
