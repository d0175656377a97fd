//! `move_file`.

use serde_json::json;

use crate::support::{Answer, Folder};

async fn rename(folder: &Folder, source: &str, destination: &str) -> Answer {
    let arguments = json!({ "source": source, "destination": destination });
    folder.call("move_file", arguments).await
}

#[tokio::test]
async fn files_directories_and_links() {
    let folder = Folder::new().with_roots(&["allowed", "second"]);
    folder.dir("second");
    folder.dir("allowed/dir/sub");
    folder.file("allowed/f", "content");
    folder.link("allowed/link", "f");
    folder.link("allowed/dangling", "nowhere");
    let second = folder.arg("second/f");
    let moves = [
        ("f", "g"),
        ("g", "dir/f"),
        ("dir", "renamed"),
        ("dangling", "still-dangling"),
        ("link", "moved-link"),
        ("renamed/f", second.as_str()),
    ];
    for (source, destination) in moves {
        let answer = rename(&folder, source, destination).await;
        let text = format!("Successfully moved {source} to {destination}");
        assert_eq!(answer.text(), text);
    }
    assert_eq!(
        folder.names("allowed"),
        ["moved-link", "renamed", "still-dangling"]
    );
    assert_eq!(folder.names("allowed/renamed"), ["sub"]);
    assert_eq!(folder.read("second/f"), "content");
    let target = std::fs::read_link(folder.path("allowed").join("moved-link")).unwrap();
    assert_eq!(target.to_str(), Some("f"));
}

#[tokio::test]
async fn nothing_is_replaced() {
    let folder = Folder::new();
    folder.dir("allowed/dir/sub");
    folder.file("allowed/f", "f");
    folder.file("allowed/g", "g");
    folder.link("allowed/dangling", "nowhere");
    let none = folder.arg("allowed") + "/no";
    let cases = [
        ("f", "g", "already_exists: EEXIST: exists already: `g`".to_owned()),
        ("f", "f", "already_exists: EEXIST: exists already: `f`".to_owned()),
        ("f", "dir", "already_exists: EEXIST: exists already: `dir`".to_owned()),
        ("f", "dangling", "already_exists: EEXIST: exists already: `dangling`".to_owned()),
        ("f", "", "already_exists: EEXIST: exists already: `.`".to_owned()),
        ("x", "y", "not_found: ENOENT: no such file or directory: `x`".to_owned()),
        (
            "f",
            "no/f",
            format!("not_found: ENOENT: no such directory: `{none}`, in which `no/f` would be\nhint: make it with `create_directory`"),
        ),
        (
            "dir",
            "dir/sub/dir",
            "invalid_operation: EINVAL: the file system does not do this, as moving a directory into itself: `dir/sub/dir`".to_owned(),
        ),
        ("", "x", "is_root: `.` is an allowed directory itself, which stays where it is".to_owned()),
    ];
    for (source, destination, text) in cases {
        assert_eq!(rename(&folder, source, destination).await.error(), text);
    }
    assert_eq!(folder.names("allowed"), ["dangling", "dir", "f", "g"]);
    assert_eq!(folder.read("allowed/g"), "g");
}
