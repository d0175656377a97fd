//! What the recordings do not show of each tool: outcomes named in words.

mod support;

use std::fs;

use git2::Repository;
use serde_json::json;
use support::repo::Repo;
use support::{seed, text};

#[tokio::test]
async fn options_are_refused_wherever_a_name_is_wanted() {
    let repo = Repo::new();
    for (tool, arguments) in [
        ("git_diff", json!({ "target": "--output=/tmp/x" })),
        ("git_show", json!({ "revision": "--ext-diff" })),
        ("git_checkout", json!({ "branch_name": "--force" })),
        ("git_checkout", json!({ "branch_name": "-" })),
        ("git_create_branch", json!({ "branch_name": "-D" })),
        (
            "git_create_branch",
            json!({ "branch_name": "x", "base_branch": "--track" }),
        ),
        (
            "git_branch",
            json!({ "branch_type": "all", "contains": "--exec=x" }),
        ),
        (
            "git_branch",
            json!({ "branch_type": "all", "not_contains": "-x" }),
        ),
        ("git_log", json!({ "start_timestamp": "--all" })),
        ("git_log", json!({ "end_timestamp": "-1" })),
        ("git_status", json!({ "repo_path": "--bare" })),
    ] {
        let (code, message) = repo.failure(tool, arguments).await;
        assert_eq!(code, "invalid_arguments", "{tool}");
        assert!(message.contains("starts with `-`"), "{tool}: {message}");
    }
    for revision in ["HEAD\u{0}", "HEAD\n--x", &"x".repeat(5000)] {
        let (code, _) = repo
            .failure("git_show", json!({ "revision": revision }))
            .await;
        assert_eq!(code, "invalid_arguments");
    }
}

#[tokio::test]
async fn numbers_may_be_strings() {
    let repo = Repo::new();
    repo.write("top", "1\n2\n3\ntop\n");
    repo.commit("second\n", 2);
    repo.write("top", "1\n2\n3\nchanged\n");
    let diff = repo
        .text("git_diff_unstaged", json!({ "context_lines": "1" }))
        .await;
    assert!(
        diff.ends_with("@@ -3,2 +3,2 @@\n 3\n-top\n+changed"),
        "{diff}"
    );
    let log = repo.text("git_log", json!({ "max_count": "1" })).await;
    assert_eq!(log.matches("Commit: ").count(), 1);
    assert_eq!(
        repo.text("git_log", json!({ "max_count": 0 })).await,
        "Commit history:\n"
    );
    for lines in [json!(-1), json!("x"), json!(1.5), json!(null)] {
        let arguments = json!({ "context_lines": lines });
        let (code, message) = repo.failure("git_diff_unstaged", arguments).await;
        assert_eq!(code, "invalid_arguments");
        assert!(message.starts_with("`context_lines`: "), "{message}");
    }
}

#[tokio::test]
async fn a_range_is_explained() {
    let repo = Repo::new();
    for (tool, argument) in [("git_diff", "target"), ("git_show", "revision")] {
        let (code, message) = repo.failure(tool, json!({ argument: "main..HEAD" })).await;
        assert_eq!(code, "revision_not_found");
        assert!(
            message.ends_with("; ranges such as `a..b` are not accepted"),
            "{message}"
        );
    }
}

#[tokio::test]
async fn log_between_two_moments() {
    let repo = Repo::new();
    for day in 2..=5 {
        repo.commit(&format!("day {day}\n"), day);
    }
    for (start, end, expected) in [
        ("2024-01-03", "2024-01-04", "day 4 day 3"),
        ("2024-01-03T00:00:00Z", "2024-01-03T00:00:00Z", "day 3"),
        ("Jan 4 2024", "2024-12-31", "day 5 day 4"),
        ("2024-01-03 01:00", "2024-01-04", "day 4"),
        ("1 second ago", "now", ""),
    ] {
        let arguments = json!({ "start_timestamp": start, "end_timestamp": end });
        let fields = repo.fields("git_log", arguments).await;
        let commits = fields["commits"].as_array().unwrap();
        let messages: Vec<_> = commits
            .iter()
            .map(|commit| commit["message"].as_str().unwrap().trim())
            .collect();
        assert_eq!(messages.join(" "), expected, "{start} to {end}");
    }
    for text in ["sometime", "2024-13-45", "next year", "12 bananas"] {
        let (code, message) = repo
            .failure("git_log", json!({ "end_timestamp": text }))
            .await;
        assert_eq!(code, "invalid_date");
        assert!(message.starts_with(&format!("`{text}` is not a date in `end_timestamp`; ")));
    }
}

