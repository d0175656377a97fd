//! What a handler gets and what its caller gets back.

mod support;

use std::path::PathBuf;

use bytes::Bytes;
use lambda_emulator::{InvokeError, Outcome};
use serde_json::{Value, json};
use support::{NAME, Seen, answer, call, emulator, handler, json_of, spec, within};

#[tokio::test]
async fn an_event_arrives_with_its_context() {
    let emulator = emulator(spec(), Seen::default().options());
    let event = Bytes::from(r#"{"do":"echo","text":"grüße"}"#);
    let context =
        r#"{"custom":{"bedrockAgentCoreToolName":"a___b","nested":{"x":"é漢🦀"}},"client":null}"#;
    let invocation = within(emulator.invoke(NAME, event, Some(context)))
        .await
        .unwrap();
    let got = json_of(&invocation);

    assert_eq!(got["event"], json!({ "do": "echo", "text": "grüße" }));
    assert_eq!(got["client_context"], context);
    assert_eq!(got["cognito_identity"], Value::Null);
    assert_eq!(got["request_id"], invocation.request_id);
    assert_eq!(
        got["function_arn"],
        "arn:aws:lambda:eu-west-3:123456789012:function:obedient"
    );
    let trace = got["trace_id"].as_str().unwrap();
    assert!(
        trace.starts_with("Root=1-") && trace.ends_with(";Sampled=0"),
        "{trace}"
    );
    let deadline: u64 = got["deadline_ms"].as_str().unwrap().parse().unwrap();
    let now = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .unwrap()
        .as_millis();
    assert!(
        u128::from(deadline) > now && u128::from(deadline) <= now + 50_000,
        "{deadline}"
    );

    let report = &invocation.report;
    assert_eq!(report.outcome, Outcome::Ok);
    assert_eq!(report.request_id, invocation.request_id);
    assert!(report.cold && report.init.is_some());
    assert!(report.max_memory_mb >= 1, "{report}");
    assert_eq!(report.memory_mb, 256);
    assert_eq!(invocation.function_error, None);
}

#[tokio::test]
async fn a_client_context_is_one_header_line() {
    let emulator = emulator(spec(), Seen::default().options());
    let context = "{\n\t\"custom\": {\"delete\": \"\u{7f}\", \"escaped\": \"\\n\"}\r\n}";
    let invocation = within(emulator.invoke(NAME, Bytes::from("{}"), Some(context)))
        .await
        .unwrap();
    let got = json_of(&invocation);
    let header = got["client_context"].as_str().unwrap();
    let (header, sent): (Value, Value) = (
        serde_json::from_str(header).unwrap(),
        serde_json::from_str(context).unwrap(),
    );
    assert_eq!(header, sent);
}

#[tokio::test]
async fn the_environment_is_lambdas() {
    let emulator = emulator(spec(), Seen::default().options());
    let got = answer(&emulator, json!({})).await;
    let environment = got["environment"].as_object().unwrap();
    let folder = handler().parent().unwrap().to_owned();
    for (name, value) in [
        ("AWS_DEFAULT_REGION", "eu-west-3"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_FUNCTION_NAME", NAME),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/obedient"),
        ("AWS_REGION", "eu-west-3"),
        ("LAMBDA_TASK_ROOT", folder.to_str().unwrap()),
        ("OWN", "value"),
        ("TZ", ":UTC"),
        ("_HANDLER", "bootstrap"),
    ] {
        assert_eq!(environment[name], value, "{name}");
    }
    let stream = environment["AWS_LAMBDA_LOG_STREAM_NAME"].as_str().unwrap();
    assert!(stream.contains("/[$LATEST]"), "{stream}");
    // Cargo gave it to this test.
    assert!(!environment.contains_key("CARGO_MANIFEST_DIR"));
    assert_eq!(got["folder"], folder.to_str().unwrap());
}

#[tokio::test]
async fn an_error_that_the_function_reports_is_the_payload() {
    let seen = Seen::default();
    let emulator = emulator(spec(), seen.options());
    let invocation = call(&emulator, json!({ "do": "error" })).await.unwrap();
    assert_eq!(invocation.function_error.as_deref(), Some("Unhandled"));
    assert_eq!(
        json_of(&invocation),
        json!({ "errorType": "Fixture.Refused", "errorMessage": "as told" })
    );
    let outcome = Outcome::FunctionError("Fixture.Refused".to_owned());
    assert_eq!(invocation.report.outcome, outcome);
    // The process is as good as before.
    let next = call(&emulator, json!({})).await.unwrap();
    assert!(!next.report.cold);
    assert_eq!(
        seen.reports.lock().unwrap().as_slice(),
        [invocation.report, next.report]
    );
}

#[tokio::test]
async fn an_answer_may_have_lambdas_size_and_not_a_byte_more() {
    let seen = Seen::default();
    let emulator = emulator(spec(), seen.options());
    let largest = call(&emulator, json!({ "do": "answer", "bytes": 6_291_556 }))
        .await
        .unwrap();
    assert_eq!(largest.payload.len(), 6_291_556);
    assert_eq!(largest.function_error, None);
    for bytes in [6_291_557, 20_000_000] {
        let over = call(&emulator, json!({ "do": "answer", "bytes": bytes }))
            .await
            .unwrap();
        assert_eq!(over.function_error.as_deref(), Some("Unhandled"));
        let expected = r#"{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes)."}"#;
        assert_eq!(over.payload, expected);
        assert_eq!(over.report.outcome, Outcome::ResponseTooLarge);
    }
    // The process was told, and goes on.
    let next = call(&emulator, json!({})).await.unwrap();
    assert!(!next.report.cold);
    let told = "answer: 413 {\"errorMessage\":\"Exceeded maximum allowed payload size (6291556 bytes).\",\"errorType\":\"RequestEntityTooLarge\"}";
    assert_eq!(seen.lines(), [told, told]);
}

#[tokio::test]
async fn the_runtime_api_refuses_what_lambda_refuses() {
    let emulator = emulator(spec(), Seen::default().options());
    let running = |to: &str| {
        format!(
            "State transition from Running to {to} failed for runtime. Error: State transition is not allowed"
        )
    };
    for (how, status, error_type, message) in [
        (
            "wrong id",
            400,
            "InvalidRequestID",
            "Invalid request ID".to_owned(),
        ),
        (
            "wrong id for an error",
            400,
            "InvalidRequestID",
            "Invalid request ID".to_owned(),
        ),
        (
            "next before the answer",
            403,
            "InvalidStateTransition",
            running("Ready"),
        ),
        (
            "init error after init",
            403,
            "InvalidStateTransition",
            running("InitError"),
        ),
        (
            "unknown path",
            404,
            "NotFound",
            "404 page not found".to_owned(),
        ),
    ] {
        let got = answer(&emulator, json!({ "do": "misuse", "how": how })).await;
        let body = json!({ "errorType": error_type, "errorMessage": message });
        assert_eq!(got, json!({ "status": status, "body": body }), "{how}");
    }
}

#[tokio::test]
async fn lines_come_before_the_report_of_their_call() {
    let seen = Seen::default();
    let emulator = emulator(spec(), seen.options());
    for turn in 0..50 {
        let lines: Vec<String> = (0..20).map(|line| format!("{turn}.{line}")).collect();
        answer(&emulator, json!({ "do": "print", "lines": lines })).await;
        // At once: the answer has come, so the lines have.
        assert_eq!(std::mem::take(&mut *seen.lines.lock().unwrap()), lines);
    }
}

#[tokio::test]
async fn calls_that_no_process_sees() {
    let emulator = emulator(spec(), Seen::default().options());
    let big = "x".repeat(6 * 1024 * 1024 + 1);
    let context = format!("{{\"custom\":\"{}\"}}", "x".repeat(2_700));
    for (function, payload, context, expected) in [
        ("nobody", "{}", None, "function `nobody` does not exist"),
        (
            NAME,
            big.as_str(),
            None,
            "the event has 6291457 bytes, more than Lambda's 6291456",
        ),
        (
            NAME,
            "{}",
            Some(context.as_str()),
            "the client context has 3620 bytes in base64, more than Lambda's 3583",
        ),
        (NAME, "{}", Some("\u{1}"), "the client context is not JSON"),
    ] {
        let payload = Bytes::from(payload.to_owned());
        let error = within(emulator.invoke(function, payload, context))
            .await
            .unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test]
async fn a_binary_that_cannot_run_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut spec = spec();
    spec.binary = folder.path().join("handler");
    std::fs::copy(handler(), &spec.binary).unwrap();
    let binary: PathBuf = spec.binary.clone();
    let emulator = emulator(spec, Seen::default().options());
    std::fs::remove_file(&binary).unwrap();
    // Twice: a start that fails must not use up the function's processes.
    for _ in 0..8 {
        let error = call(&emulator, json!({})).await.unwrap_err();
        assert!(
            matches!(&error, InvokeError::CannotStart { binary: named, .. } if *named == binary),
            "{error}"
        );
    }
}
