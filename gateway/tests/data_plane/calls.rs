//! `tools/call`: names, arguments, what the function is told, what the client is told.

use std::sync::Arc;

use gateway::{ExceptionLevel, Failure, ResultMode, Settings, Target, Undeclared};
use http::Method;
use serde_json::{Value, json};

use crate::support::{
    Recorder, Recording, call, gateway, gateway_of, plain, post, request, send, tool,
};

fn text_of(message: &Value) -> (&str, bool) {
    let result = &message["result"];
    assert_eq!(result["content"].as_array().unwrap().len(), 1, "{message}");
    (
        result["content"][0]["text"].as_str().unwrap(),
        result["isError"].as_bool().unwrap(),
    )
}

#[tokio::test]
async fn the_event_is_the_bare_arguments_object() {
    for (arguments, event) in [
        (json!({"path": "p"}), json!({"path": "p"})),
        (
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
        assert_eq!(recorder.seen()[0].0, event);
    }
}

#[tokio::test]
async fn the_event_is_an_empty_object_when_the_client_sends_no_arguments() {
    let mut without_rules = tool("now");
    without_rules.input_schema = json!({"type": "object"});
    for params in [
        json!({"name": "clock___now"}),
        json!({"name": "clock___now", "arguments": null}),
    ] {
        let recorder = Recorder::returning("{}");
        let invoke = Arc::new(Recording(Arc::clone(&recorder)));
        let target = Target {
            name: "clock".to_owned(),
            tools: vec![without_rules.clone()],
            invoke,
        };
        request(
            &gateway_of(vec![target], Settings::default()),
            "tools/call",
            params,
        )
        .await;
        assert_eq!(recorder.seen()[0].0, json!({}));
    }
}

#[tokio::test]
async fn the_client_context_has_six_strings() {
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
    let message_ids: Vec<_> = seen
        .iter()
        .map(|(_, context)| &context["custom"]["bedrockAgentCoreMcpMessageId"])
        .collect();
    assert_eq!(message_ids, [&json!("7"), &json!("seven"), &json!("é")]);

    let (_, context) = &seen[0];
    assert_eq!(
        context.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["custom"]
    );
    let custom = context["custom"].as_object().unwrap();
    assert_eq!(custom.len(), 6);
    assert_eq!(custom["bedrockAgentCoreMessageVersion"], "1.0");
    assert_eq!(custom["bedrockAgentCoreToolName"], "files___read");
    let text = |key: &str| custom[key].as_str().unwrap().to_owned();
    assert_eq!(text("bedrockAgentCoreTargetId").len(), 10);
    let (name, suffix) = text("bedrockAgentCoreGatewayId")
        .rsplit_once('-')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    assert_eq!((name.as_str(), suffix.len()), ("mcp-fleet", 10));
    let request_ids: std::collections::BTreeSet<_> = seen
        .iter()
        .map(|(_, context)| context["custom"]["bedrockAgentCoreAwsRequestId"].to_string())
        .collect();
    assert_eq!(request_ids.len(), 3, "each request has its own id");
}

#[tokio::test]
async fn the_name_is_split_at_the_first_delimiter() {
    let recorder = Recorder::returning("{}");
    let invoke = Arc::new(Recording(Arc::clone(&recorder)));
    let target = Target {
        name: "files".to_owned(),
        tools: vec![tool("a___b"), tool("__x")],
        invoke,
    };
    let app = gateway_of(vec![target], Settings::default());
    for name in ["files___a___b", "files_____x"] {
        assert_eq!(
            text_of(&call(&app, name, json!({"path": "p"})).await),
            ("{}", false),
            "{name}"
        );
    }
}

#[tokio::test]
async fn an_unknown_tool_is_a_protocol_error() {
    for name in [
        "files___write",
        "other___read",
        "read",
        "",
        "files__read",
        "FILES___read",
    ] {
        let message = call(&plain(), name, json!({"path": "p"})).await;
        assert_eq!(
            message["error"],
            json!({"code": -32602, "message": format!("Unknown tool: {name}")})
        );
    }
}

#[tokio::test]
async fn parameters_that_are_no_call_are_invalid() {
    for (params, message) in [
        (json!({}), "Invalid params: `name` must be a string"),
        (
            json!({"name": 1}),
            "Invalid params: `name` must be a string",
        ),
        (
            json!(["files___read"]),
            "Invalid params: `name` must be a string",
        ),
        (
            json!({"name": "files___read", "arguments": []}),
            "Invalid params: `arguments` must be an object",
        ),
        (
            json!({"name": "files___read", "arguments": "{}"}),
            "Invalid params: `arguments` must be an object",
        ),
    ] {
        let answer = request(&plain(), "tools/call", params).await;
        assert_eq!(answer["error"], json!({"code": -32602, "message": message}));
    }
    // Deeper than the gateway reads, in valid JSON.
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"files___read","arguments":{{"path":{deep}}}}}}}"#
    );
    let answer = send(&plain(), Method::POST, &[], body).await.json();
    assert_eq!(answer["error"]["code"], -32602);
}

