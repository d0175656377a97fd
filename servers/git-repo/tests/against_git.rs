//! Our text against the real git's, where there is one: in named situations, and in random ones.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use agentcore_gateway_target::Dispatcher;
use git_repo_server::Server;
use serde_json::json;
use support::git::Git;
use support::{seed::write, server, text};
use tempfile::TempDir;

/// A repository that real git made, and our server beside it.
struct Pair {
    git: Git,
    ours: Dispatcher<Server>,
    _folder: TempDir,
}

impl Pair {
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap().join("repo");
        fs::create_dir(&path).unwrap();
        let git = Git::new(&path)?;
        git.run(&["init", "-q", "-b", "main"]);
        let ours = server(path.parent().unwrap());
        Some(Self {
            git,
            ours,
            _folder: folder,
        })
    }

    /// A repository with one commit.
    fn with_commit() -> Option<Self> {
        let pair = Self::new()?;
        pair.write("a.txt", lines(1..=30));
        pair.write("src/b.rs", "fn one() {\n    1\n}\n\nfn two() {\n    2\n}\n");
        pair.write("c.txt", "c\n");
        pair.commit("first");
        Some(pair)
    }

    fn path(&self) -> &Path {
        &self.git.folder
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        write(self.path().join(path), content);
    }

    fn commit(&self, message: &str) {
        self.git.run(&["add", "-A"]);
        self.git
            .run(&["commit", "-q", "--allow-empty", "-m", message]);
    }

    /// Two branches that changed the same files; `change` makes the change of one of them.
    fn diverge(&self, change: impl Fn(&Self, &str)) {
        self.git.run(&["checkout", "-q", "-b", "side"]);
        change(self, "side");
        self.commit("side");
        self.git.run(&["checkout", "-q", "main"]);
        change(self, "main");
        self.commit("main");
    }

    /// Compares status and every diff with git's.
    async fn compare(&self, situation: &str) {
        let status = self.git.run(&["status"]);
        self.equal(
            situation,
            "git_status",
            json!({}),
            "Repository status:\n",
            &status,
        )
        .await;
        for context in ["0", "3", "7"] {
            let unified = format!("--unified={context}");
            let arguments = json!({ "context_lines": context });
            let unstaged = self.git.run(&["diff", &unified]);
            let heading = "Unstaged changes:\n";
            self.equal(
                situation,
                "git_diff_unstaged",
                arguments.clone(),
                heading,
                &unstaged,
            )
            .await;
            let staged = self.git.run(&["diff", &unified, "--cached"]);
            let heading = "Staged changes:\n";
            self.equal(situation, "git_diff_staged", arguments, heading, &staged)
                .await;
            if self.git.succeeds(&["rev-parse", "-q", "--verify", "HEAD"]) {
                for target in ["HEAD", "HEAD~1"] {
                    if !self.git.succeeds(&["rev-parse", "-q", "--verify", target]) {
                        continue;
                    }
                    let against = self.git.run(&["diff", &unified, target]);
                    let arguments = json!({ "context_lines": context, "target": target });
                    let heading = format!("Diff with {target}:\n");
                    self.equal(situation, "git_diff", arguments, &heading, &against)
                        .await;
                }
            }
        }
        for (kind, option) in [("local", "--list"), ("remote", "-r"), ("all", "-a")] {
            let branches = self.git.run(&["branch", option]);
            let arguments = json!({ "branch_type": kind });
            self.equal(situation, "git_branch", arguments, "", &branches)
                .await;
        }
    }

    async fn equal(
        &self,
        situation: &str,
        tool: &str,
        mut arguments: serde_json::Value,
        heading: &str,
        expected: &str,
    ) {
        arguments["repo_path"] = "repo".into();
        // Without context, git counts the lines of some hunks in conflicts below zero.
        let expected = expected.replace(&u64::MAX.to_string(), "0");
        let expected = expected.strip_suffix('\n').unwrap_or(&expected);
        let have = text(&self.ours, tool, arguments.clone()).await;
        let want = format!("{heading}{expected}");
        assert!(
            have == want,
            "{situation}: {tool} {arguments}\n--- git\n{want}\n--- ours\n{have}\n---\n{}",
            first_difference(&want, &have)
        );
    }
}

fn first_difference(want: &str, have: &str) -> String {
    let at = want
        .lines()
        .zip(have.lines())
        .position(|(want, have)| want != have);
    let at = at.unwrap_or(want.lines().count().min(have.lines().count()));
    format!(
        "line {}: git {:?}, ours {:?}",
        at + 1,
        want.lines().nth(at),
        have.lines().nth(at)
    )
}