#[tokio::test]
async fn a_commit_needs_a_name() {
    let repo = Repo::new();
    let root = repo.root().as_os_str().to_owned();
    let nameless =
        support::with_settings(&[], |name| (name == "GIT_REPO_ROOT").then(|| root.clone()));
    repo.write("top", "changed\n");
    text(
        &nameless,
        "git_add",
        json!({ "repo_path": "repo", "files": ["top"] }),
    )
    .await;
    let arguments = json!({ "repo_path": "repo", "message": "x" });
    let (code, message) = support::failure(&nameless, "git_commit", arguments.clone()).await;
    assert_eq!(code, "identity_missing");
    assert!(message.contains("`GIT_REPO_AUTHOR_NAME`"), "{message}");
    // The server's own setting, which the repository's configuration overrules.
    let fallback = || {
        support::with_settings(&[], |name| match name {
            "GIT_REPO_ROOT" => Some(root.clone()),
            "GIT_REPO_AUTHOR_NAME" => Some("Fall Back".into()),
            "GIT_REPO_AUTHOR_EMAIL" => Some("fall@example.com".into()),
            _ => None,
        })
    };
    text(&fallback(), "git_commit", arguments.clone()).await;
    let author = |repo: &Repo| {
        let head = repo.repository.head().unwrap().peel_to_commit().unwrap();
        head.author().to_string()
    };
    assert_eq!(author(&repo), "Fall Back <fall@example.com>");
    repo.repository
        .config()
        .unwrap()
        .set_str("user.name", "Con Figured")
        .unwrap();
    repo.repository
        .config()
        .unwrap()
        .set_str("user.email", "con@example.com")
        .unwrap();
    repo.write("top", "changed again\n");
    text(
        &fallback(),
        "git_add",
        json!({ "repo_path": "repo", "files": ["top"] }),
    )
    .await;
    text(&fallback(), "git_commit", arguments).await;
    assert_eq!(author(&repo), "Con Figured <con@example.com>");
}

#[tokio::test]
async fn hooks_are_not_run() {
    use std::os::unix::fs::PermissionsExt as _;
    let repo = Repo::new();
    let hook = repo.path.join(".git/hooks/pre-commit");
    seed::write(&hook, "#!/bin/sh\ntouch hooked\nexit 1\n");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    repo.write("top", "changed\n");
    repo.text("git_add", json!({ "files": ["top"] })).await;
    repo.text("git_commit", json!({ "message": "x" })).await;
    assert!(!repo.path.join("hooked").exists());
}

#[tokio::test]
async fn a_merge_is_concluded() {
    let repo = Repo::empty();
    repo.write("f", "base\n");
    repo.commit("base\n", 1);
    seed::branch(&repo.repository, "side");
    seed::checkout(&repo.repository, "side");
    repo.write("f", "side\n");
    let side = repo.commit("side\n", 2);
    seed::checkout(&repo.repository, "main");
    repo.write("f", "main\n");
    repo.commit("main\n", 3);
    seed::merge_side(&repo.path);
    let (code, message) = repo.failure("git_commit", json!({ "message": "m" })).await;
    assert_eq!(code, "unmerged_paths");
    assert!(
        message.starts_with("there are unmerged paths: f; "),
        "{message}"
    );
    let (code, message) = repo
        .failure("git_checkout", json!({ "branch_name": "side" }))
        .await;
    assert_eq!(code, "checkout_refused");
    assert_eq!(
        message,
        "you need to resolve your current index first\nf: needs merge"
    );
    // Taking our side leaves the tree as it was, and is a merge all the same.
    repo.write("f", "main\n");
    repo.text("git_add", json!({ "files": ["f"] })).await;
    let hash = repo.fields("git_commit", json!({ "message": "m" })).await["hash"].clone();
    let commit = repo.repository.head().unwrap().peel_to_commit().unwrap();
    assert_eq!(commit.id().to_string(), hash);
    assert_eq!(commit.parent_id(1).unwrap(), side);
    assert!(!repo.path.join(".git/MERGE_HEAD").exists());
    assert_eq!(
        repo.failure("git_commit", json!({ "message": "m" }))
            .await
            .0,
        "nothing_staged"
    );
}

