//! The real git, as a second opinion. Nothing of ours needs it.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder in which real git works, out of reach of the machine's configuration.
pub(crate) struct Git {
    pub(crate) folder: PathBuf,
}

impl Git {
    /// `None`, loudly, where there is no git.
    pub(crate) fn new(folder: &Path) -> Option<Self> {
        let git = Self {
            folder: folder.to_owned(),
        };
        if git.command(&["--version"]).output().is_err() {
            eprintln!("SKIPPED: no `git` on PATH, nothing was compared with it");
            return None;
        }
        Some(git)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.args(args).current_dir(&self.folder).env_clear();
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        for (name, value) in [
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_AUTHOR_NAME", "Ann Author"),
            ("GIT_AUTHOR_EMAIL", "ann@example.com"),
            ("GIT_COMMITTER_NAME", "Cy Committer"),
            ("GIT_COMMITTER_EMAIL", "cy@example.com"),
            ("GIT_AUTHOR_DATE", "2024-01-01T00:00:00+0000"),
            ("GIT_COMMITTER_DATE", "2024-01-01T00:00:00+0000"),
            ("GIT_EDITOR", "true"),
            ("GIT_ADVICE", "1"),
            ("LC_ALL", "C"),
            ("TZ", "UTC"),
        ] {
            command.env(name, value);
        }
        command.env("HOME", &self.folder);
        command
    }

    /// Runs git, which must succeed.
    pub(crate) fn run(&self, args: &[&str]) -> String {
        let output = self.command(args).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {args:?}: {error}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Runs git, which may fail: a merge with conflicts does.
    pub(crate) fn attempt(&self, args: &[&str]) {
        self.command(args).output().unwrap();
    }

    /// What git says when it refuses; `None` when it does what it is told.
    pub(crate) fn refusal(&self, args: &[&str]) -> Option<String> {
        let output = self.command(args).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        (!output.status.success()).then_some(error)
    }

    /// Whether git succeeds, without changing anything when it does not.
    pub(crate) fn succeeds(&self, args: &[&str]) -> bool {
        self.command(args).output().unwrap().status.success()
    }
}
