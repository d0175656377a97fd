//! Links and sockets, among the files of git and in the work tree.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

use git2::Repository;
use serde_json::json;

use crate::place::{Place, SECRET};
use crate::support::{failure, seed, seed::write, text};

#[tokio::test]
async fn links_among_the_files_of_git() {
    for link in [
        "logs/HEAD",
        "index",
        "refs/heads/evil",
        "info/exclude",
        "packed-refs",
        "MERGE_MSG",
    ] {
        let place = Place::new();
        let path = place.repo.join(".git").join(link);
        let _ = fs::remove_file(&path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(place.outside.join("secret"), &path).unwrap();
        assert_eq!(place.refused("repo").await, "leads_outside_roots", "{link}");
        // A dangling one would be followed when it is written.
        fs::remove_file(&path).unwrap();
        symlink(place.outside.join("to-be-made"), &path).unwrap();
        assert_eq!(
            place.refused("repo").await,
            "leads_outside_roots",
            "dangling {link}"
        );
        fs::remove_file(&path).unwrap();
        symlink(place.inside.join("../outside/x"), &path).unwrap();
        assert_eq!(
            place.refused("repo").await,
            "leads_outside_roots",
            "winding {link}"
        );
    }
    for folder in ["objects", "refs", "logs", "objects/pack", "info"] {
        let place = Place::new();
        let path = place.repo.join(".git").join(folder);
        let elsewhere = place.outside.join("moved");
        fs::create_dir_all(&path).unwrap();
        fs::rename(&path, &elsewhere).unwrap();
        symlink(&elsewhere, &path).unwrap();
        assert_eq!(
            place.refused("repo").await,
            "leads_outside_roots",
            "{folder}"
        );
    }
    let place = Place::new();
    UnixListener::bind(place.repo.join(".git/socket")).unwrap();
    assert_eq!(place.refused("repo").await, "unsupported_repository");
}

#[tokio::test]
async fn links_in_the_work_tree_are_shown_as_links() {
    let place = Place::new();
    let secret = place.outside.join("secret");
    symlink(&secret, place.repo.join("leak")).unwrap();
    fs::remove_file(place.repo.join("top")).unwrap();
    symlink(&secret, place.repo.join("top")).unwrap();
    fs::rename(place.repo.join("dir"), place.repo.join("dir.old")).unwrap();
    symlink(place.outside.join("repo"), place.repo.join("dir")).unwrap();
    write(place.outside.join("repo/file"), format!("{SECRET}\n"));
    let repo = || json!({ "repo_path": "repo" });
    let status = place.status().await;
    assert!(
        status.contains("deleted:    dir/file\n\ttypechange: top\n"),
        "{status}"
    );
    assert!(status.contains("\tdir\n"), "{status}");
    let diff = text(&place.server, "git_diff_unstaged", repo()).await;
    assert!(
        diff.contains("new file mode 120000") && !diff.contains(SECRET),
        "{diff}"
    );
    let target = json!({ "repo_path": "repo", "target": "HEAD" });
    let diff = text(&place.server, "git_diff", target).await;
    assert!(!diff.contains(SECRET), "{diff}");
    for file in ["leak", "top", "dir", "dir/file", "dir/secret"] {
        let arguments = json!({ "repo_path": "repo", "files": [file] });
        let (code, _) = failure(&place.server, "git_add", arguments).await;
        assert_eq!(code, "path_outside_repository", "{file}");
    }
    // A folder that is a link is a link for git, too: what was in it is gone.
    text(
        &place.server,
        "git_add",
        json!({ "repo_path": "repo", "files": ["."] }),
    )
    .await;
    let staged = text(&place.server, "git_diff_staged", repo()).await;
    assert!(staged.contains("b/dir\nnew file mode 120000"), "{staged}");
    assert!(!staged.contains(SECRET), "{staged}");
}

#[tokio::test]
async fn a_checkout_does_not_write_through_links() {
    let place = Place::new();
    let repository = Repository::open(&place.repo).unwrap();
    write(place.repo.join("dir/file"), "changed\n");
    write(place.repo.join("dir/more"), "more\n");
    seed::add_all(&repository);
    seed::commit(&repository, "second\n", (seed::day(1, 2, 0), 0), &[]);
    let target = place.outside.join("target");
    fs::create_dir(&target).unwrap();
    fs::remove_dir_all(place.repo.join("dir")).unwrap();
    symlink(&target, place.repo.join("dir")).unwrap();
    for (folder, changed) in [("before", false), ("after", true)] {
        seed::branch_at_parent(&repository, folder, changed);
        let arguments = json!({ "repo_path": "repo", "branch_name": folder });
        let (code, message) = failure(&place.server, "git_checkout", arguments).await;
        assert_eq!(code, "checkout_refused", "{message}");
        assert!(message.contains("\n\tdir\n"), "{message}");
    }
    assert_eq!(fs::read_dir(&target).unwrap().count(), 0, "written outside");
}

#[tokio::test]
async fn a_tracked_link_gives_way_to_a_folder() {
    let place = Place::new();
    let repository = Repository::open(&place.repo).unwrap();
    let target = place.outside.join("target");
    write(target.join("kept"), "kept\n");
    seed::branch(&repository, "folder");
    fs::remove_dir_all(place.repo.join("dir")).unwrap();
    symlink(&target, place.repo.join("dir")).unwrap();
    seed::add_all(&repository);
    seed::commit(&repository, "link\n", (seed::day(1, 2, 0), 0), &[]);
    let switch = |to: &str| json!({ "repo_path": "repo", "branch_name": to });
    text(&place.server, "git_checkout", switch("folder")).await;
    assert_eq!(
        fs::read_to_string(place.repo.join("dir/file")).unwrap(),
        "content\n"
    );
    assert!(place.status().await.contains("working tree clean"));
    text(&place.server, "git_checkout", switch("main")).await;
    assert!(place.repo.join("dir").is_symlink());
    let names: Vec<_> = fs::read_dir(&target)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["kept"]);
}

