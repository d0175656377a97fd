//! Nothing outside the allowed roots is opened, whatever a repository says.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;

use agentcore_gateway_target::Dispatcher;
use git_repo_server::Server;
use git2::Repository;
use serde_json::json;
use support::{failure, seed, seed::write, server, text};
use tempfile::TempDir;

/// What must never show up in an answer.
const SECRET: &str = "the-secret-line";

/// `inside` is allowed and holds `repo`; `outside` is not, and holds a repository too.
struct Place {
    inside: PathBuf,
    outside: PathBuf,
    repo: PathBuf,
    server: Dispatcher<Server>,
    _folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().canonicalize().unwrap();
        let (inside, outside) = (base.join("inside"), base.join("outside"));
        let repo = inside.join("repo");
        for path in [&repo, &outside.join("repo")] {
            let repository = seed::init(path);
            write(path.join("dir/file"), "content\n");
            write(path.join("top"), "top\n");
            seed::add_all(&repository);
            seed::commit(&repository, "first\n", (seed::day(1, 1, 0), 0), &[]);
        }
        write(outside.join("secret"), format!("{SECRET}\n"));
        write(outside.join("repo/secret"), format!("{SECRET}\n"));
        let server = server(&inside);
        Self {
            inside,
            outside,
            repo,
            server,
            _folder: folder,
        }
    }

    fn configure(&self, text: &str) {
        let file = self.repo.join(".git/config");
        let config = fs::read_to_string(&file).unwrap();
        write(file, config + text);
    }

    /// The code with which `git_status` of `path` is refused.
    async fn refused(&self, path: &str) -> String {
        let (code, message) =
            failure(&self.server, "git_status", json!({ "repo_path": path })).await;
        assert!(!message.contains(SECRET), "{message}");
        code
    }

    async fn status(&self) -> String {
        text(&self.server, "git_status", json!({ "repo_path": "repo" })).await
    }
}

#[tokio::test]
async fn paths_that_lead_outside() {
    let place = Place::new();
    symlink(place.outside.join("repo"), place.inside.join("link")).unwrap();
    let outside = place.outside.join("repo").display().to_string();
    let dots = format!("{}/../outside/repo", place.inside.display());
    for path in [
        outside.as_str(),
        "../outside/repo",
        "repo/../../outside/repo",
        "link",
        &dots,
        "/",
    ] {
        assert_eq!(place.refused(path).await, "outside_roots", "{path}");
    }
    // What is there and what is not look the same from in here.
    let missing = place.outside.join("missing").display().to_string();
    assert_eq!(place.refused(&missing).await, "outside_roots");
    assert_eq!(place.refused("missing").await, "repository_not_found");
    assert_eq!(place.refused("repo/dir").await, "not_a_repository");
    assert_eq!(place.refused("-repo").await, "invalid_arguments");
    assert_eq!(place.refused("").await, "invalid_arguments");
    assert_eq!(place.refused("repo\u{0}").await, "invalid_arguments");
}

#[tokio::test]
async fn every_tool_is_confined() {
    let place = Place::new();
    let path = place.outside.join("repo").display().to_string();
    for (tool, arguments) in [
        ("git_status", json!({})),
        ("git_diff_unstaged", json!({})),
        ("git_diff_staged", json!({})),
        ("git_diff", json!({ "target": "HEAD" })),
        ("git_commit", json!({ "message": "x" })),
        ("git_add", json!({ "files": ["."] })),
        ("git_reset", json!({})),
        ("git_log", json!({})),
        ("git_create_branch", json!({ "branch_name": "x" })),
        ("git_checkout", json!({ "branch_name": "main" })),
        ("git_show", json!({ "revision": "HEAD" })),
        ("git_branch", json!({ "branch_type": "local" })),
    ] {
        let mut arguments = arguments;
        arguments["repo_path"] = path.clone().into();
        assert_eq!(
            failure(&place.server, tool, arguments).await.0,
            "outside_roots",
            "{tool}"
        );
    }
}

