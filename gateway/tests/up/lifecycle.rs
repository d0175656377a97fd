//! How a gateway starts, refuses to start, and ends.

use std::fs;
use std::net::TcpListener;

use rustix::process::Signal;
use serde_json::json;

use crate::support::{Fleet, is_alive, pid_in};

#[test]
fn the_announcement_names_targets_tools_addresses_and_the_result_mode() {
    let fleet = Fleet::new();
    let gateway = fleet.up(&[]);
    for text in [
        "alpha",
        "mcp-server-beta",
        "8",
        "garbage, large",
        "wrap: ",
        "2025-11-25",
        "/mcp\n",
    ] {
        assert!(
            gateway.announcement.contains(text),
            "{text}: {}",
            gateway.announcement
        );
    }
}

#[test]
fn a_signal_ends_every_process_even_one_that_works() {
    for signal in [Signal::INT, Signal::TERM] {
        let fleet = Fleet::new();
        let mut gateway = fleet.up(&[]);
        let url = gateway.mcp.clone();
        let pids: Vec<_> = ["alpha", "beta"]
            .iter()
            .map(|target| {
                let pid_file = fleet.path(target);
                let arguments =
                    json!({"milliseconds": 3_600_000, "pid_file": pid_file}).to_string();
                let (url, tool) = (url.clone(), format!("{target}___sleep"));
                let waits = std::thread::spawn(move || {
                    crate::support::client(&["call", &tool, &arguments, "--url", &url], "")
                });
                (pid_in(&pid_file), waits)
            })
            .collect();
        assert_eq!(gateway.end(signal).code(), Some(0), "{signal:?}");
        for (pid, waits) in pids {
            assert!(!is_alive(pid), "{signal:?} leaves no process behind");
            waits.join().unwrap();
        }
    }
}

#[test]
fn a_port_in_use_is_named_with_its_flag() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let port = taken.local_addr().unwrap().port();
    for flag in ["--listen", "--lambda-listen"] {
        let refusal = Fleet::new().refusal(&[flag, &address]);
        assert_eq!(refusal.status.code(), Some(1));
        let expected = format!(
            "error: port {port} is in use ({address})\nhint: end the program that uses it, or choose another port with `{flag}`\n"
        );
        assert_eq!(refusal.stderr, expected);
    }
}

#[test]
fn addresses_that_others_can_reach_need_somebody_who_asks_them() {
    let open = "would ask nobody who they are\nhint: add `--auth jwt` or `--auth iam`";
    for (flag, address, code, message) in [
        ("--listen", "0.0.0.0:8080", 1, open),
        ("--listen", "[::]:8080", 1, open),
        ("--listen", "192.0.2.1:8080", 1, open),
        ("--listen", "8080", 2, "must be an address and a port"),
        (
            "--lambda-listen",
            "0.0.0.0:9001",
            2,
            "must be a loopback address",
        ),
    ] {
        let refusal = Fleet::new().refusal(&[flag, address]);
        assert_eq!(refusal.status.code(), Some(code), "{address}");
        assert!(refusal.stderr.contains(message), "{}", refusal.stderr);
    }
}

#[test]
fn flags_that_need_each_other_say_so() {
    for (flags, message) in [
        (
            &["--auth", "jwt"][..],
            "error: `--auth jwt` needs `--jwt-discovery-url`",
        ),
        (
            &["--jwt-audience", "a"],
            "error: `--jwt-…` flags need `--auth jwt`",
        ),
        (
            &[
                "--auth",
                "jwt",
                "--jwt-discovery-url",
                "http://idp.example/.well-known/openid-configuration",
            ],
            "error: `--auth jwt`: ",
        ),
        (
            &["--auth", "iam", "--iam-keys", "/nowhere"],
            "error: `--auth iam`: ",
        ),
        (
            &["--propagate-header", "alpha=Cookie"],
            "error: `--propagate-header`: header `Cookie` cannot be propagated",
        ),
        (
            &["--propagate-query", "gamma=v"],
            "error: the fleet has no server `gamma`, for which `--propagate-header` or `--propagate-query` names `v`",
        ),
        (
            &[
                "--session-timeout",
                "900",
                "--propagate-header",
                "alpha=Mcp-Session-Id",
            ],
            "error: target `alpha` cannot be sent `Mcp-Session-Id`: the gateway has sessions",
        ),
    ] {
        let refusal = Fleet::new().refusal(flags);
        assert_eq!(
            refusal.status.code(),
            Some(1),
            "{flags:?}: {}",
            refusal.stderr
        );
        assert!(
            refusal.stderr.starts_with(message),
            "{flags:?}: {}",
            refusal.stderr
        );
    }
}

