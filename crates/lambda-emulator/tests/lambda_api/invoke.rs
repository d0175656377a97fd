//! `Invoke`.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use axum::http::StatusCode;
use base64::{Engine, prelude::BASE64_STANDARD};
use lambda_emulator::Options;
use serde_json::json;

use crate::{
    Answer, FUNCTIONS, api, get, invoke,
    support::{NAME, Seen, emulator, eventually, spec, within},
};

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
