//! The repositories that the recordings start from, with the same hashes, made without git.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use git2::build::CheckoutBuilder;
use git2::{Commit, Oid, Repository, RepositoryInitOptions, Signature, Time};

/// Author and committer at a time in a zone.
pub(crate) fn people(seconds: i64, minutes: i32) -> (Signature<'static>, Signature<'static>) {
    let time = Time::new(seconds, minutes);
    (
        Signature::new("Ann Author", "ann@example.com", &time).unwrap(),
        Signature::new("Cy Committer", "cy@example.com", &time).unwrap(),
    )
}

/// Midnight of a day in 2024 in UTC, plus hours.
pub(crate) fn day(month: i8, day: i8, hour: i8) -> i64 {
    let date = jiff::civil::date(2024, month, day).at(hour, 0, 0, 0);
    jiff::tz::Offset::UTC
        .to_timestamp(date)
        .unwrap()
        .as_second()
}

/// `git init -b main`.
pub(crate) fn init(path: &Path) -> Repository {
    let mut options = RepositoryInitOptions::new();
    options.initial_head("main").external_template(false);
    Repository::init_opts(path, &options).unwrap()
}

/// Writes a file, with its folders.
pub(crate) fn write(path: impl AsRef<Path>, content: impl AsRef<[u8]>) {
    fs::create_dir_all(path.as_ref().parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// `git add --all`.
pub(crate) fn add_all(repository: &Repository) {
    let mut index = repository.index().unwrap();
    index
        .add_all(["*"], git2::IndexAddOption::DEFAULT, None)
        .unwrap();
    index.update_all(["*"], None).unwrap();
    index.write().unwrap();
}

/// `git commit`, with more parents than HEAD for a merge.
pub(crate) fn commit(
    repository: &Repository,
    message: &str,
    when: (i64, i32),
    merged: &[Oid],
) -> Oid {
    let (author, committer) = people(when.0, when.1);
    let mut index = repository.index().unwrap();
    let tree = repository.find_tree(index.write_tree().unwrap()).unwrap();
    let head = repository.head().ok().map(|head| head.target().unwrap());
    let parents: Vec<Commit<'_>> = head
        .into_iter()
        .chain(merged.iter().copied())
        .map(|id| repository.find_commit(id).unwrap())
        .collect();
    let parents: Vec<&Commit<'_>> = parents.iter().collect();
    repository
        .commit(Some("HEAD"), &author, &committer, message, &tree, &parents)
        .unwrap()
}

/// `git checkout BRANCH`.
pub(crate) fn checkout(repository: &Repository, branch: &str) {
    repository
        .set_head(&format!("refs/heads/{branch}"))
        .unwrap();
    let mut force = CheckoutBuilder::new();
    repository.checkout_head(Some(force.force())).unwrap();
}

/// `git branch NAME` at HEAD.
pub(crate) fn branch(repository: &Repository, name: &str) {
    let head = repository.head().unwrap().peel_to_commit().unwrap();
    repository.branch(name, &head, false).unwrap();
}

/// A branch at HEAD's parent; with one more commit on it when `changed`.
pub(crate) fn branch_at_parent(repository: &Repository, name: &str, changed: bool) {
    let head = repository.head().unwrap().peel_to_commit().unwrap();
    let mut parent = head.parent(0).unwrap();
    if changed {
        let (author, committer) = people(day(2, 1, 0), 0);
        let blob = repository.blob(b"other\n").unwrap();
        let mut update = git2::build::TreeUpdateBuilder::new();
        update.upsert("dir/file", blob, git2::FileMode::Blob);
        let tree = update
            .create_updated(repository, &parent.tree().unwrap())
            .unwrap();
        let tree = repository.find_tree(tree).unwrap();
        let id = repository
            .commit(None, &author, &committer, "x", &tree, &[&parent])
            .unwrap();
        parent = repository.find_commit(id).unwrap();
    }
    repository.branch(name, &parent, false).unwrap();
}

/// Everything, below an empty `root`.
pub(crate) fn seed(root: &Path) {
    main_repository(root);
    init(&root.join("empty"));
    init(&root.join("empty2"));
    write(root.join("plain/x.txt"), "x\n");
    write(root.join("outside/o.txt"), "o\n");
    let other = init(&root.join("other"));
    write(root.join("other/f"), "f\n");
    add_all(&other);
    commit(&other, "other\n", (day(1, 1, 0), 0), &[]);
    symlink(root.join("other"), root.join("repo/link_other")).unwrap();
    symlink(root.join("outside/o.txt"), root.join("repo/link_o")).unwrap();
    symlink(root.join("repo"), root.join("link_repo")).unwrap();
    write(root.join("repo/.git/info/exclude"), "link_other\nlink_o\n");
    latin(root);
    conflict(root);
}

fn main_repository(root: &Path) {
    let path = root.join("repo");
    let repository = init(&path);
    write(path.join("README.md"), "hello\n");
    write(path.join("src/a.txt"), "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    add_all(&repository);
    let first = "first commit\n\nwith a body\nin two lines\n";
    let first = commit(&repository, first, (day(1, 1, 10), 0), &[]);
    let target = repository.find_object(first, None).unwrap();
    let (_, tagger) = people(day(1, 1, 11), 0);
    repository
        .tag("v1.0", &target, &tagger, "release one\n", false)
        .unwrap();
    repository.tag_lightweight("light", &target, false).unwrap();
    branch(&repository, "feature");
    write(path.join("src/a.txt"), "1\n2\n3\n4\nfive\n6\n7\n8\n9\n");
    write(path.join("bin.dat"), [0, 1, 2]);
    write(path.join("gone.txt"), "bye\n");
    add_all(&repository);
    commit(&repository, "second commit\n", (day(2, 1, 8), 120), &[]);
    checkout(&repository, "feature");
    write(path.join("feature.txt"), "feature\n");
    add_all(&repository);
    let feature = commit(&repository, "feature work\n", (day(2, 15, 10), 0), &[]);
    checkout(&repository, "main");
    write(path.join("feature.txt"), "feature\n");
    add_all(&repository);
    commit(
        &repository,
        "merge feature\n",
        (day(3, 1, 10), 0),
        &[feature],
    );
    fs::rename(path.join("README.md"), path.join("README.txt")).unwrap();
    fs::remove_file(path.join("gone.txt")).unwrap();
    add_all(&repository);
    let last = commit(
        &repository,
        "rename and delete\n",
        (day(4, 1, 15), -300),
        &[],
    );
    let mut options = RepositoryInitOptions::new();
    options
        .initial_head("main")
        .external_template(false)
        .bare(true);
    Repository::init_opts(root.join("origin.git"), &options).unwrap();
    repository.remote("origin", "../origin.git").unwrap();
    for (name, id) in [("main", last), ("feature", feature)] {
        let name = format!("refs/remotes/origin/{name}");
        repository.reference(&name, id, false, "fetch").unwrap();
    }
}

fn latin(root: &Path) {
    let path = root.join("latin");
    let repository = init(&path);
    write(path.join("l.txt"), b"caf\xe9\n");
    add_all(&repository);
    commit(&repository, "one\n", (day(1, 1, 0), 0), &[]);
    write(path.join("l.txt"), b"caf\xe9 noir\n");
    add_all(&repository);
    commit(&repository, "two\n", (day(1, 2, 0), 0), &[]);
}

fn conflict(root: &Path) {
    let path = root.join("conflict");
    let repository = init(&path);
    write(path.join("f"), "base\n");
    add_all(&repository);
    commit(&repository, "base\n", (day(1, 1, 0), 0), &[]);
    branch(&repository, "side");
    checkout(&repository, "side");
    write(path.join("f"), "side\n");
    add_all(&repository);
    commit(&repository, "side\n", (day(1, 2, 0), 0), &[]);
    checkout(&repository, "main");
    write(path.join("f"), "main\n");
    add_all(&repository);
    commit(&repository, "main\n", (day(1, 3, 0), 0), &[]);
}

/// `git merge side`, as far as the conflict.
pub(crate) fn merge_side(path: &Path) {
    let repository = Repository::open(path).unwrap();
    let side = repository.find_reference("refs/heads/side").unwrap();
    let side = repository.reference_to_annotated_commit(&side).unwrap();
    repository.merge(&[&side], None, None).unwrap();
    // libgit2 labels the sides by other names than git.
    write(
        path.join("f"),
        "<<<<<<< HEAD\nmain\n=======\nside\n>>>>>>> side\n",
    );
}
