//! Targets: sections 1.7, 5.1 to 5.3 and 7 of the contract, one case per statement.

mod support;

use std::sync::atomic::Ordering;

use gateway_control::TargetStatus;
use serde_json::{Value, json};
use support::{Api, lambda, server, with};

#[tokio::test]
async fn a_target_is_created_tried_out_and_served() {
    let api = Api::in_memory();
    let gateway = api.gateway("orders").await;
    let body = with(lambda("orders"), "/description", json!("wait"));
    let (status, _, created) = api
        .json("POST", &format!("{gateway}targets/"), body.clone())
        .await;
    assert_eq!(
        (status, &created["status"]),
        (202, &json!("CREATING")),
        "5.1"
    );
    for name in [
        "name",
        "description",
        "targetConfiguration",
        "credentialProviderConfigurations",
    ] {
        assert_eq!(created[name], body[name], "5.2: {name}");
    }
    assert_eq!(created["protocolType"], "MCP");
    let id = created["targetId"].as_str().unwrap();
    assert!(
        id.len() == 10 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        "5.3: {id}"
    );
    let served = || api.plane.snapshot()[0].targets[0].served;
    assert!(!served(), "not before the dry run");

    let mut changes = api.plane.subscribe();
    changes.mark_unchanged();
    api.tries.release();
    changes.changed().await.unwrap();
    assert!(served(), "told after the change was saved");
    let path = format!("{gateway}targets/{id}/");
    assert_eq!(api.get(&path).await.2["status"], "READY", "1.7");

    assert_eq!(
        api.plane.snapshot()[0].targets[0].tools(),
        [support::tool("get")]
    );

    let list = api.get(&format!("{gateway}targets/")).await.2;
    let item = list["items"][0].as_object().unwrap();
    let members: Vec<_> = item.keys().map(String::as_str).collect();
    assert_eq!(
        members,
        [
            "createdAt",
            "description",
            "name",
            "status",
            "targetId",
            "targetType",
            "updatedAt"
        ]
    );
    assert_eq!(item["targetType"], "LAMBDA");
}

#[tokio::test]
async fn a_try_that_fails_is_a_failed_target_with_the_reason() {
    let api = Api::in_memory();
    let gateway = api.gateway("orders").await;
    for (name, description, reason) in [
        (
            "refused",
            "fails: the role may not invoke it",
            "fails: the role may not invoke it",
        ),
        (
            "panics",
            "panic",
            "the local gateway failed while it tried the target out",
        ),
    ] {
        let path = api
            .target(
                &gateway,
                with(lambda(name), "/description", json!(description)),
            )
            .await;
        api.settled().await;
        let target = api.get(&path).await.2;
        assert_eq!(
            (&target["status"], &target["statusReasons"]),
            (&json!("FAILED"), &json!([reason])),
            "{name}"
        );
    }
    assert!(
        api.plane.snapshot()[0]
            .targets
            .iter()
            .all(|target| !target.served)
    );
}

#[tokio::test]
async fn a_try_that_does_not_end_fails() {
    let tries = support::Tries::new();
    let mut options = support::options(&tries);
    options.dry_run_timeout = std::time::Duration::ZERO;
    let plane =
        gateway_control::ControlPlane::open(&gateway_control::Location::Memory, options).unwrap();
    let api = Api { plane, tries };
    let gateway = api.gateway("orders").await;
    let path = api
        .target(
            &gateway,
            with(lambda("slow"), "/description", json!("wait")),
        )
        .await;
    api.settled().await;
    let target = api.get(&path).await.2;
    assert_eq!(
        target["statusReasons"],
        json!(["the target did not answer within 0 seconds"])
    );
}

#[tokio::test]
async fn an_update_is_served_only_when_it_works() {
    let api = Api::in_memory();
    let gateway = api.gateway("orders").await;
    let path = api.target(&gateway, lambda("orders")).await;
    api.settled().await;
    let served = || {
        let target = api.plane.snapshot()[0].targets[0].clone();
        assert!(target.served);
        target.settings.name.clone()
    };

    let waiting = with(
        with(lambda("renamed"), "/description", json!("wait")),
        "/name",
        json!("renamed"),
    );
    let (status, _, updating) = api.json("PUT", &path, waiting.clone()).await;
    assert_eq!(
        (status, &updating["status"], &updating["name"]),
        (202, &json!("UPDATING"), &json!("renamed"))
    );
    assert_eq!(served(), "orders", "calls go to what works");
    for (method, path) in [("PUT", path.as_str()), ("DELETE", &path)] {
        let (status, kind, _) = api.json(method, path, waiting.clone()).await;
        assert_eq!(
            (status, kind.as_str()),
            (409, "ConflictException"),
            "{method} while it is updated"
        );
    }
    let (status, ..) = api
        .json("POST", &format!("{gateway}targets/"), lambda("renamed"))
        .await;
    assert_eq!(status, 409, "the name that it is about to have is taken");
    api.tries.release();
    api.settled().await;
    assert_eq!(served(), "renamed");

    // Without a name it keeps its own.
    let failing = with(
        with(lambda("x"), "/name", Value::Null),
        "/description",
        json!("fails: gone"),
    );
    assert_eq!(api.json("PUT", &path, failing).await.2["name"], "renamed");
    api.settled().await;
    let target = api.get(&path).await.2;
    assert_eq!(target["status"], "UPDATE_UNSUCCESSFUL");
    assert_eq!(target["statusReasons"], json!(["fails: gone"]));
    assert_eq!(
        target["description"], "wait",
        "the settings that are served"
    );
    assert_eq!(served(), "renamed");
}

