//! Section 3.2: 2026-07-28, without handshake.

use std::sync::Arc;

use axum::body::Body;
use futures_util::StreamExt as _;
use gateway::{Catalog, Gateways, Reach, ResultMode, Settings, app};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::support::{
    Recorder, gateway, own, plain, request_to, send, stateless, stateless_body, stateless_headers,
    target, with,
};

const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
const VERSION: &str = "io.modelcontextprotocol/protocolVersion";

#[tokio::test]
async fn server_discover_tells_what_the_gateway_can_do() {
    let settings = Settings {
        instructions: Some("Read first.".to_owned()),
        ..Settings::default()
    };
    let expected = json!({
        "resultType": "complete",
        "supportedVersions": ["2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"],
        "capabilities": {"tools": {"listChanged": true}, "prompts": {}, "resources": {}},
        "instructions": "Read first.",
        "ttlMs": 0,
        "cacheScope": "private",
        "_meta": {"io.modelcontextprotocol/serverInfo": {"name": "agentcore-gateway", "version": "1.0.0"}},
    });
    let reply = stateless(&with(settings), "server/discover", json!({})).await;
    assert_eq!(
        (reply.status, &reply.json()["result"]),
        (StatusCode::OK, &expected)
    );
}

/// A call with one thing changed: headers replace the good ones, and `edit` changes the parameters.
type Broken = (
    &'static str,
    Vec<(&'static str, &'static str)>,
    fn(&mut Value),
    u16,
    i32,
);

#[tokio::test]
async fn section_3_2_what_a_request_must_say() {
    let cases: Vec<Broken> = vec![
        (
            "the header must be there",
            vec![("mcp-protocol-version", "")],
            |_| {},
            400,
            -32020,
        ),
        (
            "the header must equal `_meta`",
            vec![("mcp-protocol-version", "2025-11-25")],
            |_| {},
            400,
            -32020,
        ),
        (
            "`_meta` must equal the header",
            vec![],
            |params| params["_meta"][VERSION] = json!("1999-01-01"),
            400,
            -32020,
        ),
        (
            "a version that the gateway does not serve",
            vec![("mcp-protocol-version", "1999-01-01")],
            |params| params["_meta"][VERSION] = json!("1999-01-01"),
            400,
            -32022,
        ),
        (
            "`_meta` must be there",
            vec![],
            |params| params["_meta"] = json!(null),
            400,
            -32602,
        ),
        (
            "`_meta` must name a version",
            vec![],
            |params| params["_meta"][VERSION] = json!(7),
            400,
            -32602,
        ),
        (
            "`_meta` must have clientCapabilities",
            vec![],
            |params| params["_meta"][CAPABILITIES] = json!(null),
            400,
            -32602,
        ),
        (
            "Mcp-Method must be there",
            vec![("mcp-method", "")],
            |_| {},
            400,
            -32020,
        ),
        (
            "Mcp-Method must be the method",
            vec![("mcp-method", "tools/list")],
            |_| {},
            400,
            -32020,
        ),
        (
            "Mcp-Method is case-sensitive",
            vec![("mcp-method", "TOOLS/CALL")],
            |_| {},
            400,
            -32020,
        ),
        (
            "Mcp-Name must be there for a call",
            vec![("mcp-name", "")],
            |_| {},
            400,
            -32020,
        ),
        (
            "Mcp-Name must be the tool",
            vec![("mcp-name", "files___write")],
            |_| {},
            400,
            -32020,
        ),
        (
            "Mcp-Name must be well encoded",
            vec![("mcp-name", "=?base64?%%%?=")],
            |_| {},
            400,
            -32020,
        ),
        (
            "an unknown tool is an error of the call",
            vec![("mcp-name", "x")],
            |params| params["name"] = json!("x"),
            200,
            -32602,
        ),
    ];
    for (statement, headers, edit, status, code) in cases {
        let good = stateless_body(
            "tools/call",
            json!({"name": "files___read", "arguments": {"path": "p"}}),
        );
        let mut body: Value = serde_json::from_str(&good).unwrap();
        edit(&mut body["params"]);
        let headers = [
            &stateless_headers("tools/call", "files___read")[..],
            &headers,
        ]
        .concat();
        let reply = send(&plain(), Method::POST, &headers, body.to_string()).await;
        let message = reply.json();
        let found = (
            reply.status.as_u16(),
            &message["error"]["code"],
            &message["id"],
        );
        assert_eq!(
            found,
            (status, &json!(code), &json!(1)),
            "{statement}: {message}"
        );
    }
}

#[tokio::test]
async fn section_3_2_what_a_request_may_say() {
    let call = json!({"name": "files___read", "arguments": {"path": "p"}});
    let mut without_client_info: Value =
        serde_json::from_str(&stateless_body("tools/call", call.clone())).unwrap();
    without_client_info["params"]["_meta"]
        .as_object_mut()
        .unwrap()
        .remove("io.modelcontextprotocol/clientInfo");
    let good = stateless_body("tools/call", call);
    for (statement, headers, body) in [
        (
            "clientInfo may be missing",
            vec![],
            without_client_info.to_string(),
        ),
        (
            "a name in base64",
            vec![("mcp-name", "=?base64?ZmlsZXNfX19yZWFk?=")],
            good.clone(),
        ),
        (
            "a session's header is ignored",
            vec![("mcp-session-id", "of-another-time")],
            good,
        ),
    ] {
        let headers = [
            &stateless_headers("tools/call", "files___read")[..],
            &headers,
        ]
        .concat();
        let reply = send(&plain(), Method::POST, &headers, body).await;
        let message = reply.json();
        assert_eq!(
            (reply.status, &message["result"]["isError"]),
            (StatusCode::OK, &json!(false)),
            "{statement}"
        );
    }
}

