//! What pages look like as Markdown.

#[expect(dead_code, reason = "the recordings' services")]
mod support;

use serde_json::{Value, json};
use server_testing::{call, text};
use wiremock::MockServer;

const PAGE: &str = "https://docs.aws.amazon.com/svc/latest/dg/page.html";

/// A page read whole.
async fn markdown(html: &str) -> String {
    let web = MockServer::start().await;
    support::page(
        &web,
        "docs.aws.amazon.com",
        "/svc/latest/dg/page.html",
        support::html(html),
    )
    .await;
    let server = support::server(&web, "aws");
    let arguments = json!({ "url": PAGE, "max_length": 999_999 });
    let result = call(&server, "read_documentation", arguments).await;
    assert_ne!(result["isError"], Value::Bool(true), "{result}");
    let whole = text(&result);
    let heading = format!("AWS Documentation from {PAGE}:\n\n");
    whole
        .strip_prefix(&heading)
        .expect("the heading")
        .to_owned()
}

#[tokio::test]
async fn the_recorded_page() {
    insta::assert_snapshot!(markdown(support::PAGE).await);
}

#[tokio::test]
async fn a_page_as_the_guides_are_made() {
    insta::assert_snapshot!(markdown(include_str!("fixtures/guide.html")).await);
}

#[tokio::test]
async fn a_page_as_sphinx_makes_it() {
    insta::assert_snapshot!(markdown(include_str!("fixtures/sphinx.html")).await);
}