#[test]
fn a_binary_that_was_not_built_is_named_with_the_command_that_builds_it() {
    let fleet = Fleet::new();
    for id in ["alpha", "beta"] {
        fs::remove_file(fleet.path(&format!("local/mcp-server-{id}"))).unwrap();
    }
    let refusal = fleet.refusal(&[]);
    assert_eq!(refusal.status.code(), Some(1));
    let expected = format!(
        "error: handler binary `{}` does not exist\nhandler binary `{}` does not exist\n\
         hint: build them with `cargo build --profile local -p mcp-server-alpha -p mcp-server-beta`\n",
        fleet.path("local/mcp-server-alpha").display(),
        fleet.path("local/mcp-server-beta").display()
    );
    assert_eq!(refusal.stderr, expected);
}

#[test]
fn a_variable_must_be_of_a_server_that_there_is() {
    let refusal = Fleet::new().refusal(&["--env", "gamma.NAME=value"]);
    assert_eq!(refusal.status.code(), Some(1));
    assert!(
        refusal
            .stderr
            .ends_with("servers.yaml` has no server `gamma`, for which `--env` sets `NAME`\n"),
        "{}",
        refusal.stderr
    );
    for text in ["NAME=value", "alpha.NAME", ".NAME=value", "alpha.=value"] {
        let refusal = Fleet::new().refusal(&["--env", text]);
        assert_eq!(refusal.status.code(), Some(2));
        assert!(
            refusal
                .stderr
                .contains("must be `<server id>.<NAME>=<value>`"),
            "{}",
            refusal.stderr
        );
    }
}

#[test]
fn wrapped_results_and_output_schemas_do_not_go_together() {
    let fleet = Fleet::new();
    let path = fleet.path("handlers/alpha/target.json");
    let target = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        target.replace(
            r#""description":"Does"#,
            r#""outputSchema":{"type":"object"},"description":"Does"#,
        ),
    )
    .unwrap();
    let gateway = fleet.up(&[]);
    gateway.log_with("8 tools declare an output schema");
}

#[test]
fn generated_files_must_be_there_and_belong_to_the_manifest() {
    let fleet = Fleet::new();
    fs::write(fleet.path("handlers/alpha/target.json"), "{").unwrap();
    fleet.write_target("beta", &json!({"MCP_FLEET_ACCESS": "sensitive"}));
    let refusal = fleet.refusal(&[]);
    assert_eq!(refusal.status.code(), Some(1));
    let lines: Vec<&str> = refusal.stderr.lines().collect();
    assert!(
        lines[0].starts_with("error: `")
            && lines[0].contains("handlers/alpha/target.json` is not a target file"),
        "{}",
        lines[0]
    );
    assert!(
        lines[1]
            .ends_with("handlers/beta/target.json` was generated from other settings of `beta`"),
        "{}",
        lines[1]
    );
    assert_eq!(
        lines[2..],
        ["hint: write the handlers with `cargo run -p codegen`"]
    );
}

#[test]
fn mistakes_of_the_manifest_are_reported_where_they_are() {
    let fleet = Fleet::new();
    let manifest = fs::read_to_string(fleet.path("servers.yaml")).unwrap();
    fs::write(
        fleet.path("servers.yaml"),
        manifest.replacen("timeout: 60", "timeout: 0", 1),
    )
    .unwrap();
    let refusal = fleet.refusal(&[]);
    assert_eq!(refusal.status.code(), Some(1));
    assert!(
        refusal.stderr.contains("servers.yaml:6:"),
        "{}",
        refusal.stderr
    );

    fs::remove_file(fleet.path("servers.yaml")).unwrap();
    let refusal = fleet.refusal(&[]);
    assert!(
        refusal
            .stderr
            .contains("servers.yaml` could not be read: No such file"),
        "{}",
        refusal.stderr
    );
}

#[test]
fn a_schema_that_the_gateway_would_not_accept_is_refused() {
    let fleet = Fleet::new();
    let path = fleet.path("handlers/alpha/target.json");
    let target = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        target.replace(r#"{"type":"string"}"#, r#"{"type":"string","enum":["a"]}"#),
    )
    .unwrap();
    let refusal = fleet.refusal(&[]);
    assert_eq!(refusal.status.code(), Some(1));
    let expected = "error: target `alpha`, tool `echo`: input schema at `/properties/path`: a Lambda target has no keyword `enum`\n";
    assert_eq!(refusal.stderr, expected);
}
