//! The real git and our server, side by side.

use std::fs;
use std::path::Path;

use agentcore_gateway_target::Dispatcher;
use git_repo_server::Server;
use serde_json::json;
use tempfile::TempDir;

use crate::support::git::Git;
use crate::support::{seed::write, server, text};

/// A repository that real git made, and our server beside it.
pub(crate) struct Pair {
    pub(crate) git: Git,
    pub(crate) ours: Dispatcher<Server>,
    _folder: TempDir,
}

impl Pair {
    pub(crate) fn new() -> Option<Self> {
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
    pub(crate) fn with_commit() -> Option<Self> {
        let pair = Self::new()?;
        pair.write("a.txt", lines(1..=30));
        pair.write("src/b.rs", "fn one() {\n    1\n}\n\nfn two() {\n    2\n}\n");
        pair.write("c.txt", "c\n");
        pair.commit("first");
        Some(pair)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.git.folder
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        write(self.path().join(path), content);
    }

    pub(crate) fn commit(&self, message: &str) {
        self.git.run(&["add", "-A"]);
        self.git
            .run(&["commit", "-q", "--allow-empty", "-m", message]);
    }

    /// Two branches that changed the same files; `change` makes the change of one of them.
    pub(crate) fn diverge(&self, change: impl Fn(&Self, &str)) {
        self.git.run(&["checkout", "-q", "-b", "side"]);
        change(self, "side");
        self.commit("side");
        self.git.run(&["checkout", "-q", "main"]);
        change(self, "main");
        self.commit("main");
    }

    /// Compares status and every diff with git's.
    pub(crate) async fn compare(&self, situation: &str) {
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

    pub(crate) async fn equal(
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

pub(crate) fn lines(range: std::ops::RangeInclusive<u32>) -> String {
    range.map(|number| format!("line {number}\n")).collect()
}
