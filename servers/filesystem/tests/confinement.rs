//! Nothing leads out of the roots: no path, no link, no swap in the middle of a call.

mod support;

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use rustix::fs::{CWD, RenameFlags, renameat_with};
use serde_json::{Value, json};
use support::{Folder, against, call};

/// Every tool that takes a path, with arguments for it.
fn calls(path: &str) -> Vec<(&'static str, Value)> {
    vec![
        ("read_text_file", json!({ "path": path })),
        ("read_text_file", json!({ "path": path, "head": 1 })),
        ("read_text_file", json!({ "path": path, "tail": 1 })),
        ("read_file", json!({ "path": path })),
        ("read_media_file", json!({ "path": path })),
        ("read_multiple_files", json!({ "paths": [path] })),
        ("list_directory", json!({ "path": path })),
        ("list_directory_with_sizes", json!({ "path": path })),
        ("directory_tree", json!({ "path": path })),
        ("search_files", json!({ "path": path, "pattern": "e" })),
        ("get_file_info", json!({ "path": path })),
        ("create_directory", json!({ "path": path })),
        ("write_file", json!({ "path": path, "content": "taken" })),
        (
            "edit_file",
            json!({ "path": path, "edits": [{ "oldText": "secret", "newText": "taken" }] }),
        ),
        (
            "move_file",
            json!({ "source": path, "destination": "moved" }),
        ),
        (
            "move_file",
            json!({ "source": "bait.txt", "destination": path }),
        ),
    ]
}

/// `allowed` with links of every kind, `outside` with a secret.
fn folder() -> Folder {
    let folder = Folder::new();
    folder.dir("outside/dir");
    folder.dir("allowed/dir");
    folder.dir("allowed-sibling");
    folder.file("outside/secret.txt", "secret");
    folder.file("outside/dir/secret.txt", "secret");
    folder.file("allowed-sibling/secret.txt", "secret");
    folder.file("allowed/bait.txt", "bait");
    let outside = folder.path("outside");
    folder.link("allowed/absolute", &outside);
    folder.link("allowed/relative", "../outside");
    folder.link("allowed/dir/deep", "../../outside");
    folder.link("allowed/file", outside.join("secret.txt"));
    folder.link("allowed/dangling", outside.join("new.txt"));
    folder.link("allowed/chain", "dir/deep/dir");
    folder.link("allowed/up", "..");
    folder.link("allowed/root", "/");
    folder.link("allowed/prefix", folder.path("allowed-sibling"));
    folder.link("allowed/dotted", folder.path("allowed/../outside"));
    folder
}

#[tokio::test]
async fn no_tool_leaves_the_roots() {
    let folder = folder();
    let base = folder.arg("");
    let absolute = |path: &str| format!("{base}/{path}");
    let ways_out = [
        "..".to_owned(),
        "../outside/secret.txt".to_owned(),
        "dir/../../outside/secret.txt".to_owned(),
        "/etc/passwd".to_owned(),
        "/".to_owned(),
        "//".to_owned(),
        absolute("outside/secret.txt"),
        absolute("allowed/../outside/secret.txt"),
        absolute("allowed-sibling/secret.txt"),
        "absolute/secret.txt".to_owned(),
        "absolute/dir".to_owned(),
        "absolute/new.txt".to_owned(),
        "relative/secret.txt".to_owned(),
        "dir/deep/secret.txt".to_owned(),
        "file".to_owned(),
        "dangling".to_owned(),
        "chain/secret.txt".to_owned(),
        "up/outside/secret.txt".to_owned(),
        "root/etc/passwd".to_owned(),
        "prefix/secret.txt".to_owned(),
        "dotted/secret.txt".to_owned(),
        absolute("allowed/absolute/secret.txt"),
    ];
    let mut refused = 0;
    for path in &ways_out {
        for (tool, arguments) in calls(path) {
            let answer = folder.call(tool, arguments).await;
            let result = &answer.reply["result"];
            let text = result["content"][0]["text"].as_str().unwrap_or_default();
            // A link is something that exists, wherever it leads: nothing can be moved onto it.
            let occupied = tool == "move_file" && text.contains("already_exists: ");
            assert!(
                result["isError"] == true && (text.contains("outside_roots: ") || occupied),
                "{tool} {path}: {answer:?}"
            );
            assert!(
                !answer.reply.to_string().contains("secret\""),
                "{tool} {path}: {answer:?}"
            );
            refused += 1;
        }
    }
    assert_eq!(refused, 22 * 16);
    assert_eq!(folder.names("outside"), ["dir", "secret.txt"]);
    assert_eq!(folder.names("outside/dir"), ["secret.txt"]);
    assert_eq!(folder.read("outside/secret.txt"), "secret");
    assert_eq!(folder.read("allowed-sibling/secret.txt"), "secret");
    assert_eq!(folder.read("allowed/bait.txt"), "bait");
    assert_eq!(folder.names(""), ["allowed", "allowed-sibling", "outside"]);
}

