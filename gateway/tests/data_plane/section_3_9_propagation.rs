//! Section 3.9: headers and query parameters on their way to a target.

use gateway::{ExceptionLevel, Propagation, PropagationError, Settings};
use http::Method;
use serde_json::{Value, json};

use crate::support::{Recorder, gateway_of, send_to, target, text_of};

const CALL: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"files___read","arguments":{"path":"p"}}}"#;

fn propagation() -> Propagation {
    let mut propagation = Propagation::default();
    propagation.allow_header("X-Tenant-Id").unwrap();
    propagation
        .allow_header("X-Amzn-Bedrock-AgentCore-Runtime-Custom-Role")
        .unwrap();
    propagation.allow_query_parameter("version").unwrap();
    propagation
}

/// What a function is told besides the six strings, and the gateway's answer.
async fn propagated(path: &str, headers: &[(&str, &str)]) -> (Option<(Value, Value)>, Value) {
    let recorder = Recorder::returning("{}");
    let mut target = target("files", &["read"], &recorder);
    target.propagation = propagation();
    let settings = Settings {
        exception_level: ExceptionLevel::Debug,
        ..Settings::default()
    };
    let app = gateway_of(vec![target], settings);
    let message = send_to(&app, path, Method::POST, headers, CALL)
        .await
        .json();
    let seen = recorder.seen().pop().map(|(_, context)| {
        let custom = &context["custom"];
        let member = |name: &str| custom[name].clone();
        (
            member("bedrockAgentCorePropagatedHeaders"),
            member("bedrockAgentCorePropagatedQueryParameters"),
        )
    });
    (seen, message)
}

#[tokio::test]
async fn section_3_9_what_reaches_a_target() {
    let long = "x".repeat(4097);
    for (statement, path, headers, expected) in [
        (
            "nothing to propagate: no members",
            "/mcp",
            vec![],
            (json!(null), json!(null)),
        ),
        (
            "an allowed header, spelled as it was allowed",
            "/mcp",
            vec![("x-tenant-id", "acme")],
            (json!({"X-Tenant-Id": "acme"}), json!(null)),
        ),
        (
            "no other header",
            "/mcp",
            vec![("x-other", "acme"), ("authorization", "Bearer t")],
            (json!(null), json!(null)),
        ),
        (
            "AgentCore's own custom headers",
            "/mcp",
            vec![("x-amzn-bedrock-agentcore-runtime-custom-role", "admin")],
            (
                json!({"X-Amzn-Bedrock-AgentCore-Runtime-Custom-Role": "admin"}),
                json!(null),
            ),
        ),
        (
            "an allowed query parameter, decoded, and no other",
            "/mcp?version=a%20b&other=1&version=2",
            vec![],
            (json!(null), json!({"version": "a b"})),
        ),
        (
            "names of parameters are case-sensitive",
            "/mcp?Version=1",
            vec![],
            (json!(null), json!(null)),
        ),
        (
            "a header of more than 4 KB is left out",
            "/mcp",
            vec![("x-tenant-id", long.as_str())],
            (json!(null), json!(null)),
        ),
        (
            "a value that is no printable ASCII is left out",
            "/mcp?version=%C3%A9",
            vec![],
            (json!(null), json!(null)),
        ),
    ] {
        let (seen, message) = propagated(path, &headers).await;
        assert_eq!(seen.as_ref(), Some(&expected), "{statement}: {message}");
    }
}

#[tokio::test]
async fn section_1_2_more_than_a_client_context_carries_is_an_error_of_the_call() {
    let (seen, message) = propagated("/mcp", &[("x-tenant-id", &"x".repeat(3000))]).await;
    assert_eq!(seen, None, "the function is not invoked");
    let (text, is_error) = text_of(&message);
    assert!(
        is_error && text.contains("propagate fewer or shorter headers"),
        "{text}"
    );
}

#[test]
fn section_3_9_what_can_be_allowed() {
    type Case = (&'static str, String, Option<fn(String) -> PropagationError>);
    let (restricted, no_name) = (PropagationError::Restricted, PropagationError::HeaderName);
    let cases: [Case; 13] = [
        ("an own header", "X-Tenant-Id".into(), None),
        (
            "letters, digits, hyphens, underscores",
            "a_B-9".into(),
            None,
        ),
        ("100 characters", "x".repeat(100), None),
        (
            "X-Amzn-Bedrock-AgentCore-Runtime-Custom-*",
            "X-Amzn-Bedrock-AgentCore-Runtime-Custom-A".into(),
            None,
        ),
        ("101 characters", "x".repeat(101), Some(no_name)),
        ("no name", String::new(), Some(no_name)),
        ("other characters", "x.y".into(), Some(no_name)),
        (
            "Authorization only through an interceptor",
            "authorization".into(),
            Some(restricted),
        ),
        ("hop-by-hop headers", "Connection".into(), Some(restricted)),
        ("cookies", "Cookie".into(), Some(restricted)),
        (
            "headers of proxies",
            "X-Forwarded-For".into(),
            Some(restricted),
        ),
        ("X-Amzn-*", "X-Amzn-Trace-Id".into(), Some(restricted)),
        ("X-Amz-*", "x-amz-date".into(), Some(restricted)),
    ];
    for (statement, name, refusal) in cases {
        let allowed = Propagation::default().allow_header(&name);
        assert_eq!(
            allowed.err(),
            refusal.map(|refusal| refusal(name)),
            "{statement}"
        );
    }
}

#[test]
fn section_3_9_a_list_has_ten_names_at_most_each_once() {
    let mut propagation = Propagation::default();
    for index in 0..10 {
        propagation.allow_header(&format!("x-{index}")).unwrap();
        propagation
            .allow_query_parameter(&format!("q{index}"))
            .unwrap();
    }
    assert_eq!(
        propagation.allow_header("x-10"),
        Err(PropagationError::TooMany)
    );
    assert_eq!(
        propagation.allow_query_parameter("q10"),
        Err(PropagationError::TooMany)
    );
    assert_eq!(
        propagation.allow_header("X-1"),
        Err(PropagationError::Twice("X-1".to_owned()))
    );
    for name in ["".to_owned(), "q".repeat(41), "é".to_owned()] {
        let refusal = PropagationError::ParameterName(name.clone());
        assert_eq!(
            Propagation::default().allow_query_parameter(&name),
            Err(refusal)
        );
    }
}
