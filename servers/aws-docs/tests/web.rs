//! What is asked of other servers, and what becomes of what they answer.

#[expect(dead_code, reason = "the page of the recordings")]
mod support;

use serde_json::{Value, json};
use server_testing::{call, text};
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const AWS: &str = "docs.aws.amazon.com";

async fn read(web: &MockServer, url: &str) -> Value {
    let server = support::server(web, "aws");
    call(&server, "read_documentation", json!({ "url": url })).await
}

fn assert_fails(result: &Value, expected: &str) {
    assert_eq!(result["isError"], true, "{result}");
    assert_eq!(text(result), expected);
}

fn redirect(location: &str) -> ResponseTemplate {
    ResponseTemplate::new(301).insert_header("location", location)
}

#[tokio::test]
async fn a_page_is_asked_for_as_it_is_and_without_tracking() {
    let web = MockServer::start().await;
    support::page(&web, AWS, "/a/b.html", support::html("<p>x</p>")).await;
    let result = read(&web, "http://docs.aws.amazon.com/a/b.html?v=1&w=%20#part").await;
    let heading = "AWS Documentation from https://docs.aws.amazon.com/a/b.html?v=1&w=%20:\n\nx";
    assert_eq!(text(&result), heading);
    let requests = web.received_requests().await.expect("recorded");
    let [request] = requests.as_slice() else {
        panic!("one request, not {}", requests.len());
    };
    assert_eq!(request.url.query(), Some("v=1&w=%20"));
    let mut names: Vec<&str> = request.headers.keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "host", "user-agent"]);
    let agent = request.headers["user-agent"].to_str().expect("ASCII");
    assert!(agent.starts_with("mcp-fleet-aws-docs/"), "{agent}");
}

#[tokio::test]
async fn redirects_are_followed_inside_of_the_documentation() {
    let web = MockServer::start().await;
    let neuron = "awsdocs-neuron.readthedocs-hosted.com";
    support::page(
        &web,
        AWS,
        "/a.html",
        redirect("http://docs.aws.amazon.com/b.html"),
    )
    .await;
    support::page(
        &web,
        AWS,
        "/b.html",
        redirect("//awsdocs-neuron.readthedocs-hosted.com/c/"),
    )
    .await;
    support::page(
        &web,
        neuron,
        "/c/",
        support::html("<a href=\"d.html\">x</a>"),
    )
    .await;
    let result = read(&web, "https://docs.aws.amazon.com/a.html").await;
    assert_eq!(
        text(&result),
        "<e>https://docs.aws.amazon.com/a.html is served by https://awsdocs-neuron.readthedocs-hosted.com/c/.</e>\n\nAWS Documentation from https://awsdocs-neuron.readthedocs-hosted.com/c/:\n\n[x](https://awsdocs-neuron.readthedocs-hosted.com/c/d.html)"
    );
}

#[tokio::test]
async fn other_redirects_are_refused_unseen() {
    let web = MockServer::start().await;
    for (at, location, reason) in [
        (
            "/a.html",
            "https://evil.com/x.html",
            "is not on docs.aws.amazon.com or awsdocs-neuron.readthedocs-hosted.com",
        ),
        (
            "/b.html",
            "http://169.254.169.254/latest",
            "is not on docs.aws.amazon.com or awsdocs-neuron.readthedocs-hosted.com",
        ),
        (
            "/c.html",
            "ftp://docs.aws.amazon.com/x.html",
            "is not an https URL",
        ),
        (
            "/d.html",
            "https://docs.aws.amazon.com:8443/x.html",
            "holds a user name, password or port",
        ),
    ] {
        support::page(&web, AWS, at, redirect(location)).await;
        let url = format!("https://docs.aws.amazon.com{at}");
        let expected = format!(
            "redirect_refused: {url} redirects to an address that {reason}, which is not followed"
        );
        assert_fails(&read(&web, &url).await, &expected);
    }
    support::page(&web, AWS, "/loop.html", redirect("/loop.html")).await;
    let url = "https://docs.aws.amazon.com/loop.html";
    assert_fails(
        &read(&web, url).await,
        &format!("redirect_refused: {url} redirects more than 5 times"),
    );
    let asked = web.received_requests().await.expect("recorded").len();
    assert_eq!(asked, 4 + 6);
}

