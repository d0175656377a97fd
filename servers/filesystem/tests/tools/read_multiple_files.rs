//! `read_multiple_files`.

use filesystem_server::Limits;
use serde_json::json;

use crate::support::Folder;

#[tokio::test]
async fn a_failure_is_told_in_its_place() {
    let folder = Folder::new();
    folder.file("allowed/a", "one\n");
    folder.file("allowed/b", "two");
    let answer = folder
        .call("read_multiple_files", json!({ "paths": ["a", "x", "b"] }))
        .await;
    assert_eq!(
        answer.text(),
        "a:\none\n\n\n---\n\
         x: Error - not_found: ENOENT: no such file or directory: `x`\n---\n\
         b:\ntwo\n"
    );
}

#[tokio::test]
async fn all_failures_are_one() {
    let folder = Folder::new();
    let answer = folder
        .call("read_multiple_files", json!({ "paths": ["x", "/y"] }))
        .await;
    let text = format!(
        "x: Error - not_found: ENOENT: no such file or directory: `x`\n---\n\
         /y: Error - outside_roots: `/y` is outside the allowed directories: `{}`",
        folder.arg("allowed")
    );
    let result = &answer.reply["result"];
    assert_eq!(result["isError"], true);
    assert_eq!(result["content"][0]["text"], text);
    assert_eq!(result["structuredContent"], json!({ "content": text }));
}

#[tokio::test]
async fn the_limit_is_for_all_together() {
    let folder = Folder::new().with_limits(Limits {
        read_bytes: 5,
        ..Limits::default()
    });
    folder.file("allowed/a", "123");
    folder.file("allowed/b", "456");
    folder.file("allowed/c", "78");
    let answer = folder
        .call("read_multiple_files", json!({ "paths": ["a", "b", "c"] }))
        .await;
    assert_eq!(
        answer.text(),
        "a:\n123\n\n---\n\
         b: Error - file_too_large: `b` has together with the files before it more than the 5 bytes \
         that one call reads\nhint: read fewer files at once\n---\n\
         c:\n78\n"
    );
}