#[tokio::test]
async fn links_are_not_followed_out_by_listings() {
    let folder = folder();
    let list = folder.call("list_directory", json!({ "path": "" })).await;
    let names = "[FILE] absolute\n[FILE] bait.txt\n[FILE] chain\n[FILE] dangling\n[DIR] dir\n\
                 [FILE] dotted\n[FILE] file\n[FILE] prefix\n[FILE] relative\n[FILE] root\n[FILE] up";
    assert_eq!(list.text(), names);
    let sizes = folder
        .call("list_directory_with_sizes", json!({ "path": "" }))
        .await;
    assert!(
        sizes
            .text()
            .ends_with("\n\nTotal: 10 files, 1 directories\nCombined size: 4 B")
    );
    let tree = folder
        .call("directory_tree", json!({ "path": "dir" }))
        .await;
    let expected = json!([{ "name": "deep", "type": "file" }]);
    assert_eq!(
        serde_json::from_str::<Value>(tree.text()).unwrap(),
        expected
    );
    let found = folder
        .call("search_files", json!({ "path": "", "pattern": "**" }))
        .await;
    let paths = ["allowed/bait.txt", "allowed/dir"].map(|path| folder.arg(path));
    assert_eq!(found.text(), paths.join("\n"));
}

#[tokio::test]
async fn links_inside_work() {
    let folder = Folder::new().with_roots(&["allowed", "second"]);
    folder.dir("allowed/a/b");
    folder.dir("second");
    folder.file("allowed/a/b/file.txt", "inside");
    folder.file("second/two.txt", "in two");
    folder.link("allowed/relative", "a/b/file.txt");
    folder.link("allowed/absolute", folder.path("allowed/a/b/file.txt"));
    folder.link("allowed/a/up", "../a/b/../b/file.txt");
    folder.link("allowed/directory", "a/b");
    folder.link("allowed/through", "directory/../../a/b/file.txt");
    folder.link("allowed/itself", ".");
    folder.link("allowed/other", "../second/two.txt");
    folder.link("allowed/other-absolute", folder.path("second/two.txt"));
    folder.link("second/back", "../allowed/absolute");
    let cases = [
        ("relative", "inside"),
        ("absolute", "inside"),
        ("a/up", "inside"),
        ("directory/file.txt", "inside"),
        // `directory` leads to `a/b`, whose `../..` is the root.
        ("through", "inside"),
        ("itself/itself/relative", "inside"),
        ("other", "in two"),
        ("other-absolute", "in two"),
        ("back", "inside"),
    ];
    for (path, content) in cases {
        let answer = folder.call("read_text_file", json!({ "path": path })).await;
        assert_eq!(answer.text(), content, "{path}");
    }
}

#[tokio::test]
async fn links_in_a_circle_end() {
    let folder = Folder::new();
    folder.link("allowed/loop", "loop");
    folder.link("allowed/ping", "pong");
    folder.link("allowed/pong", "ping");
    for path in ["loop", "ping", "loop/x"] {
        let answer = folder.call("read_text_file", json!({ "path": path })).await;
        let text = format!("too_many_links: ELOOP: symbolic links lead in a circle: `{path}`");
        assert_eq!(answer.error(), text);
    }
}

#[tokio::test]
async fn a_root_may_be_a_link_and_within_another() {
    let folder = Folder::new().with_roots(&["alias", "allowed/nested"]);
    folder.dir("allowed/nested/deep");
    folder.file("allowed/file.txt", "outer");
    folder.file("allowed/nested/file.txt", "inner");
    folder.link("alias", "allowed");
    folder.link("allowed/nested/deep/up", "../../file.txt");
    let cases = [
        // As given, and as it really is.
        (folder.arg("alias/file.txt"), "outer"),
        (
            folder
                .path("")
                .join("allowed/file.txt")
                .display()
                .to_string(),
            "outer",
        ),
        (folder.arg("allowed/nested/file.txt"), "inner"),
        ("nested/file.txt".to_owned(), "inner"),
        // Above the inner root is the outer one.
        (folder.arg("allowed/nested/deep/up"), "outer"),
    ];
    for (path, content) in cases {
        let answer = folder.call("read_text_file", json!({ "path": path })).await;
        assert_eq!(answer.text(), content, "{path}");
    }
}

