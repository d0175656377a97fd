//! The binary on a command line: what it prints, and how it ends.

mod support;

use serde_json::Value;
use support::{PATIENCE, command};

struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Ended {
    fn json(&self) -> Value {
        let json = serde_json::from_str(&self.stdout);
        json.unwrap_or_else(|error| panic!("{error}: {}{}", self.stdout, self.stderr))
    }

    fn text(&self) -> String {
        let json = self.json();
        json["content"][0]["text"]
            .as_str()
            .expect("a text")
            .to_owned()
    }
}

async fn run_with(example: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
    let mut command = command(example);
    command.args(arguments).envs(environment.iter().copied());
    let output = tokio::time::timeout(PATIENCE, command.output()).await;
    let output = output.expect("it ends").expect("it starts");
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

async fn run(arguments: &[&str]) -> Ended {
    run_with("fixture", arguments, &[]).await
}

fn names(ended: &Ended) -> Vec<String> {
    let json = ended.json();
    let tools = json["tools"].as_array().expect("tools");
    let names = tools
        .iter()
        .map(|tool| tool["name"].as_str().expect("a name").to_owned());
    names.collect()
}

#[tokio::test]
async fn tools_prints_every_allowed_tool_in_full_and_in_order() {
    let ended = run(&["tools"]).await;
    let read_only = [
        "about",
        "block",
        "breaks",
        "echo",
        "fail",
        "hang",
        "large",
        "panics",
        "raw_input",
        "twice___split",
        "was_cancelled",
    ];
    assert_eq!(
        (ended.code, names(&ended)),
        (Some(0), read_only.map(str::to_owned).to_vec())
    );
    assert_eq!(
        ended.json()["tools"][3]["annotations"]["readOnlyHint"],
        true
    );
    assert_eq!(
        ended.json()["tools"][3]["inputSchema"]["additionalProperties"],
        false
    );
    assert_eq!(ended.stderr, "", "nothing but data");

    let ended = run(&["--access", "read-write", "tools"]).await;
    assert_eq!(names(&ended).len(), read_only.len() + 1);
    let ended = run(&["tools", "--access", "sensitive"]).await;
    let json = ended.json();
    let tools = json["tools"].as_array().expect("tools");
    let secret = tools
        .iter()
        .find(|tool| tool["name"] == "secret")
        .expect("secret");
    assert_eq!(secret["_meta"]["mcp-fleet/access"], "sensitive");

    // The option is nearer than the environment.
    let environment = [
        ("MCP_FLEET_ACCESS", "sensitive"),
        ("MCP_FLEET_TOOLS_INCLUDE", "echo,write"),
    ];
    let ended = run_with("fixture", &["--access", "read-only", "tools"], &environment).await;
    assert_eq!(names(&ended), ["echo"]);
    let ended = run_with(
        "fixture",
        &["tools"],
        &[("MCP_FLEET_TOOLS_INCLUDE", "write")],
    )
    .await;
    assert_eq!((ended.code, names(&ended).len()), (Some(0), 0));
    assert_eq!(
        ended.stderr,
        "hint: no tool is allowed; try `--access read-write`\n"
    );
}

#[tokio::test]
async fn tools_for_the_gateway_are_lowered_and_say_what_that_cost() {
    let ended = run_with(
        "notes",
        &["tools", "--gateway", "--access", "read-write"],
        &[],
    )
    .await;
    assert_eq!(ended.code, Some(0));
    insta::assert_json_snapshot!(ended.json());
}

#[tokio::test]
async fn call_prints_the_result_and_ends_with_its_success() {
    let ended = run(&["call", "echo", r#"{"text":"hi"}"#]).await;
    assert_eq!(ended.code, Some(0));
    let expected = serde_json::json!({
        "content": [{ "type": "text", "text": "{\"text\":\"hi\"}" }],
        "structuredContent": { "text": "hi" },
        "isError": false
    });
    assert_eq!(ended.json(), expected);

    let ended = run(&["call", "about", "--", "--root", "/data"]).await;
    assert_eq!(
        ended.text(),
        r#"tenant=none target=none time=unlimited args=["--root", "/data"]"#
    );
    let environment = [("MCP_FLEET_ARGS", r#"["--from-environment"]"#)];
    let ended = run_with("fixture", &["call", "about"], &environment).await;
    assert!(
        ended.text().ends_with(r#"args=["--from-environment"]"#),
        "{}",
        ended.text()
    );

    let failures = [
        (
            ["call", "fail", "{}"],
            "thing_not_found: the thing `thing` does not exist",
        ),
        (
            ["call", "nope", "{}"],
            "unknown_tool: this server has no tool `nope`;",
        ),
        (
            ["call", "write", "{}"],
            "access_denied: `write` needs access `read-write`",
        ),
        (
            ["call", "echo", "{}"],
            "invalid_arguments: required argument `text` is missing",
        ),
        (
            ["call", "panics", "{}"],
            "internal_error: `panics` stopped unexpectedly.",
        ),
        (
            ["call", "breaks", "{}"],
            "protocol_error: the server is upside down",
        ),
    ];
    for (arguments, text) in failures {
        let ended = run(&arguments).await;
        assert_eq!(
            (ended.code, &ended.json()["isError"]),
            (Some(1), &Value::Bool(true))
        );
        assert!(ended.text().starts_with(text), "{}", ended.text());
    }
}

#[tokio::test]
async fn a_mistake_is_one_line_and_exit_code_2() {
    let cases: [(&[&str], &str); 7] = [
        (
            &["call", "echo", "[]"],
            "error: `[]` is not a JSON object\n",
        ),
        (
            &["call", "echo", "{"],
            "error: `{` is not a JSON object: EOF while parsing an object at line 1 column 1\n",
        ),
        (
            &["tools", "--", "--refuse"],
            "error: `--refuse` was given: an error occurred when formatting an argument\n",
        ),
        (
            &["http", "--listen", "0.0.0.0:0"],
            "error: `--listen 0.0.0.0:0` can be reached from other machines, and the server has no authentication; listen on 127.0.0.1, or add `--allow-remote`\n",
        ),
        (
            &["--access", "all", "tools"],
            "error: invalid value 'all' for '--access <LEVEL>': `all` is not an access level; write `read-only`, `read-write` or `sensitive`\n",
        ),
        (
            &["http", "--listen", "here"],
            "error: invalid value 'here' for '--listen <ADDR:PORT>': invalid socket address syntax\n",
        ),
        (&["serve"], "error: unrecognized subcommand 'serve'\n"),
    ];
    for (arguments, line) in cases {
        let ended = run(arguments).await;
        assert_eq!(
            (ended.code, ended.stdout.as_str()),
            (Some(2), ""),
            "{arguments:?}"
        );
        assert!(
            ended.stderr.starts_with(line),
            "{arguments:?}: {}",
            ended.stderr
        );
    }
    let ended = run_with("fixture", &["tools"], &[("MCP_FLEET_LOG", "loud")]).await;
    assert_eq!(ended.code, Some(2));
    let line = "error: MCP_FLEET_LOG: `loud` is not a level; write `error`, `warn`, `info`, `debug` or `trace`\n";
    assert_eq!(ended.stderr, line);
}

#[tokio::test]
async fn help_names_commands_settings_and_exit_codes() {
    let ended = run(&["--help"]).await;
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!(ended.stdout);
}