#[tokio::test]
async fn arguments_are_checked_before_the_function_is_invoked() {
    let recorder = Recorder::returning("{}");
    let app = gateway(&recorder, Settings::default());
    let message = call(&app, "files___read", json!({"limit": "3"})).await;
    let text = "ValidationException - Parameter validation failed: Invalid request parameters:\
                \n- Missing required field(s): 'path'\
                \n- Field '/limit' has invalid type: string found, integer expected";
    assert_eq!(
        message["result"],
        json!({"isError": true, "content": [{"type": "text", "text": text}]})
    );
    assert_eq!(recorder.seen(), []);
}

#[tokio::test]
async fn undeclared_arguments_can_be_refused() {
    let recorder = Recorder::returning("{}");
    let app = gateway(
        &recorder,
        Settings {
            undeclared_arguments: Undeclared::Refuse,
            ..Settings::default()
        },
    );
    let message = call(&app, "files___read", json!({"path": "p", "mode": 1})).await;
    let (text, is_error) = text_of(&message);
    assert!(
        is_error && text.contains("property 'mode' is not defined"),
        "{text}"
    );
    assert_eq!(recorder.seen(), []);
}

#[tokio::test]
async fn the_whole_return_value_is_one_text() {
    for (payload, text) in [
        (
            r#"{"statusCode":200,"body":"{\"ok\":1}"}"#,
            r#"{"statusCode":200,"body":"{\"ok\":1}"}"#,
        ),
        (
            r#"{"statusCode":503,"body":"down"}"#,
            r#"{"statusCode":503,"body":"down"}"#,
        ),
        (
            r#"{"content":[{"type":"text","text":"hi"}],"isError":true}"#,
            r#"{"content":[{"type":"text","text":"hi"}],"isError":true}"#,
        ),
        (r#""plain""#, "plain"),
        ("17", "17"),
        ("null", "null"),
    ] {
        let app = gateway(&Recorder::returning(payload), Settings::default());
        let message = call(&app, "files___read", json!({"path": "p"})).await;
        assert_eq!(
            message["result"],
            json!({"isError": false, "content": [{"type": "text", "text": text}]}),
            "{payload}"
        );
    }
}

#[tokio::test]
async fn a_tool_result_can_pass_through() {
    let payload = r#"{"content":[{"type":"text","text":"hi"}],"structuredContent":{"a":1},"isError":true,"_meta":{"k":"v"}}"#;
    let settings = Settings {
        result_mode: ResultMode::Passthrough,
        ..Settings::default()
    };
    let message = call(
        &gateway(&Recorder::returning(payload), settings),
        "files___read",
        json!({"path": "p"}),
    )
    .await;
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
async fn a_failure_is_a_generic_tool_error() {
    let generic = json!({
        "isError": true,
        "content": [{"type": "text", "text": "InternalServerException - An internal error occurred. Please retry later."}],
    });
    for recorder in [
        function_error(),
        Recorder::returning("<html>"),
        Recorder::returning(""),
    ] {
        let message = call(
            &gateway(&recorder, Settings::default()),
            "files___read",
            json!({"path": "p"}),
        )
        .await;
        assert_eq!(message["result"], generic);
    }
}

#[tokio::test]
async fn a_failure_is_explained_when_the_gateway_debugs() {
    let settings = Settings {
        exception_level: ExceptionLevel::Debug,
        ..Settings::default()
    };
    let message = call(
        &gateway(&function_error(), settings.clone()),
        "files___read",
        json!({"path": "p"}),
    )
    .await;
    let text = "InternalServerException - Lambda function `mcp-server-files` failed: \
                Runtime.ExitError: Runtime exited with error: signal: killed";
    let block = json!({"type": "text", "text": text});
    assert_eq!(
        message["result"],
        json!({"isError": true, "content": [block], "_meta": {"debug": block}})
    );

    let message = call(
        &gateway(&Recorder::returning("<html>"), settings),
        "files___read",
        json!({"path": "p"}),
    )
    .await;
    let (text, _) = text_of(&message);
    assert!(
        text.contains("returned 6 bytes that are not JSON"),
        "{text}"
    );
}

#[tokio::test]
async fn an_id_that_no_client_context_can_carry_is_an_error_of_that_call() {
    let recorder = Recorder::returning("{}");
    let app = gateway(
        &recorder,
        Settings {
            exception_level: ExceptionLevel::Debug,
            ..Settings::default()
        },
    );
    let id = "i".repeat(3000);
    let params = json!({"name": "files___read", "arguments": {"path": "p"}});
    let message = post(
        &app,
        &json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params}),
    )
    .await
    .json();
    assert_eq!(message["id"], json!(id));
    let (text, is_error) = text_of(&message);
    assert!(
        is_error && text.contains("use a shorter JSON-RPC id"),
        "{text}"
    );
    assert_eq!(recorder.seen(), []);
}
