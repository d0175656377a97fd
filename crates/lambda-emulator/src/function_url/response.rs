//! The function's answer as a response.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::sync::mpsc::Receiver;

use super::refusal;

/// What a streamed answer has between head and body.
const END_OF_HEAD: [u8; 8] = [0; 8];
/// A head that is longer than this is none.
const HEAD_LIMIT: usize = 64 * 1024;

/// What this end says of its connection, and a function cannot: with a length of its own, a client waits for more than comes.
const OF_THE_CONNECTION: [HeaderName; 4] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// What a function says of its response.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status_code: Option<u16>,
    #[serde(default)]
    headers: Map<String, Value>,
    #[serde(default)]
    cookies: Vec<String>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    is_base64_encoded: bool,
}

impl Answer {
    fn response(&self, body: Body) -> Option<Response> {
        let mut response = Response::new(body);
        let status = StatusCode::from_u16(self.status_code.unwrap_or(200)).ok()?;
        if status.is_informational() {
            // No response: more would have to follow.
            return None;
        }
        *response.status_mut() = status;
        let headers = response.headers_mut();
        for (name, value) in &self.headers {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            let name = HeaderName::try_from(name).ok()?;
            let value = HeaderValue::try_from(value).ok()?;
            if !OF_THE_CONNECTION.contains(&name) {
                // `insert` panics where a map is full.
                headers.try_insert(name, value).ok()?;
            }
        }
        for cookie in &self.cookies {
            let cookie = HeaderValue::try_from(cookie).ok()?;
            headers.try_append(header::SET_COOKIE, cookie).ok()?;
        }
        let json = HeaderValue::from_static("application/json");
        if !headers.contains_key(header::CONTENT_TYPE) {
            headers.try_insert(header::CONTENT_TYPE, json).ok()?;
        }
        Some(response)
    }
}

/// A JSON value: a response if it has a status, else its body.
pub(super) fn buffered(payload: &Bytes) -> Response {
    let response = match serde_json::from_slice::<Answer>(payload) {
        Ok(answer) if answer.status_code.is_some() => {
            let body = if answer.is_base64_encoded {
                BASE64_STANDARD.decode(&answer.body).ok()
            } else {
                Some(answer.body.clone().into_bytes())
            };
            body.and_then(|body| answer.response(Body::from(body)))
        }
        _ => {
            let json = (
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            );
            let mut response = Response::new(Body::from(payload.clone()));
            response.headers_mut().extend([json]);
            Some(response)
        }
    };
    response.unwrap_or_else(|| refusal(StatusCode::BAD_GATEWAY))
}

/// The head, eight zero bytes, and the body, which goes on as it comes. A body whose function ends before it does is cut short.
pub(super) async fn streamed(first: Bytes, mut pieces: Receiver<Bytes>) -> Response {
    let mut start = BytesMut::from(first);
    let end = loop {
        let found = start
            .windows(END_OF_HEAD.len())
            .position(|bytes| bytes == END_OF_HEAD);
        if let Some(end) = found {
            break end;
        }
        match pieces.recv().await {
            Some(piece) if start.len() < HEAD_LIMIT => start.extend_from_slice(&piece),
            _ => return refusal(StatusCode::BAD_GATEWAY),
        }
    };
    let rest = start.split_off(end + END_OF_HEAD.len()).freeze();
    start.truncate(end);
    let Ok(answer) = serde_json::from_slice::<Answer>(&start) else {
        return refusal(StatusCode::BAD_GATEWAY);
    };
    let body = stream::unfold((Some(rest), pieces), |(rest, mut pieces)| async move {
        let piece = match rest.filter(|rest| !rest.is_empty()) {
            Some(rest) => rest,
            None => pieces.recv().await?,
        };
        Some((Ok::<_, std::convert::Infallible>(piece), (None, pieces)))
    });
    let response = answer.response(Body::from_stream(body));
    response.unwrap_or_else(|| refusal(StatusCode::BAD_GATEWAY))
}
