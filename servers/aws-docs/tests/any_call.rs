//! Any calls of any tools, before hosts that answer anything: each is answered, and only the hosts
//! of the documentation are asked.

#[expect(dead_code, reason = "the recordings' services")]
mod support;

use aws_docs_server::{Partition, Server};
use proptest::prelude::*;
use serde_json::Value;
use server_testing::{Damage, Rules, Words, calls, checked_call, damage, fuzz, words};
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

const HOSTS: &[&str] = &[
    "docs.aws.amazon.com",
    "awsdocs-neuron.readthedocs-hosted.com",
    "docs.amazonaws.cn",
    "proxy.search.docs.aws.com",
    "api.contentrecs.docs.aws.com",
];

fn known() -> Words {
    words(&[
        (
            "url",
            &[
                "https://docs.aws.amazon.com/page.html",
                "https://docs.aws.amazon.com/a/b.html#c",
                "http://docs.aws.amazon.com/x.html?y",
                "https://docs.amazonaws.cn/page.html",
                "https://docs.aws.amazon.com.evil.example/x.html",
                "https://docs.aws.amazon.com@169.254.169.254/x.html",
                "http://127.0.0.1/x.html",
                "file:///etc/passwd.html",
            ],
        ),
        ("search_phrase", &["widgets", "nothing", "boom"]),
        ("section_titles", &["Widgets", "Notes", "a"]),
        ("section_title", &["Widgets", "Notes"]),
        ("query", &["a", "b OR c", "\"x y\""]),
    ])
}

/// JSON to questions, HTML or where it is else to requests for pages.
async fn answer(web: &MockServer, damage: &Damage) {
    web.reset().await;
    let recorded = [
        include_str!("fixtures/stub-search.json"),
        include_str!("fixtures/stub-recommend.json"),
    ];
    let [search, recommend] =
        recorded.map(|text| serde_json::from_str::<Value>(text).expect("JSON"));
    let response = |good: &Value| {
        let answer = damage.http(good);
        ResponseTemplate::new(answer.status)
            .insert_header("location", "//169.254.169.254/x.html")
            .set_body_raw(answer.body, &answer.content_type)
    };
    Mock::given(method("POST"))
        .respond_with(response(&search))
        .mount(web)
        .await;
    let page = match damage {
        Damage::None => support::html(support::PAGE),
        Damage::Cut(place) => {
            let end = support::PAGE.floor_char_boundary(place.index(support::PAGE.len()));
            support::html(&support::PAGE[..end])
        }
        _ => response(&recommend),
    };
    Mock::given(wiremock::matchers::any())
        .respond_with(page)
        .mount(web)
        .await;
}

#[test]
fn any_calls_are_answered_before_any_hosts() {
    let of = |partition: Partition, name: &'static str| {
        let calls = calls(&Server::tools_of(partition).list_all(), &known());
        calls.prop_map(move |calls| (name, calls))
    };
    let calls = prop_oneof![of(Partition::Aws, "aws"), of(Partition::China, "aws-cn")];
    let strategy = (calls, damage());
    let start = async || MockServer::start().await;
    fuzz(
        80,
        strategy,
        start,
        async |web, ((partition, calls), damage)| {
            answer(web, &damage).await;
            let server = support::server(web, partition);
            for call in &calls {
                checked_call(&server, call, &Rules::default()).await;
            }
            for request in web.received_requests().await.expect("they are recorded") {
                let host = request.headers["host"].to_str().expect("ASCII");
                assert!(HOSTS.contains(&host), "{host} {}", request.url);
            }
        },
    );
}
