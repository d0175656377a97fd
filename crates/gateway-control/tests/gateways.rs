//! Gateways: sections 5.1 to 5.3 of the contract, one case per statement.

mod support;

use serde_json::{Value, json};
use support::{Api, gateway, lambda, with};

#[tokio::test]
async fn create_answers_creating_and_get_answers_ready() {
    let api = Api::in_memory();
    let (status, _, created) = api.json("POST", "/gateways/", gateway("My-Orders")).await;
    assert_eq!(status, 202, "5.1: CreateGateway is accepted");
    assert_eq!(created["status"], "CREATING");
    let id = created["gatewayId"].as_str().unwrap();
    assert!(
        id.starts_with("my-orders-"),
        "3.1: the name in lower case: {id}"
    );
    assert_eq!(
        created["gatewayArn"],
        format!("arn:aws:bedrock-agentcore:eu-west-1:123456789012:gateway/{id}"),
        "5.3"
    );
    assert_eq!(
        created["gatewayUrl"],
        format!("http://127.0.0.1:8080/{id}/mcp")
    );
    assert_eq!(
        created["workloadIdentityDetails"]["workloadIdentityArn"],
        format!(
            "arn:aws:bedrock-agentcore:eu-west-1:123456789012:workload-identity-directory/default/workload-identity/{id}"
        )
    );
    let time = created["createdAt"].as_str().unwrap();
    assert!(
        time.len() >= "2026-01-01T00:00:00Z".len() && time.ends_with('Z'),
        "5.2: ISO 8601: {time}"
    );
    let (status, _, got) = api.get(&format!("/gateways/{id}/")).await;
    assert_eq!(status, 200);
    assert_eq!(got, with(created.clone(), "/status", json!("READY")));
    assert_eq!(
        api.get(&format!("/gateways/{id}")).await.2,
        got,
        "the last slash is optional"
    );
}

#[tokio::test]
async fn every_setting_that_is_sent_comes_back() {
    let api = Api::in_memory();
    let sent = json!({
        "name": "orders",
        "description": "Orders",
        "roleArn": support::ROLE,
        "protocolType": "MCP",
        "protocolConfiguration": { "mcp": {
            "supportedVersions": ["2025-11-25", "2026-07-28"],
            "instructions": "Ask for orders.",
            "searchType": "SEMANTIC",
            "sessionConfiguration": { "sessionTimeoutInSeconds": 900 },
            "streamingConfiguration": { "enableResponseStreaming": true },
            "disableMcpListToolsPagination": true,
        } },
        "authorizerType": "CUSTOM_JWT",
        "authorizerConfiguration": { "customJWTAuthorizer": {
            "discoveryUrl": "https://issuer.example/.well-known/openid-configuration",
            "allowedAudience": ["a"],
            "allowedClients": ["c"],
            "allowedScopes": ["read"],
            "advertisedScopeMapping": { "read": "orders/read" },
            "customClaims": [{
                "inboundTokenClaimName": "team",
                "inboundTokenClaimValueType": "STRING_ARRAY",
                "authorizingClaimMatchValue": {
                    "claimMatchValue": { "matchValueStringList": ["one", "two"] },
                    "claimMatchOperator": "CONTAINS_ANY",
                },
            }],
        } },
        "kmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/12345678-1234-1234-1234-123456789012",
        "exceptionLevel": "DEBUG",
        "tags": { "team": "orders" },
    });
    let (_, _, created) = api.json("POST", "/gateways/", sent.clone()).await;
    for (name, value) in sent.as_object().unwrap() {
        let expected = if name == "tags" { &Value::Null } else { value };
        assert_eq!(&created[name], expected, "{name}");
    }
    let tags = api
        .get(&format!(
            "/tags/{}",
            created["gatewayArn"].as_str().unwrap()
        ))
        .await
        .2;
    assert_eq!(tags, json!({ "tags": { "team": "orders" } }));
}

#[tokio::test]
async fn update_replaces_everything_and_keeps_what_is_immutable() {
    let api = Api::in_memory();
    let path = api.gateway("orders").await;
    let body = with(gateway("orders"), "/description", json!("Orders"));
    let (status, _, updated) = api.json("PUT", &path, body).await;
    assert_eq!(
        (status, &updated["status"], &updated["description"]),
        (202, &json!("UPDATING"), &json!("Orders"))
    );
    let waf = with(
        gateway("orders"),
        "/wafConfiguration",
        json!({ "failureMode": "FAIL_OPEN" }),
    );
    let (_, _, updated) = api.json("PUT", &path, waf).await;
    assert_eq!(updated["description"], Value::Null, "5.1: full replacement");
    assert_eq!(
        updated["wafConfiguration"]["failureMode"], "FAIL_OPEN",
        "5.2: Update takes it"
    );
    assert_eq!(api.get(&path).await.2["status"], "READY");

    let renamed = api.json("PUT", &path, gateway("other")).await;
    assert_eq!(
        (renamed.0, renamed.1.as_str()),
        (400, "ValidationException"),
        "5.1: the name is immutable"
    );
    assert_eq!(renamed.2["fieldList"][0]["name"], "name");
    let search = json!({ "mcp": { "searchType": "SEMANTIC" } });
    let search = api
        .json(
            "PUT",
            &path,
            with(gateway("orders"), "/protocolConfiguration", search),
        )
        .await;
    assert_eq!(search.0, 400, "3.5: search is chosen at creation");
    assert_eq!(
        search.2["fieldList"][0]["name"],
        "protocolConfiguration.mcp.searchType"
    );
}

