//! Repositories that are broken, odd or huge: a clear answer, never a dead process.

mod support;

use std::fs;
use std::os::unix::ffi::OsStrExt as _;

use serde_json::json;
use support::repo::Repo;

const READING: [&str; 6] = [
    "git_status",
    "git_diff_unstaged",
    "git_diff_staged",
    "git_diff",
    "git_log",
    "git_show",
];

fn arguments(tool: &str) -> serde_json::Value {
    match tool {
        "git_diff" => json!({ "target": "HEAD" }),
        "git_show" => json!({ "revision": "HEAD" }),
        _ => json!({}),
    }
}

#[tokio::test]
async fn a_damaged_index() {
    for content in [
        b"".as_slice(),
        b"garbage",
        b"DIRC\0\0\0\x02\0\0\xff\xff",
        &[0xff; 4096],
    ] {
        let repo = Repo::new();
        fs::write(repo.path.join(".git/index"), content).unwrap();
        let (code, message) = repo.failure("git_status", json!({})).await;
        assert_eq!(code, "damaged_index");
        assert!(
            message.contains("call `git_reset` to rebuild it"),
            "{message}"
        );
        assert_eq!(
            repo.failure("git_add", json!({ "files": ["."] })).await.0,
            "damaged_index"
        );
        assert_eq!(
            repo.failure("git_commit", json!({ "message": "" })).await.0,
            "damaged_index"
        );
        assert_eq!(
            repo.text("git_reset", json!({})).await,
            "All staged changes reset"
        );
        let clean = "Repository status:\nOn branch main\nnothing to commit, working tree clean";
        assert_eq!(repo.text("git_status", json!({})).await, clean);
    }
}

#[tokio::test]
async fn damaged_files_of_git_are_reported() {
    let garbage: [(&str, &[u8]); 7] = [
        ("HEAD", b"garbage\n"),
        ("HEAD", b""),
        ("HEAD", b"ref: refs/heads/../../../x\n"),
        ("refs/heads/main", b"not a hash\n"),
        (
            "refs/heads/main",
            b"ffffffffffffffffffffffffffffffffffffffff\n",
        ),
        ("config", b"[core\n"),
        ("config", b"[core]\n\trepositoryformatversion = 99\n"),
    ];
    for (file, content) in garbage {
        let repo = Repo::new();
        fs::write(repo.path.join(".git").join(file), content).unwrap();
        for tool in READING {
            let (is_error, text) = repo.call(tool, arguments(tool)).await;
            assert!(
                text.contains(": ") || !is_error,
                "{file} {content:?} {tool}: {text}"
            );
            assert!(
                !text.contains(repo.root().to_str().unwrap()),
                "{tool}: {text}"
            );
        }
        // Some of it only matters to tools that look there.
        let failed = repo.call("git_log", json!({})).await.0;
        assert!(failed, "{file} {content:?}: a history was found");
    }
}

#[tokio::test]
async fn damaged_objects_are_reported() {
    let repo = Repo::new();
    repo.write("top", "changed\n");
    let objects = repo.path.join(".git/objects");
    let mut damaged = 0;
    for folder in fs::read_dir(&objects).unwrap().flatten() {
        if folder.file_name().len() != 2 {
            continue;
        }
        for object in fs::read_dir(folder.path()).unwrap().flatten() {
            let content = fs::read(object.path()).unwrap();
            fs::remove_file(object.path()).unwrap();
            for replacement in [
                None,
                Some(b"garbage".to_vec()),
                Some(content[..content.len() / 2].to_vec()),
            ] {
                if let Some(replacement) = &replacement {
                    fs::write(object.path(), replacement).unwrap();
                }
                for tool in READING {
                    repo.call(tool, arguments(tool)).await;
                }
                repo.call("git_commit", json!({ "message": "x" })).await;
                repo.call("git_checkout", json!({ "branch_name": "main" }))
                    .await;
                damaged += 1;
                let _ = fs::remove_file(object.path());
            }
            fs::write(object.path(), content).unwrap();
        }
    }
    assert_eq!(damaged, 5 * 3, "a commit, two trees, two files");
    repo.text("git_status", json!({})).await;
}

#[tokio::test]
async fn no_git_directory_at_all() {
    let repo = Repo::new();
    fs::remove_dir_all(repo.path.join(".git/objects")).unwrap();
    assert_eq!(
        repo.failure("git_status", json!({})).await.0,
        "not_a_repository"
    );
    fs::remove_dir_all(repo.path.join(".git")).unwrap();
    let (code, message) = repo.failure("git_status", json!({})).await;
    assert_eq!(code, "not_a_repository");
    assert_eq!(
        message,
        "`repo` is not a git repository: no `.git` in it. Give the root folder of a work tree"
    );
}

#[tokio::test]
async fn before_the_first_commit() {
    let repo = Repo::empty();
    for (tool, arguments, code) in [
        ("git_log", json!({}), "no_commits"),
        (
            "git_show",
            json!({ "revision": "HEAD" }),
            "revision_not_found",
        ),
        (
            "git_diff",
            json!({ "target": "HEAD" }),
            "revision_not_found",
        ),
        (
            "git_create_branch",
            json!({ "branch_name": "x" }),
            "no_commits",
        ),
        (
            "git_checkout",
            json!({ "branch_name": "main" }),
            "revision_not_found",
        ),
        ("git_commit", json!({ "message": "x" }), "nothing_staged"),
    ] {
        assert_eq!(repo.failure(tool, arguments).await.0, code, "{tool}");
    }
    repo.write("a", "a\n");
    repo.text("git_add", json!({ "files": ["a"] })).await;
    assert_eq!(
        repo.text("git_reset", json!({})).await,
        "All staged changes reset"
    );
    let status = repo.text("git_status", json!({})).await;
    assert!(
        status.contains("Untracked files:") && status.contains("\ta\n"),
        "{status}"
    );
    assert!(fs::metadata(repo.path.join(".git/index")).unwrap().len() > 0);
}

