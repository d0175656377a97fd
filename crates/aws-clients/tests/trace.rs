//! Requests carry the trace of the invocation. One test: the invocation at hand is the process's.

use std::time::Duration;

use aws_clients::{Aws, Clients, Scope};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use http::Request;
use invocation_trace::{Trace, enter};
use serde_json::json;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

const ONE: &str = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1";
const TWO: &str = "Root=1-5bef4de8-ad49b0e87f6ef6c87fc2e701;Sampled=0";

#[tokio::test]
async fn each_request_names_the_trace_of_its_own_invocation() {
    let server = MockServer::start().await;
    let page = ResponseTemplate::new(200).set_body_json(json!({ "workspaces": [] }));
    Mock::given(method("GET"))
        .respond_with(page)
        .mount(&server)
        .await;
    let variables = [("AWS_REGION", "eu-west-1")];
    let credentials = Credentials::new("AKID", "secret", None, None, "test");
    let aws = Aws::builder()
        .variables(&variables)
        .credentials(SharedCredentialsProvider::new(credentials))
        .endpoint_url(server.uri())
        .build();
    let http = aws.http();
    let clients = Clients::new(aws, aws_sdk_amp::Client::new);
    for trace in [None, Some(ONE), Some(TWO), None] {
        enter(trace.and_then(Trace::new));
        let (_, client) = clients.get(&Scope::default()).await.expect("a client");
        let call = client.list_workspaces().send();
        // In a task of its own, as a tool that asks several things at once does it.
        tokio::spawn(call).await.expect("no panic").expect("a page");
        let own = Request::get(server.uri()).body(Vec::new()).expect("a URI");
        let answer = http.send(own, 1_000, Duration::from_secs(20)).await;
        assert_eq!(answer.expect("a page").body(), br#"{"workspaces":[]}"#);
    }
    let requests = server.received_requests().await.expect("recorded");
    let traces: Vec<Option<&str>> = requests
        .iter()
        .map(|request| request.headers.get("x-amzn-trace-id"))
        .map(|header| header.map(|value| value.to_str().expect("ASCII")))
        .collect();
    let twice = [None, Some(ONE), Some(TWO), None].map(|trace| [trace, trace]);
    assert_eq!(traces, twice.concat());
    for request in requests.iter().step_by(2) {
        let authorization = request.headers["authorization"].to_str().expect("ASCII");
        assert!(!authorization.contains("trace-id"), "{authorization}");
    }
}
