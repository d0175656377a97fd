//! A stand-in for the hosts of the documentation, which answers as the recordings' one did.

use aws_docs_server::{Config, Server};
use serde_json::{Value, json};
use wiremock::matchers::{body_partial_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// The page that the recordings were made of.
pub(crate) const PAGE: &str = include_str!("../fixtures/stub-page.html");

/// A server of a partition (`aws` or `aws-cn`) that asks the stand-in instead of all hosts.
pub(crate) fn server(web: &MockServer, partition: &str) -> Server {
    let stand_in = web.uri();
    let config = Config::from_lookup(&[], &|name| match name {
        "AWS_DOCUMENTATION_PARTITION" => Some(partition.to_owned()),
        "AWS_DOCUMENTATION_STAND_IN" => Some(stand_in.clone()),
        _ => None,
    });
    Server::new(config.expect("settings"))
}

pub(crate) fn html(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body, "text/html; charset=utf-8")
}

/// A page of one host.
pub(crate) async fn page(web: &MockServer, host: &str, at: &str, response: ResponseTemplate) {
    Mock::given(method("GET"))
        .and(header("host", host))
        .and(path(at))
        .respond_with(response)
        .mount(web)
        .await;
}

/// Everything that the recordings ask for.
pub(crate) async fn recorded() -> MockServer {
    let web = MockServer::start().await;
    let aws = "docs.aws.amazon.com";
    for (at, response) in [
        ("/page.html", html(PAGE)),
        (
            "/moved.html",
            ResponseTemplate::new(302).insert_header("location", "/page.html"),
        ),
        ("/missing.html", ResponseTemplate::new(404)),
        (
            "/script.html",
            html("<html><body><script>var x = 1;</script></body></html>"),
        ),
        (
            "/text.html",
            ResponseTemplate::new(200).set_body_raw("plain text body, not HTML", "text/plain"),
        ),
        (
            "/h1only.html",
            html("<html><body><h1>Alone</h1><p>Text.</p></body></html>"),
        ),
    ] {
        page(&web, aws, at, response).await;
    }
    let china = "docs.amazonaws.cn";
    page(&web, china, "/page.html", html(PAGE)).await;
    let guide = "/en_us/aws/latest/userguide";
    page(&web, china, &format!("{guide}/services.html"), html(PAGE)).await;
    let contents = json!({ "contents": [
        { "title": "Amazon A", "href": "a.html" },
        { "title": "Unsupported services", "href": "b.html", "contents": [{ "title": "B", "href": "c.html" }] },
    ]});
    let contents = ResponseTemplate::new(200).set_body_json(contents);
    page(&web, china, &format!("{guide}/toc-contents.json"), contents).await;
    services(&web).await;
    web
}

async fn services(web: &MockServer) {
    let fixture = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let found = fixture(include_str!("../fixtures/stub-search.json"));
    for (phrase, response) in [
        ("widgets", ResponseTemplate::new(200).set_body_json(found)),
        (
            "nothing",
            ResponseTemplate::new(200)
                .set_body_json(json!({ "queryId": "q-0", "suggestions": [] })),
        ),
        ("boom", ResponseTemplate::new(500)),
    ] {
        Mock::given(method("POST"))
            .and(header("host", "proxy.search.docs.aws.com"))
            .and(path("/search"))
            .and(body_partial_json(
                json!({ "textQuery": { "input": phrase } }),
            ))
            .respond_with(response)
            .mount(web)
            .await;
    }
    let pages = fixture(include_str!("../fixtures/stub-recommend.json"));
    for (asked, response) in [
        (
            "https://docs.aws.amazon.com/page.html",
            ResponseTemplate::new(200).set_body_json(pages),
        ),
        (
            "https://docs.aws.amazon.com/none.html",
            ResponseTemplate::new(404),
        ),
    ] {
        Mock::given(method("GET"))
            .and(header("host", "api.contentrecs.docs.aws.com"))
            .and(path("/v1/recommendations"))
            .and(wiremock::matchers::query_param("path", asked))
            .respond_with(response)
            .mount(web)
            .await;
    }
}