#[tokio::test]
async fn an_autostash_becomes_a_stash() {
    let repo = Repo::new();
    repo.write("top", "set aside\n");
    let mut repository = Repository::open(&repo.path).unwrap();
    let (who, _) = seed::people(seed::day(1, 2, 0), 0);
    let stash = repository.stash_save(&who, "autostash", None).unwrap();
    repository.stash_drop(0).unwrap();
    repo.write(".git/MERGE_AUTOSTASH", format!("{stash}\n"));
    repo.write("other", "x\n");
    repo.text("git_add", json!({ "files": ["other"] })).await;
    let text = repo.text("git_commit", json!({ "message": "m" })).await;
    assert!(
        text.contains("(autostash) is now the newest stash"),
        "{text}"
    );
    let mut found = Vec::new();
    repository
        .stash_foreach(|_, _, id| {
            found.push(*id);
            true
        })
        .unwrap();
    assert_eq!(found, [stash]);
    // Opened again, because libgit2 keeps the index that it read.
    let mut repository = Repository::open(&repo.path).unwrap();
    repository.stash_pop(0, None).unwrap();
    assert_eq!(
        fs::read_to_string(repo.path.join("top")).unwrap(),
        "set aside\n"
    );
}

#[tokio::test]
async fn announced_files_are_not_committed() {
    let repo = Repo::new();
    repo.write("soon", "soon\n");
    let mut index = repo.repository.index().unwrap();
    let mut entry = index.get_path("top".as_ref(), 0).unwrap();
    entry.path = b"soon".to_vec();
    entry.id = repo.repository.blob(b"").unwrap();
    entry.flags_extended = 1 << 13;
    entry.flags |= 0x4000;
    index.add(&entry).unwrap();
    index.write().unwrap();
    assert_eq!(
        repo.failure("git_commit", json!({ "message": "m" }))
            .await
            .0,
        "nothing_staged"
    );
    repo.write("top", "changed\n");
    repo.text("git_add", json!({ "files": ["top"] })).await;
    repo.text("git_commit", json!({ "message": "m" })).await;
    assert_eq!(
        repo.text("git_show", json!({ "revision": "HEAD:" })).await,
        "dir/\ntop"
    );
}

#[tokio::test]
async fn staging_is_all_or_nothing() {
    let repo = Repo::new();
    repo.write(".gitignore", "*.log\n");
    repo.write("x.log", "x\n");
    repo.write("new", "x\n");
    for (file, code) in [
        ("x.log", "path_ignored"),
        ("missing", "path_not_matched"),
        ("*.nothing", "path_not_matched"),
        ("../outside", "path_outside_repository"),
        ("/etc/passwd", "path_outside_repository"),
        (".git/config", "path_outside_repository"),
        ("dir/../.git/HEAD", "path_outside_repository"),
        (":(attr:x)new", "unknown_pathspec_magic"),
    ] {
        let arguments = json!({ "files": ["new", file] });
        assert_eq!(repo.failure("git_add", arguments).await.0, code, "{file}");
        let staged = repo.text("git_diff_staged", json!({})).await;
        assert_eq!(staged, "Staged changes:\n", "{file}");
    }
    let (code, message) = repo.failure("git_add", json!({ "files": [] })).await;
    assert_eq!(
        (code.as_str(), message.as_str()),
        (
            "invalid_arguments",
            "`files` is empty; name at least one file, or `.` for everything"
        )
    );
}

#[tokio::test]
async fn a_tag_says_what_it_is() {
    let repo = Repo::new();
    let head = repo.repository.head().unwrap().peel_to_commit().unwrap();
    let (who, _) = seed::people(seed::day(1, 2, 0), 60);
    let tree = repo.repository.find_object(head.tree_id(), None).unwrap();
    repo.repository
        .tag("of-a-tree", &tree, &who, "folders\n", false)
        .unwrap();
    let shown = repo
        .text("git_show", json!({ "revision": "of-a-tree" }))
        .await;
    assert_eq!(
        shown,
        "tag of-a-tree\nTagger: Ann Author <ann@example.com>\nDate:   2024-01-02 01:00:00 +0100\n\nfolders\n\ndir/\ntop"
    );
}

#[tokio::test]
async fn a_merge_shows_what_it_brought() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    seed::seed(&root);
    let arguments = json!({ "repo_path": "repo", "revision": "HEAD~1" });
    let shown = text(&support::server(&root), "git_show", arguments).await;
    assert_eq!(
        shown,
        "commit c30d56084ade24dd2e0bb789deef8f5dd9e98bd5\nAuthor: Ann Author <ann@example.com>\nDate:   2024-03-01 10:00:00 +0000\n\n    merge feature\n\n--- /dev/null\n+++ b/feature.txt\n@@ -0,0 +1 @@\n+feature\n"
    );
}

