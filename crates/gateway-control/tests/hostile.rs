//! Whatever is sent gets one answer of the API, and what was kept can be read.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use http::Uri;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};
use support::{Api, gateway, lambda, server};

/// What is sent where: `GATEWAY` and `TARGET` stand for the ids that there are.
type Sent = (&'static str, String, Vec<u8>);

const METHODS: [&str; 4] = ["GET", "POST", "PUT", "DELETE"];

const PATHS: [&str; 9] = [
    "/gateways/",
    "/gateways/GATEWAY/",
    "/gateways/GATEWAY/targets/",
    "/gateways/GATEWAY/targets/TARGET/",
    "/gateways/GATEWAY/synchronizeTargets",
    "/gateways/?maxResults=1&nextToken=GATEWAY",
    "/gateways/GATEWAY/targets/?maxResults=0",
    "/tags/arn:aws:bedrock-agentcore:eu-west-1:123456789012:gateway/GATEWAY",
    "/tags/arn:aws:bedrock-agentcore:eu-west-1:123456789012:gateway/GATEWAY?tagKeys=a",
];

fn values() -> impl Strategy<Value = Value> {
    let odd = vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(1e300),
        json!(18_446_744_073_709_551_615_u64),
        json!([]),
        json!([[{}]]),
        json!({ "a": null }),
        json!({ "type": "object", "properties": { "a": { "type": "array", "items": {} } } }),
        json!({ "type": "NONE" }),
        lambda("inside"),
    ];
    prop_oneof![
        3 => select(odd),
        1 => any::<String>().prop_map(Value::String),
        1 => "[a-zA-Z0-9:/._${}%-]{0,60}".prop_map(Value::String),
        1 => (0..400_usize).prop_map(|length| Value::String("é".repeat(length))),
    ]
}

/// A request's body, with other values in some places, and members that nobody asked for.
fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let bodies = vec![
        gateway("one"),
        lambda("one"),
        server("one"),
        json!({ "tags": { "a": "b" } }),
        json!({ "targetIdList": ["TARGET"] }),
    ];
    let change = (any::<Index>(), any::<bool>(), values());
    let changed =
        (select(bodies), prop::collection::vec(change, 0..3)).prop_map(|(mut body, changes)| {
            for (place, beside, value) in changes {
                let mut places = Vec::new();
                pointers(&body, String::new(), &mut places);
                let place: &String = place.get(&places);
                let at = body.pointer_mut(place).unwrap();
                match at {
                    Value::Object(members) if beside => drop(members.insert("extra".into(), value)),
                    at => *at = value,
                }
            }
            body.to_string().into_bytes()
        });
    prop_oneof![
        10 => changed,
        1 => prop::collection::vec(any::<u8>(), 0..60),
        1 => (1..3000_usize).prop_map(|depth| "[".repeat(depth).into_bytes()),
    ]
}

fn pointers(value: &Value, at: String, places: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                pointers(value, format!("{at}/{name}"), places);
            }
        }
        Value::Array(elements) => {
            for (index, value) in elements.iter().enumerate() {
                pointers(value, format!("{at}/{index}"), places);
            }
        }
        _ => {}
    }
    places.push(at);
}

fn requests() -> impl Strategy<Value = Vec<Sent>> {
    let path = prop_oneof![
        8 => select(&PATHS[..]).prop_map(str::to_owned),
        1 => "/(gateways|tags)/[!-~]{0,30}",
    ];
    let request = (select(&METHODS[..]), path, bodies());
    let possible =
        request.prop_filter("a request line", |(_, path, _)| path.parse::<Uri>().is_ok());
    prop::collection::vec(possible, 1..8)
}

fn id_in(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap()
}

/// Sends all of it, and panics at an answer that is none.
async fn converse(requests: Vec<Sent>) {
    let api = Api::in_memory();
    let first = api.gateway("first").await;
    let target = api.target(&first, lambda("first")).await;
    for (method, path, body) in requests {
        let path = path.replace("GATEWAY", id_in(&first));
        let path = path.replace("TARGET", id_in(&target));
        let (status, kind, answer) = api.send(method, &path, body).await;
        assert!(status < 500, "{method} {path}: {answer}");
        if status >= 400 && status != 405 {
            let message = answer["message"].as_str().unwrap_or_default();
            assert!(
                !kind.is_empty() && !message.is_empty(),
                "{method} {path}: {answer}"
            );
        }
    }
    api.settled().await;
    let (status, _, kept) = api.get("/gateways/").await;
    assert_eq!(status, 200, "{kept}");
    for gateway in kept["items"].as_array().unwrap() {
        let path = format!("/gateways/{}/", gateway["gatewayId"].as_str().unwrap());
        assert_eq!(api.get(&path).await.0, 200);
        let (status, _, targets) = api.get(&format!("{path}targets/")).await;
        assert_eq!(status, 200, "{targets}");
        for target in targets["items"].as_array().unwrap() {
            let id = target["targetId"].as_str().unwrap();
            assert_eq!(api.get(&format!("{path}targets/{id}/")).await.0, 200);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_sent_gets_an_answer(requests in requests()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.unwrap().block_on(converse(requests));
    }
}
