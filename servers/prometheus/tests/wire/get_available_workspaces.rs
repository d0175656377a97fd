//! `GetAvailableWorkspaces`: all pages, all states, and one bad entry does not hide the others.

use serde_json::{Value, json};
use wiremock::matchers::{method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::{NOBODY, amp, failure, good, server};

const FIRST: &str = "ws-11111111-aaaa-bbbb-cccc-000000000001";
const SECOND: &str = "ws-22222222-aaaa-bbbb-cccc-000000000002";

fn address(id: &str) -> String {
    format!("https://aps-workspaces.us-east-1.amazonaws.com/workspaces/{id}/")
}

async fn list(settings: &[(&str, &str)], amp: &MockServer) -> Value {
    server_testing::call(
        &server(settings, &amp.uri()),
        "GetAvailableWorkspaces",
        json!({}),
    )
    .await
}

fn refusal(status: u16, code: &str, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status)
        .insert_header("x-amzn-errortype", code)
        .insert_header("x-amzn-requestid", "request-1")
        .set_body_json(json!({ "message": message }))
}

#[tokio::test]
async fn every_page_is_read() {
    let amp = MockServer::start().await;
    let page = |id, next: Option<&str>| {
        let workspace = amp::shape(&(id, None, "CREATING", None), false);
        ResponseTemplate::new(200)
            .set_body_json(json!({ "workspaces": [workspace], "nextToken": next }))
    };
    Mock::given(method("GET"))
        .and(path("/workspaces"))
        .and(query_param_is_missing("nextToken"))
        .respond_with(page(FIRST, Some("t/2")))
        .expect(1)
        .mount(&amp)
        .await;
    Mock::given(method("GET"))
        .and(path("/workspaces"))
        .and(query_param("nextToken", "t/2"))
        .respond_with(page(SECOND, None))
        .expect(1)
        .mount(&amp)
        .await;
    let result = list(&[], &amp).await;
    let listing = &good(&result)["result"];
    assert_eq!(listing["count"], 2);
    assert_eq!(
        listing["workspaces"][1],
        json!({
            "workspace_id": SECOND, "alias": "No alias", "status": "CREATING",
            "region": "us-east-1", "is_configured": false
        })
    );
    assert_eq!(listing["requires_user_selection"], false);
    assert_eq!(
        listing["message"],
        "No workspace in `us-east-1` can be queried; try another `region` or `profile`."
    );
}

#[tokio::test]
async fn every_state_is_listed_and_only_active_ones_are_described() {
    let endpoint = address(FIRST);
    let states = [
        "ACTIVE",
        "CREATING",
        "UPDATING",
        "DELETING",
        "CREATION_FAILED",
        "SOMETHING_NEW",
    ];
    let ids: Vec<String> = (0..6).map(|n| format!("ws-{n}")).collect();
    let workspaces: Vec<amp::Workspace<'_>> = ids
        .iter()
        .zip(states)
        .map(|(id, state)| (id.as_str(), Some("a"), state, Some(endpoint.as_str())))
        .collect();
    let amp = amp::start(&workspaces).await;
    let result = list(&[], &amp).await;
    let listed = good(&result)["result"]["workspaces"].as_array().unwrap();
    let listed: Vec<_> = listed
        .iter()
        .map(|w| {
            (
                w["status"].as_str().unwrap(),
                w["prometheus_url"].is_string(),
            )
        })
        .collect();
    let expected: Vec<_> = states
        .iter()
        .map(|state| (*state, *state == "ACTIVE"))
        .collect();
    assert_eq!(listed, expected);
    let requests = amp.received_requests().await.unwrap();
    let paths: Vec<_> = requests.iter().map(|request| request.url.path()).collect();
    assert_eq!(paths, ["/workspaces", "/workspaces/ws-0"]);
}

