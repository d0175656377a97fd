//! The Lambda API, as the AWS CLI and SDKs see it.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, Response, StatusCode},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http_body_util::BodyExt;
use lambda_emulator::{Emulator, FunctionSpec, Options};
use serde_json::{Value, json};
use support::{NAME, Seen, emulator, eventually, handler, spec, within};
use tower::ServiceExt;

const FUNCTIONS: &str = "/2015-03-31/functions";

type Headers<'a> = &'a [(&'a str, &'a str)];

/// Status, `x-amzn-errortype` and body.
type Expected = (u16, &'static str, Value);

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        Some(self.headers.get(name)?.to_str().unwrap())
    }
}

async fn send(router: &Router, request: Request<Body>) -> Answer {
    let response: Response<Body> = within(router.clone().oneshot(request)).await.unwrap();
    let (parts, body) = response.into_parts();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: body.collect().await.unwrap().to_bytes(),
    }
}

async fn get(router: &Router, path: &str) -> Answer {
    let request = Request::get(format!("{FUNCTIONS}{path}"))
        .body(Body::empty())
        .unwrap();
    send(router, request).await
}

/// `Invoke` with headers.
async fn invoke(
    router: &Router,
    function: &str,
    headers: &[(&str, &str)],
    payload: impl Into<Body>,
) -> Answer {
    let mut request = Request::post(format!("{FUNCTIONS}/{function}/invocations"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(router, request.body(payload.into()).unwrap()).await
}

fn api() -> Router {
    emulator(spec(), Seen::default().options()).lambda_api()
}

#[tokio::test]
async fn a_call_returns_what_the_function_returns() {
    let api = api();
    let context = r#"{"custom":{"bedrockAgentCoreToolName":"a___é"}}"#;
    let headers = [
        ("x-amz-client-context", &*BASE64_STANDARD.encode(context)),
        (
            "x-amzn-trace-id",
            "Root=1-5759e988-bd862e3fe1be46a994272793",
        ),
    ];
    let answer = invoke(&api, NAME, &headers, r#"{"do":"echo","n":1}"#).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("x-amz-executed-version"), Some("$LATEST"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("x-amz-function-error"), None);
    assert_eq!(answer.header("x-amz-log-result"), None);
    let got = answer.json();
    assert_eq!(got["event"], json!({ "do": "echo", "n": 1 }));
    assert_eq!(got["client_context"], context);
    assert_eq!(got["trace_id"], headers[1].1);
    assert_eq!(
        got["request_id"],
        answer.header("x-amzn-requestid").unwrap()
    );
}

#[tokio::test]
async fn an_empty_event_is_an_empty_object() {
    let answer = invoke(&api(), NAME, &[], "").await;
    assert_eq!(answer.json()["event"], json!({}));
}

#[tokio::test]
async fn a_function_is_found_by_each_of_its_names() {
    let api = api();
    for name in [
        "obedient",
        "obedient:$LATEST",
        "123456789012:function:obedient",
        "arn:aws:lambda:eu-west-3:123456789012:function:obedient",
        "arn:aws:lambda:eu-west-3:123456789012:function:obedient:$LATEST",
        // As the SDKs encode it.
        "arn%3Aaws%3Alambda%3Aeu-west-3%3A123456789012%3Afunction%3Aobedient",
    ] {
        assert_eq!(
            invoke(&api, name, &[], "{}").await.status,
            StatusCode::OK,
            "{name}"
        );
        let found = get(&api, &format!("/{name}/configuration?Qualifier=$LATEST")).await;
        assert_eq!(found.json()["FunctionName"], "obedient", "{name}");
    }
}

#[tokio::test]
async fn a_function_that_fails_is_marked() {
    let answer = invoke(&api(), NAME, &[], r#"{"do":"error"}"#).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("x-amz-function-error"), Some("Unhandled"));
    assert_eq!(answer.json()["errorType"], "Fixture.Refused");
}

#[tokio::test]
async fn the_tail_of_the_log_comes_with_the_answer() {
    let mut spec = spec();
    spec.environment
        .insert("FIXTURE_INIT".to_owned(), "say:started".to_owned());
    let api = emulator(spec, Options::default()).lambda_api();
    let tail = [("x-amz-log-type", "Tail")];
    let log = |answer: &Answer| {
        let log = answer.header("x-amz-log-result").unwrap();
        String::from_utf8(BASE64_STANDARD.decode(log).unwrap()).unwrap()
    };

    let first = invoke(&api, NAME, &tail, r#"{"do":"print","lines":["one","two"]}"#).await;
    let id = first.header("x-amzn-requestid").unwrap();
    let text = log(&first);
    let (start, report) = text.split_at(text.find("REPORT").unwrap());
    assert_eq!(
        start,
        format!("START RequestId: {id} Version: $LATEST\nstarted\none\ntwo\nEND RequestId: {id}\n")
    );
    assert!(
        report.starts_with(&format!("REPORT RequestId: {id}\tDuration: ")),
        "{report}"
    );
    assert!(
        report.contains("\tInit Duration: ") && report.ends_with(" ms\n"),
        "{report}"
    );

    let second = invoke(&api, NAME, &tail, r#"{"do":"print","lines":["three"]}"#).await;
    let text = log(&second);
    assert!(
        text.contains("\nthree\nEND ") && !text.contains("two"),
        "{text}"
    );

    let lines: Vec<String> = (0..1000).map(|n| format!("line {n}")).collect();
    let event = json!({ "do": "print", "lines": lines }).to_string();
    let long = log(&invoke(&api, NAME, &tail, event).await);
    assert_eq!(long.len(), 4096);
    assert!(long.contains("\nline 999\nEND "), "{long}");
}

#[tokio::test]
async fn a_dry_run_and_an_event() {
    let seen = Seen::default();
    let emulator = emulator(spec(), seen.options());
    let api = emulator.lambda_api();
    let dry_run = invoke(&api, NAME, &[("x-amz-invocation-type", "DryRun")], "{}").await;
    assert_eq!(dry_run.status, StatusCode::NO_CONTENT);
    let context = BASE64_STANDARD.encode(r#"{"custom":{}}"#);
    let headers = [
        ("x-amz-invocation-type", "Event"),
        ("x-amz-client-context", context.as_str()),
    ];
    let event = invoke(
        &api,
        NAME,
        &headers,
        r#"{"do":"print","lines":["in the background"]}"#,
    )
    .await;
    assert_eq!(event.status, StatusCode::ACCEPTED);
    assert!(event.body.is_empty());
    eventually("the report of the event", || {
        (seen.reports.lock().unwrap().len() == 1).then_some(())
    })
    .await;
    assert_eq!(seen.lines(), ["in the background"]);
    let reports = seen.reports.lock().unwrap();
    assert_eq!(
        event.header("x-amzn-requestid"),
        Some(&*reports[0].request_id)
    );
}

#[tokio::test]
async fn errors_have_awss_shape() {
    let api = api();
    let big = "x".repeat(6 * 1024 * 1024 + 1);
    let long_context = BASE64_STANDARD.encode(format!("{{\"a\":\"{}\"}}", "x".repeat(2_700)));
    let long_context = [("x-amz-client-context", long_context.as_str())];
    let not_found = |arn: &str| {
        let message = format!("Function not found: arn:aws:lambda:{arn}");
        (
            404,
            "ResourceNotFoundException",
            json!({ "Type": "User", "Message": message }),
        )
    };
    let user = |status: u16, error_type: &'static str, message: &str| {
        (
            status,
            error_type,
            json!({ "Type": "User", "message": message }),
        )
    };
    let context = "Client context must be a valid Base64-encoded JSON object.";
    let too_large = |limit: usize| {
        format!("Request must be smaller than {limit} bytes for the InvokeFunction operation")
    };
    let none: Headers<'_> = &[];
    let table: Vec<(&str, Headers<'_>, &str, Expected)> = vec![
        (
            "nobody",
            none,
            "{}",
            not_found("eu-west-3:123456789012:function:nobody"),
        ),
        (
            "nobody",
            &[("x-amz-invocation-type", "DryRun")],
            "{}",
            not_found("eu-west-3:123456789012:function:nobody"),
        ),
        (
            "obedient:live",
            none,
            "{}",
            not_found("eu-west-3:123456789012:function:obedient:live"),
        ),
        (
            "arn:aws:lambda:us-east-1:123456789012:function:obedient",
            none,
            "{}",
            not_found("us-east-1:123456789012:function:obedient"),
        ),
        (
            "999999999999:function:obedient",
            none,
            "{}",
            not_found("eu-west-3:999999999999:function:obedient"),
        ),
        (
            "a:b:c",
            none,
            "{}",
            user(
                400,
                "InvalidParameterValueException",
                "`a:b:c` is not a function name: expected NAME, ACCOUNT:function:NAME or \
                 arn:aws:lambda:REGION:ACCOUNT:function:NAME, with or without :QUALIFIER",
            ),
        ),
        (
            NAME,
            &[("x-amz-invocation-type", "Later")],
            "{}",
            user(
                400,
                "InvalidParameterValueException",
                "`Later` is not an invocation type: expected RequestResponse, Event or DryRun",
            ),
        ),
        (
            NAME,
            none,
            "{\"a\":",
            user(
                400,
                "InvalidRequestContentException",
                "Could not parse request body into json: Could not parse payload into json: \
                 EOF while parsing a value at line 1 column 5",
            ),
        ),
        (
            NAME,
            &[("x-amz-client-context", "%%%")],
            "{}",
            user(400, "InvalidRequestContentException", context),
        ),
        // `[]`, `not json`.
        (
            NAME,
            &[("x-amz-client-context", "W10=")],
            "{}",
            user(400, "InvalidRequestContentException", context),
        ),
        (
            NAME,
            &[("x-amz-client-context", "bm90IGpzb24=")],
            "{}",
            user(400, "InvalidRequestContentException", context),
        ),
        (
            NAME,
            &long_context,
            "{}",
            user(
                400,
                "InvalidRequestContentException",
                "Client context must be at most 3583 bytes of base64, and has 3612.",
            ),
        ),
        (
            NAME,
            none,
            &big,
            user(413, "RequestTooLargeException", &too_large(6_291_456)),
        ),
        (
            NAME,
            &[("x-amz-invocation-type", "Event")],
            &big[..1024 * 1024 + 1],
            user(413, "RequestTooLargeException", &too_large(1_048_576)),
        ),
        (
            NAME,
            &[("origin", "https://example.com")],
            "{}",
            user(
                403,
                "AccessDeniedException",
                "web pages may not call this endpoint",
            ),
        ),
        (
            NAME,
            &[("sec-fetch-mode", "no-cors")],
            "{}",
            user(
                403,
                "AccessDeniedException",
                "web pages may not call this endpoint",
            ),
        ),
    ];
    for (function, headers, payload, (status, error_type, body)) in table {
        let answer = invoke(&api, function, headers, payload.to_owned()).await;
        let what = format!("{function} {headers:?}");
        assert_eq!(answer.json(), body, "{what}");
        assert_eq!(answer.status.as_u16(), status, "{what}");
        assert_eq!(
            answer.header("x-amzn-errortype"),
            Some(error_type),
            "{what}"
        );
        assert!(answer.header("x-amzn-requestid").is_some(), "{what}");
    }
}

#[tokio::test]
async fn other_errors_have_awss_shape() {
    let api = api();
    for (path, status, error_type) in [
        ("/nobody", 404, "ResourceNotFoundException"),
        ("/nobody/configuration", 404, "ResourceNotFoundException"),
        (
            "/obedient:1?Qualifier=2",
            400,
            "InvalidParameterValueException",
        ),
        ("/%FF", 400, "InvalidParameterValueException"),
        (
            "/obedient?Qualifier=1&Qualifier=2",
            400,
            "InvalidParameterValueException",
        ),
        ("?Marker=a&Marker=b", 400, "InvalidParameterValueException"),
        ("?MaxItems=0", 400, "InvalidParameterValueException"),
        ("?MaxItems=many", 400, "InvalidParameterValueException"),
        ("/obedient/policy", 404, "UnknownOperationException"),
        ("/obedient/invocations", 404, "UnknownOperationException"),
    ] {
        let answer = get(&api, path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert_eq!(
            answer.header("x-amzn-errortype"),
            Some(error_type),
            "{path}"
        );
    }
}

#[tokio::test]
async fn too_many_calls_are_throttled() {
    let seen = Seen::default();
    let spec = FunctionSpec {
        max_processes: 1,
        ..spec()
    };
    let options = Options {
        queue_wait: Duration::from_millis(10),
        ..seen.options()
    };
    let emulator = emulator(spec, options);
    let api = emulator.lambda_api();
    let busy = tokio::spawn({
        let api = api.clone();
        async move { invoke(&api, NAME, &[], r#"{"do":"hang"}"#).await }
    });
    seen.pid().await;
    let refused = invoke(&api, NAME, &[], "{}").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        refused.header("x-amzn-errortype"),
        Some("TooManyRequestsException")
    );
    assert_eq!(
        refused.json(),
        json!({
            "Type": "User",
            "message": "Rate Exceeded.",
            "Reason": "ReservedFunctionConcurrentInvocationLimitExceeded",
        })
    );
    within(emulator.shutdown()).await;
    let ended = within(busy).await.unwrap();
    assert_eq!(ended.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(
        ended.json(),
        json!({ "Type": "Service", "Message": "the emulator is shutting down" })
    );
}

#[tokio::test]
async fn a_function_is_described() {
    let api = api();
    let whole = get(&api, "/obedient").await.json();
    let configuration = get(&api, "/obedient/configuration").await.json();
    assert_eq!(whole["Configuration"], configuration);
    let binary = handler();
    assert_eq!(
        whole["Code"]["Location"],
        format!("file://{}", binary.display())
    );
    assert_eq!(whole["Concurrency"]["ReservedConcurrentExecutions"], 4);

    let mut configuration = configuration;
    let sha256 = configuration["CodeSha256"].take();
    let sha256 = BASE64_STANDARD.decode(sha256.as_str().unwrap()).unwrap();
    assert_eq!(sha256.len(), 32);
    let modified = configuration["LastModified"].take();
    let modified = modified.as_str().unwrap();
    assert!(
        modified.starts_with("20") && modified.ends_with("+0000"),
        "{modified}"
    );
    assert_eq!(
        configuration,
        json!({
            "Architectures": ["x86_64"],
            "CodeSha256": null,
            "CodeSize": binary.metadata().unwrap().len(),
            "Description": "does as it is told",
            "Environment": { "Variables": { "OWN": "value" } },
            "EphemeralStorage": { "Size": 512 },
            "FunctionArn": "arn:aws:lambda:eu-west-3:123456789012:function:obedient",
            "FunctionName": "obedient",
            "Handler": "bootstrap",
            "LastModified": null,
            "LastUpdateStatus": "Successful",
            "LoggingConfig": { "LogFormat": "Text", "LogGroup": "/aws/lambda/obedient" },
            "MemorySize": 256,
            "PackageType": "Zip",
            "Role": "arn:aws:iam::123456789012:role/obedient",
            "Runtime": "provided.al2023",
            "SnapStart": { "ApplyOn": "None", "OptimizationStatus": "Off" },
            "State": "Active",
            "Timeout": 50,
            "TracingConfig": { "Mode": "PassThrough" },
            "Version": "$LATEST",
        })
    );
}

#[tokio::test]
async fn functions_are_listed_in_pages() {
    let functions = ["d", "b", "e", "a", "c"].map(|name| FunctionSpec {
        name: name.to_owned(),
        ..spec()
    });
    let emulator = Emulator::new(functions.to_vec(), Options::default()).unwrap();
    let api = emulator.lambda_api();
    let mut marker = String::new();
    let mut pages = Vec::new();
    loop {
        let page = get(&api, &format!("/?MaxItems=2{marker}")).await.json();
        let names: Vec<String> = page["Functions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|function| function["FunctionName"].as_str().unwrap().to_owned())
            .collect();
        pages.push(names.concat());
        match page["NextMarker"].as_str() {
            Some(next) => marker = format!("&Marker={next}"),
            None => break,
        }
    }
    assert_eq!(pages, ["ab", "cd", "e"]);
    let all = get(&api, "?FunctionVersion=ALL").await.json();
    assert_eq!(all["Functions"].as_array().unwrap().len(), 5);
    assert_eq!(all["NextMarker"], Value::Null);
    assert_eq!(all["Functions"][0]["State"], Value::Null);
}

#[tokio::test]
async fn over_a_socket() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, api()).await });
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        let body = r#"{"do":"answer","bytes":12}"#;
        let request = format!(
            "POST {FUNCTIONS}/{NAME}/invocations HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    let answer = within(answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(
        answer.contains("\r\nx-amz-executed-version: $LATEST\r\n"),
        "{answer}"
    );
    assert!(answer.ends_with("\r\n\r\n\"xxxxxxxxxx\""), "{answer}");
    server.abort();
}
