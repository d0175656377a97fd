//! `git_checkout` and `git_add` against the real git, where there is one: on copies of the same
//! random state both succeed or both refuse, and leave the same files and the same index.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use agentcore_gateway_target::Dispatcher;
use git_repo_server::Server;
use serde_json::{Value, json};
use support::git::Git;
use support::{call, seed::write, server};

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }

    fn one<'list>(&mut self, list: &[&'list str]) -> &'list str {
        list[self.below(list.len())]
    }
}

const NAMES: [&str; 8] = ["a", "b", "d", "d/e", "d/f", "d/g/h", "k.txt", "d/l.txt"];

/// Writes, removes or replaces one path; a file may take a folder's place and the other way.
fn scribble(folder: &Path, random: &mut Random) {
    let path = folder.join(random.one(&NAMES));
    let _ = fs::remove_file(&path);
    if random.below(4) == 0 {
        return;
    }
    for ancestor in path
        .ancestors()
        .skip(1)
        .take_while(|ancestor| *ancestor != folder)
    {
        if ancestor.is_file() {
            fs::remove_file(ancestor).unwrap();
        }
    }
    if path.is_dir() {
        if random.below(2) == 0 {
            return;
        }
        fs::remove_dir_all(&path).unwrap();
    }
    write(path, format!("{}\n", random.below(3)));
}

/// Everything below `from` again at `to`.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Files of the work tree with their content.
fn files(root: &Path, folder: &Path, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root).unwrap().display().to_string();
        if name == ".git" {
            continue;
        }
        if path.is_dir() {
            files(root, &path, found);
        } else {
            found.insert(name, fs::read_to_string(path).unwrap());
        }
    }
}

/// Two copies of one state: git's, and ours in `repo`.
struct Twins {
    theirs: Git,
    ours: Git,
    server: Dispatcher<Server>,
    _folder: tempfile::TempDir,
}

impl Twins {
    /// Two branches, `main` and `other`, and uncommitted changes.
    fn new(random: &mut Random) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().canonicalize().unwrap();
        let ours = base.join("repo");
        fs::create_dir(&ours).unwrap();
        let git = Git::new(&ours)?;
        git.run(&["init", "-q", "-b", "main"]);
        let commit = |random: &mut Random, count: usize| {
            for _ in 0..count {
                scribble(&ours, random);
            }
            git.run(&["add", "-A"]);
            git.run(&["commit", "-q", "--allow-empty", "-m", "x"]);
        };
        commit(random, 12);
        git.run(&["checkout", "-q", "-b", "other"]);
        commit(random, 4);
        git.run(&["checkout", "-q", "main"]);
        commit(random, 2);
        for _ in 0..random.below(4) {
            scribble(&ours, random);
            if random.below(3) == 0 {
                git.run(&["add", "-A"]);
            }
        }
        // git loses staged files in this situation; ours keeps them, or refuses.
        let staged = git.run(&["diff", "--cached", "--name-only"]);
        if !staged.is_empty() && folder_for_file(&git) {
            git.run(&["reset", "-q"]);
        }
        copy(&ours, &base.join("theirs"));
        Some(Self {
            theirs: Git {
                folder: base.join("theirs"),
            },
            ours: git,
            server: server(&base),
            _folder: folder,
        })
    }

    fn equal(&self, situation: &str) {
        for arguments in [
            ["ls-files", "--stage"],
            ["symbolic-ref", "HEAD"],
            ["status", "--porcelain"],
        ] {
            let [theirs, ours] = [&self.theirs, &self.ours].map(|git| git.run(&arguments));
            assert_eq!(ours, theirs, "{situation}: git {arguments:?}");
        }
        let [theirs, ours] = [&self.theirs, &self.ours].map(|git| {
            let mut found = BTreeMap::new();
            files(&git.folder, &git.folder, &mut found);
            found
        });
        assert_eq!(ours, theirs, "{situation}");
    }

    async fn call(&self, tool: &str, mut arguments: Value) -> (bool, String) {
        arguments["repo_path"] = "repo".into();
        call(&self.server, tool, &arguments).await
    }
}

/// Whether a staged file is where one of the branches has a folder, or the other way.
fn folder_for_file(git: &Git) -> bool {
    let index = git.run(&["ls-files"]);
    let head = ["main", "other"].map(|tree| git.run(&["ls-tree", "-r", "--name-only", tree]));
    let head = head.concat();
    let below = |outer: &str, inner: &str| inner.starts_with(&format!("{outer}/"));
    let mut pairs = index
        .lines()
        .flat_map(|staged| head.lines().map(move |head| (staged, head)));
    pairs.any(|(staged, head)| below(staged, head) || below(head, staged))
}

/// How many random repositories are made: `few`, or what `GIT_REPO_TEST_SEEDS` says.
fn seeds(few: u64) -> u64 {
    let more = std::env::var("GIT_REPO_TEST_SEEDS").ok();
    more.map_or(few, |more| more.parse().unwrap())
}

#[tokio::test]
async fn checkout() {
    let (mut switched, mut refused) = (0, 0);
    for seed in 1..=seeds(40) {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let Some(twins) = Twins::new(&mut random) else {
            return;
        };
        let before = twins.ours.run(&["status", "--porcelain"]);
        let situation = format!("seed {seed}:\n{before}");
        let (failed, text) = twins
            .call("git_checkout", json!({ "branch_name": "other" }))
            .await;
        let theirs = twins.theirs.refusal(&["checkout", "-q", "other"]);
        match theirs {
            None => assert!(!failed, "{situation}: git switches, we do not: {text}"),
            Some(reason) => {
                assert!(failed, "{situation}: git refuses, we do not: {reason}");
                refused += 1;
            }
        }
        switched += u32::from(!failed);
        twins.equal(&situation);
    }
    assert!(
        switched >= 5 && refused >= 5,
        "{switched} switched, {refused} refused"
    );
}

#[tokio::test]
async fn add() {
    let specs = [
        ".",
        "a",
        "d",
        "d/",
        "*.txt",
        "d/*",
        "k.txt",
        "missing",
        ":(glob)*.txt",
        ":(top)d/e",
        ":!d",
        "d/g/../e",
        "./a",
        "d/g",
        "?",
        "[a-b]",
        ":(icase)A",
        "**/h",
    ];
    let (mut staged, mut refused) = (0, 0);
    for seed in 1..=seeds(60) {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let Some(twins) = Twins::new(&mut random) else {
            return;
        };
        for _ in 0..=random.below(3) {
            scribble(&twins.ours.folder, &mut random);
        }
        // The same scribbles for git.
        fs::remove_dir_all(&twins.theirs.folder).unwrap();
        copy(&twins.ours.folder, &twins.theirs.folder);
        let chosen: Vec<&str> = (0..=random.below(2)).map(|_| random.one(&specs)).collect();
        let before = twins.ours.run(&["status", "--porcelain"]);
        let situation = format!("seed {seed}, {chosen:?}:\n{before}");
        let (failed, text) = twins.call("git_add", json!({ "files": chosen })).await;
        let arguments: Vec<&str> = ["add", "--"]
            .into_iter()
            .chain(chosen.iter().copied())
            .collect();
        match twins.theirs.refusal(&arguments) {
            None => assert!(!failed, "{situation}: git stages, we do not: {text}"),
            Some(reason) => {
                assert!(failed, "{situation}: git refuses, we do not: {reason}");
                refused += 1;
            }
        }
        staged += u32::from(!failed);
        twins.equal(&situation);
    }
    assert!(
        staged >= 20 && refused >= 2,
        "{staged} staged, {refused} refused"
    );
}