fn lines(range: std::ops::RangeInclusive<u32>) -> String {
    range.map(|number| format!("line {number}\n")).collect()
}

/// A situation, and how to get into it.
type Situation = (&'static str, fn(&Pair));

const SITUATIONS: [Situation; 38] = [
    ("clean", |_| {}),
    ("modified and untracked", |pair| {
        pair.write("a.txt", lines(1..=29) + "changed\n");
        pair.write("new/deep/file", "x\n");
        pair.write("new2", "x\n");
    }),
    ("staged, then changed again", |pair| {
        pair.write("a.txt", lines(2..=30));
        pair.git.run(&["add", "-A"]);
        pair.write("a.txt", lines(2..=31));
    }),
    ("deleted, staged and not", |pair| {
        fs::remove_file(pair.path().join("a.txt")).unwrap();
        pair.git.run(&["rm", "-q", "c.txt"]);
    }),
    ("renamed", |pair| {
        pair.git.run(&["mv", "a.txt", "moved.txt"]);
    }),
    ("renamed and changed", |pair| {
        pair.git.run(&["mv", "a.txt", "moved.txt"]);
        pair.write("moved.txt", lines(1..=25) + "more\nand more\n");
        pair.git.run(&["add", "-A"]);
    }),
    (
        "renamed to another folder with the same name, changed",
        |pair| {
            fs::create_dir(pair.path().join("d")).unwrap();
            pair.git.run(&["mv", "a.txt", "d/a.txt"]);
            pair.write("d/a.txt", lines(1..=24) + "other\n");
            pair.git.run(&["add", "-A"]);
        },
    ),
    ("two renames that compete", |pair| {
        pair.write("x.txt", lines(1..=20));
        pair.write("y.txt", lines(1..=21));
        pair.write("z.txt", lines(5..=30));
        pair.git.run(&["rm", "-q", "a.txt"]);
        pair.git.run(&["add", "-A"]);
    }),
    ("copies are not renames", |pair| {
        pair.write("copy.txt", lines(1..=30));
        pair.git.run(&["add", "-A"]);
    }),
    ("modes", |pair| {
        let mode = |path: &str, mode| {
            let path = pair.path().join(path);
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        mode("a.txt", 0o755);
        pair.git.run(&["add", "-A"]);
        mode("c.txt", 0o755);
        pair.write("src/b.rs", "changed\n");
        mode("src/b.rs", 0o755);
    }),
    ("a symlink in place of a file, and a new one", |pair| {
        fs::remove_file(pair.path().join("c.txt")).unwrap();
        symlink("a.txt", pair.path().join("c.txt")).unwrap();
        symlink("/nowhere", pair.path().join("dangling")).unwrap();
        pair.git.run(&["add", "dangling"]);
    }),
    ("binary files", |pair| {
        pair.write("bin", b"a\0b");
        pair.git.run(&["add", "-A"]);
        pair.write("bin", b"a\0c");
        pair.write("c.txt", b"\0");
    }),
    ("no newline at the end", |pair| {
        pair.write("c.txt", "c");
        pair.write("d.txt", "d");
        pair.git.run(&["add", "d.txt"]);
        pair.write("d.txt", "d\ne");
    }),
    ("empty files", |pair| {
        pair.write("empty", "");
        pair.git.run(&["add", "-A"]);
        pair.write("c.txt", "");
    }),
    ("carriage returns", |pair| {
        pair.write("c.txt", "c\r\nd\r\n");
        pair.git.run(&["add", "-A"]);
        pair.write("c.txt", "c\nd\r\n");
    }),
    ("line endings by attribute", |pair| {
        pair.write(
            ".gitattributes",
            "*.txt text eol=crlf\n*.bin binary\n*.dat -diff\n",
        );
        pair.write("crlf.txt", "one\r\ntwo\r\n");
        pair.write("x.dat", "text\n");
        pair.commit("attributes");
        pair.write("crlf.txt", "one\r\nthree\r\n");
        pair.write("x.dat", "other\n");
    }),
    ("bytes that are not text", |pair| {
        pair.write("c.txt", b"caf\xe9\n\xff\xfe\n");
        pair.git.run(&["add", "-A"]);
        pair.write("c.txt", b"caf\xe9\n\xff\n");
    }),
    ("odd names", |pair| {
        for name in [
            "with space",
            "tab\there",
            "quo\"te",
            "back\\slash",
            "caf\u{e9}",
            "-A",
            "new\nline",
        ] {
            pair.write(name, "x\n");
        }
        let latin = std::ffi::OsStr::from_bytes(b"latin\xe9");
        write(pair.path().join(latin), "x\n");
        pair.git.run(&["add", "-A"]);
        pair.write("with space", "y\n");
        pair.write("caf\u{e9}", "y\n");
        pair.write("other \u{e9}", "y\n");
    }),
    ("names that are not quoted", |pair| {
        pair.git.run(&["config", "core.quotePath", "false"]);
        pair.write("caf\u{e9}", "x\n");
        pair.git.run(&["add", "-A"]);
        pair.write("\u{e9}t\u{e9}", "x\n");
    }),
    ("ignored files", |pair| {
        pair.write(".gitignore", "*.log\n/build/\n!keep.log\n");
        pair.write("x.log", "x");
        pair.write("keep.log", "x");
        pair.write("build/out", "x");
        pair.write("only/x.log", "x");
        fs::create_dir(pair.path().join("hollow")).unwrap();
    }),
    (
        "ignored by the machine's rules is not ignored here",
        |pair| {
            pair.write("x.log", "x");
            pair.git.run(&["config", "user.name", "x"]);
        },
    ),
    ("announced only", |pair| {
        pair.write("soon.txt", "soon\n");
        pair.git.run(&["add", "-N", "soon.txt"]);
    }),
    ("detached at a tag", |pair| {
        pair.git.run(&["tag", "v1"]);
        pair.commit("second");
        pair.git.run(&["checkout", "-q", "v1"]);
    }),
    ("detached from a hash", |pair| {
        let head = pair.git.run(&["rev-parse", "HEAD"]);
        pair.git.run(&["checkout", "-q", head.trim()]);
        pair.write("c.txt", "d\n");
        pair.commit("away");
    }),
    ("detached at a branch", |pair| {
        pair.git.run(&["checkout", "-q", "--detach", "main"]);
    }),
    ("a merge in conflict", |pair| {
        pair.diverge(|pair, side| {
            pair.write("a.txt", format!("{side}\n{}", lines(2..=30)));
            pair.write(&format!("{side}.txt"), "x\n");
        });
        pair.git.attempt(&["merge", "side"]);
    }),
    ("a merge with every kind of conflict", |pair| {
        pair.write("both_deleted", "x\n");
        pair.write("deleted_here", "x\n");
        pair.write("deleted_there", "x\n");
        pair.write("bin", b"\0");
        pair.commit("more");
        pair.diverge(|pair, side| {
            pair.write("both_added", format!("{side}\n"));
            pair.write("bin", format!("\0{side}"));
            let (delete, change) = if side == "main" {
                ("deleted_here", "deleted_there")
            } else {
                ("deleted_there", "deleted_here")
            };
            fs::remove_file(pair.path().join(delete)).unwrap();
            pair.write(change, format!("{side}\n"));
            let target = format!("renamed_{side}");
            pair.git.run(&["mv", "both_deleted", &target]);
        });
        pair.git.attempt(&["merge", "side"]);
        pair.write("src/b.rs", "changed\n");
        pair.write("untracked", "x\n");
    }),
    ("a conflict with hunks far apart", |pair| {
        pair.diverge(|pair, side| {
            let text = lines(1..=30);
            let text = text.replace("line 3\n", &format!("line {side} three\n"));
            let text = text.replace(
                "line 12\n",
                if side == "main" {
                    ""
                } else {
                    "line 12\nmore\n"
                },
            );
            let text = text.replace("line 25\n", &format!("{side}\n{side} again\n"));
            pair.write("a.txt", text);
        });
        pair.git.attempt(&["merge", "side"]);
    }),
    (
        "a conflict that was edited, and one whose file is gone",
        |pair| {
            pair.diverge(|pair, side| {
                pair.write("a.txt", format!("{side}\n{}", lines(2..=30)));
                pair.write("c.txt", format!("{side}\n"));
                pair.write(
                    "src/b.rs",
                    format!("fn one() {{\n    {side}\n}}\n\nfn two() {{\n    {side}\n}}\n"),
                );
            });
            pair.git.attempt(&["merge", "side"]);
            pair.write("a.txt", format!("main\n{}", lines(2..=30)));
            fs::remove_file(pair.path().join("c.txt")).unwrap();
        },
    ),
    ("a merge that is resolved", |pair| {
        pair.diverge(|pair, side| pair.write("c.txt", format!("{side}\n")));
        pair.git.attempt(&["merge", "side"]);
        pair.write("c.txt", "both\n");
        pair.git.run(&["add", "-A"]);
    }),
    ("a cherry-pick in conflict", |pair| {
        pair.diverge(|pair, side| pair.write("c.txt", format!("{side}\n")));
        pair.git.attempt(&["cherry-pick", "side"]);
    }),
    ("a revert in conflict", |pair| {
        pair.write("c.txt", "d\n");
        pair.commit("second");
        pair.write("c.txt", "e\n");
        pair.commit("third");
        pair.git.attempt(&["revert", "HEAD~1"]);
    }),
    ("a rebase in conflict", |pair| {
        pair.diverge(|pair, side| pair.write("c.txt", format!("{side}\n")));
        pair.commit("one more");
        pair.git.attempt(&["rebase", "side"]);
    }),
    ("a rebase in conflict, resolved", |pair| {
        pair.diverge(|pair, side| pair.write("c.txt", format!("{side}\n")));
        pair.git.attempt(&["rebase", "side"]);
        pair.write("c.txt", "both\n");
        pair.git.run(&["add", "-A"]);
    }),
    ("a bisection", |pair| {
        pair.commit("second");
        pair.commit("third");
        pair.commit("fourth");
        pair.git.run(&["bisect", "start"]);
        pair.git.run(&["bisect", "bad"]);
        pair.git.run(&["bisect", "good", "HEAD~3"]);
    }),
    ("ahead of, behind and gone from the upstream", |pair| {
        pair.commit("second");
        for (branch, at) in [("ahead", "HEAD"), ("behind", "HEAD~1"), ("gone", "HEAD")] {
            pair.git.run(&["branch", branch, at]);
        }
        pair.git.run(&["config", "remote.origin.url", "/nowhere"]);
        pair.git.run(&[
            "config",
            "remote.origin.fetch",
            "+refs/heads/*:refs/remotes/origin/*",
        ]);
        pair.git
            .run(&["update-ref", "refs/remotes/origin/main", "HEAD~1"]);
        pair.git.run(&[
            "symbolic-ref",
            "refs/remotes/origin/HEAD",
            "refs/remotes/origin/main",
        ]);
        for (key, value) in [("remote", "origin"), ("merge", "refs/heads/main")] {
            pair.git
                .run(&["config", &format!("branch.main.{key}"), value]);
        }
    }),
    ("a submodule with changes of every kind", |pair| {
        let nested = pair.path().join("sub");
        fs::create_dir(&nested).unwrap();
        let git = Git::new(&nested).unwrap();
        git.run(&["init", "-q", "-b", "main"]);
        write(nested.join("f"), "f\n");
        git.run(&["add", "-A"]);
        git.run(&["commit", "-q", "-m", "nested"]);
        pair.git
            .run(&["-c", "advice.addEmbeddedRepo=false", "add", "sub"]);
        pair.git.run(&["commit", "-q", "-m", "with sub"]);
        write(nested.join("f"), "g\n");
        git.run(&["commit", "-q", "-a", "-m", "further"]);
        write(nested.join("f"), "h\n");
        write(nested.join("untracked"), "h\n");
    }),
    (
        "a file in place of a folder, and a folder in place of a file",
        |pair| {
            fs::remove_dir_all(pair.path().join("src")).unwrap();
            pair.write("src", "now a file\n");
            fs::remove_file(pair.path().join("c.txt")).unwrap();
            pair.write("c.txt/inner", "x\n");
        },
    ),
];

#[tokio::test]
async fn named_situations() {
    let mut compared = 0;
    for (name, prepare) in SITUATIONS {
        let Some(pair) = Pair::with_commit() else {
            return;
        };
        prepare(&pair);
        pair.compare(name).await;
        compared += 1;
    }
    assert_eq!(compared, SITUATIONS.len());
}

#[tokio::test]
async fn upstream_branches() {
    let Some(pair) = Pair::with_commit() else {
        return;
    };
    pair.commit("second");
    pair.git.run(&["config", "remote.origin.url", "/nowhere"]);
    pair.git.run(&[
        "config",
        "remote.origin.fetch",
        "+refs/heads/*:refs/remotes/origin/*",
    ]);
    pair.git.run(&["branch", "other", "HEAD~1"]);
    pair.git.run(&["checkout", "-q", "other"]);
    pair.commit("elsewhere");
    pair.git.run(&["checkout", "-q", "main"]);
    for key in [
        ("branch.main.remote", "origin"),
        ("branch.main.merge", "refs/heads/main"),
    ] {
        pair.git.run(&["config", key.0, key.1]);
    }
    pair.compare("gone").await;
    for (situation, at) in [
        ("equal", "main"),
        ("ahead", "main~1"),
        ("diverged", "other"),
    ] {
        pair.git
            .run(&["update-ref", "refs/remotes/origin/main", at]);
        pair.compare(situation).await;
    }
    pair.git
        .run(&["update-ref", "refs/remotes/origin/main", "main"]);
    pair.git.run(&["reset", "-q", "--hard", "HEAD~1"]);
    pair.compare("behind").await;
}

#[tokio::test]
async fn before_the_first_commit() {
    let Some(pair) = Pair::new() else { return };
    pair.compare("nothing").await;
    pair.write("a", "a\n");
    pair.compare("untracked").await;
    pair.git.run(&["add", "a"]);
    pair.compare("staged").await;
    pair.write("a", "b\n");
    pair.compare("staged and changed").await;
}

/// Small, and the same everywhere: xorshift.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

/// A file of words, some of which change when `edits` grows.
fn prose(random: &mut Random, count: usize) -> Vec<String> {
    let words = [
        "fn main() {",
        "    let x = 1;",
        "}",
        "",
        "  indented",
        "_private",
        "$cash",
        "the same line",
    ];
    (0..count)
        .map(|_| words[random.below(words.len())].to_owned())
        .collect()
}

fn edit(random: &mut Random, lines: &mut Vec<String>) {
    for _ in 0..=random.below(6) {
        let at = random.below(lines.len() + 1);
        match random.below(3) {
            0 => lines.insert(at, format!("inserted {}", random.below(9))),
            1 if at < lines.len() => {
                lines.remove(at);
            }
            _ if at < lines.len() => lines[at] = format!("changed {}", random.below(9)),
            _ => {}
        }
    }
}

/// How many random repositories are made: `few`, or what `GIT_REPO_TEST_SEEDS` says.
fn seeds(few: u64) -> u64 {
    let more = std::env::var("GIT_REPO_TEST_SEEDS").ok();
    more.map_or(few, |more| more.parse().unwrap())
}

fn random_step(pair: &Pair, random: &mut Random) {
    let names = [
        "a",
        "b.txt",
        "dir/c",
        "dir/d.rs",
        "dir/deep/e",
        "other/f",
        "g h",
    ];
    let name = names[random.below(names.len())];
    let path = pair.path().join(name);
    match random.below(10) {
        0..=4 => {
            if path.is_dir() || path.ancestors().skip(1).any(Path::is_file) {
                return;
            }
            let text = fs::read_to_string(&path).unwrap_or_default();
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            if lines.is_empty() {
                let count = 5 + random.below(60);
                lines = prose(random, count);
            }
            edit(random, &mut lines);
            let end = if random.below(8) == 0 { "" } else { "\n" };
            write(&path, lines.join("\n") + end);
        }
        5 => {
            let _ = fs::remove_file(&path);
        }
        6 => {
            let target = pair.path().join(format!("{name}.moved"));
            if path.is_file() && !target.exists() {
                fs::rename(&path, target).unwrap();
            }
        }
        7 => pair.git.attempt(&["add", "-A", "--", "dir"]),
        8 => pair.git.attempt(&["add", "-A"]),
        _ => pair.git.attempt(&["commit", "-q", "-m", "step"]),
    }
}

#[tokio::test]
async fn random_states() {
    for seed in 1..=seeds(8) {
        let Some(pair) = Pair::with_commit() else {
            return;
        };
        let mut random = Random::new(seed);
        for step in 0..24 {
            random_step(&pair, &mut random);
            if step % 4 == 3 {
                pair.compare(&format!("seed {seed}, step {step}")).await;
            }
        }
    }
}

#[tokio::test]
async fn random_conflicts() {
    for seed in 1..=seeds(12) {
        let Some(pair) = Pair::new() else { return };
        let mut random = Random::new(seed);
        let count = 10 + random.below(40);
        let base = prose(&mut random, count);
        pair.write("f", base.join("\n") + "\n");
        pair.commit("base");
        pair.git.run(&["checkout", "-q", "-b", "side"]);
        let mut theirs = base.clone();
        edit(&mut random, &mut theirs);
        pair.write("f", theirs.join("\n") + "\n");
        pair.commit("side");
        pair.git.run(&["checkout", "-q", "main"]);
        let mut ours = base.clone();
        edit(&mut random, &mut ours);
        edit(&mut random, &mut ours);
        pair.write("f", ours.join("\n") + "\n");
        pair.commit("main");
        pair.git.attempt(&["merge", "-q", "side"]);
        pair.compare(&format!("conflict {seed}")).await;
        // As if somebody had started to resolve it.
        let text = fs::read_to_string(pair.path().join("f")).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        edit(&mut random, &mut lines);
        pair.write("f", lines.join("\n") + "\n");
        pair.compare(&format!("conflict {seed}, edited")).await;
    }
}
