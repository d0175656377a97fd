//! Lines of CloudWatch's Embedded Metric Format: what is counted, under which names, and what is not.

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use support::{Function, Invocation, lines};

const EMF: (&str, &str) = ("MCP_FLEET_METRICS", "emf");
const FUNCTION_URL: &str = include_str!("fixtures/http/function_url.json");

fn message(tool: &str, arguments: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": tool, "arguments": arguments } })
}

fn http(message: &Value) -> Invocation {
    let mut event: Value = serde_json::from_str(FUNCTION_URL).expect("JSON");
    event["isBase64Encoded"] = json!(false);
    event["body"] = json!(message.to_string());
    Invocation::new(&event)
}

/// Tool and outcome of each line, all of which are as CloudWatch's specification wants them.
fn counted(stdout: &str, namespace: &str) -> Vec<(String, String)> {
    let lines = lines(stdout);
    let each = lines.iter().map(|line| {
        let metadata = &line["_aws"];
        assert!(
            metadata["Timestamp"]
                .as_u64()
                .is_some_and(|ms| ms > 1_700_000_000_000)
        );
        let [directive] = metadata["CloudWatchMetrics"]
            .as_array()
            .expect("a list")
            .as_slice()
        else {
            panic!("one directive: {line}");
        };
        assert_eq!(directive["Namespace"], namespace);
        // Each set has at most 30 names, and each name is a text member of the root with 1 to 1024 characters.
        assert_eq!(directive["Dimensions"], json!([["ToolName", "Outcome"]]));
        for name in ["ToolName", "Outcome"] {
            let value = line[name].as_str().expect("dimensions are texts");
            assert!((1..=1024).contains(&value.len()), "{value}");
        }
        let metrics = json!([{ "Name": "ToolExecutions", "Unit": "Count" },
            { "Name": "ToolExecutionTime", "Unit": "Milliseconds" }]);
        assert_eq!(directive["Metrics"], metrics);
        assert_eq!(line["ToolExecutions"], 1);
        assert!(line["ToolExecutionTime"].is_f64(), "{line}");
        let members: Vec<&str> = line
            .as_object()
            .expect("an object")
            .keys()
            .map(String::as_str)
            .collect();
        let expected = [
            "Outcome",
            "ToolExecutionTime",
            "ToolExecutions",
            "ToolName",
            "_aws",
            "request.id",
        ];
        assert_eq!(members, expected);
        let text = |name: &str| line[name].as_str().expect("a text").to_owned();
        (text("ToolName"), text("Outcome"))
    });
    each.collect()
}

#[tokio::test]
async fn calls_of_every_kind_are_counted_and_made_up_names_are_not() {
    let mut function = Function::start("fixture", &[EMF]).await;
    let text = json!({ "text": "private" });
    function.call("echo", &text).await;
    function.call("fail", &json!({})).await;
    function.call("breaks", &json!({})).await;
    function.call("write", &json!({})).await;
    function.call("echo", &json!({ "private": 1 })).await;
    function
        .invoke(Invocation::gateway("hang", &json!({})).time(Duration::from_millis(600)))
        .await;
    let direct = json!({ "toolName": "echo", "arguments": text });
    function.invoke(Invocation::new(&direct)).await;
    function
        .invoke(Invocation::new(&message("echo", &text)))
        .await;
    function
        .invoke(Invocation::new(&message(
            "raw_input",
            &json!({ "number": "x" }),
        )))
        .await;
    function.invoke(http(&message("echo", &text))).await;
    function.invoke(http(&message("fail", &json!({})))).await;
    // No call of a tool, or of one that there is not.
    function.call("private", &json!({})).await;
    function
        .invoke(Invocation::new(&message("private", &json!({}))))
        .await;
    function.invoke(http(&message("private", &json!({})))).await;
    function
        .invoke(Invocation::new(&json!({ "private": 1 })))
        .await;
    let (stdout, _) = function.written().await;
    assert!(!stdout.contains("private"), "{stdout}");
    let expected = [
        ("echo", "ok"),
        ("fail", "tool_error"),
        ("breaks", "tool_error"),
        ("write", "tool_error"),
        ("echo", "tool_error"),
        ("hang", "tool_error"),
        ("echo", "ok"),
        ("echo", "ok"),
        ("raw_input", "tool_error"),
        ("echo", "ok"),
        ("fail", "tool_error"),
    ];
    let expected = expected.map(|(tool, outcome)| (tool.to_owned(), outcome.to_owned()));
    assert_eq!(counted(&stdout, "mcp-fleet/fixture"), expected);
}

#[tokio::test]
async fn a_streamed_call_is_counted_by_what_was_in_the_stream() {
    let environment = [
        EMF,
        ("MCP_FLEET_METRICS_NAMESPACE", "team/mcp"),
        ("MCP_FLEET_HTTP_RESPONSE", "streaming"),
    ];
    let mut function = Function::start("fixture", &environment).await;
    for tool in ["was_cancelled", "fail"] {
        let posted = function.invoke(http(&message(tool, &json!({})))).await;
        assert_eq!(posted.response_mode.as_deref(), Some("streaming"));
    }
    let hang = http(&message("hang", &json!({}))).time(Duration::from_millis(700));
    function.invoke(hang).await;
    let (stdout, log) = function.written().await;
    let expected = [
        ("was_cancelled", "ok"),
        ("fail", "tool_error"),
        ("hang", "tool_error"),
    ];
    let expected = expected.map(|(tool, outcome)| (tool.to_owned(), outcome.to_owned()));
    assert_eq!(counted(&stdout, "team/mcp"), expected);
    let logged = lines(&log);
    let outcomes: Vec<&Value> = logged
        .iter()
        .filter_map(|line| line.get("outcome"))
        .collect();
    assert_eq!(outcomes, ["ok", "tool_error", "tool_error"]);
}

#[tokio::test]
async fn nothing_is_on_stdout_unless_asked_for() {
    let mut function = Function::start("fixture", &[]).await;
    function.call("echo", &json!({ "text": "hi" })).await;
    let (stdout, _) = function.written().await;
    assert_eq!(stdout, "");
}