#[tokio::test]
async fn a_git_directory_elsewhere() {
    for target in ["repo/.git", "missing/.git"] {
        let place = Place::new();
        let target = place.outside.join(target);
        fs::remove_dir_all(place.repo.join(".git")).unwrap();
        write(
            place.repo.join(".git"),
            format!("gitdir: {}\n", target.display()),
        );
        assert_eq!(place.refused("repo").await, "leads_outside_roots");
        write(place.repo.join(".git"), "gitdir: ../../outside/repo/.git\n");
        assert_eq!(place.refused("repo").await, "leads_outside_roots");
    }
    let place = Place::new();
    fs::remove_dir_all(place.repo.join(".git")).unwrap();
    symlink(place.outside.join("repo/.git"), place.repo.join(".git")).unwrap();
    assert_eq!(place.refused("repo").await, "leads_outside_roots");
    fs::remove_file(place.repo.join(".git")).unwrap();
    write(place.repo.join(".git"), "no pointer\n");
    assert_eq!(place.refused("repo").await, "not_a_repository");
}

#[tokio::test]
async fn a_linked_work_tree_inside_works_and_outside_does_not() {
    let place = Place::new();
    let repository = Repository::open(&place.repo).unwrap();
    repository
        .worktree("linked", &place.inside.join("linked"), None)
        .unwrap();
    let status = text(
        &place.server,
        "git_status",
        json!({ "repo_path": "linked" }),
    )
    .await;
    assert_eq!(
        status,
        "Repository status:\nOn branch linked\nnothing to commit, working tree clean"
    );
    let list = json!({ "repo_path": "repo", "branch_type": "local" });
    assert_eq!(
        text(&place.server, "git_branch", list).await,
        "+ linked\n* main"
    );
    let arguments = json!({ "repo_path": "repo", "branch_name": "linked" });
    let (code, message) = failure(&place.server, "git_checkout", arguments).await;
    assert_eq!(code, "checkout_refused");
    assert_eq!(
        message,
        "branch 'linked' is checked out in another work tree of this repository"
    );

    let common = place.repo.join(".git/worktrees/linked/commondir");
    write(
        common,
        place.outside.join("repo/.git").display().to_string(),
    );
    assert_eq!(place.refused("linked").await, "leads_outside_roots");
}

#[tokio::test]
async fn a_work_tree_elsewhere_is_not_followed() {
    let place = Place::new();
    place.configure(&format!(
        "[core]\n\tworktree = {}\n",
        place.outside.join("repo").display()
    ));
    write(place.repo.join("new"), "x\n");
    let status = place.status().await;
    assert!(
        status.contains("\tnew\n") && !status.contains("secret"),
        "{status}"
    );
    let add = json!({ "repo_path": "repo", "files": ["."] });
    text(&place.server, "git_add", add).await;
    let staged = text(
        &place.server,
        "git_diff_staged",
        json!({ "repo_path": "repo" }),
    )
    .await;
    assert!(
        staged.contains("b/new") && !staged.contains(SECRET),
        "{staged}"
    );
}

#[tokio::test]
async fn objects_elsewhere() {
    let place = Place::new();
    let alternates = place.repo.join(".git/objects/info/alternates");
    for line in [
        place
            .outside
            .join("repo/.git/objects")
            .display()
            .to_string(),
        "../../../../outside/repo/.git/objects".to_owned(),
        format!("# a note\n\n{}", place.outside.display()),
        "\"/quoted\"".to_owned(),
    ] {
        write(&alternates, format!("{line}\n"));
        assert_eq!(place.refused("repo").await, "leads_outside_roots", "{line}");
    }
    // A second store inside, which has one in turn.
    let store = place.inside.join("store/objects");
    fs::create_dir_all(store.join("info")).unwrap();
    write(&alternates, format!("{}\n", store.display()));
    place.status().await;
    write(
        store.join("info/alternates"),
        format!("{}\n", place.outside.display()),
    );
    assert_eq!(place.refused("repo").await, "leads_outside_roots");
}

