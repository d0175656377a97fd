//! One port serves several gateways, which come, change and go.

use std::sync::Arc;

use axum::Router;
use gateway::{Catalog, Gateway, Gateways, Reach, Settings, app};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Recorder, own, send_to, target};

const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;

fn catalog(name: &str) -> Catalog {
    Catalog::new(vec![target(name, &["read"], &Recorder::returning("{}"))]).unwrap()
}

/// The names that the gateway at `path` lists, or its status.
async fn listed(router: &Router, path: &str) -> Result<Vec<Value>, StatusCode> {
    let reply = send_to(router, path, Method::POST, &[], LIST).await;
    if reply.status != StatusCode::OK {
        return Err(reply.status);
    }
    let tools = reply.json()["result"]["tools"].as_array().unwrap().clone();
    Ok(tools.into_iter().map(|tool| tool["name"].clone()).collect())
}

#[tokio::test]
async fn each_gateway_has_a_path_and_the_fleets_own_has_two() {
    let own = own(
        vec![target("fleet", &["read"], &Recorder::returning("{}"))],
        Settings::default(),
    );
    let gateways = Arc::new(Gateways::new(Arc::clone(&own)));
    let router = app(Arc::clone(&gateways), Reach::ThisMachine);
    let added = "added-0123456789";
    let path = format!("/{added}/mcp");
    assert_eq!(listed(&router, &path).await, Err(StatusCode::NOT_FOUND));

    let gateway = Arc::new(Gateway::with_id(added, catalog("one"), Settings::default()).unwrap());
    gateways.insert(Arc::clone(&gateway));
    assert_eq!(listed(&router, &path).await, Ok(vec![json!("one___read")]));
    for path in ["/mcp".to_owned(), format!("/{}/mcp", own.id())] {
        assert_eq!(
            listed(&router, &path).await,
            Ok(vec![json!("fleet___read")]),
            "{path}"
        );
    }

    gateway
        .replace(catalog("two"), Settings::default())
        .unwrap();
    assert_eq!(listed(&router, &path).await, Ok(vec![json!("two___read")]));
    gateways.remove(added);
    assert_eq!(listed(&router, &path).await, Err(StatusCode::NOT_FOUND));
}