#[tokio::test]
async fn delete_is_refused_while_targets_exist() {
    let api = Api::in_memory();
    let path = api.gateway("orders").await;
    let target = api.target(&path, lambda("get")).await;
    api.settled().await;
    let (status, kind, body) = api.delete(&path).await;
    assert_eq!((status, kind.as_str()), (400, "ValidationException"), "5.1");
    assert!(
        body["message"]
            .as_str()
            .unwrap()
            .contains("has targets associated with it"),
        "{body}"
    );
    assert_eq!(body["reason"], "ResourceConflict");
    assert_eq!(api.delete(&target).await.0, 202);
    let (status, _, body) = api.delete(&path).await;
    assert_eq!((status, &body["status"]), (202, &json!("DELETING")));
    let (status, kind, body) = api.get(&path).await;
    assert_eq!(
        (status, kind.as_str()),
        (404, "ResourceNotFoundException"),
        "5.3"
    );
    assert!(
        body["message"].as_str().unwrap().contains("does not exist"),
        "{body}"
    );
}

#[tokio::test]
async fn names_are_unique_and_tokens_make_a_repetition_harmless() {
    let api = Api::in_memory();
    let token = "token-0123456789-0123456789-0123456789";
    let body = with(gateway("orders"), "/clientToken", json!(token));
    let first = api.json("POST", "/gateways/", body.clone()).await.2;
    let again = api.json("POST", "/gateways/", body.clone()).await;
    assert_eq!(
        (again.0, &again.2),
        (202, &first),
        "5.1: idempotent by clientToken"
    );
    assert_eq!(api.plane.snapshot().len(), 1);

    let other = api
        .json(
            "POST",
            "/gateways/",
            with(body.clone(), "/name", json!("other")),
        )
        .await;
    assert_eq!(
        (other.0, &other.2["reason"]),
        (400, &json!("IdempotentParameterMismatchException"))
    );
    let conflict = api.json("POST", "/gateways/", gateway("orders")).await;
    assert_eq!(
        (conflict.0, conflict.1.as_str()),
        (409, "ConflictException"),
        "5.3"
    );

    // The token goes with the gateway.
    api.delete(&format!(
        "/gateways/{}/",
        first["gatewayId"].as_str().unwrap()
    ))
    .await;
    let anew = api.json("POST", "/gateways/", body).await.2;
    assert_ne!(anew["gatewayId"], first["gatewayId"]);
}

#[tokio::test]
async fn what_is_no_operation_says_what_there_is() {
    let api = Api::in_memory();
    let path = api.gateway("orders").await;
    for (method, path) in [
        ("GET", "/".to_owned()),
        ("GET", "/policy-engines/".to_owned()),
        ("PATCH", path.clone()),
        ("GET", format!("{path}rules/")),
        ("POST", format!("{path}synchronizeTargets")),
    ] {
        let (status, kind, body) = api.json(method, &path, json!({})).await;
        assert_eq!(
            (status, kind.as_str()),
            (404, "UnknownOperationException"),
            "{method} {path}"
        );
        assert!(
            body["message"]
                .as_str()
                .unwrap()
                .contains("no gateway rules"),
            "{body}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_callers_at_once_one_has_the_name() {
    let api = Api::in_memory();
    for round in 0..20 {
        let body = gateway(&format!("g{round}"));
        let send = || api.json("POST", "/gateways/", body.clone());
        let answers = futures_util::future::join_all([send(), send(), send()]).await;
        let mut statuses: Vec<_> = answers.iter().map(|answer| answer.0).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [202, 409, 409]);
        let body = with(
            gateway(&format!("t{round}")),
            "/clientToken",
            json!(format!("{round:040}")),
        );
        let send = || api.json("POST", "/gateways/", body.clone());
        let answers = futures_util::future::join_all([send(), send(), send()]).await;
        assert!(
            answers
                .iter()
                .all(|answer| answer.0 == 202 && answer.2 == answers[0].2)
        );
    }
}
