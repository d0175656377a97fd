//! What a running fleet does.

use serde_json::{Value, json};

use crate::support::{Fleet, is_alive, pid_in};

const GENERIC: &str = "InternalServerException - An internal error occurred. Please retry later.";

fn text_of(result: &Value) -> &str {
    result["content"][0]["text"].as_str().unwrap()
}

#[test]
fn a_call_reaches_the_process_of_its_target_and_is_reported() {
    let fleet = Fleet::new();
    let gateway = fleet.up(&[]);
    let result = gateway.call("beta___echo", &json!({"path": "é", "undeclared": [1]}));
    assert_eq!(result["isError"], false);
    let echo: Value = serde_json::from_str(text_of(&result)).unwrap();
    assert_eq!(echo["event"], json!({"path": "é", "undeclared": [1]}));
    assert_eq!(echo["access"], "read-only");
    let custom = &echo["context"]["custom"];
    assert_eq!(custom["bedrockAgentCoreToolName"], "beta___echo");
    assert_eq!(custom.as_object().unwrap().len(), 6);

    let log = gateway.log_with("REPORT RequestId: ");
    let report = log.lines().find(|line| line.contains("REPORT")).unwrap();
    assert!(report.starts_with("[beta] REPORT RequestId: "), "{report}");
    assert!(
        report.contains("Init Duration: "),
        "the first call is cold: {report}"
    );

    // The same process again: a function stays warm.
    let again: Value =
        serde_json::from_str(text_of(&gateway.call("beta___echo", &json!({})))).unwrap();
    assert_eq!(again["pid"], echo["pid"]);
}

#[test]
fn return_values_and_failures_are_what_the_contract_says() {
    let fleet = Fleet::new();
    let gateway = fleet.up(&[]);
    for (tool, is_error, text) in [
        ("alpha___text", false, "a text"),
        (
            "alpha___result",
            false,
            r#"{"isError": true, "content": [{"type": "text", "text": "from the tool"}]}"#,
        ),
        ("alpha___fail", true, GENERIC),
        ("alpha___garbage", true, GENERIC),
        ("alpha___large", true, GENERIC),
        ("alpha___exit", true, GENERIC),
        ("alpha___text", false, "a text"),
    ] {
        let result = gateway.call(tool, &json!({}));
        assert_eq!(
            (&result["isError"], text_of(&result)),
            (&json!(is_error), text),
            "{tool}"
        );
    }
    let log = gateway.log_with("[alpha] alpha___exit: ");
    assert!(
        log.contains(
            "[alpha] alpha___fail: Lambda function `mcp-server-alpha` failed: Test.Failed: as asked"
        ),
        "{log}"
    );
}

#[test]
fn both_switches_change_what_a_client_sees() {
    let fleet = Fleet::new();
    let gateway = fleet.up(&["--result-mode", "passthrough", "--exception-level", "debug"]);
    assert!(
        gateway.announcement.contains("passthrough: "),
        "{}",
        gateway.announcement
    );
    let result = gateway.call("alpha___result", &json!({}));
    assert_eq!(
        result,
        json!({"isError": true, "content": [{"type": "text", "text": "from the tool"}]})
    );
    let failed = gateway.call("alpha___fail", &json!({}));
    let text = "InternalServerException - Lambda function `mcp-server-alpha` failed: Test.Failed: as asked";
    assert_eq!(
        failed["_meta"]["debug"],
        json!({"type": "text", "text": text})
    );
    assert_eq!(text_of(&failed), text);
}

#[test]
fn a_variable_of_one_server_can_be_set_for_one_run() {
    let fleet = Fleet::new();
    let gateway = fleet.up(&["--env", "alpha.MCP_FLEET_ACCESS=sensitive=x"]);
    for (tool, access) in [
        ("alpha___echo", "sensitive=x"),
        ("beta___echo", "read-only"),
    ] {
        let echo: Value = serde_json::from_str(text_of(&gateway.call(tool, &json!({})))).unwrap();
        assert_eq!(echo["access"], access);
    }
}

/// Kills one process while others work: only its own call notices.
#[test]
fn a_killed_process_costs_its_own_call_and_no_other() {
    let fleet = Fleet::new();
    let gateway = fleet.up(&["--exception-level", "debug"]);
    let pid_file = fleet.path("victim.pid");
    let arguments = json!({"milliseconds": 3_600_000, "pid_file": pid_file});
    std::thread::scope(|scope| {
        let killed = scope.spawn(|| gateway.call("alpha___sleep", &arguments));
        let victim = pid_in(&pid_file);
        let others: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    (0..5)
                        .map(|_| gateway.call("alpha___echo", &json!({})))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        rustix::process::kill_process(victim, rustix::process::Signal::KILL).unwrap();

        let killed = killed.join().unwrap();
        assert_eq!(killed["isError"], true);
        let text = text_of(&killed);
        assert!(
            text.contains("`mcp-server-alpha` failed: Runtime.ExitError: ")
                && text.contains("killed"),
            "{text}"
        );
        for result in others.into_iter().flat_map(|client| client.join().unwrap()) {
            assert_eq!(result["isError"], false, "{result}");
        }
        assert!(!is_alive(victim));
    });
    assert_eq!(gateway.call("alpha___sleep", &json!({}))["isError"], false);
}

#[tokio::test]
async fn without_file_descriptors_a_call_is_refused_with_the_reason_and_later_works() {
    let fleet = Fleet::new();
    let gateway = fleet.up(&["--exception-level", "debug"]);
    // The first call opens the connection for all: another would wait until it can be accepted.
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let call = async |tool: &str| {
        let params = json!({"name": tool, "arguments": {}});
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        let answer = http.post(&gateway.mcp).json(&message).send().await.unwrap();
        answer.json::<Value>().await.unwrap()["result"].take()
    };
    assert_eq!(call("alpha___text").await["isError"], false);

    gateway.limit_files(Some(3));
    let cold = call("beta___text").await;
    assert_eq!(cold["isError"], true);
    let text = text_of(&cold);
    assert!(
        text.contains("cannot start") && text.contains("Too many open files"),
        "{text}"
    );

    gateway.limit_files(None);
    assert_eq!(call("beta___text").await["isError"], false);
}

#[tokio::test]
async fn the_lambda_api_returns_what_the_gateway_gets() {
    let fleet = Fleet::new();
    let gateway = fleet.up(&[]);
    let context = json!({"custom": {"bedrockAgentCoreToolName": "alpha___echo"}});
    let encoded = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        context.to_string(),
    );
    let url = format!(
        "{}/2015-03-31/functions/mcp-server-alpha/invocations",
        gateway.lambda
    );
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let invoke = |url: String| {
        http.post(url)
            .header("x-amz-client-context", &encoded)
            .body(r#"{"path":"p"}"#)
    };
    let response = invoke(url.clone()).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(
        (&body["event"], &body["context"]),
        (&json!({"path": "p"}), &context)
    );

    let foreign = invoke(url)
        .header("origin", "https://evil.example")
        .send()
        .await
        .unwrap();
    assert_eq!(foreign.status(), 403, "a web page cannot invoke functions");
}
