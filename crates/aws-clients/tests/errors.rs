//! Failures of a real SDK client over real HTTP, each in the one form.

use std::time::Duration;

use aws_clients::{Aws, AwsError, Builder, Clients, RegionName, Scope};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use serde_json::json;
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn builder(endpoint: &str) -> Builder {
    let region = RegionName::try_from("eu-west-1".to_owned()).expect("a region");
    let credentials = Credentials::from_keys("AKID", "secret", None);
    Aws::builder()
        .variables(&[])
        .region(Some(region))
        .endpoint_url(endpoint)
        .credentials(SharedCredentialsProvider::new(credentials))
}

async fn list_workspaces(builder: Builder) -> AwsError {
    let clients = Clients::new(builder.build(), aws_sdk_amp::Client::new);
    let (session, amp) = clients.get(&Scope::default()).await.expect("a client");
    let error = amp.list_workspaces().send().await.expect_err("a failure");
    AwsError::from_sdk(session.call("aps:ListWorkspaces", None), error)
}

async fn answering(response: ResponseTemplate, times: u64) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/workspaces"))
        .respond_with(response)
        .expect(times)
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn what_aws_says_is_passed_on_with_what_to_do() {
    let refusal = |status, code: &str| {
        ResponseTemplate::new(status)
            .insert_header("x-amzn-errortype", code)
            .insert_header("x-amzn-requestid", "request-1")
            .set_body_json(json!({ "message": "said AWS" }))
    };
    for (response, times, code, starts, ends) in [
        (
            refusal(403, "AccessDeniedException"),
            1,
            "aws_access_denied",
            "`aps:ListWorkspaces` in region `eu-west-1` failed: AccessDeniedException: said AWS (request id request-1)\n",
            "hint: allow `aps:ListWorkspaces` in the policy of the role or user whose credentials these are",
        ),
        // The standard mode repeats what may pass, three attempts in all.
        (
            refusal(429, "ThrottlingException"),
            3,
            "aws_throttled",
            "`aps:ListWorkspaces` in region `eu-west-1` failed: ThrottlingException: said AWS (request id request-1)\n",
            "with fewer calls at once",
        ),
        (
            refusal(500, "InternalServerException"),
            3,
            "aws_service_error",
            "`aps:ListWorkspaces` in region `eu-west-1` failed: InternalServerException: said AWS (request id request-1)\n",
            "call again in a moment",
        ),
        (
            refusal(400, "ValidationException"),
            1,
            "aws_invalid_request",
            "`aps:ListWorkspaces` in region `eu-west-1` failed: ValidationException: said AWS (request id request-1)",
            "(request id request-1)",
        ),
        (
            ResponseTemplate::new(200).set_body_string("<html>"),
            1,
            "aws_unreadable_answer",
            "`aps:ListWorkspaces` in region `eu-west-1` failed: the answer is not one of this AWS service\n",
            "hint: check `AWS_ENDPOINT_URL`, if it is set",
        ),
    ] {
        let server = answering(response, times).await;
        let error = list_workspaces(builder(&server.uri())).await;
        let text = error.to_string();
        assert_eq!(error.code(), code, "{text}");
        assert!(text.starts_with(starts) && text.ends_with(ends), "{text}");
    }
}

#[tokio::test]
async fn nobody_there_and_no_answer_are_told_apart() {
    // Port 1 of loopback takes a privilege to listen on.
    let error = list_workspaces(builder("http://127.0.0.1:1")).await;
    assert_eq!(error.code(), "aws_unreachable");
    assert_eq!(
        error.to_string(),
        "`aps:ListWorkspaces` in region `eu-west-1` failed: its endpoint cannot be reached\n\
         hint: check that the region exists and that the network lets this function out"
    );
    let slow = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_delay(Duration::from_secs(300)))
        .mount(&slow)
        .await;
    let limited = builder(&slow.uri()).operation_timeout(Duration::from_millis(500));
    let error = list_workspaces(limited).await;
    assert_eq!(error.code(), "aws_timeout");
    assert_eq!(
        error.to_string(),
        "`aps:ListWorkspaces` in region `eu-west-1` did not answer in time\n\
         hint: call again, or ask for less at once"
    );
}

/// As the default chain where there is nothing.
#[derive(Debug)]
struct Nothing;

impl ProvideCredentials for Nothing {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(Err(CredentialsError::not_loaded("nothing anywhere")))
    }
}

#[tokio::test]
async fn missing_credentials_are_one_sentence_and_nothing_is_sent() {
    let server = answering(ResponseTemplate::new(200), 0).await;
    let nothing = SharedCredentialsProvider::new(Nothing);
    let error = list_workspaces(builder(&server.uri()).credentials(nothing)).await;
    assert_eq!(error.code(), "aws_credentials_missing");
    assert_eq!(
        error.to_string(),
        "no AWS credentials: set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, name a profile, or run with an execution role"
    );
}

#[tokio::test]
async fn requests_name_this_software_and_the_region() {
    let page = ResponseTemplate::new(200).set_body_json(json!({ "workspaces": [] }));
    let server = answering(page, 1).await;
    let clients = Clients::new(builder(&server.uri()).build(), aws_sdk_amp::Client::new);
    let (_, amp) = clients.get(&Scope::default()).await.unwrap();
    amp.list_workspaces().send().await.unwrap();
    let requests = server.received_requests().await.unwrap();
    let header = |name: &str| requests[0].headers[name].to_str().unwrap();
    let app = concat!("app/mcp-fleet-", env!("CARGO_PKG_VERSION"));
    assert!(
        header("x-amz-user-agent").contains(app),
        "{}",
        header("x-amz-user-agent")
    );
    assert!(header("authorization").contains("/eu-west-1/aps/aws4_request"));
}
