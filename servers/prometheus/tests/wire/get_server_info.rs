//! `GetServerInfo`: tells, and does not query.

use serde_json::{Value, json};

use crate::{NOBODY, amp, failure, good, server};

const ID: &str = "ws-11111111-aaaa-bbbb-cccc-000000000001";
const ADDRESS: &str = "https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-11111111-aaaa-bbbb-cccc-000000000001/";

async fn info(settings: &[(&str, &str)], amp: &str, arguments: Value) -> Value {
    server_testing::call(&server(settings, amp), "GetServerInfo", arguments).await
}

#[tokio::test]
async fn a_configured_url_is_shown_and_not_contacted() {
    let result = info(&[("PROMETHEUS_URL", NOBODY)], NOBODY, json!({})).await;
    let expected = json!({
        "prometheus_url": NOBODY, "aws_region": "us-east-1",
        "aws_profile": "default", "service_name": "aps"
    });
    assert_eq!(good(&result), &expected);
    assert_eq!(
        server_testing::text(&result),
        "{\n  \"prometheus_url\": \"http://127.0.0.1:1\",\n  \"aws_region\": \"us-east-1\",\n  \"aws_profile\": \"default\",\n  \"service_name\": \"aps\"\n}"
    );
}

#[tokio::test]
async fn region_and_profile_in_effect_are_shown() {
    let settings = [("PROMETHEUS_URL", NOBODY), ("AWS_PROFILE", "team")];
    let result = info(&settings, NOBODY, json!({ "region": "eu-west-1" })).await;
    assert_eq!(good(&result)["aws_region"], "eu-west-1");
    assert_eq!(good(&result)["aws_profile"], "team");
}

#[tokio::test]
async fn the_region_of_a_configured_workspace_is_that_of_its_address() {
    let result = info(&[("PROMETHEUS_URL", ADDRESS)], NOBODY, json!({})).await;
    assert_eq!(good(&result)["aws_region"], "eu-west-1");
    assert_eq!(good(&result)["prometheus_url"], ADDRESS);
}

#[tokio::test]
async fn a_workspace_is_looked_up() {
    let amp = amp::start(&[(ID, None, "ACTIVE", Some(ADDRESS))]).await;
    let arguments = json!({ "workspace_id": ID, "region": "eu-west-1" });
    let result = info(&[], &amp.uri(), arguments).await;
    assert_eq!(good(&result)["prometheus_url"], ADDRESS);
    assert_eq!(good(&result)["aws_region"], "eu-west-1");
}

#[tokio::test]
async fn without_anything_to_ask_one_sentence_says_what_to_set() {
    for tool in ["GetServerInfo", "ListMetrics"] {
        let result = server_testing::call(&server(&[], NOBODY), tool, json!({})).await;
        assert_eq!(
            failure(&result),
            "not_configured: there is no Prometheus to ask: set `PROMETHEUS_URL`, or pass a `workspace_id` from `GetAvailableWorkspaces`"
        );
    }
}