#[tokio::test]
async fn names_and_contents_that_are_not_text() {
    let repo = Repo::new();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9");
    fs::write(repo.path.join(name), b"\xe9\xff\n").unwrap();
    let status = repo.text("git_status", json!({})).await;
    assert!(status.contains("\t\"caf\\351\"\n"), "{status}");
    repo.text("git_add", json!({ "files": ["."] })).await;
    let staged = repo.text("git_diff_staged", json!({})).await;
    assert!(
        staged.contains("+++ \"b/caf\\351\"\n@@ -0,0 +1 @@\n+\u{fffd}\u{fffd}"),
        "{staged}"
    );
    repo.text("git_commit", json!({ "message": "latin" })).await;
    let shown = repo.text("git_show", json!({ "revision": "HEAD" })).await;
    assert!(shown.contains("+++ b/caf\u{fffd}\n"), "{shown}");
    assert!(
        repo.text("git_show", json!({ "revision": "HEAD:" }))
            .await
            .contains("caf\u{fffd}")
    );
    let fields = repo.fields("git_status", json!({})).await;
    assert_eq!(fields["untracked"], json!([]));
}

#[tokio::test]
async fn a_huge_diff_is_cut_with_a_note() {
    let repo = Repo::new();
    let line = "0123456789 abcdefghijklmnopqrstuvwxyz\n";
    for number in 0..4 {
        repo.write(&format!("big{number}"), line.repeat(100_000));
    }
    repo.text("git_add", json!({ "files": ["."] })).await;
    let diff = repo.text("git_diff_staged", json!({})).await;
    let size = serde_json::to_string(&diff).unwrap().len();
    assert!((3_900_000..4_100_000).contains(&size), "{size}");
    let note = "\n\n[cut here: the answer is larger than 4000000 bytes. hint: ask for fewer context_lines, or commit or unstage large files first]";
    assert!(diff.ends_with(note), "{}", &diff[diff.len() - 300..]);
    repo.text("git_commit", json!({ "message": "big" })).await;
    let shown = repo.text("git_show", json!({ "revision": "HEAD" })).await;
    assert!(shown.len() < 4_100_000 && shown.contains("[cut here"));
    let shown = repo
        .text("git_show", json!({ "revision": "HEAD:big0" }))
        .await;
    assert_eq!(shown.len(), line.len() * 100_000, "one file fits");
}

#[tokio::test]
async fn a_file_too_large_to_diff_shows_as_binary() {
    let repo = Repo::new();
    repo.write("big", "x\n".repeat(9_000_000));
    repo.text("git_add", json!({ "files": ["big"] })).await;
    let staged = repo.text("git_diff_staged", json!({})).await;
    assert!(
        staged.ends_with("\nBinary files /dev/null and b/big differ"),
        "{:.300}",
        staged
    );
    repo.write("big", "y\n".repeat(9_000_000));
    let unstaged = repo.text("git_diff_unstaged", json!({})).await;
    assert!(
        unstaged.ends_with("\nBinary files a/big and b/big differ"),
        "{:.300}",
        unstaged
    );
}

#[tokio::test]
async fn many_files_and_a_long_history_are_cut_with_a_note() {
    let repo = Repo::new();
    let mut index = repo.repository.index().unwrap();
    let mut entry = index.get_path("top".as_ref(), 0).unwrap();
    for number in 0..10_000 {
        entry.path = format!("{number}{}", "y".repeat(220)).into_bytes();
        index.add(&entry).unwrap();
    }
    index.write().unwrap();
    let status = repo.text("git_status", json!({})).await;
    assert!(status.contains("[cut here"), "{:.200}", status);
    assert!(
        repo.fields("git_status", json!({})).await.is_null(),
        "too large beside the text"
    );
    for day in 1..=6 {
        repo.commit(&"m".repeat(1_000_000), day);
    }
    let log = repo.text("git_log", json!({})).await;
    assert!(log.contains("[cut here") && log.len() < 4_200_000);
}

#[tokio::test]
async fn another_process_holds_the_lock() {
    let repo = Repo::new();
    repo.write("new", "x\n");
    repo.write(".git/index.lock", "");
    for (tool, arguments) in [
        ("git_add", json!({ "files": ["new"] })),
        ("git_reset", json!({})),
    ] {
        let (code, message) = repo.failure(tool, arguments).await;
        assert_eq!(code, "repository_locked");
        assert!(message.contains("`.git/index.lock` exists"), "{message}");
    }
    // Looking does not need it.
    repo.text("git_status", json!({})).await;
}

#[tokio::test]
async fn reading_leaves_no_trace() {
    let repo = Repo::new();
    repo.write("top", "changed\n");
    repo.write("new", "new\n");
    let snapshot = || {
        let mut found = Vec::new();
        let mut pending = vec![repo.path.clone()];
        while let Some(folder) = pending.pop() {
            for entry in fs::read_dir(folder).unwrap().flatten() {
                let metadata = entry.metadata().unwrap();
                if metadata.is_dir() {
                    pending.push(entry.path());
                }
                found.push((entry.path(), metadata.len(), metadata.modified().unwrap()));
            }
        }
        found.sort();
        found
    };
    let before = snapshot();
    for tool in READING {
        repo.text(tool, arguments(tool)).await;
    }
    repo.text("git_branch", json!({ "branch_type": "all" }))
        .await;
    assert_eq!(snapshot(), before);
}