#[tokio::test]
async fn roots_that_cannot_be_used_are_named() {
    let folder = Folder::new().with_roots(&["missing", "file", "allowed"]);
    folder.file("file", "no directory");
    folder.file("allowed/x.txt", "x");
    let cases = [
        ("missing", "it does not exist"),
        ("file", "it is not a directory"),
    ];
    for (root, reason) in cases {
        let root = folder.arg(root);
        let path = format!("{root}/x.txt");
        let answer = folder.call("read_text_file", json!({ "path": path })).await;
        let text =
            format!("root_unavailable: the allowed directory `{root}` cannot be used: {reason}");
        assert_eq!(answer.error(), text);
    }
    // The others work, and a relative path that is nowhere names what may be the reason.
    let answer = folder
        .call("read_text_file", json!({ "path": "x.txt" }))
        .await;
    assert_eq!(answer.text(), "x");
    let answer = folder
        .call("read_text_file", json!({ "path": "y.txt" }))
        .await;
    assert!(
        answer.error().starts_with("root_unavailable: "),
        "{answer:?}"
    );
    let answer = folder.call("list_allowed_directories", json!({})).await;
    let roots = ["missing", "file", "allowed"].map(|root| folder.arg(root));
    assert_eq!(
        answer.text(),
        format!("Allowed directories:\n{}", roots.join("\n"))
    );
}

/// While `door` is now a directory of the root and now a link out of it, back and forth as fast as
/// the machine can, every tool goes through it again and again.
#[test]
fn a_directory_that_becomes_a_link_during_calls() {
    const ROUNDS: usize = 60;
    let folder = Folder::new();
    folder.dir("outside");
    folder.file("outside/secret.txt", "the outside");
    folder.dir("allowed/door");
    folder.file("allowed/door/secret.txt", "the inside");
    folder.link("allowed/trapdoor", folder.path("outside"));
    let allowed = folder.path("allowed");
    let swap = || {
        let (door, trapdoor) = (allowed.join("door"), allowed.join("trapdoor"));
        renameat_with(CWD, door, CWD, trapdoor, RenameFlags::EXCHANGE).expect("both exist");
    };
    let (inside, refused) = (AtomicU64::new(0), AtomicU64::new(0));
    let server = folder.server();
    let work = async {
        let mut round = 0;
        // Both answers have to come, and they do, as soon as the threads take turns.
        while round < ROUNDS || inside.load(Relaxed) == 0 || refused.load(Relaxed) == 0 {
            for (tool, mut arguments) in calls("door/secret.txt") {
                match tool {
                    "move_file" => continue,
                    "create_directory" => arguments["path"] = json!(format!("door/made-{round}")),
                    "write_file" => arguments["path"] = json!(format!("door/written-{round}")),
                    _ => {}
                }
                let reply = call(server.clone(), tool, arguments)
                    .await
                    .reply
                    .to_string();
                assert!(!reply.contains("the outside"), "{reply}");
                let count = match reply.contains("outside_roots: ") {
                    true => &refused,
                    false => &inside,
                };
                count.fetch_add(1, Relaxed);
            }
            for (tool, arguments) in [
                ("list_directory", json!({ "path": "door" })),
                ("directory_tree", json!({ "path": "" })),
                (
                    "search_files",
                    json!({ "path": "", "pattern": "**/secret.txt" }),
                ),
                (
                    "move_file",
                    json!({ "source": "door/secret.txt", "destination": "door/s" }),
                ),
                (
                    "move_file",
                    json!({ "source": "door/s", "destination": "door/secret.txt" }),
                ),
            ] {
                let answer = call(server.clone(), tool, arguments).await;
                assert!(!answer.reply.to_string().contains("outside/"), "{answer:?}");
            }
            round += 1;
        }
    };
    assert!(against(swap, work) > 0);
    assert_eq!(folder.names("outside"), ["secret.txt"]);
    assert_eq!(folder.read("outside/secret.txt"), "the outside");
}
