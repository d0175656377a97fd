//! Refusals.

use std::time::Duration;

use axum::http::StatusCode;
use base64::{Engine, prelude::BASE64_STANDARD};
use lambda_emulator::{FunctionSpec, Options};
use serde_json::{Value, json};

use crate::{
    api, get, invoke,
    support::{NAME, Seen, emulator, spec, within},
};

type Headers<'a> = &'a [(&'a str, &'a str)];

/// Status, `x-amzn-errortype` and body.
type Expected = (u16, &'static str, Value);

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
