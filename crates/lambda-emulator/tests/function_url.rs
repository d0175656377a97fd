//! A Function URL in front of a real process.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use axum::{Router, body::Body};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use lambda_emulator::Emulator;
use serde_json::{Map, Value, json};
use support::{NAME, Seen, emulator, spec, within};
use tempfile::TempDir;
use tower::ServiceExt;

fn front() -> (Router, Emulator) {
    let emulator = emulator(spec(), Seen::default().options());
    (emulator.function_url(NAME), emulator)
}

fn post(body: impl Into<Body>) -> Request<Body> {
    Request::post("/mcp?a=1&b=%20")
        .header("host", "127.0.0.1:9000")
        .header("content-type", "application/json")
        .body(body.into())
        .unwrap()
}

async fn send(router: &Router, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let response = within(router.clone().oneshot(request)).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = within(body.collect()).await.unwrap().to_bytes();
    (
        parts.status,
        parts.headers,
        String::from_utf8(body.to_vec()).unwrap(),
    )
}

#[tokio::test]
async fn a_request_is_an_event_of_payload_format_2() {
    let (router, emulator) = front();
    let mut request = post("[1]");
    let headers = request.headers_mut();
    headers.append("x-twice", "a".parse().unwrap());
    headers.append("x-twice", "b".parse().unwrap());
    headers.insert("cookie", "c=1; d=2".parse().unwrap());
    headers.insert("user-agent", "test".parse().unwrap());
    let (status, headers, body) = send(&router, request).await;
    assert_eq!(
        (status, &headers["content-type"]),
        (StatusCode::OK, &"application/json".parse().unwrap())
    );
    let mut event = serde_json::from_str::<Value>(&body).unwrap()["event"].take();
    let context = &mut event["requestContext"];
    assert!(
        context["timeEpoch"]
            .take()
            .as_i64()
            .is_some_and(|ms| ms > 1_700_000_000_000)
    );
    assert!(
        context["time"]
            .take()
            .as_str()
            .is_some_and(|time| time.ends_with(" +0000"))
    );
    assert_eq!(context["requestId"].take().as_str().map(str::len), Some(36));
    let expected = json!({
        "version": "2.0", "routeKey": "$default", "rawPath": "/mcp", "rawQueryString": "a=1&b=%20",
        "cookies": ["c=1", "d=2"],
        "headers": { "host": "127.0.0.1:9000", "content-type": "application/json", "x-twice": "a,b", "user-agent": "test" },
        "requestContext": {
            "accountId": "anonymous", "apiId": "local", "domainName": "127.0.0.1:9000", "domainPrefix": "127",
            "http": { "method": "POST", "path": "/mcp", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "test" },
            "requestId": null, "routeKey": "$default", "stage": "$default", "time": null, "timeEpoch": null },
        "body": "[1]", "isBase64Encoded": false,
    });
    assert_eq!(event, expected);
    let (_, _, body) = send(&router, post(vec![0xff])).await;
    let event = &serde_json::from_str::<Value>(&body).unwrap()["event"];
    assert_eq!(
        (&event["body"], &event["isBase64Encoded"]),
        (&json!("/w=="), &json!(true))
    );
    emulator.shutdown().await;
}