#[tokio::test]
async fn a_deleted_target_is_gone() {
    let api = Api::in_memory();
    let gateway = api.gateway("orders").await;
    let path = api.target(&gateway, lambda("orders")).await;
    api.settled().await;
    let (status, _, body) = api.delete(&path).await;
    assert_eq!((status, &body["status"]), (202, &json!("DELETING")));
    let members: Vec<_> = body
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(members, ["gatewayArn", "status", "targetId"], "5.2");
    for (method, path) in [("GET", path.as_str()), ("DELETE", &path), ("PUT", &path)] {
        let (status, kind, _) = api.json(method, path, lambda("orders")).await;
        assert_eq!(
            (status, kind.as_str()),
            (404, "ResourceNotFoundException"),
            "{method}"
        );
    }
}

#[tokio::test]
async fn names_are_unique_in_a_gateway_and_tokens_hold_in_it() {
    let api = Api::in_memory();
    let (one, other) = (api.gateway("one").await, api.gateway("other").await);
    let body = with(
        lambda("orders"),
        "/clientToken",
        json!("token-0123456789-0123456789-0123456789"),
    );
    let first = api.target(&one, body.clone()).await;
    assert_eq!(
        api.target(&one, body.clone()).await,
        first,
        "5.2: clientToken"
    );
    assert_ne!(api.target(&other, body.clone()).await, first);
    let (status, kind, _) = api
        .json("POST", &format!("{one}targets/"), lambda("orders"))
        .await;
    assert_eq!(
        (status, kind.as_str()),
        (409, "ConflictException"),
        "1.3: unique per gateway"
    );
    let (status, _, body) = api
        .json(
            "POST",
            &format!("{one}targets/"),
            with(body, "/name", json!("x")),
        )
        .await;
    assert_eq!(
        (status, &body["reason"]),
        (400, &json!("IdempotentParameterMismatchException"))
    );
}

#[tokio::test]
async fn an_mcp_server_is_asked_for_its_tools_and_asked_again() {
    let api = Api::in_memory();
    let gateway = api.gateway("orders").await;
    let path = api.target(&gateway, server("remote")).await;
    api.settled().await;
    let tools = || api.plane.snapshot()[0].targets[0].tools().len();
    assert_eq!(tools(), 1);
    let target = api.get(&path).await.2;
    assert!(target["lastSynchronizedAt"].is_string(), "5.2");
    assert_eq!(
        target["credentialProviderConfigurations"],
        json!([]),
        "5.2: required in the answer"
    );
    assert_eq!(
        api.get(&format!("{gateway}targets/")).await.2["items"][0]["targetType"],
        "MCP_SERVER"
    );

    let synchronize = format!("{gateway}synchronizeTargets");
    let ids = json!({ "targetIdList": [target["targetId"]] });
    let (status, _, body) = api.json("PUT", &synchronize, ids).await;
    assert_eq!(
        (status, &body["targets"][0]["status"]),
        (202, &json!("SYNCHRONIZING")),
        "5.1"
    );
    api.settled().await;
    assert_eq!((tools(), api.tries.count.load(Ordering::SeqCst)), (2, 2));
    assert_eq!(
        api.plane.snapshot()[0].targets[0].status,
        TargetStatus::Ready
    );
}

#[tokio::test]
async fn targets_of_unknown_gateways_are_not_found() {
    let api = Api::in_memory();
    let gateway = "/gateways/none-0123456789/";
    for (method, path, body) in [
        ("POST", "targets/", lambda("orders")),
        ("GET", "targets/", json!({})),
        ("GET", "targets/ABCDEFGHIJ/", json!({})),
        ("PUT", "targets/ABCDEFGHIJ/", lambda("orders")),
        ("DELETE", "targets/ABCDEFGHIJ/", json!({})),
        (
            "PUT",
            "synchronizeTargets",
            json!({ "targetIdList": ["ABCDEFGHIJ"] }),
        ),
        ("PUT", "", support::gateway("none")),
        ("DELETE", "", json!({})),
    ] {
        let (status, kind, _) = api.json(method, &format!("{gateway}{path}"), body).await;
        assert_eq!(
            (status, kind.as_str()),
            (404, "ResourceNotFoundException"),
            "{method} {path}"
        );
    }
}
