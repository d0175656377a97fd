//! Which paths are below a root, and what the roots are.

use std::os::unix::fs::symlink;

use serde_json::json;

use crate::place::Place;
use crate::support::{failure, server, text, with_settings};

#[tokio::test]
async fn paths_that_lead_outside() {
    let place = Place::new();
    symlink(place.outside.join("repo"), place.inside.join("link")).unwrap();
    let outside = place.outside.join("repo").display().to_string();
    let dots = format!("{}/../outside/repo", place.inside.display());
    for path in [
        outside.as_str(),
        "../outside/repo",
        "repo/../../outside/repo",
        "link",
        &dots,
        "/",
    ] {
        assert_eq!(place.refused(path).await, "outside_roots", "{path}");
    }
    // What is there and what is not look the same from in here.
    let missing = place.outside.join("missing").display().to_string();
    assert_eq!(place.refused(&missing).await, "outside_roots");
    assert_eq!(place.refused("missing").await, "repository_not_found");
    assert_eq!(place.refused("repo/dir").await, "not_a_repository");
    assert_eq!(place.refused("-repo").await, "invalid_arguments");
    assert_eq!(place.refused("").await, "invalid_arguments");
    assert_eq!(place.refused("repo\u{0}").await, "invalid_arguments");
}

#[tokio::test]
async fn every_tool_is_confined() {
    let place = Place::new();
    let path = place.outside.join("repo").display().to_string();
    for (tool, arguments) in [
        ("git_status", json!({})),
        ("git_diff_unstaged", json!({})),
        ("git_diff_staged", json!({})),
        ("git_diff", json!({ "target": "HEAD" })),
        ("git_commit", json!({ "message": "x" })),
        ("git_add", json!({ "files": ["."] })),
        ("git_reset", json!({})),
        ("git_log", json!({})),
        ("git_create_branch", json!({ "branch_name": "x" })),
        ("git_checkout", json!({ "branch_name": "main" })),
        ("git_show", json!({ "revision": "HEAD" })),
        ("git_branch", json!({ "branch_type": "local" })),
    ] {
        let mut arguments = arguments;
        arguments["repo_path"] = path.clone().into();
        assert_eq!(
            failure(&place.server, tool, arguments).await.0,
            "outside_roots",
            "{tool}"
        );
    }
}

#[tokio::test]
async fn without_a_root_nothing_is_allowed() {
    let place = Place::new();
    let missing = place.outside.join("missing");
    let server = server(&missing);
    for path in [".", "repo"] {
        let arguments = json!({ "repo_path": path });
        assert_eq!(
            failure(&server, "git_status", arguments).await.0,
            "repository_not_found"
        );
    }
    let arguments = json!({ "repo_path": place.repo });
    assert_eq!(
        failure(&server, "git_status", arguments).await.0,
        "outside_roots"
    );
}

#[tokio::test]
async fn roots_from_arguments_and_variables() {
    let place = Place::new();
    let path = |path: &std::path::Path| path.display().to_string();
    let inside = path(&place.repo);
    let both = [path(&place.inside), path(&place.outside)];
    let two = with_settings(&both, |_| None);
    for repository in ["repo", &inside, &path(&place.outside.join("repo"))] {
        text(&two, "git_status", json!({ "repo_path": repository })).await;
    }
    let variable = format!("{}:{}", both[0], both[1]);
    let two = with_settings(&[], |name| {
        (name == "GIT_REPO_ROOT").then(|| variable.clone().into())
    });
    text(
        &two,
        "git_status",
        json!({ "repo_path": path(&place.outside.join("repo")) }),
    )
    .await;
    // A folder below a repository stands for the whole of it.
    let below = path(&place.repo.join("dir"));
    let one = with_settings(&["-r".to_owned(), below], |_| None);
    text(&one, "git_status", json!({ "repo_path": inside })).await;
}