#[tokio::test]
async fn an_answer_with_a_status_is_the_response() {
    let (router, emulator) = front();
    let many: Map<String, Value> = (0..40_000).map(|n| (format!("x-{n}"), json!(""))).collect();
    let answers = [
        (json!({ "statusCode": 202, "body": "" }), 202, ""),
        (
            json!({ "statusCode": 404, "headers": { "x-a": "1", "Content-Length": "9", "Transfer-Encoding": "chunked" },
                    "body": "no", "cookies": ["k=v"] }),
            404,
            "no",
        ),
        (
            json!({ "statusCode": 200, "body": "aGk=", "isBase64Encoded": true }),
            200,
            "hi",
        ),
        (
            json!({ "statusCode": 99, "body": "" }),
            502,
            r#"{"Message":"Internal Server Error"}"#,
        ),
        (
            json!({ "statusCode": 101, "body": "" }),
            502,
            r#"{"Message":"Internal Server Error"}"#,
        ),
        (
            // It ended the connection without a response.
            json!({ "statusCode": 200, "headers": many, "body": "" }),
            502,
            r#"{"Message":"Internal Server Error"}"#,
        ),
        (json!({ "other": 1 }), 200, r#"{"other":1}"#),
        (json!("text"), 200, "\"text\""),
    ];
    for (value, expected_status, expected_body) in answers {
        let command = json!({ "do": "respond", "value": value }).to_string();
        let (status, headers, body) = send(&router, post(command)).await;
        assert_eq!(
            (status.as_u16(), body.as_str()),
            (expected_status, expected_body),
            "{}",
            value.to_string().get(..200).unwrap_or_default()
        );
        if expected_status == 404 {
            assert_eq!(
                (&headers["x-a"], &headers["set-cookie"]),
                (&"1".parse().unwrap(), &"k=v".parse().unwrap())
            );
            // Of another length than the body, a client would wait for more, or take the next response for it.
            assert!(
                headers
                    .get("content-length")
                    .is_none_or(|length| length == "2")
            );
            assert!(!headers.contains_key("transfer-encoding"));
        }
    }
    let (status, _, _) = send(&router, post(json!({ "do": "error" }).to_string())).await;
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    emulator.shutdown().await;
}

#[tokio::test]
async fn a_streamed_answer_arrives_as_it_is_sent() {
    let (router, emulator) = front();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("go on");
    let head = json!({ "statusCode": 201, "headers": { "content-type": "text/event-stream" } })
        .to_string();
    // The head in two pieces, and the first of the body with the end of the head.
    let (start, rest) = head.split_at(9);
    let command = json!({ "do": "stream", "wait_for": file,
        "pieces": [start, format!("{rest}\0\0\0\0\0\0\0\0one"), "two", "three"] });
    let response = within(router.clone().oneshot(post(command.to_string())))
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut body = response.into_body();
    let mut read = String::new();
    while read.len() < 6 {
        let frame = within(body.frame()).await.unwrap().unwrap();
        read.push_str(std::str::from_utf8(&frame.into_data().unwrap()).unwrap());
    }
    assert_eq!(read, "onetwo", "the last piece waits for the file");
    std::fs::write(&file, "").unwrap();
    let last = within(body.collect()).await.unwrap().to_bytes();
    assert_eq!(&last[..], b"three");
    // The process is ready for another call.
    let again = json!({ "do": "stream", "pieces": ["no head"] }).to_string();
    assert_eq!(send(&router, post(again)).await.0, StatusCode::BAD_GATEWAY);
    emulator.shutdown().await;
}

#[tokio::test]
async fn pages_of_other_origins_are_kept_out() {
    let (router, emulator) = front();
    let cases = [
        ("127.0.0.1:9000", None, 200),
        ("localhost", Some("http://localhost:5173"), 200),
        ("[::1]:9000", Some("http://[::1]:1"), 200),
        ("evil.example", None, 403),
        ("127.0.0.1.evil.example:9000", None, 403),
        ("127.0.0.1:9000", Some("https://evil.example"), 403),
        ("127.0.0.1:9000", Some("null"), 403),
    ];
    for (host, origin, expected) in cases {
        let mut request = post(json!({ "do": "pid" }).to_string());
        request.headers_mut().insert("host", host.parse().unwrap());
        if let Some(origin) = origin {
            request
                .headers_mut()
                .insert("origin", origin.parse().unwrap());
        }
        let (status, _, _) = send(&router, request).await;
        assert_eq!(status.as_u16(), expected, "{host} {origin:?}");
    }
    let large = "x".repeat(6 * 1024 * 1024 + 1);
    assert_eq!(
        send(&router, post(large)).await.0,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    emulator.shutdown().await;
}
