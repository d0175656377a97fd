//! The partition `aws-cn`: its tools, and what covers its services.

#[expect(dead_code, reason = "the recordings' services")]
mod support;

use aws_docs_server::Server;
use serde_json::{Value, json};
use server_testing::{call, text};
use wiremock::{MockServer, ResponseTemplate};

const HOST: &str = "docs.amazonaws.cn";
const GUIDE: &str = "/en_us/aws/latest/userguide";

async fn listed(server: Server) -> Vec<String> {
    let request = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let request = serde_json::from_value(request).expect("a JSON-RPC request");
    let reply = agentcore_gateway_target::handle(server, request).await;
    let reply = serde_json::to_value(reply.expect("a reply")).expect("JSON");
    let tools = reply["result"]["tools"].as_array().expect("tools").iter();
    let mut names: Vec<String> = tools
        .map(|tool| tool["name"].as_str().expect("a name").to_owned())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_partition_lists_its_own_tools() {
    let web = MockServer::start().await;
    let names = listed(support::server(&web, "aws-cn")).await;
    assert_eq!(names, ["get_available_services", "read_documentation"]);
    let names = listed(support::server(&web, "aws")).await;
    let expected = [
        "read_documentation",
        "read_sections",
        "recommend",
        "search_documentation",
        "search_table",
    ];
    assert_eq!(names, expected);
}

#[tokio::test]
async fn services_are_what_the_contents_have_below_their_page() {
    let web = MockServer::start().await;
    let page = support::html("<main><p>Services</p></main>");
    support::page(&web, HOST, &format!("{GUIDE}/services.html"), page).await;
    let contents = json!({ "contents": [
        { "title": "Getting started", "href": "start.html" },
        { "title": "Services", "href": "services.html", "contents": [
            { "title": "Compute", "contents": [
                { "title": "Amazon EC2", "href": "ec2.html" },
                { "title": "Unsupported in China", "href": "none.html" },
            ]},
            { "title": "Amazon S3", "href": "/en_us/s3/x.html" },
        ]},
    ]});
    let contents = ResponseTemplate::new(200).set_body_json(contents);
    support::page(&web, HOST, &format!("{GUIDE}/toc-contents.json"), contents).await;
    let server = support::server(&web, "aws-cn");
    let result = call(&server, "get_available_services", json!({})).await;
    assert_eq!(
        text(&result),
        format!(
            "AWS Documentation from https://{HOST}{GUIDE}/services.html:\n\nServices\n\n\
             ## Services in Amazon Web Services China\n\n\
             - [Amazon EC2](https://{HOST}{GUIDE}/ec2.html)\n\
             - [Amazon S3](https://{HOST}/en_us/s3/x.html)"
        )
    );
}

#[tokio::test]
async fn failures_are_errors() {
    let web = MockServer::start().await;
    let page = support::html("<main><p>Services</p></main>");
    support::page(&web, HOST, &format!("{GUIDE}/services.html"), page).await;
    let server = support::server(&web, "aws-cn");
    let result = call(&server, "get_available_services", json!({})).await;
    assert_eq!(result["isError"], Value::Bool(true));
    assert_eq!(
        text(&result),
        "service_failed: the table of contents of the documentation for China answered HTTP status 404"
    );
    let arguments = json!({ "url": "https://docs.aws.amazon.com/x.html" });
    let result = call(&server, "read_documentation", arguments).await;
    assert_eq!(
        text(&result),
        "invalid_arguments: `url` \"https://docs.aws.amazon.com/x.html\" is not on docs.amazonaws.cn\nhint: give a page of docs.amazonaws.cn, ending in `.html`; `get_available_services` finds them"
    );
    let asked = web.received_requests().await.expect("recorded").len();
    assert_eq!(asked, 2);
}