#[tokio::test]
async fn messages_in_latin_1_are_decoded() {
    let repo = Repo::new();
    let head = repo.repository.head().unwrap().peel_to_commit().unwrap();
    let raw = [
        format!("tree {}\nparent {}\n", head.tree_id(), head.id()).as_bytes(),
        b"author J\xf6 <j@example.com> 1704067200 +0000\ncommitter J\xf6 <j@example.com> 1704067200 +0000\nencoding ISO-8859-1\n\ncaf\xe9\n",
    ]
    .concat();
    let id = repo
        .repository
        .odb()
        .unwrap()
        .write(git2::ObjectType::Commit, &raw)
        .unwrap();
    repo.repository
        .reference("refs/heads/main", id, true, "x")
        .unwrap();
    let log = repo.text("git_log", json!({ "max_count": 1 })).await;
    assert!(
        log.contains("Author: J\u{f6}\n") && log.ends_with("Message: caf\u{e9}\n\n"),
        "{log}"
    );
}

#[tokio::test]
async fn fields_say_what_the_text_says() {
    let repo = Repo::new();
    repo.write("top", "changed\n");
    repo.write("new", "x\n");
    fs::rename(repo.path.join("dir/file"), repo.path.join("dir/moved")).unwrap();
    repo.text("git_add", json!({ "files": ["dir"] })).await;
    assert_eq!(
        repo.fields("git_status", json!({})).await,
        json!({
            "branch": "main", "detached_at": null, "has_commits": true,
            "upstream": null, "ahead": null, "behind": null, "operation": null,
            "staged": [{ "change": "renamed", "path": "dir/moved", "old_path": "dir/file" }],
            "unmerged": [],
            "unstaged": [{ "change": "modified", "path": "top" }],
            "untracked": ["new"],
        })
    );
    let head = repo
        .repository
        .head()
        .unwrap()
        .target()
        .unwrap()
        .to_string();
    assert_eq!(
        repo.fields("git_branch", json!({ "branch_type": "local" }))
            .await,
        json!({ "branches": [{ "name": "main", "current": true, "hash": head }] })
    );
    assert_eq!(
        repo.fields("git_create_branch", json!({ "branch_name": "x" }))
            .await,
        json!({ "branch": "x", "base": "main", "hash": head })
    );
    assert_eq!(
        repo.fields("git_checkout", json!({ "branch_name": "x" }))
            .await,
        json!({ "branch": "x", "hash": head })
    );
}

#[tokio::test]
async fn a_checkout_keeps_what_does_not_collide() {
    let repo = Repo::new();
    seed::branch(&repo.repository, "before");
    repo.write("later", "x\n");
    repo.commit("second\n", 2);
    repo.write("top", "uncommitted\n");
    repo.write("untracked", "x\n");
    repo.text("git_checkout", json!({ "branch_name": "before" }))
        .await;
    assert_eq!(
        fs::read_to_string(repo.path.join("top")).unwrap(),
        "uncommitted\n"
    );
    assert!(repo.path.join("untracked").exists() && !repo.path.join("later").exists());
    // An ignored file is somebody's, too.
    repo.write(".git/info/exclude", "later\n");
    repo.write("later", "precious\n");
    let (code, message) = repo
        .failure("git_checkout", json!({ "branch_name": "main" }))
        .await;
    assert_eq!(code, "checkout_refused");
    assert_eq!(
        message,
        "The following untracked working tree files would be overwritten by checkout:\n\tlater\nPlease move or remove them before you switch branches.\nAborting"
    );
    assert_eq!(
        fs::read_to_string(repo.path.join("later")).unwrap(),
        "precious\n"
    );
    let head = repo.repository.head().unwrap();
    assert_eq!(head.name().unwrap(), "refs/heads/before");
}

#[test]
fn malformed_settings_are_named() {
    use git_repo_server::Settings;
    let read = |args: &[&str], variables: &[(&'static str, &str)]| {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let lookup = |name: &'static str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).into())
        };
        Settings::read(&args, lookup)
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    assert_eq!(read(&[], &[]), Ok(()));
    assert_eq!(
        read(
            &["--repository", "/a", "-r", "b", "--repository=/c", "/d"],
            &[]
        ),
        Ok(())
    );
    for (args, variables, expected) in [
        (&["--repo"][..], &[][..], "unknown argument `--repo`"),
        (&["-r"], &[], "`-r` needs a path after it"),
        (
            &["~/repos"],
            &[],
            "`~/repos` in the arguments begins with `~`",
        ),
        (
            &[],
            &[("GIT_REPO_ROOT", "/a:~/b")],
            "`~/b` in GIT_REPO_ROOT begins with `~`",
        ),
        (
            &[],
            &[("GIT_AUTHOR_NAME", "a<b")],
            "GIT_AUTHOR_NAME is `a<b`, which no commit can hold",
        ),
        (
            &[],
            &[("GIT_COMMITTER_DATE", "soon")],
            "GIT_COMMITTER_DATE is `soon`, which is not a date",
        ),
    ] {
        let error = read(args, variables).unwrap_err();
        assert!(error.starts_with(expected), "{error}");
    }
}