#[tokio::test]
async fn section_3_2_methods_that_are_gone_are_not_found() {
    for method in [
        "initialize",
        "ping",
        "logging/setLevel",
        "resources/subscribe",
        "resources/unsubscribe",
        "unknown/method",
        "completion/complete",
    ] {
        let reply = stateless(&plain(), method, json!({})).await;
        let message = reply.json();
        assert_eq!(
            (reply.status, &message["error"]["code"]),
            (StatusCode::NOT_FOUND, &json!(-32601)),
            "{method}"
        );
    }
}

#[tokio::test]
async fn every_result_says_its_type_and_its_server_and_lists_how_long_they_last() {
    for (method, params, cacheable) in [
        ("tools/list", json!({}), true),
        ("prompts/list", json!({}), true),
        ("resources/list", json!({}), true),
        ("resources/templates/list", json!({}), true),
        (
            "tools/call",
            json!({"name": "files___read", "arguments": {"path": "p"}}),
            false,
        ),
        (
            "tools/call",
            json!({"name": "files___read", "arguments": {}}),
            false,
        ),
    ] {
        let result = stateless(&plain(), method, params).await.json()["result"].clone();
        assert_eq!(result["resultType"], "complete", "{method}");
        let server = &result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"];
        assert_eq!(server, "agentcore-gateway", "{method}");
        let hints = (result["ttlMs"].clone(), result["cacheScope"].clone());
        let expected = if cacheable {
            (json!(0), json!("private"))
        } else {
            (json!(null), json!(null))
        };
        assert_eq!(hints, expected, "{method}");
    }
}

#[tokio::test]
async fn a_result_that_passes_through_keeps_its_members() {
    let recorder =
        Recorder::returning(r#"{"content":[],"structuredContent":{"n":1.50},"_meta":{"k":"v"}}"#);
    let settings = Settings {
        result_mode: ResultMode::Passthrough,
        ..Settings::default()
    };
    let params = json!({"name": "files___read", "arguments": {"path": "p"}});
    let reply = stateless(&gateway(&recorder, settings), "tools/call", params).await;
    assert!(
        reply.body.contains(r#""structuredContent":{"n":1.50}"#),
        "{}",
        reply.body
    );
    assert_eq!(reply.json()["result"]["_meta"]["k"], "v");
}

#[tokio::test]
async fn an_unreadable_request_is_answered_without_an_id() {
    let headers = [("mcp-protocol-version", "2026-07-28")];
    let message = send(&plain(), Method::POST, &headers, "{").await.json();
    assert_eq!(
        (&message["error"]["code"], message.get("id")),
        (&json!(-32700), None)
    );
}

#[tokio::test]
async fn a_client_that_listens_is_told_of_changed_tools() {
    let recorder = Recorder::returning("{}");
    let gateway = own(
        vec![target("files", &["read"], &recorder)],
        Settings::default(),
    );
    let gateways = Arc::new(Gateways::new(Arc::clone(&gateway)));
    let router = app(Arc::clone(&gateways), Reach::ThisMachine);
    let params = json!({"notifications": {"toolsListChanged": true, "promptsListChanged": true}});
    let body = Body::from(stateless_body("subscriptions/listen", params));
    let request = request_to(
        "/mcp",
        Method::POST,
        &stateless_headers("subscriptions/listen", ""),
        body,
    );
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut events = response.into_body().into_data_stream();
    let mut next = async || {
        let event = events.next().await?.unwrap();
        let data = String::from_utf8(event.to_vec()).unwrap();
        let data = data
            .strip_prefix("event: message\ndata: ")
            .unwrap()
            .to_owned();
        Some(serde_json::from_str::<Value>(&data).unwrap())
    };

    let meta = json!({"io.modelcontextprotocol/subscriptionId": 1});
    let acknowledged = next().await.unwrap();
    assert_eq!(
        acknowledged["method"],
        "notifications/subscriptions/acknowledged"
    );
    assert_eq!(
        acknowledged["params"],
        json!({"notifications": {"toolsListChanged": true}, "_meta": meta})
    );
    gateway
        .replace(Catalog::new(Vec::new()).unwrap(), Settings::default())
        .unwrap();
    let changed = next().await.unwrap();
    assert_eq!(
        changed,
        json!({"jsonrpc": "2.0", "method": "notifications/tools/list_changed", "params": {"_meta": meta}})
    );
    gateways.close();
    let last = next().await.unwrap();
    assert_eq!(
        (&last["id"], &last["result"]["resultType"]),
        (&json!(1), &json!("complete"))
    );
    assert_eq!(next().await, None, "the response ends the stream");
}
