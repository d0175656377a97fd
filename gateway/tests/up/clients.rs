//! `gateway tools` and `gateway call`.

use serde_json::{Value, json};

use crate::support::{Fleet, client};

#[test]
fn tools_prints_name_and_first_sentence_or_everything() {
    let fleet = Fleet::new();
    let gateway = fleet.up(&[]);
    let (code, stdout, stderr) = gateway.client(&["tools"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(lines.len(), 16);
    assert_eq!(
        (lines[0], lines[3]),
        (
            "alpha___echo     Does echo",
            "alpha___garbage  Does garbage"
        )
    );

    let (code, stdout, _) = gateway.client(&["tools", "--json"]);
    assert_eq!(code, 0);
    let listed: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(listed["tools"].as_array().unwrap().len(), 16);
    assert_eq!(listed["tools"][15]["name"], "beta___text");
    assert_eq!(
        listed["tools"][15]["inputSchema"]["properties"]["path"],
        json!({"type": "string"})
    );
}

#[test]
fn call_prints_the_result_and_tells_errors_by_exit_code() {
    let fleet = Fleet::new();
    let gateway = fleet.up(&[]);
    let (code, stdout, stderr) = gateway.client(&["call", "alpha___text"]);
    let result: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert_eq!(
        result,
        json!({"content": [{"type": "text", "text": "a text"}], "isError": false})
    );
    let (code, stdout, _) = gateway.client(&["call", "alpha___text", "--text"]);
    assert_eq!((code, stdout.as_str()), (0, "a text\n"));

    let (code, stdout, _) =
        gateway.client(&["call", "alpha___sleep", r#"{"milliseconds":"1"}"#, "--text"]);
    assert_eq!(code, 1);
    assert!(
        stdout.ends_with(
            "\n- Field '/milliseconds' has invalid type: string found, integer expected\n"
        ),
        "{stdout}"
    );

    let arguments = ["call", "alpha___echo", "-", "--text", "--url", &gateway.mcp];
    let (code, stdout, _) = client(&arguments, r#"{"path": "from stdin"}"#);
    let echo: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, &echo["event"]), (0, &json!({"path": "from stdin"})));
}

#[test]
fn what_could_not_be_called_is_said_in_one_line_and_a_hint() {
    let fleet = Fleet::new();
    let gateway = fleet.up(&[]);
    for (arguments, expected) in [
        (
            &["call", "alpha__ecko"][..],
            "error: unknown tool `alpha__ecko`\nhint: did you mean `alpha___echo`",
        ),
        (
            &["call", "echo"][..],
            "error: unknown tool `echo`\nhint: did you mean `alpha___echo` or `beta___echo`?\n",
        ),
        (
            &["call", "zzz"][..],
            "error: unknown tool `zzz`\nhint: `gateway tools` lists all tools\n",
        ),
        (
            &["call", "alpha___echo", "{"][..],
            "error: the arguments are not JSON: ",
        ),
        (
            &["call", "alpha___echo", "[]"][..],
            "error: the arguments must be a JSON object ",
        ),
    ] {
        let (code, stdout, stderr) = gateway.client(arguments);
        assert_eq!((code, stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(stderr.starts_with(expected), "{stderr}");
    }
    let (code, stdout, stderr) = client(&["tools", "--url", &gateway.lambda], "");
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.contains("which is not MCP"), "{stderr}");
}

#[test]
fn without_a_gateway_the_client_says_how_to_start_one() {
    // Bound and closed: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("http://127.0.0.1:{port}/mcp");
    for arguments in [&["tools"][..], &["call", "a___b"][..]] {
        let (code, stdout, stderr) = client(&[arguments, &["--url", &url]].concat(), "");
        assert_eq!((code, stdout.as_str()), (2, ""));
        assert!(
            stderr.starts_with(&format!("error: no gateway answers at {url}")),
            "{stderr}"
        );
        assert!(
            stderr.ends_with("hint: start one with `scripts/up`, or name another with `--url`\n"),
            "{stderr}"
        );
    }
}

#[test]
fn a_signature_lets_in_and_its_absence_is_explained() {
    let fleet = Fleet::of(&["alpha"]);
    let keys = [
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    let gateway = fleet.up_with(&["--auth", "iam"], &keys);
    let (code, _, stderr) = gateway.client(&["call", "alpha___text"]);
    assert_eq!(code, 2);
    let hint = "\nhint: the gateway wants to know who asks: give `--bearer-token-env NAME`";
    assert!(stderr.contains(hint), "{stderr}");

    let signed = ["call", "alpha___text", "--text", "--sigv4"];
    let (code, stdout, stderr) = gateway.client_with(&signed, &keys);
    assert_eq!((code, stdout.as_str()), (0, "a text\n"), "{stderr}");
    let elsewhere = [&signed[..], &["--region", "eu-west-1"]].concat();
    assert_eq!(gateway.client_with(&elsewhere, &keys).0, 2);
    let forged = [keys[0], ("AWS_SECRET_ACCESS_KEY", "another")];
    let (code, _, stderr) = gateway.client_with(&signed, &forged);
    assert_eq!(code, 2);
    assert!(stderr.contains("\nhint: "), "{stderr}");
}

#[test]
fn a_variable_without_a_token_is_named() {
    let fleet = Fleet::of(&["alpha"]);
    let gateway = fleet.up(&[]);
    let asked = ["tools", "--bearer-token-env", "MCP_FLEET_TEST_TOKEN"];
    let (code, _, stderr) = gateway.client(&asked);
    assert_eq!(code, 2);
    assert!(
        stderr.starts_with("error: the environment variable MCP_FLEET_TEST_TOKEN holds no token"),
        "{stderr}"
    );
    let token = [("MCP_FLEET_TEST_TOKEN", "t")];
    let (code, _, stderr) = gateway.client_with(&asked, &token);
    assert_eq!(code, 0, "{stderr}");
}