#[tokio::test]
async fn configuration_elsewhere() {
    let place = Place::new();
    let original = fs::read_to_string(place.repo.join(".git/config")).unwrap();
    write(
        place.outside.join("config"),
        "[user]\n\tname = the-secret-line\n",
    );
    let outside = place.outside.join("config").display().to_string();
    for text in [
        format!("[include]\n\tpath = {outside}\n"),
        format!("[InClude] path = \"{outside}\"\n"),
        format!("[includeIf \"gitdir:/**\"]\n\tpath = {outside}\n"),
        "[include]\n\tpath = ../../../outside/config\n".to_owned(),
        "[include]\n\tpath = ~/config\n".to_owned(),
        "[include]\n\tpath = ../\\\n../../outside/config\n".to_owned(),
    ] {
        write(place.repo.join(".git/config"), original.clone() + &text);
        assert_eq!(place.refused("repo").await, "leads_outside_roots", "{text}");
    }
    // An included file inside is read, and may include no file outside either.
    write(
        place.repo.join(".git/config"),
        original + "[include]\n\tpath = more\n",
    );
    write(
        place.repo.join(".git/more"),
        "[core]\n\tquotePath = false\n",
    );
    write(place.repo.join("\u{e9}"), "x");
    assert!(place.status().await.contains("\t\u{e9}\n"));
    write(
        place.repo.join(".git/more"),
        format!("[include]\n\tpath = {outside}\n"),
    );
    assert_eq!(place.refused("repo").await, "leads_outside_roots");
}

#[tokio::test]
async fn files_that_settings_name_are_not_read() {
    let place = Place::new();
    write(place.outside.join("ignore"), "new\n");
    write(place.outside.join("attributes"), "* binary\n");
    let outside = place.outside.display();
    place.configure(&format!(
        "[core]\n\texcludesFile = {outside}/ignore\n\tattributesFile = {outside}/attributes\n\thooksPath = {outside}\n\tfsmonitor = {outside}/monitor\n"
    ));
    write(place.repo.join("new"), "x\n");
    write(place.repo.join("top"), "changed\n");
    assert!(place.status().await.contains("\tnew\n"));
    let diff = text(
        &place.server,
        "git_diff_unstaged",
        json!({ "repo_path": "repo" }),
    )
    .await;
    assert!(diff.ends_with("@@ -1 +1 @@\n-top\n+changed"), "{diff}");
}

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
async fn a_submodule_elsewhere_counts_as_not_checked_out() {
    let place = Place::new();
    let repository = Repository::open(&place.repo).unwrap();
    let nested = seed::init(&place.repo.join("sub"));
    write(place.repo.join("sub/f"), "f\n");
    seed::add_all(&nested);
    seed::commit(&nested, "nested\n", (seed::day(1, 1, 0), 0), &[]);
    text(
        &place.server,
        "git_add",
        json!({ "repo_path": "repo", "files": ["sub"] }),
    )
    .await;
    drop(repository);
    write(place.repo.join("sub/f"), "g\n");
    let status = place.status().await;
    assert!(
        status.contains("modified:   sub (modified content)\n"),
        "{status}"
    );
    fs::remove_dir_all(place.repo.join("sub/.git")).unwrap();
    let elsewhere = place.outside.join("repo/.git");
    write(
        place.repo.join("sub/.git"),
        format!("gitdir: {}\n", elsewhere.display()),
    );
    let status = place.status().await;
    assert!(!status.contains("modified"), "{status}");
    assert!(status.contains("new file:   sub\n"), "{status}");
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

#[tokio::test]
async fn without_a_root_nothing_is_allowed() {
    let place = Place::new();
    let missing = place.outside.join("missing");
    let server = server(&missing);
    for path in [".", "repo"] {
        let arguments = json!({ "repo_path": path });
        assert_eq!(
            failure(&server, "git_status", arguments).await.0,
            "repository_not_found"
        );
    }
    let arguments = json!({ "repo_path": place.repo });
    assert_eq!(
        failure(&server, "git_status", arguments).await.0,
        "outside_roots"
    );
}

#[tokio::test]
async fn roots_from_arguments_and_variables() {
    let place = Place::new();
    let path = |path: &std::path::Path| path.display().to_string();
    let inside = path(&place.repo);
    let both = [path(&place.inside), path(&place.outside)];
    let two = support::with_settings(&both, |_| None);
    for repository in ["repo", &inside, &path(&place.outside.join("repo"))] {
        text(&two, "git_status", json!({ "repo_path": repository })).await;
    }
    let variable = format!("{}:{}", both[0], both[1]);
    let two = support::with_settings(&[], |name| {
        (name == "GIT_REPO_ROOT").then(|| variable.clone().into())
    });
    text(
        &two,
        "git_status",
        json!({ "repo_path": path(&place.outside.join("repo")) }),
    )
    .await;
    // A folder below a repository stands for the whole of it.
    let below = path(&place.repo.join("dir"));
    let one = support::with_settings(&["-r".to_owned(), below], |_| None);
    text(&one, "git_status", json!({ "repo_path": inside })).await;
}
