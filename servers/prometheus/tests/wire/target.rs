//! Where a call goes, and where it never goes.

use serde_json::{Value, json};
use wiremock::matchers::{any, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::{NOBODY, amp, empty_vector, failure, good, server};

const ID: &str = "ws-11111111-aaaa-bbbb-cccc-000000000001";
const OTHER: &str = "ws-22222222-aaaa-bbbb-cccc-000000000002";

fn amp_url(id: &str) -> String {
    format!("https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/{id}")
}

async fn query(settings: &[(&str, &str)], amp: &str, more: Value) -> Value {
    let mut arguments = more;
    arguments["query"] = json!("up");
    server_testing::call(&server(settings, amp), "ExecuteQuery", arguments).await
}

#[tokio::test]
async fn a_workspace_beside_a_configured_url_is_a_contradiction() {
    let text = format!(
        "workspace_conflict: `workspace_id` names `{OTHER}`, but this server only asks the Prometheus of its `PROMETHEUS_URL`\n\
         hint: leave `workspace_id` out, or unset `PROMETHEUS_URL`"
    );
    for url in [
        NOBODY,
        &amp_url(ID),
        &format!("{NOBODY}/workspaces/{OTHER}"),
    ] {
        let settings = [("PROMETHEUS_URL", url)];
        let result = query(&settings, NOBODY, json!({ "workspace_id": OTHER })).await;
        assert_eq!(failure(&result), text, "{url}");
    }
}

#[tokio::test]
async fn a_region_that_the_configured_workspace_is_not_in_is_a_contradiction() {
    let url = amp_url(ID);
    let settings = [("PROMETHEUS_URL", url.as_str())];
    let result = query(&settings, NOBODY, json!({ "region": "us-east-1" })).await;
    assert_eq!(
        failure(&result),
        "region_conflict: `region` is `us-east-1`, but `PROMETHEUS_URL` names a workspace in `eu-west-1`\n\
         hint: leave `region` out"
    );
}

/// A server of the attacker's, to which AMP (or what stands in for it) sends us.
async fn asked_at(endpoint: impl Fn(&str) -> String) -> Value {
    let elsewhere = MockServer::start().await;
    Mock::given(any())
        .respond_with(empty_vector())
        .expect(0)
        .mount(&elsewhere)
        .await;
    let endpoint = endpoint(&elsewhere.uri());
    let amp = amp::start(&[(ID, None, "ACTIVE", Some(&endpoint))]).await;
    let settings = [(
        "PROMETHEUS_TRUSTED_ORIGINS",
        "http://127.0.0.1:2, https://127.0.0.1",
    )];
    let result = query(&settings, &amp.uri(), json!({ "workspace_id": ID })).await;
    elsewhere.verify().await;
    result
}

#[tokio::test]
async fn an_address_that_is_not_the_workspaces_is_never_contacted() {
    let text = format!(
        "endpoint_refused: workspace `{ID}` is said to be at an address that is not one of AMP, so it is not asked\n\
         hint: for a private stand-in, add its origin to `PROMETHEUS_TRUSTED_ORIGINS`"
    );
    let elsewhere = [
        asked_at(|server| format!("{server}/workspaces/{ID}")).await,
        asked_at(|server| server.replace("127.0.0.1", "localhost")).await,
        // Right host, another workspace; right workspace, another region than the one asked.
        asked_at(|_| format!("https://aps-workspaces.us-east-1.amazonaws.com/workspaces/{OTHER}"))
            .await,
        asked_at(|_| amp_url(ID)).await,
        asked_at(|_| "https://user:password@127.0.0.1/".to_owned()).await,
        asked_at(|_| "nonsense".to_owned()).await,
    ];
    for result in &elsewhere {
        assert_eq!(failure(result), text);
    }
}

#[tokio::test]
async fn a_trusted_origin_is_asked_and_the_address_is_looked_up_once() {
    let prometheus = MockServer::start().await;
    Mock::given(path(format!("/workspaces/{ID}/api/v1/query")))
        .respond_with(empty_vector())
        .expect(2)
        .mount(&prometheus)
        .await;
    let endpoint = format!("{}/workspaces/{ID}/", prometheus.uri());
    let amp = amp::start(&[(ID, None, "ACTIVE", Some(&endpoint))]).await;
    let uri = prometheus.uri();
    let server = server(&[("PROMETHEUS_TRUSTED_ORIGINS", &uri)], &amp.uri());
    for _ in 0..2 {
        let arguments = json!({ "query": "up", "workspace_id": ID });
        good(&server_testing::call(&server, "ExecuteQuery", arguments).await);
    }
    assert_eq!(amp.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_workspace_that_does_not_exist_is_named() {
    let amp = MockServer::start().await;
    Mock::given(path(format!("/workspaces/{ID}")))
        .respond_with(
            ResponseTemplate::new(404)
                .insert_header(
                    "x-amzn-errortype",
                    "ResourceNotFoundException:http://internal/",
                )
                .set_body_json(json!({ "message": "Workspace not found" })),
        )
        .expect(1)
        .mount(&amp)
        .await;
    let result = query(
        &[],
        &amp.uri(),
        json!({ "workspace_id": ID, "region": "eu-west-1" }),
    )
    .await;
    assert_eq!(
        failure(&result),
        format!(
            "aws_not_found: `aps:DescribeWorkspace` for workspace `{ID}` in region `eu-west-1` failed: ResourceNotFoundException: Workspace not found\n\
             hint: check the name, and that it is in region `eu-west-1` of this account"
        )
    );
}