#[tokio::test]
async fn a_server_in_trouble_is_asked_twice() {
    let web = MockServer::start().await;
    Mock::given(path("/a.html"))
        .respond_with(ResponseTemplate::new(503))
        .up_to_n_times(1)
        .expect(1)
        .mount(&web)
        .await;
    support::page(&web, AWS, "/a.html", support::html("x")).await;
    let result = read(&web, "https://docs.aws.amazon.com/a.html").await;
    assert_ne!(result["isError"], Value::Bool(true), "{result}");
    Mock::given(path("/b.html"))
        .respond_with(ResponseTemplate::new(429))
        .expect(2)
        .mount(&web)
        .await;
    let expected = "page_not_readable: https://docs.aws.amazon.com/b.html cannot be read: HTTP status 429\nhint: wait some seconds and call again, with fewer calls at once";
    assert_fails(
        &read(&web, "https://docs.aws.amazon.com/b.html").await,
        expected,
    );
    Mock::given(path("/c.html"))
        .respond_with(ResponseTemplate::new(403))
        .expect(1)
        .mount(&web)
        .await;
    let expected =
        "page_not_readable: https://docs.aws.amazon.com/c.html cannot be read: HTTP status 403";
    assert_fails(
        &read(&web, "https://docs.aws.amazon.com/c.html").await,
        expected,
    );
}

#[tokio::test]
async fn what_is_no_page_is_an_error() {
    let web = MockServer::start().await;
    let raw = |body: Vec<u8>, kind: &str| ResponseTemplate::new(200).set_body_raw(body, kind);
    let deep = "<div>".repeat(300) + "x";
    for (at, response, reason) in [
        (
            "/png.html",
            raw(vec![1], "image/png"),
            "page_not_html: {} is `image/png`, neither HTML nor text",
        ),
        (
            "/none.html",
            raw(Vec::new(), "text/html"),
            "page_empty: {} holds no text to read; it may be written by scripts in the browser",
        ),
        (
            "/large.html",
            raw(vec![b'x'; 8_000_001], "text/html"),
            "answer_too_large: {} is larger than 8000000 bytes, and is not read",
        ),
        (
            "/deep.html",
            support::html(&deep),
            "page_too_complex: {} cannot be read: its HTML is nested deeper than 256 levels, or malformed on a large scale",
        ),
    ] {
        support::page(&web, AWS, at, response).await;
        let url = format!("https://docs.aws.amazon.com{at}");
        assert_fails(&read(&web, &url).await, &reason.replace("{}", &url));
    }
    let sniffed =
        ResponseTemplate::new(200).set_body_bytes("<!DOCTYPE html><b>x</b> \u{e9}".as_bytes());
    support::page(&web, AWS, "/untyped.html", sniffed).await;
    let result = read(&web, "https://docs.aws.amazon.com/untyped.html").await;
    assert!(text(&result).ends_with("\n\n**x** é"), "{result}");
    let latin = raw(b"caf\xe9".to_vec(), "text/plain");
    support::page(&web, AWS, "/latin.html", latin).await;
    let result = read(&web, "https://docs.aws.amazon.com/latin.html").await;
    assert!(text(&result).ends_with("\n\ncaf\u{fffd}"), "{result}");
}

