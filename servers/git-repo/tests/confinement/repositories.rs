//! Repositories whose parts or settings are elsewhere.

use std::fs;
use std::os::unix::fs::symlink;

use git2::Repository;
use serde_json::json;

use crate::place::{Place, SECRET};
use crate::support::{failure, seed, seed::write, text};

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
