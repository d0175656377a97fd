//! Section 1: what a function is told, and what becomes of what it returns.

use std::collections::BTreeSet;
use std::sync::Arc;

use gateway::{ExceptionLevel, Failure, ResultMode, Settings};
use serde_json::{Value, json};

use crate::support::{Recorder, call, gateway, gateway_of, post, request, target, text_of};

#[tokio::test]
async fn section_1_1_the_event() {
    for (statement, arguments, event) in [
        (
            "the bare arguments object, no envelope",
            json!({"path": "p"}),
            json!({"path": "p"}),
        ),
        (
            "undeclared arguments too",
            json!({"path": "p", "limit": 3, "undeclared": [1]}),
            json!({"path": "p", "limit": 3, "undeclared": [1]}),
        ),
    ] {
        let recorder = Recorder::returning("{}");
        call(
            &gateway(&recorder, Settings::default()),
            "files___read",
            arguments,
        )
        .await;
        assert_eq!(recorder.seen()[0].0, event, "{statement}");
    }
}

#[tokio::test]
async fn section_1_1_the_event_is_an_empty_object_when_the_client_sends_no_arguments() {
    for params in [
        json!({"name": "clock___now"}),
        json!({"name": "clock___now", "arguments": null}),
    ] {
        let recorder = Recorder::returning("{}");
        let mut clock = target("clock", &["now"], &recorder);
        clock.tools[0].input_schema = json!({"type": "object"});
        request(
            &gateway_of(vec![clock], Settings::default()),
            "tools/call",
            params,
        )
        .await;
        assert_eq!(recorder.seen()[0].0, json!({}));
    }
}

#[tokio::test]
async fn section_1_1_the_client_context() {
    let recorder = Recorder::returning("{}");
    let app = gateway(&recorder, Settings::default());
    for id in [json!(7), json!("seven"), json!("é")] {
        let params = json!({"name": "files___read", "arguments": {"path": "p"}});
        post(
            &app,
            &json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params}),
        )
        .await;
    }
    let seen = recorder.seen();
    let every = |key: &str| -> Vec<Value> {
        seen.iter()
            .map(|(_, context)| context["custom"][key].clone())
            .collect()
    };
    let first = |key: &str| every(key)[0].as_str().unwrap().to_owned();
    for (statement, holds) in [
        ("only `custom`", seen[0].1.as_object().unwrap().len() == 1),
        (
            "six members",
            seen[0].1["custom"].as_object().unwrap().len() == 6,
        ),
        (
            "bedrockAgentCoreMessageVersion is 1.0",
            first("bedrockAgentCoreMessageVersion") == "1.0",
        ),
        (
            "bedrockAgentCoreAwsRequestId is the request's own",
            every("bedrockAgentCoreAwsRequestId")
                .iter()
                .map(Value::to_string)
                .collect::<BTreeSet<_>>()
                .len()
                == 3,
        ),
        (
            "bedrockAgentCoreMcpMessageId is the JSON-RPC id as a string",
            every("bedrockAgentCoreMcpMessageId") == [json!("7"), json!("seven"), json!("é")],
        ),
        (
            "bedrockAgentCoreGatewayId is name, hyphen, ten characters",
            first("bedrockAgentCoreGatewayId")
                .strip_prefix("mcp-fleet-")
                .is_some_and(|id| id.len() == 10),
        ),
        (
            "bedrockAgentCoreTargetId has ten characters",
            first("bedrockAgentCoreTargetId").len() == 10,
        ),
        (
            "bedrockAgentCoreToolName is the prefixed name",
            first("bedrockAgentCoreToolName") == "files___read",
        ),
    ] {
        assert!(holds, "{statement}: {:?}", seen[0].1);
    }
}

#[tokio::test]
async fn section_1_3_the_name_is_split_at_the_first_delimiter() {
    let recorder = Recorder::returning("{}");
    let app = gateway_of(
        vec![target("files", &["a___b", "__x"], &recorder)],
        Settings::default(),
    );
    for name in ["files___a___b", "files_____x"] {
        assert_eq!(
            text_of(&call(&app, name, json!({"path": "p"})).await),
            ("{}", false),
            "{name}"
        );
    }
}

#[tokio::test]
async fn section_1_3_one_name_in_two_targets_is_two_tools() {
    let (a, b) = (Recorder::returning("\"a\""), Recorder::returning("\"b\""));
    let app = gateway_of(
        vec![target("a", &["read"], &a), target("b", &["read"], &b)],
        Settings::default(),
    );
    for name in ["a", "b"] {
        let message = call(&app, &format!("{name}___read"), json!({"path": "p"})).await;
        assert_eq!(text_of(&message), (name, false));
    }
}