#[tokio::test]
async fn nobody_there_is_an_error() {
    // Refuses connections once it is dropped.
    let web = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let uri = format!("http://{}", web.local_addr().expect("an address"));
    drop(web);
    let config = aws_docs_server::Config::from_lookup(&[], &|name| {
        (name == "AWS_DOCUMENTATION_STAND_IN").then(|| uri.clone())
    });
    let server = aws_docs_server::Server::new(config.expect("settings"));
    for (tool, arguments, host) in [
        (
            "read_documentation",
            json!({ "url": "https://docs.aws.amazon.com/a.html" }),
            "docs.aws.amazon.com",
        ),
        (
            "search_documentation",
            json!({ "search_phrase": "x" }),
            "proxy.search.docs.aws.com",
        ),
        (
            "recommend",
            json!({ "url": "https://docs.aws.amazon.com/a.html" }),
            "api.contentrecs.docs.aws.com",
        ),
    ] {
        let result = call(&server, tool, arguments).await;
        assert_fails(
            &result,
            &format!(
                "unreachable: {host} cannot be reached\nhint: check that the network lets this server reach it with https"
            ),
        );
    }
}

#[tokio::test]
async fn a_search_sends_what_it_is_told_and_a_new_session() {
    let web = MockServer::start().await;
    let empty = ResponseTemplate::new(200).set_body_json(json!({ "suggestions": [] }));
    Mock::given(any()).respond_with(empty).mount(&web).await;
    let server = support::server(&web, "aws");
    let arguments = json!({
        "search_phrase": "Neuron & more", "search_intent": "find  the\tlimits&x=1", "limit": "3",
        "product_types": ["A", "B"], "guide_types": ["User Guide"],
    });
    for arguments in [arguments, json!({ "search_phrase": "x" })] {
        let result = call(&server, "search_documentation", arguments).await;
        assert_ne!(result["isError"], Value::Bool(true), "{result}");
    }
    let requests = web.received_requests().await.expect("recorded");
    let query = |number: usize| -> Vec<(String, String)> {
        requests[number].url.query_pairs().into_owned().collect()
    };
    let (first, second) = (query(0), query(1));
    assert_eq!(
        first[1],
        ("search_intent".to_owned(), "find the limits&x=1".to_owned())
    );
    assert_eq!((first.len(), second.len()), (2, 1));
    assert_eq!(
        (first[0].0.as_str(), second[0].0.as_str()),
        ("session", "session")
    );
    assert_ne!(first[0].1, second[0].1);
    let body: Value = requests[0].body_json().expect("JSON");
    let context = |key: &str, value: &str| json!({ "key": key, "value": value });
    let expected = json!({
        "textQuery": { "input": "Neuron & more" },
        "contextAttributes": [
            context("domain", "docs.aws.amazon.com"),
            context("domain", "awsdocs-neuron.readthedocs-hosted.com"),
            context("aws-docs-search-product", "A"),
            context("aws-docs-search-product", "B"),
            context("aws-docs-search-guide", "User Guide"),
        ],
        "acceptSuggestionBody": "RawText",
        "locales": ["en_us"],
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn an_answer_that_is_none_is_an_error() {
    let web = MockServer::start().await;
    let html = support::html("<p>maintenance</p>");
    Mock::given(method("POST"))
        .respond_with(html)
        .mount(&web)
        .await;
    let server = support::server(&web, "aws");
    let result = call(
        &server,
        "search_documentation",
        json!({ "search_phrase": "x" }),
    )
    .await;
    assert_fails(
        &result,
        "service_not_understood: the search of the AWS documentation answered something that is not what it is documented to answer\nhint: call again in a moment",
    );
}

#[tokio::test]
async fn a_recommended_address_is_checked_and_cannot_add_parameters() {
    let web = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({})))
        .mount(&web)
        .await;
    let server = support::server(&web, "aws");
    let result = call(&server, "recommend", json!({ "url": "not a page url" })).await;
    assert_eq!(result["isError"], true, "{result}");
    let url = "https://docs.aws.amazon.com/a.html?b=1&session=mine";
    let result = call(&server, "recommend", json!({ "url": url })).await;
    assert_eq!(
        result["structuredContent"],
        json!({ "result": [] }),
        "{result}"
    );
    let requests = web.received_requests().await.expect("recorded");
    assert_eq!(requests.len(), 1);
    let query: Vec<(String, String)> = requests[0].url.query_pairs().into_owned().collect();
    assert_eq!((query[0].1.as_str(), query.len()), (url, 2));
    assert_ne!(query[1].1, "mine");
}
