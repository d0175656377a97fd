//! `list_directory`.

use filesystem_server::Limits;
use serde_json::json;

use crate::support::Folder;

#[tokio::test]
async fn links_count_as_what_they_lead_to() {
    let folder = Folder::new();
    folder.dir("allowed/dir/deep");
    folder.file("allowed/dir/f", "");
    folder.link("allowed/to-dir", "dir");
    folder.link("allowed/to-file", "dir/f");
    folder.link("allowed/dangling", "nowhere");
    folder.link("allowed/loop", "loop");
    folder.link("allowed/dir/up", "..");
    let list = |path: &'static str| folder.call("list_directory", json!({ "path": path }));
    assert_eq!(
        list("").await.text(),
        "[FILE] dangling\n[DIR] dir\n[FILE] loop\n[DIR] to-dir\n[FILE] to-file"
    );
    for path in ["dir", "to-dir", "dir/up/to-dir"] {
        assert_eq!(
            list(path).await.text(),
            "[DIR] deep\n[FILE] f\n[DIR] up",
            "{path}"
        );
    }
}

#[tokio::test]
async fn names_in_byte_order_and_not_utf8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let folder = Folder::new();
    for name in ["b", "B", "a", "é", ".x"] {
        folder.file(&format!("allowed/{name}"), "");
    }
    let broken = folder.path("allowed").join(OsStr::from_bytes(b"a\xff"));
    std::fs::write(broken, "").unwrap();
    let answer = folder.call("list_directory", json!({ "path": "." })).await;
    assert_eq!(
        answer.text(),
        "[FILE] .x\n[FILE] B\n[FILE] a\n[FILE] a\u{fffd}\n[FILE] b\n[FILE] é"
    );
}

#[tokio::test]
async fn more_than_the_limit() {
    let folder = Folder::new().with_limits(Limits {
        entries: 3,
        ..Limits::default()
    });
    for name in ["c", "a", "b"] {
        folder.file(&format!("allowed/{name}"), "");
    }
    let answer = folder.call("list_directory", json!({ "path": "" })).await;
    assert_eq!(answer.text(), "[FILE] a\n[FILE] b\n[FILE] c");
    folder.file("allowed/d", "");
    folder.file("allowed/0", "");
    let answer = folder.call("list_directory", json!({ "path": "" })).await;
    assert_eq!(
        answer.text(),
        "[FILE] 0\n[FILE] a\n[FILE] b\n\
         (the first 3 of 5 entries; `search_files` with a `pattern` finds the others)"
    );
}
