//! A streamed HTTP response, in the form that Lambda takes it: its head as JSON, eight zero bytes, its body.
//! <https://docs.aws.amazon.com/lambda/latest/dg/response-streaming.html>

use bytes::Bytes;
use http::response::Parts;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Empty};
use lambda_runtime_api_client::body::sender::Sender;
use serde_json::json;

use super::answer::{Form, Outcome, OutcomeKind};
use super::http::{header_object, reply_outcome};
use crate::deadline::Deadline;
use crate::error::ToolError as _;
use crate::failure::CallFailure;
use crate::streamable::Body;

/// What Lambda looks for between head and body.
const END_OF_HEAD: [u8; 8] = [0; 8];

/// A response that may still be in the making.
pub(super) struct HttpStream {
    /// What is there already.
    start: Vec<u8>,
    /// How the call ended, where that is there already.
    ended: Option<OutcomeKind>,
    rest: Body,
    deadline: Deadline,
    /// The form of an MCP message, and what it says when there is no time left.
    too_late: Option<(Form, CallFailure)>,
}

/// A response, and the first piece of its body.
pub(super) struct Begun {
    head: Parts,
    first: Bytes,
    rest: Body,
}

impl Begun {
    /// Waits for the first piece. Until then nothing is sent, so that a tool that blocks the thread can be answered for.
    pub(super) async fn wait(response: Response<Body>) -> Self {
        let (head, mut rest) = response.into_parts();
        let first = match rest.frame().await {
            Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
            None => Bytes::new(),
        };
        Self { head, first, rest }
    }

    pub(super) fn status(&self) -> StatusCode {
        self.head.status
    }
}

impl HttpStream {
    /// A response that is cut off at the deadline, with `too_late` as its last message.
    pub(super) fn new(begun: Begun, deadline: Deadline, form: Form, too_late: CallFailure) -> Self {
        let head = head(begun.head.status, &begun.head.headers);
        Self {
            start: [head.as_slice(), &begun.first].concat(),
            ended: event_outcome(&begun.first),
            rest: begun.rest,
            deadline,
            too_late: Some((form, too_late)),
        }
    }

    /// A response that is one JSON-RPC message, there already.
    pub(super) fn whole(status: StatusCode, message: &[u8]) -> Self {
        Self {
            start: whole_stream(status, message),
            ended: None,
            rest: Empty::new().boxed(),
            deadline: Deadline::NONE,
            too_late: None,
        }
    }

    /// Sends everything as it comes, until its end, the deadline, or until nobody reads it any more. Returns how it ended,
    /// where that is told by what was sent.
    pub(super) async fn send(
        self,
        sender: &mut Sender,
    ) -> Result<Option<Outcome>, lambda_runtime_api_client::Error> {
        sender.send_data(self.start.into()).await?;
        let mut body = self.rest;
        let mut ended = self.ended.map(|kind| Outcome { kind, code: None });
        loop {
            let next = match self.deadline.instant() {
                Some(at) => tokio::time::timeout_at(at.into(), body.frame()).await,
                None => Ok(body.frame().await),
            };
            let data = match next {
                Ok(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
                Ok(None) => return Ok(ended),
                Err(_elapsed) => {
                    let Some((form, failure)) = self.too_late else {
                        return Ok(ended);
                    };
                    let (message, kind) = form.failure(&failure);
                    let event = [b"event: message\ndata: ", message.as_slice(), b"\n\n"].concat();
                    sender.send_data(Bytes::from(event)).await?;
                    let code = Some(failure.code());
                    return Ok(Some(Outcome { kind, code }));
                }
            };
            if let Some(kind) = event_outcome(&data) {
                ended = Some(Outcome { kind, code: None });
            }
            sender.send_data(data).await?;
        }
    }
}

fn head(status: StatusCode, headers: &HeaderMap) -> Vec<u8> {
    let head = json!({ "statusCode": status.as_u16(), "headers": header_object(headers) });
    [head.to_string().as_bytes(), &END_OF_HEAD].concat()
}

/// All bytes of a response that is one JSON-RPC message.
pub(super) fn whole_stream(status: StatusCode, message: &[u8]) -> Vec<u8> {
    let json = HeaderValue::from_static("application/json");
    let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, json)]);
    [head(status, &headers).as_slice(), message].concat()
}

/// How a call ended whose response is in this event of a stream. rmcp sends each event as one piece.
fn event_outcome(event: &[u8]) -> Option<OutcomeKind> {
    let mut lines = event.split(|byte| *byte == b'\n');
    reply_outcome(lines.find_map(|line| line.strip_prefix(b"data:"))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outcome_is_that_of_the_response_among_the_events() {
        let cases = [
            ("", None),
            (": ping\n\n", None),
            ("data:\nid: 0\n\n", None),
            (
                "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{}}\n\n",
                None,
            ),
            (
                "event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"content\":[]}}\n\n",
                Some(OutcomeKind::Ok),
            ),
            (
                "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"content\":[],\"isError\":true}}\n\n",
                Some(OutcomeKind::ToolError),
            ),
            (
                "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32602,\"message\":\"x\"}}\n\n",
                Some(OutcomeKind::ProtocolError),
            ),
        ];
        for (event, expected) in cases {
            assert_eq!(event_outcome(event.as_bytes()), expected, "{event}");
        }
    }
}
