//! How a client wants its answer: JSON or an event stream.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};

const JSON: &str = "application/json";
const EVENT_STREAM: &str = "text/event-stream";

/// How a client wants its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    /// Events, the last of which holds the answer.
    EventStream,
}

impl Form {
    /// The form of an answer to a client with these headers; `None` for who takes neither.
    ///
    /// A gateway with response `streaming` sends events to whoever takes them, one without to who takes nothing else.
    pub(crate) fn of(headers: &HeaderMap, streaming: bool) -> Option<Self> {
        let mut accepted = headers.get_all(header::ACCEPT).iter().peekable();
        if accepted.peek().is_none() {
            return Some(Self::Json);
        }
        let (mut json, mut events) = (false, false);
        for media_type in accepted
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
        {
            match essence(media_type).to_ascii_lowercase().as_str() {
                JSON | "*/*" | "application/*" => json = true,
                EVENT_STREAM | "text/*" => events = true,
                _ => {}
            }
        }
        match (json, events) {
            (false, false) => None,
            (true, true) if streaming => Some(Self::EventStream),
            (true, _) => Some(Self::Json),
            (false, true) => Some(Self::EventStream),
        }
    }

    pub(crate) fn respond(self, message: String) -> Response {
        match self {
            Self::Json => json(message),
            Self::EventStream => events(Body::from(event(&message))),
        }
    }
}

pub(crate) fn json(message: String) -> Response {
    with_type(JSON, Body::from(message))
}

pub(crate) fn events(body: Body) -> Response {
    let mut response = with_type(EVENT_STREAM, body);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    // Asks nginx and others not to hold events back.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// One event that holds `message`.
pub(crate) fn event(message: &str) -> String {
    // JSON text has no line breaks of its own unless a function wrote some.
    let data = message.replace('\r', "").replace('\n', "\ndata: ");
    format!("event: message\ndata: {data}\n\n")
}

/// Whether a client accepts events.
pub(crate) fn accepts_events(headers: &HeaderMap) -> bool {
    Form::of(headers, true) == Some(Form::EventStream)
}

/// Whether the body is declared as JSON.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| essence(value).eq_ignore_ascii_case(JSON))
}

/// A media type without its parameters.
fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

fn with_type(content_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
