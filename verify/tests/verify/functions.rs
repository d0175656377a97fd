//! Functions, asked through the Lambda API.

use std::fs;

use axum::http::StatusCode;
use serde_json::json;

use crate::support::{Answers, fails, fleet, lambda_api, names, outcome, outcome_of, verify};

#[test]
fn a_healthy_fleet_passes_every_check() {
    let (code, checks) = outcome(Answers::healthy());
    assert_eq!(
        names(&checks),
        [
            "generated files",
            "function",
            "answer without context",
            "tools",
            "call"
        ]
    );
    assert!(
        checks.iter().all(|(_, outcome, _)| outcome == "passed"),
        "{checks:?}"
    );
    assert_eq!(code, 0);
}

#[test]
fn a_difference_in_configuration_is_named_and_values_of_variables_are_not() {
    let mut answers = Answers::healthy();
    let configuration = answers.configuration.as_mut().unwrap();
    configuration["MemorySize"] = json!(128);
    configuration["Environment"]["Variables"]["NOTES"] = json!("another-secret");
    let (_, checks) = outcome(answers.clone());
    let shown = format!("{checks:?}");
    assert!(!shown.contains("secret"), "{shown}");
    fails(
        answers,
        "function",
        "memory is 128, the manifest says 256; environment variable NOTES",
    );
}

#[test]
fn a_missing_function_fails_once_and_its_other_checks_are_skipped() {
    let mut answers = Answers::healthy();
    answers.configuration = Err((StatusCode::NOT_FOUND, "ResourceNotFoundException"));
    let (_, checks) = outcome(answers.clone());
    let skipped = checks
        .iter()
        .filter(|(_, outcome, _)| outcome == "skipped")
        .count();
    assert_eq!(skipped, 3);
    fails(
        answers,
        "function",
        "ResourceNotFoundException: as the test says",
    );
}

#[test]
fn another_answer_without_context_fails() {
    let mut answers = Answers::healthy();
    answers.no_context["error"]["data"]["server_name"] = json!("Other");
    fails(
        answers,
        "answer without context",
        "\"server_name\":\"Other\"",
    );
}

#[test]
fn a_tool_in_another_form_fails() {
    let mut answers = Answers::healthy();
    answers.listing["result"]["tools"][0]["description"] = json!("Something else.");
    fails(answers, "tools", "`note_get` is offered in another form");
}

#[test]
fn a_tool_too_many_fails() {
    let mut answers = Answers::healthy();
    let extra =
        json!({"name": "note_put", "description": "Writes.", "inputSchema": {"type": "object"}});
    answers.listing["result"]["tools"]
        .as_array_mut()
        .unwrap()
        .push(extra);
    fails(
        answers,
        "tools",
        "`note_put` is offered but not in target.json",
    );
}

#[test]
fn a_tool_error_of_the_fleets_own_making_fails() {
    let mut answers = Answers::healthy();
    answers.call["content"][0]["text"] = json!("internal_error: `note_get` stopped unexpectedly.");
    fails(answers, "call", "internal_error");
}