#[tokio::test]
async fn the_configured_workspace_comes_first() {
    let (first, second) = (address(FIRST), address(SECOND));
    let amp = amp::start(&[
        (FIRST, Some("a"), "ACTIVE", Some(&first)),
        (SECOND, Some("b"), "ACTIVE", Some(&second)),
    ])
    .await;
    let result = list(&[("PROMETHEUS_URL", &second)], &amp).await;
    let listing = &good(&result)["result"];
    let listed: Vec<_> = listing["workspaces"]
        .as_array()
        .unwrap()
        .iter()
        .map(|w| {
            (
                w["workspace_id"].as_str().unwrap(),
                w["is_configured"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(listed, [(SECOND, true), (FIRST, false)]);
    assert_eq!(listing["configured_workspace_id"], SECOND);
    assert_eq!(listing["requires_user_selection"], false);
    assert_eq!(
        listing["message"],
        format!("Queries go to workspace `{SECOND}`, which `PROMETHEUS_URL` names.")
    );
}

#[tokio::test]
async fn the_configured_workspace_is_added_when_amp_does_not_list_it() {
    let amp = amp::start(&[]).await;
    let url = format!("https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/{FIRST}");
    let result = list(&[("PROMETHEUS_URL", &url)], &amp).await;
    assert_eq!(
        good(&result)["result"]["workspaces"],
        json!([{
            "workspace_id": FIRST, "alias": "No alias", "status": "UNKNOWN",
            "prometheus_url": url, "region": "eu-west-1", "is_configured": true,
            "note": "Named by `PROMETHEUS_URL`; AMP does not list it in the region and account that were asked."
        }])
    );
}

#[tokio::test]
async fn a_workspace_that_may_not_be_described_is_listed_with_the_reason() {
    let endpoint = address(FIRST);
    let amp = MockServer::start().await;
    Mock::given(path(format!("/workspaces/{SECOND}")))
        .respond_with(refusal(403, "AccessDeniedException", "not yours"))
        .expect(1)
        .with_priority(1)
        .mount(&amp)
        .await;
    let all = [
        (SECOND, None, "ACTIVE", Some(endpoint.as_str())),
        (FIRST, None, "ACTIVE", Some(endpoint.as_str())),
    ];
    let summaries: Vec<_> = all.iter().map(|w| amp::shape(w, false)).collect();
    Mock::given(path("/workspaces"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "workspaces": summaries })))
        .mount(&amp)
        .await;
    Mock::given(path(format!("/workspaces/{FIRST}")))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_json(json!({ "workspace": amp::shape(&all[1], true) })),
        )
        .mount(&amp)
        .await;
    let result = list(&[], &amp).await;
    let listed = &good(&result)["result"]["workspaces"];
    assert_eq!(
        listed[0]["note"],
        format!(
            "`aps:DescribeWorkspace` for workspace `{SECOND}` in region `us-east-1` failed: AccessDeniedException: not yours (request id request-1)\n\
             hint: allow `aps:DescribeWorkspace` in the policy of the role or user whose credentials these are"
        )
    );
    assert_eq!(listed[0]["prometheus_url"], Value::Null);
    assert_eq!(listed[1]["prometheus_url"], endpoint);
}

#[tokio::test]
async fn a_refused_listing_says_what_aws_said_and_what_to_do() {
    for (response, times, text) in [
        (
            refusal(403, "AccessDeniedException", "User: u is not authorized"),
            1,
            "aws_access_denied: `aps:ListWorkspaces` in region `us-east-1` failed: AccessDeniedException: User: u is not authorized (request id request-1)\n\
             hint: allow `aps:ListWorkspaces` in the policy of the role or user whose credentials these are",
        ),
        (
            refusal(429, "ThrottlingException", "slow down"),
            3,
            "aws_throttled: `aps:ListWorkspaces` in region `us-east-1` failed: ThrottlingException: slow down (request id request-1)\n\
             hint: AWS throttles these requests; wait some seconds and call again, with fewer calls at once",
        ),
        (
            refusal(
                403,
                "UnrecognizedClientException",
                "The security token is invalid.",
            ),
            1,
            "aws_credentials_rejected: `aps:ListWorkspaces` in region `us-east-1` failed: UnrecognizedClientException: The security token is invalid. (request id request-1)\n\
             hint: the credentials are expired, unknown or wrong; renew them",
        ),
    ] {
        let amp = MockServer::start().await;
        Mock::given(method("GET"))
            .respond_with(response)
            .expect(times)
            .mount(&amp)
            .await;
        assert_eq!(failure(&list(&[], &amp).await), text);
    }
    let result =
        server_testing::call(&server(&[], NOBODY), "GetAvailableWorkspaces", json!({})).await;
    assert_eq!(
        failure(&result),
        "aws_unreachable: `aps:ListWorkspaces` in region `us-east-1` failed: its endpoint cannot be reached\n\
         hint: check that the region exists and that the network lets this function out"
    );
}
