//! The state survives restarts and crashes, and a file that is not ours is left alone.

mod support;

use std::fs;
use std::path::Path;

use gateway_control::{Location, OpenError};
use serde_json::json;
use support::{Api, gateway, lambda, server, with};

fn error(path: &Path) -> String {
    let Err(error) = Api::in_file(path) else {
        panic!("{} was opened", path.display());
    };
    error.to_string()
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let (gateway_path, paths, before) = {
        let api = Api::in_file(&path).unwrap();
        let gateway_path = api.gateway("orders").await;
        let first = api.target(&gateway_path, lambda("first")).await;
        let second = api
            .target(
                &gateway_path,
                with(lambda("second"), "/description", json!("fails")),
            )
            .await;
        api.settled().await;
        let removed = api.target(&gateway_path, lambda("removed")).await;
        api.settled().await;
        assert_eq!(api.delete(&removed).await.0, 202);
        let paths = [
            gateway_path.clone(),
            first,
            second,
            format!("{gateway_path}targets/"),
            "/gateways/".to_owned(),
        ];
        let mut before = Vec::new();
        for path in &paths {
            before.push(api.get(path).await);
        }
        (gateway_path, paths, before)
    };
    let api = Api::reopened(&path).await.unwrap();
    for (path, before) in paths.iter().zip(before) {
        assert_eq!(api.get(path).await, before, "{path}");
    }
    let list = api.get(&format!("{gateway_path}targets/")).await.2;
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_a_restart_interrupts_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let target = {
        let api = Api::in_file(&path).unwrap();
        let gateway_path = api.gateway("orders").await;
        let target = api
            .target(
                &gateway_path,
                with(server("waits"), "/description", json!("wait")),
            )
            .await;
        assert_eq!(api.get(&target).await.2["status"], "CREATING");
        target
    };
    let api = Api::reopened(&path).await.unwrap();
    assert_eq!(api.get(&target).await.2["status"], "CREATING");
    api.tries.release();
    api.settled().await;
    assert_eq!(api.get(&target).await.2["status"], "READY");
}

#[tokio::test]
async fn a_second_user_of_the_file_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let _first = Api::in_file(&path).unwrap();
    let message = error(&path);
    assert!(
        message.contains("is in use by another process\nhint: "),
        "{message}"
    );
}

#[tokio::test]
async fn a_file_that_is_something_else_is_refused_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    for content in [&b"{}\n"[..], &[0; 4096], &[0xff; 100_000]] {
        fs::write(&path, content).unwrap();
        let message = error(&path);
        assert!(
            message.contains("is damaged or not a state file"),
            "{message}"
        );
        assert!(fs::read(&path).unwrap() == content, "it was changed");
    }
}

/// Cut short at any length and with any page overwritten, a file opens with all that was acknowledged or is refused.
#[tokio::test]
async fn a_damaged_file_is_refused_or_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let api = Api::in_file(&path).unwrap();
    let gateway_path = api.gateway("orders").await;
    for index in 0..20 {
        api.target(&gateway_path, lambda(&format!("t{index}")))
            .await;
        api.settled().await;
    }
    let list = format!("{gateway_path}targets/");
    let listed = api.get(&list).await;
    drop(api);
    drop(Api::reopened(&path).await.unwrap());
    let whole = fs::read(&path).unwrap();
    let mut damaged = Vec::new();
    for start in (0..whole.len()).step_by(whole.len() / 64) {
        damaged.push(whole[..start.max(1)].to_vec());
        let mut overwritten = whole.clone();
        let end = (start + 4096).min(whole.len());
        overwritten[start..end].fill(0xa5);
        damaged.push(overwritten);
    }
    let mut refused = 0;
    for (index, content) in damaged.into_iter().enumerate() {
        fs::write(&path, &content).unwrap();
        match Api::reopened(&path).await {
            Ok(api) => assert_eq!(api.get(&list).await, listed, "damage {index}"),
            Err(OpenError::Damaged { .. }) => {
                refused += 1;
                assert!(
                    fs::read(&path).unwrap() == content,
                    "damage {index}: it was changed"
                );
            }
            Err(other) => panic!("damage {index}: {other}"),
        }
    }
    assert!(refused > 0, "some damage must matter");
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_refused_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    {
        let database = redb::Database::create(&path).unwrap();
        let transaction = database.begin_write().unwrap();
        let meta: redb::TableDefinition<&str, u64> = redb::TableDefinition::new("meta");
        transaction
            .open_table(meta)
            .unwrap()
            .insert("format", 7)
            .unwrap();
        transaction.commit().unwrap();
    }
    let before = fs::read(&path).unwrap();
    let message = error(&path);
    assert!(
        message.contains("newer version of this program (format 7, known: 1)"),
        "{message}"
    );
    assert!(fs::read(&path).unwrap() == before, "it was changed");
}

#[tokio::test]
async fn a_path_that_cannot_be_opened_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let message = error(&folder.path().join("missing/state"));
    assert!(
        message.ends_with("missing/state` could not be opened"),
        "{message}"
    );
    let location = Location::File(folder.path().to_owned());
    assert!(matches!(
        gateway_control::ControlPlane::open(&location, support::options(&support::Tries::new())),
        Err(OpenError::File { .. })
    ));
}

/// A process that is killed while it writes loses nothing that it acknowledged, and leaves nothing half-written.
#[tokio::test]
async fn concurrent_writers_are_all_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    {
        let api = Api::in_file(&path).unwrap();
        let names: Vec<_> = (0..40).map(|index| format!("g{index}")).collect();
        let creating = names
            .iter()
            .map(|name| api.json("POST", "/gateways/", gateway(name)));
        for (status, _, body) in futures_util::future::join_all(creating).await {
            assert_eq!(status, 202, "{body}");
        }
    }
    let api = Api::reopened(&path).await.unwrap();
    assert_eq!(api.plane.snapshot().len(), 40);
    assert!(
        api.plane
            .snapshot()
            .is_sorted_by_key(|gateway| gateway.id.clone())
    );
}