#[test]
fn generated_files_that_do_not_follow_the_manifest_fail() {
    let fleet = fleet();
    let manifest = fs::read_to_string(fleet.path().join("servers.yaml")).unwrap();
    fs::write(
        fleet.path().join("servers.yaml"),
        manifest.replace("Keeps", "Loses"),
    )
    .unwrap();
    let endpoint = format!("http://{}", lambda_api(Answers::healthy()));
    let output = verify(&fleet, &["--endpoint-url", &endpoint, "--format", "junit"]);
    let junit = String::from_utf8(output.stdout).unwrap();
    assert!(
        junit.contains("target.json differs from the manifest in description"),
        "{junit}"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn nobody_at_the_endpoint_is_told_apart_from_a_failed_check() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let output = verify(&fleet(), &["--endpoint-url", &endpoint]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains("the Lambda API cannot be reached"),
        "{error}"
    );
    assert!(error.contains("scripts/up"), "{error}");
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}

#[test]
fn a_server_that_the_manifest_does_not_have_is_refused_with_those_it_has() {
    let output = verify(
        &fleet(),
        &["--server", "note", "--endpoint-url", "http://127.0.0.1:1"],
    );
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        error,
        "verify: the manifest has no server `note`; it has: notes\n"
    );
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_function_that_is_not_ready_fails_with_what_to_do() {
    for (member, value, reason) in [
        (
            "State",
            "Pending",
            "state is Pending (as the test says), not Active: it is still being set up",
        ),
        (
            "State",
            "Inactive",
            "state is Inactive (as the test says), not Active: it was idle",
        ),
        (
            "State",
            "Failed",
            "state is Failed (as the test says), not Active: deploy it again",
        ),
        (
            "LastUpdateStatus",
            "Failed",
            "the last update failed: what runs is what was there before",
        ),
        ("LastUpdateStatus", "InProgress", "an update is in progress"),
    ] {
        let mut answers = Answers::healthy();
        let configuration = answers.configuration.as_mut().unwrap();
        configuration[member] = json!(value);
        if member == "State" {
            configuration["StateReason"] = json!("as the test says");
        }
        fails(answers, "function", reason);
    }
}

#[test]
fn a_difference_in_configuration_does_not_keep_it_from_being_called() {
    let mut answers = Answers::healthy();
    answers.configuration.as_mut().unwrap()["Timeout"] = json!(3);
    let (_, checks) = outcome(answers);
    assert!(
        checks.iter().all(|(_, outcome, _)| outcome != "skipped"),
        "{checks:?}"
    );
}

#[test]
fn what_a_stand_in_for_aws_forgets_is_said_and_is_no_failure() {
    let mut answers = Answers::healthy();
    let configuration = answers.configuration.as_mut().unwrap();
    configuration
        .as_object_mut()
        .unwrap()
        .remove("Architectures");
    configuration.as_object_mut().unwrap().remove("State");
    let (code, checks) = outcome(answers);
    let expected = "architecture not reported, 256 MB, 60 s, state not reported";
    assert_eq!(checks[1].2, expected);
    assert_eq!(code, 0);

    let mut answers = Answers::healthy();
    let configuration = answers.configuration.as_mut().unwrap();
    configuration.as_object_mut().unwrap().remove("Runtime");
    fails(
        answers,
        "function",
        "runtime is not reported, the manifest says provided.al2023",
    );
    let mut answers = Answers::healthy();
    answers.configuration.as_mut().unwrap()["Architectures"] = json!(["x86_64"]);
    fails(
        answers,
        "function",
        "architecture is x86_64, the manifest says arm64",
    );
}

#[test]
fn one_side_can_be_checked_alone() {
    // Nothing can be called, as in a local CloudFormation.
    let mut answers = Answers::healthy();
    answers.no_context = json!("no");
    answers.listing = json!("no");
    let (code, checks) = outcome_of(answers, &["--only", "config"]);
    assert_eq!(names(&checks), ["generated files", "function"]);
    assert_eq!(code, 0);

    let mut answers = Answers::healthy();
    answers.configuration = Err((StatusCode::FORBIDDEN, "AccessDeniedException"));
    let (code, checks) = outcome_of(answers, &["--only", "calls"]);
    let calls = ["generated files", "answer without context", "tools", "call"];
    assert_eq!(names(&checks), calls);
    assert_eq!(code, 0, "{checks:?}");
}

#[test]
fn a_prefix_is_part_of_the_name_that_is_asked_for() {
    let endpoint = format!(
        "http://{}",
        lambda_api(Answers::named("gamma-mcp-server-notes"))
    );
    let arguments = ["--endpoint-url", &endpoint, "--format", "json", "--prefix"];
    let with = |prefix: &str| {
        let output = verify(&fleet(), &[&arguments[..], &[prefix]].concat());
        output.status.code()
    };
    assert_eq!(with("gamma-"), Some(0));
    assert_eq!(with(""), Some(1));
    assert_eq!(with("a/b"), Some(2));
}

#[test]
fn a_vpc_is_compared() {
    let fleet = fleet();
    let path = fleet.path().join("servers.yaml");
    let manifest = fs::read_to_string(&path).unwrap();
    let vpc = "    vpc: {subnets: [subnet-0123456789], security_groups: [sg-0123456789]}\n";
    fs::write(&path, manifest + vpc).unwrap();
    let run = |answers| {
        let endpoint = format!("http://{}", lambda_api(answers));
        let output = verify(&fleet, &["--endpoint-url", &endpoint, "--format", "json"]);
        crate::support::checks(&output).1[1].clone()
    };
    let (_, outcome, detail) = run(Answers::healthy());
    assert_eq!(outcome, "failed");
    assert!(
        detail.starts_with("subnets are none, the manifest says subnet-0123456789; "),
        "{detail}"
    );
    let mut answers = Answers::healthy();
    answers.configuration.as_mut().unwrap()["VpcConfig"] =
        json!({"SubnetIds": ["subnet-0123456789"], "SecurityGroupIds": ["sg-0123456789"]});
    assert_eq!(run(answers).1, "passed");
}

#[test]
fn nowhere_to_look_is_refused() {
    for (arguments, expected) in [
        (
            &[][..],
            "<--deployed|--endpoint-url <URL>|--gateway-url <URL>>",
        ),
        (
            &["--gateway-url", "http://example.com/mcp"],
            "is not encrypted",
        ),
        (
            &[
                "--gateway-url",
                "https://example.com/mcp",
                "--only",
                "calls",
            ],
            "add `--deployed`",
        ),
        (
            &[
                "--endpoint-url",
                "http://127.0.0.1:1",
                "--gateway-url",
                "https://example.com/mcp",
                "--only",
                "config",
            ],
            "leave one of them out",
        ),
        (&["--deployed"], "no AWS Region"),
        (
            &["--deployed", "--region", "eu-west-1"],
            "no usable AWS credentials",
        ),
        (
            &["--deployed", "--region", "Europe"],
            "is not an AWS region",
        ),
    ] {
        let output = verify(&fleet(), arguments);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains(expected), "{arguments:?}: {error}");
        assert_eq!(output.status.code(), Some(2));
    }
}
