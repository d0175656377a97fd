//! Whatever is sent to the Lambda API gets one answer in AWS's shape, and the function can be called afterwards.

use axum::{
    Router,
    body::Body,
    http::{HeaderValue, Method, Request, StatusCode, Uri},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use proptest::{prelude::*, sample::select};
use serde_json::Value;
use server_testing::fuzz;

use crate::{
    Answer, FUNCTIONS, send,
    support::{NAME, Seen, emulator, spec, within},
};

/// What names of functions are made of.
const NAMES: [&str; 12] = [
    NAME,
    "nobody",
    ":",
    "$LATEST",
    "arn:aws:lambda:eu-west-3:123456789012:function:obedient",
    "%3A",
    "%FF",
    "%00",
    "%2F",
    "%C3%A9",
    "%",
    "/",
];

const OPERATIONS: [&str; 4] = ["", "/", "/configuration", "/invocations"];

const QUERIES: [&str; 8] = [
    "Qualifier=",
    "MaxItems=",
    "Marker=",
    "&",
    "=",
    "%FF",
    "1",
    "$LATEST",
];

const HEADERS: [&str; 6] = [
    "x-amz-invocation-type",
    "x-amz-client-context",
    "x-amz-log-type",
    "x-amzn-trace-id",
    "content-type",
    "content-length",
];

const EVENTS: [&str; 8] = [
    "",
    "{}",
    "[]",
    "7",
    "{\"a\":",
    "\"\\ud800\"",
    "1e999",
    "{\"do\":\"error\"}",
];

#[derive(Debug)]
struct Sent {
    method: Method,
    path: String,
    headers: Vec<(&'static str, Vec<u8>)>,
    body: Vec<u8>,
}

fn values() -> impl Strategy<Value = Vec<u8>> {
    let known = select(
        &[
            "Event",
            "DryRun",
            "RequestResponse",
            "Tail",
            "Root=1-5",
            "e30=",
        ][..],
    );
    let encoded = prop::collection::vec(any::<u8>(), 0..40);
    prop_oneof![
        4 => known.prop_map(|text| text.as_bytes().to_vec()),
        2 => encoded.prop_map(|bytes| BASE64_STANDARD.encode(bytes).into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..40),
        1 => (3_000..4_000_usize).prop_map(|length| vec![b'A'; length]),
    ]
}

fn requests() -> impl Strategy<Value = Sent> {
    let method = select(vec![Method::GET, Method::POST, Method::POST, Method::PUT]);
    let name = prop::collection::vec(select(&NAMES[..]), 0..3);
    let query = prop::collection::vec(select(&QUERIES[..]), 0..5);
    let path = (name, select(&OPERATIONS[..]), query).prop_map(|(name, operation, query)| {
        let (name, query) = (name.concat(), query.concat());
        format!("{FUNCTIONS}/{name}{operation}?{query}")
    });
    let path = path.prop_filter("a request line", |path| path.parse::<Uri>().is_ok());
    let headers = prop::collection::vec((select(&HEADERS[..]), values()), 0..3);
    let body = prop_oneof![
        4 => select(&EVENTS[..]).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..60),
        1 => (1..3_000_usize).prop_map(|depth| "[".repeat(depth).into_bytes()),
    ];
    (method, path, headers, body).prop_map(|(method, path, headers, body)| Sent {
        method,
        path,
        headers,
        body,
    })
}

/// Sends it, and panics at an answer that an SDK could not read.
async fn exchange(api: &Router, sent: Sent) {
    let mut request = Request::new(Body::from(sent.body));
    *request.method_mut() = sent.method;
    *request.uri_mut() = sent.path.parse().unwrap();
    for (name, value) in sent.headers {
        // What HTTP cannot carry does not arrive.
        if let Ok(value) = HeaderValue::from_bytes(&value) {
            request.headers_mut().insert(name, value);
        }
    }
    let Answer {
        status,
        headers,
        body,
    } = send(api, request).await;
    assert!(headers.contains_key("x-amzn-requestid"));
    assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "{body:?}");
    let is_empty = [StatusCode::NO_CONTENT, StatusCode::ACCEPTED].contains(&status);
    assert_eq!(body.is_empty(), is_empty, "{}", status);
    if is_empty {
        return;
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or_else(|_| panic!("no JSON: {body:?}"));
    if !status.is_success() {
        assert!(headers.contains_key("x-amzn-errortype"), "{body}");
        let message = body.get("message").or(body.get("Message"));
        assert!(message.is_some_and(Value::is_string), "{body}");
    }
}

#[test]
fn whatever_is_sent_gets_an_answer() {
    let start = async || emulator(spec(), Seen::default().options());
    fuzz(256, requests(), start, async |emulator, sent| {
        exchange(&emulator.lambda_api(), sent).await;
        let answer = within(emulator.invoke(NAME, "7".into(), None)).await;
        assert_eq!(answer.unwrap().function_error, None);
    });
}