#[tokio::test]
async fn section_1_4_return_values() {
    for (statement, payload, text) in [
        (
            "statusCode and body are not unwrapped",
            r#"{"statusCode":200,"body":"{\"ok\":1}"}"#,
            r#"{"statusCode":200,"body":"{\"ok\":1}"}"#,
        ),
        (
            "a statusCode of 5xx is no error",
            r#"{"statusCode":503,"body":"down"}"#,
            r#"{"statusCode":503,"body":"down"}"#,
        ),
        (
            "a result is wrapped too, in the mode `wrap`",
            r#"{"content":[{"type":"text","text":"hi"}],"isError":true}"#,
            r#"{"content":[{"type":"text","text":"hi"}],"isError":true}"#,
        ),
        ("a string is text", r#""plain""#, "plain"),
        ("anything else is JSON text", "17", "17"),
        ("null is JSON text", "null", "null"),
    ] {
        let app = gateway(&Recorder::returning(payload), Settings::default());
        let message = call(&app, "files___read", json!({"path": "p"})).await;
        let expected = json!({"isError": false, "content": [{"type": "text", "text": text}]});
        assert_eq!(message["result"], expected, "{statement}");
    }
}

#[tokio::test]
async fn section_1_4_a_result_passes_through_in_the_mode_passthrough() {
    let payload = r#"{"content":[{"type":"text","text":"hi"}],"structuredContent":{"a":1},"isError":true,"_meta":{"k":"v"}}"#;
    let settings = Settings {
        result_mode: ResultMode::Passthrough,
        ..Settings::default()
    };
    let app = gateway(&Recorder::returning(payload), settings);
    let message = call(&app, "files___read", json!({"path": "p"})).await;
    assert_eq!(
        message["result"],
        serde_json::from_str::<Value>(payload).unwrap()
    );
}

fn function_error() -> Arc<Recorder> {
    Recorder::doing(|| {
        Err(Failure::Function {
            function: "mcp-server-files".to_owned(),
            kind: "Runtime.ExitError".to_owned(),
            message: "Runtime exited with error: signal: killed".to_owned(),
        })
    })
}

#[tokio::test]
async fn section_1_5_a_failure_is_generic() {
    let generic = json!({
        "isError": true,
        "content": [{"type": "text", "text": "InternalServerException - An internal error occurred. Please retry later."}],
    });
    for (statement, recorder) in [
        ("a function error", function_error()),
        ("what is no JSON", Recorder::returning("<html>")),
        ("nothing at all", Recorder::returning("")),
        (
            "more than 6 MB",
            Recorder::doing(|| Ok(format!("\"{}\"", "x".repeat(6 * 1024 * 1024)).into())),
        ),
    ] {
        let app = gateway(&recorder, Settings::default());
        let message = call(&app, "files___read", json!({"path": "p"})).await;
        assert_eq!(message["result"], generic, "{statement}");
    }
}

#[tokio::test]
async fn section_1_5_a_failure_is_explained_twice_with_debug() {
    for (statement, recorder, text) in [
        (
            "a function error names the function and the error",
            function_error(),
            "Lambda function `mcp-server-files` failed: Runtime.ExitError: Runtime exited with error: signal: killed",
        ),
        (
            "what is no JSON is said to be none",
            Recorder::returning("<html>"),
            "target `files` returned 6 bytes that are not JSON: expected value at line 1 column 1",
        ),
        (
            "what is too large is said to be",
            Recorder::doing(|| Ok(format!("\"{}\"", "x".repeat(6 * 1024 * 1024)).into())),
            "target `files` returned 6291458 bytes, and the gateway passes on 6291456 at most",
        ),
    ] {
        let settings = Settings {
            exception_level: ExceptionLevel::Debug,
            ..Settings::default()
        };
        let message = call(
            &gateway(&recorder, settings),
            "files___read",
            json!({"path": "p"}),
        )
        .await;
        let block = json!({"type": "text", "text": format!("InternalServerException - {text}")});
        let expected = json!({"isError": true, "content": [block], "_meta": {"debug": block}});
        assert_eq!(message["result"], expected, "{statement}");
    }
}

#[tokio::test]
async fn section_1_6_an_id_that_no_client_context_can_carry_is_an_error_of_that_call() {
    let recorder = Recorder::returning("{}");
    let settings = Settings {
        exception_level: ExceptionLevel::Debug,
        ..Settings::default()
    };
    let app = gateway(&recorder, settings);
    let id = "i".repeat(3000);
    let params = json!({"name": "files___read", "arguments": {"path": "p"}});
    let call = json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params});
    let message = post(&app, &call).await.json();
    assert_eq!(message["id"], json!(id));
    let (text, is_error) = text_of(&message);
    assert!(
        is_error && text.contains("use a shorter JSON-RPC id"),
        "{text}"
    );
    assert_eq!(recorder.seen(), []);
}
