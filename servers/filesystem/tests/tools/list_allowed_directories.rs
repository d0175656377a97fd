//! `list_allowed_directories`.

use filesystem_server::Server;
use serde_json::json;

use crate::support::{Folder, call};

#[tokio::test]
async fn the_roots_in_order() {
    let folder = Folder::new().with_roots(&["second", "allowed"]);
    let answer = folder.call("list_allowed_directories", json!({})).await;
    let (second, allowed) = (folder.arg("second"), folder.arg("allowed"));
    assert_eq!(
        answer.text(),
        format!("Allowed directories:\n{second}\n{allowed}")
    );
    let answer = folder
        .call("list_allowed_directories", json!({ "path": "x" }))
        .await;
    assert!(answer.error().contains("invalid_arguments: "), "{answer:?}");
}

/// The call that is harmless anywhere, without any setting.
#[tokio::test]
async fn arguments_are_roots() {
    let server = Server::from_env(&["/nowhere/a/../b".to_owned()]).unwrap();
    let answer = call(server, "list_allowed_directories", json!({})).await;
    assert!(
        answer
            .text()
            .starts_with("Allowed directories:\n/nowhere/b"),
        "{answer:?}"
    );
}
