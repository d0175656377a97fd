//! The gateway of `servers.yaml` beside those of the API.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use gateway_control::{FleetGateway, FleetTarget, Origin, TargetStatus};
use serde_json::{Value, json};
use support::{Api, gateway, lambda, server, with};

const PATH: &str = "/gateways/fleet-0123456789/";

fn fleet(id: &str, servers: &[(&str, &str)]) -> FleetGateway {
    let target = |(id, name): &(&str, &str)| FleetTarget {
        id: (*id).to_owned().try_into().unwrap(),
        settings: serde_json::from_value(lambda(name)).unwrap(),
    };
    FleetGateway {
        id: id.to_owned().try_into().unwrap(),
        settings: serde_json::from_value(gateway("fleet")).unwrap(),
        targets: servers.iter().map(target).collect(),
    }
}

async fn with_fleet() -> Api {
    let api = Api::in_memory();
    let servers = [("AAAAAAAAAA", "git-repo"), ("BBBBBBBBBB", "prometheus")];
    api.plane
        .ensure_fleet(fleet("fleet-0123456789", &servers))
        .await
        .unwrap();
    api
}

fn names(list: &Value) -> Vec<&str> {
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["name"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn it_is_listed_like_any_other_and_needs_no_dry_run() {
    let api = with_fleet().await;
    assert_eq!(names(&api.get("/gateways/").await.2), ["fleet"]);
    assert_eq!(api.get(PATH).await.2["status"], "READY");
    assert_eq!(
        names(&api.get(&format!("{PATH}targets/")).await.2),
        ["git-repo", "prometheus"]
    );
    let target = api.get(&format!("{PATH}targets/AAAAAAAAAA/")).await.2;
    assert_eq!(
        (&target["status"], &target["name"]),
        (&json!("READY"), &json!("git-repo"))
    );
    assert!(
        api.plane.snapshot()[0]
            .targets
            .iter()
            .all(|target| target.served && target.origin == Origin::Manifest)
    );
}

#[tokio::test]
async fn what_the_manifest_declares_is_changed_only_there() {
    let api = with_fleet().await;
    let arn = api.get(PATH).await.2["gatewayArn"]
        .as_str()
        .unwrap()
        .to_owned();
    for (method, path, body) in [
        ("PUT", PATH.to_owned(), gateway("fleet")),
        ("DELETE", PATH.to_owned(), json!({})),
        (
            "PUT",
            format!("{PATH}targets/AAAAAAAAAA/"),
            lambda("git-repo"),
        ),
        ("DELETE", format!("{PATH}targets/AAAAAAAAAA/"), json!({})),
        (
            "PUT",
            format!("{PATH}synchronizeTargets"),
            json!({ "targetIdList": ["AAAAAAAAAA"] }),
        ),
        (
            "POST",
            format!("/tags/{arn}"),
            json!({ "tags": { "a": "1" } }),
        ),
    ] {
        let (status, kind, answer) = api.json(method, &path, body).await;
        assert_eq!(
            (status, kind.as_str()),
            (400, "ValidationException"),
            "{method} {path}"
        );
        assert_eq!(answer["reason"], "ResourceConflict");
        let message = answer["message"].as_str().unwrap();
        assert!(
            message.contains("is declared in servers.yaml") && message.contains("edit the file"),
            "{message}"
        );
    }
}

#[tokio::test]
async fn targets_can_be_added_to_it_and_stay_when_it_changes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state");
    let added = {
        let api = Api::in_file(&file).unwrap();
        api.plane
            .ensure_fleet(fleet("fleet-0123456789", &[("AAAAAAAAAA", "git-repo")]))
            .await
            .unwrap();
        let added = api.target(PATH, server("remote")).await;
        api.settled().await;
        added
    };
    let api = Api::reopened(&file).await.unwrap();
    let created_at = api.get(PATH).await.2["createdAt"].clone();
    api.plane
        .ensure_fleet(fleet("fleet-0123456789", &[("CCCCCCCCCC", "filesystem")]))
        .await
        .unwrap();
    let mut found = api.get(&format!("{PATH}targets/")).await.2;
    found["items"]
        .as_array_mut()
        .unwrap()
        .sort_by_key(|item| item["name"].as_str().unwrap().to_owned());
    assert_eq!(names(&found), ["filesystem", "remote"]);
    assert_eq!(api.get(PATH).await.2["createdAt"], created_at);
    assert_eq!(api.get(&added).await.2["status"], "READY");
    assert_eq!(api.delete(&added).await.0, 202, "it is its owner's");
}

#[tokio::test]
async fn nothing_is_written_when_nothing_changed() {
    let api = with_fleet().await;
    let mut changes = api.plane.subscribe();
    changes.mark_unchanged();
    let servers = [("AAAAAAAAAA", "git-repo"), ("BBBBBBBBBB", "prometheus")];
    api.plane
        .ensure_fleet(fleet("fleet-0123456789", &servers))
        .await
        .unwrap();
    assert!(!changes.has_changed().unwrap());
}

#[tokio::test]
async fn an_added_target_gives_way_to_a_server_of_its_name() {
    let api = with_fleet().await;
    let path = api.target(PATH, lambda("filesystem")).await;
    api.settled().await;
    let servers = [("AAAAAAAAAA", "git-repo"), ("CCCCCCCCCC", "filesystem")];
    api.plane
        .ensure_fleet(fleet("fleet-0123456789", &servers))
        .await
        .unwrap();
    let target = api.get(&path).await.2;
    assert_eq!(target["status"], json!(TargetStatus::Failed));
    assert!(
        target["statusReasons"][0]
            .as_str()
            .unwrap()
            .contains("servers.yaml"),
        "{target}"
    );
    let served = api.plane.snapshot()[0]
        .targets
        .iter()
        .filter(|target| target.served)
        .count();
    assert_eq!(served, 2);
    assert_eq!(
        api.json("PUT", &path, with(lambda("x"), "/name", json!("files")))
            .await
            .0,
        202
    );
    api.settled().await;
    assert_eq!(api.get(&path).await.2["status"], "READY");
}

#[tokio::test]
async fn the_gateway_of_an_earlier_manifest_goes_unless_something_was_added() {
    let api = with_fleet().await;
    api.plane
        .ensure_fleet(fleet("fleet-1111111111", &[("AAAAAAAAAA", "git-repo")]))
        .await
        .unwrap();
    assert_eq!(api.get(PATH).await.0, 404);
    let second = "/gateways/fleet-1111111111/";
    let added = api.target(second, server("remote")).await;
    api.settled().await;
    api.plane
        .ensure_fleet(fleet("fleet-2222222222", &[]))
        .await
        .unwrap();
    assert_eq!(
        names(&api.get(&format!("{second}targets/")).await.2),
        ["remote"]
    );
    assert_eq!(api.delete(&added).await.0, 202);
    assert_eq!(api.delete(second).await.0, 202, "it is the callers' now");
}
