//! `create_directory`.

use serde_json::json;

use crate::support::Folder;

#[tokio::test]
async fn makes_what_is_missing() {
    let folder = Folder::new();
    for path in ["a/b/c", "a/b/c", "a/b/d", "a//e/", "", "."] {
        let answer = folder
            .call("create_directory", json!({ "path": path }))
            .await;
        assert_eq!(
            answer.text(),
            format!("Successfully created directory {path}")
        );
    }
    assert_eq!(folder.names("allowed/a"), ["b", "e"]);
    assert_eq!(folder.names("allowed/a/b"), ["c", "d"]);
}

#[tokio::test]
async fn through_links_inside() {
    let folder = Folder::new();
    folder.dir("allowed/dir");
    folder.link("allowed/link", "dir");
    folder.link("allowed/dangling", "dir/new");
    for path in ["link/x/y", "dangling"] {
        folder
            .call("create_directory", json!({ "path": path }))
            .await
            .text();
    }
    assert_eq!(folder.names("allowed/dir"), ["new", "x"]);
}

#[tokio::test]
async fn a_file_in_the_way() {
    let folder = Folder::new();
    folder.file("allowed/f", "");
    let cases = [
        ("f", "already_exists: EEXIST: exists already: `f`"),
        (
            "f/x",
            "not_a_directory: ENOTDIR: not a directory, or below a file: `f/x`",
        ),
    ];
    for (path, text) in cases {
        let answer = folder
            .call("create_directory", json!({ "path": path }))
            .await;
        assert_eq!(answer.error(), text);
    }
}
