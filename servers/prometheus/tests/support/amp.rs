//! A stand-in for AMP's control plane: real HTTP, which the real SDK client talks to.

#![allow(dead_code, reason = "each test uses some of it")]

use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A workspace: id, alias, status, query endpoint.
pub(crate) type Workspace<'a> = (&'a str, Option<&'a str>, &'a str, Option<&'a str>);

/// Starts AMP with these workspaces.
pub(crate) async fn start(workspaces: &[Workspace<'_>]) -> MockServer {
    let amp = MockServer::start().await;
    let summaries: Vec<Value> = workspaces.iter().map(|w| shape(w, false)).collect();
    Mock::given(method("GET"))
        .and(path("/workspaces"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "workspaces": summaries })))
        .mount(&amp)
        .await;
    for workspace in workspaces {
        let body = json!({ "workspace": shape(workspace, true) });
        Mock::given(method("GET"))
            .and(path(format!("/workspaces/{}", workspace.0)))
            .respond_with(ResponseTemplate::new(200).set_body_json(body))
            .mount(&amp)
            .await;
    }
    amp
}

/// As AMP's API reference has it: only a description holds the endpoint.
pub(crate) fn shape((id, alias, status, endpoint): &Workspace<'_>, described: bool) -> Value {
    let arn = format!("arn:aws:aps:us-east-1:123456789012:workspace/{id}");
    let mut workspace = json!({
        "workspaceId": id, "arn": arn, "createdAt": 1_700_000_000.5,
        "status": { "statusCode": status }, "tags": {}
    });
    if let Some(alias) = alias {
        workspace["alias"] = json!(alias);
    }
    if let (Some(endpoint), true) = (endpoint, described) {
        workspace["prometheusEndpoint"] = json!(endpoint);
    }
    workspace
}
