//! `write_file`.

use serde_json::json;

use crate::support::{Folder, against};

#[tokio::test]
async fn makes_and_replaces() {
    let folder = Folder::new();
    for content in ["first", "", "ünï\r\n\0"] {
        let answer = folder
            .call("write_file", json!({ "path": "f", "content": content }))
            .await;
        assert_eq!(answer.text(), "Successfully wrote to f");
        assert_eq!(folder.read("allowed/f"), content);
    }
    assert_eq!(folder.names("allowed"), ["f"]);
}

#[tokio::test]
async fn permissions_stay() {
    let folder = Folder::new();
    folder.file("allowed/f", "old");
    for mode in [0o600, 0o755, 0o444] {
        folder.set_mode("allowed/f", mode);
        folder
            .call("write_file", json!({ "path": "f", "content": "new" }))
            .await
            .text();
        assert_eq!(folder.mode("allowed/f"), mode);
    }
    // A file that runs as somebody else does not after its content was replaced.
    folder.set_mode("allowed/f", 0o4755);
    folder
        .call("write_file", json!({ "path": "f", "content": "new" }))
        .await
        .text();
    assert_eq!(folder.mode("allowed/f"), 0o755);
}

#[tokio::test]
async fn through_links() {
    let folder = Folder::new();
    folder.dir("allowed/dir");
    folder.file("allowed/dir/f", "old");
    folder.link("allowed/link", "dir/f");
    folder.link("allowed/dangling", "dir/new");
    for path in ["link", "dangling"] {
        folder
            .call("write_file", json!({ "path": path, "content": path }))
            .await
            .text();
        assert!(folder.path("allowed").join(path).is_symlink());
    }
    assert_eq!(folder.read("allowed/dir/f"), "link");
    assert_eq!(folder.read("allowed/dir/new"), "dangling");
    assert_eq!(folder.names("allowed/dir"), ["f", "new"]);
}

#[tokio::test]
async fn a_relative_path_means_what_reading_it_means() {
    let folder = Folder::new().with_roots(&["allowed", "second"]);
    folder.dir("second/dir");
    folder.file("second/f", "old");
    for (path, place) in [
        ("f", "second/f"),
        ("dir/g", "second/dir/g"),
        ("h", "allowed/h"),
    ] {
        folder
            .call("write_file", json!({ "path": path, "content": "new" }))
            .await
            .text();
        assert_eq!(folder.read(place), "new");
        let read = folder.call("read_text_file", json!({ "path": path })).await;
        assert_eq!(read.text(), "new");
    }
    assert_eq!(folder.names("allowed"), ["h"]);
}

#[tokio::test]
async fn failures_leave_nothing() {
    let folder = Folder::new();
    folder.dir("allowed/dir");
    folder.file("allowed/f", "old");
    let cases = [
        ("dir", "is_a_directory: EISDIR: this is a directory: `dir`\nhint: `list_directory` shows what is in it".to_owned()),
        ("", "is_a_directory: EISDIR: this is a directory: `.`\nhint: `list_directory` shows what is in it".to_owned()),
        ("f/x", "not_a_directory: ENOTDIR: not a directory, or below a file: `f/x`".to_owned()),
        (
            "no/x",
            format!("not_found: ENOENT: no such directory: `{}`, in which `no/x` would be\nhint: make it with `create_directory`", folder.arg("allowed") + "/no"),
        ),
        (
            "no/x/y",
            format!("not_found: ENOENT: no such directory: `{}`, in which `no/x/y` would be\nhint: make it with `create_directory`", folder.arg("allowed") + "/no/x"),
        ),
    ];
    for (path, text) in cases {
        let answer = folder
            .call("write_file", json!({ "path": path, "content": "new" }))
            .await;
        assert_eq!(answer.error(), text);
    }
    let name = "x".repeat(256);
    let answer = folder
        .call("write_file", json!({ "path": name, "content": "new" }))
        .await;
    assert!(
        answer.error().starts_with("name_too_long: ENAMETOOLONG: "),
        "{answer:?}"
    );
    assert_eq!(folder.names("allowed"), ["dir", "f"]);
    assert_eq!(folder.read("allowed/f"), "old");
}

/// Somebody who reads all the time sees one whole content or the other.
#[test]
fn no_half_written_file_is_ever_seen() {
    const SIZE: usize = 300_000;
    let folder = Folder::new();
    let contents = ["a".repeat(SIZE), "b".repeat(SIZE)];
    folder.file("allowed/f", &contents[0]);
    let path = folder.path("allowed/f");
    let read = || {
        let text = std::fs::read_to_string(&path).expect("always there");
        assert!(contents.contains(&text), "{} bytes", text.len());
    };
    let write = async {
        for round in 0..40 {
            let arguments = json!({ "path": "f", "content": contents[round % 2] });
            folder.call("write_file", arguments).await.text();
        }
    };
    assert!(against(read, write) > 0);
    assert_eq!(folder.names("allowed"), ["f"]);
}
