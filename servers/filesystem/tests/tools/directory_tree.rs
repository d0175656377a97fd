//! `directory_tree`.

use filesystem_server::Limits;
use serde_json::{Value, json};

use crate::support::{Answer, Folder};

fn tree(answer: &Answer) -> Value {
    serde_json::from_str(answer.text()).expect("the text is JSON")
}

fn limited(entries: usize, depth: usize) -> Folder {
    Folder::new().with_limits(Limits {
        entries,
        depth,
        ..Limits::default()
    })
}

#[tokio::test]
async fn links_are_shown_and_not_entered() {
    let folder = Folder::new();
    folder.dir("allowed/dir");
    folder.file("allowed/dir/f", "");
    folder.link("allowed/dir/up", "..");
    folder.link("allowed/dir/to-file", "f");
    let answer = folder.call("directory_tree", json!({ "path": "" })).await;
    let expected = json!([{ "name": "dir", "type": "directory", "children": [
        { "name": "f", "type": "file" },
        { "name": "to-file", "type": "file" },
        { "name": "up", "type": "directory" },
    ]}]);
    assert_eq!(tree(&answer), expected);
}

#[tokio::test]
async fn what_is_left_out() {
    let folder = Folder::new();
    for dir in ["a/node_modules/x", "a/src", "node_modules"] {
        folder.dir(&format!("allowed/{dir}"));
    }
    for file in ["a/src/m.log", "a/src/m.rs", "m.log"] {
        folder.file(&format!("allowed/{file}"), "");
    }
    let cases = [
        (
            json!(["node_modules", "**/*.log"]),
            json!([{ "name": "a", "type": "directory", "children": [
                { "name": "src", "type": "directory", "children": [
                    { "name": "m.rs", "type": "file" }
                ]}
            ]}]),
        ),
        (json!(["*"]), json!([])),
        (json!(["a", "*.log", "node_modules/"]), json!([])),
    ];
    for (patterns, expected) in cases {
        let arguments = json!({ "path": "", "excludePatterns": patterns });
        let answer = folder.call("directory_tree", arguments).await;
        assert_eq!(tree(&answer), expected);
    }
    let arguments = json!({ "path": "", "excludePatterns": ["*.@(a|b)"] });
    let answer = folder.call("directory_tree", arguments).await;
    assert!(
        answer.error().starts_with("invalid_pattern: "),
        "{answer:?}"
    );
}

#[tokio::test]
async fn deeper_than_the_limit() {
    let folder = limited(5000, 2);
    folder.dir("allowed/1/2/3");
    folder.file("allowed/1/f", "");
    let answer = folder.call("directory_tree", json!({ "path": "" })).await;
    let expected = json!([{ "name": "1", "type": "directory", "children": [
        { "name": "2", "type": "directory" },
        { "name": "f", "type": "file" },
    ]}]);
    assert_eq!(tree(&answer), expected);
}

#[tokio::test]
async fn more_than_the_limit() {
    let folder = limited(5, 32);
    folder.dir("allowed/few");
    folder.dir("allowed/many/deep");
    folder.file("allowed/few/1", "");
    folder.file("allowed/few/2", "");
    for name in ["a", "b", "c", "d", "e", "f"] {
        folder.file(&format!("allowed/many/deep/{name}"), "");
    }
    let answer = folder.call("directory_tree", json!({ "path": "" })).await;
    assert_eq!(
        answer.error(),
        "too_many_entries: `.` holds more than 5 files and directories, most of them in `many` with \
         more than 5, `few` with 2\nhint: leave out what you do not need with `excludePatterns`, as \
         in [\"node_modules\", \".git\"], or start at a deeper `path`"
    );
    let arguments = json!({ "path": "", "excludePatterns": ["many"] });
    let answer = folder.call("directory_tree", arguments).await;
    assert_eq!(
        tree(&answer)[0]["children"].as_array().map(Vec::len),
        Some(2)
    );
}

#[tokio::test]
async fn exactly_the_limit() {
    let folder = limited(2, 32);
    folder.dir("allowed/a");
    folder.file("allowed/a/f", "");
    let answer = folder.call("directory_tree", json!({ "path": "" })).await;
    assert_eq!(tree(&answer)[0]["children"][0]["name"], "f");
}
