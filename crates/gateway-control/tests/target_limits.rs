//! What bounds a target: quotas, sessions, synchronization. Sections 3.8, 5.1 and 7 of the contract.

mod support;

use serde_json::{Value, json};
use support::{Api, lambda, server, with};

#[tokio::test]
async fn only_one_server_without_declared_tools_is_synchronized() {
    let api = Api::in_memory();
    let gateway = api.gateway("orders").await;
    let declared = json!({ "inlinePayload": json!([{ "name": "a", "inputSchema": { "type": "object" } }]).to_string() });
    let declared = with(
        server("declared"),
        "/targetConfiguration/mcp/mcpServer/mcpToolSchema",
        declared,
    );
    let mut ids = Vec::new();
    for body in [lambda("function"), declared] {
        api.target(&gateway, body.clone()).await;
        api.settled().await;
        assert!(
            api.plane.snapshot()[0]
                .targets
                .iter()
                .all(|target| target.tools().len() == 1)
        );
        let items = api.get(&format!("{gateway}targets/")).await.2;
        let item = items["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|item| item["name"] == body["name"])
            .unwrap();
        ids.push(item["targetId"].clone());
    }
    for (ids, status, message) in [
        (json!([ids[0]]), 400, "is no MCP server"),
        (json!([ids[1]]), 400, "has an mcpToolSchema"),
        (json!([]), 400, "exactly 1 element"),
        (json!(ids), 400, "exactly 1 element"),
        (json!(["0123456789"]), 404, "has no target"),
        (json!(["x"]), 400, "ten letters or digits"),
        (Value::Null, 400, "must not be null"),
    ] {
        let path = format!("{gateway}synchronizeTargets");
        let (found, _, body) = api.json("PUT", &path, json!({ "targetIdList": ids })).await;
        assert_eq!(found, status, "{body}");
        assert!(
            body["message"].as_str().unwrap().contains(message),
            "{body}"
        );
    }
}

#[tokio::test]
async fn at_most_five_targets_are_in_progress() {
    let api = Api::in_memory();
    let gateway = api.gateway("orders").await;
    for index in 0..5 {
        api.target(
            &gateway,
            with(lambda(&format!("t{index}")), "/description", json!("wait")),
        )
        .await;
    }
    let path = format!("{gateway}targets/");
    let (status, kind, _) = api.json("POST", &path, lambda("t5")).await;
    assert_eq!((status, kind.as_str()), (429, "ThrottlingException"), "7");
    api.tries.release();
    api.settled().await;
    assert_eq!(api.json("POST", &path, lambda("t5")).await.0, 202);
}

#[tokio::test]
async fn quotas_hold() {
    let api = Api::in_memory();
    let gateway = api.gateway("orders").await;
    let path = format!("{gateway}targets/");
    let payload = "/targetConfiguration/mcp/lambda/toolSchema/inlinePayload";
    let tools: Vec<_> = (0..1001)
        .map(|index| support::tool(&format!("t{index}")))
        .collect();
    let (status, kind, body) = api
        .json("POST", &path, with(lambda("many"), payload, json!(tools)))
        .await;
    assert_eq!(
        (status, kind.as_str()),
        (402, "ServiceQuotaExceededException"),
        "2.3: 1000 tools"
    );
    assert!(body["message"].as_str().unwrap().contains("1001"), "{body}");
    let large = with(
        support::tool("t"),
        "/description",
        json!("x".repeat(1024 * 1024)),
    );
    let (status, ..) = api
        .json(
            "POST",
            &path,
            with(lambda("large"), payload, json!([large])),
        )
        .await;
    assert_eq!(status, 402, "2.3: 1 MB");
    let huge = with(
        lambda("huge"),
        "/description",
        json!("x".repeat(9 * 1024 * 1024)),
    );
    let (status, kind, _) = api.json("POST", &path, huge).await;
    assert_eq!((status, kind.as_str()), (400, "ValidationException"));
    for index in 0..100 {
        api.target(&gateway, lambda(&format!("t{index}"))).await;
        api.settled().await;
    }
    let (status, kind, _) = api.json("POST", &path, lambda("t100")).await;
    assert_eq!(
        (status, kind.as_str()),
        (402, "ServiceQuotaExceededException"),
        "7: 100 targets"
    );
}

#[tokio::test]
async fn the_header_of_a_session_passes_only_where_there_are_none() {
    let api = Api::in_memory();
    let header = json!({ "allowedRequestHeaders": ["Mcp-Session-Id"] });
    let body = with(lambda("orders"), "/metadataConfiguration", header);
    let sessions = json!({ "mcp": { "sessionConfiguration": {} } });
    let with_sessions = with(
        support::gateway("sessions"),
        "/protocolConfiguration",
        sessions.clone(),
    );
    let created = api.json("POST", "/gateways/", with_sessions).await.2;
    let path = format!(
        "/gateways/{}/targets/",
        created["gatewayId"].as_str().unwrap()
    );
    assert_eq!(api.json("POST", &path, body.clone()).await.0, 400, "3.8");

    let gateway = api.gateway("plain").await;
    api.target(&gateway, body).await;
    let update = with(
        support::gateway("plain"),
        "/protocolConfiguration",
        sessions,
    );
    let (status, _, body) = api.json("PUT", &gateway, update).await;
    assert_eq!((status, &body["reason"]), (400, &json!("ResourceConflict")));
}