#[tokio::test]
async fn a_conflict_behind_a_link_is_not_read() {
    let place = Place::new();
    let repository = Repository::open(&place.repo).unwrap();
    let mut index = repository.index().unwrap();
    let mut entry = index.get_path("dir/file".as_ref(), 0).unwrap();
    index.remove("dir/file".as_ref(), 0).unwrap();
    for stage in 1..=3 {
        entry.flags = (entry.flags & 0x0fff) | stage << 12;
        index.add(&entry).unwrap();
    }
    index.write().unwrap();
    fs::remove_dir_all(place.repo.join("dir")).unwrap();
    write(place.outside.join("target/file"), format!("{SECRET}\n"));
    symlink(place.outside.join("target"), place.repo.join("dir")).unwrap();
    for (tool, arguments) in [
        ("git_diff_unstaged", json!({ "repo_path": "repo" })),
        ("git_diff", json!({ "repo_path": "repo", "target": "HEAD" })),
    ] {
        let diff = text(&place.server, tool, arguments).await;
        assert!(
            diff.contains("dir/file") && !diff.contains(SECRET),
            "{diff}"
        );
    }
}

#[tokio::test]
async fn sockets_in_the_work_tree_are_not_opened() {
    let place = Place::new();
    fs::remove_file(place.repo.join("top")).unwrap();
    UnixListener::bind(place.repo.join("top")).unwrap();
    UnixListener::bind(place.repo.join("new")).unwrap();
    let status = place.status().await;
    assert!(status.contains("deleted:    top\n"), "{status}");
    let diff = text(
        &place.server,
        "git_diff_unstaged",
        json!({ "repo_path": "repo" }),
    )
    .await;
    assert!(diff.contains("deleted file mode 100644"), "{diff}");
    let arguments = json!({ "repo_path": "repo", "files": ["new"] });
    let (code, _) = failure(&place.server, "git_add", arguments).await;
    assert_eq!(code, "path_not_stageable");
}
