//! What the process's environment decides. A test may not set variables of its own process, so
//! each case runs this very test binary again, with the variables of the case.

use std::process::Command;

use aws_clients::{Aws, AwsError, Clients, Scope};
use serde_json::json;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// The part that runs in the child: one call, whose outcome is printed.
#[tokio::test]
#[ignore = "run by the other tests, with variables"]
async fn child() {
    let clients = Clients::new(Aws::from_env(), aws_sdk_amp::Client::new);
    let outcome = match clients.get(&Scope::default()).await {
        Err(error) => error.code().to_owned(),
        Ok((session, amp)) => match amp.list_workspaces().send().await {
            Ok(_) => format!("worked in {}", session.region()),
            Err(error) => {
                AwsError::from_sdk(session.call("aps:ListWorkspaces", None), error).to_string()
            }
        },
    };
    println!("outcome: {outcome}");
}

async fn outcome(variables: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = Command::new(std::env::current_exe().expect("this binary"));
    child
        .args(["--ignored", "--exact", "child", "--nocapture"])
        .env_clear()
        .env("HOME", folder.path())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(variables.iter().copied());
    let output = tokio::task::spawn_blocking(move || child.output())
        .await
        .expect("a thread")
        .expect("a child");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let outcome = text.lines().find_map(|line| line.split_once("outcome: "));
    outcome.map_or(text.clone(), |(_, outcome)| outcome.to_owned())
}

const KEYS: [(&str, &str); 2] = [
    ("AWS_ACCESS_KEY_ID", "AKID"),
    ("AWS_SECRET_ACCESS_KEY", "s"),
];

async fn amp(calls: u64) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(path("/workspaces"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "workspaces": [] })))
        .expect(calls)
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn the_endpoint_of_a_service_wins_over_that_of_all() {
    let (of_amp, of_all) = (amp(2).await, amp(1).await);
    let (of_amp, of_all) = (of_amp.uri(), of_all.uri());
    let region = ("AWS_REGION", "eu-west-1");
    for endpoints in [
        &[("AWS_ENDPOINT_URL_AMP", of_amp.as_str())][..],
        &[
            ("AWS_ENDPOINT_URL_AMP", &of_amp),
            ("AWS_ENDPOINT_URL", &of_all),
        ],
        &[("AWS_ENDPOINT_URL", &of_all)],
    ] {
        let variables = [endpoints, &KEYS, &[region]].concat();
        assert_eq!(outcome(&variables).await, "worked in eu-west-1");
    }
}

#[tokio::test]
async fn region_variables_are_read_in_order() {
    let amp = amp(2).await;
    let uri = amp.uri();
    for (regions, expected) in [
        (
            &[
                ("AWS_REGION", "eu-west-1"),
                ("AWS_DEFAULT_REGION", "eu-west-2"),
            ][..],
            "eu-west-1",
        ),
        (&[("AWS_DEFAULT_REGION", "eu-west-2")], "eu-west-2"),
    ] {
        let variables = [regions, &KEYS, &[("AWS_ENDPOINT_URL", uri.as_str())]].concat();
        assert_eq!(outcome(&variables).await, format!("worked in {expected}"));
    }
    assert_eq!(outcome(&KEYS).await, "aws_region_missing");
}

#[tokio::test]
async fn without_credentials_one_sentence_says_what_is_missing() {
    let amp = amp(0).await;
    let uri = amp.uri();
    let variables = [
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ENDPOINT_URL", uri.as_str()),
    ];
    assert_eq!(
        outcome(&variables).await,
        "no AWS credentials: set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, name a profile, or run with an execution role"
    );
}
