//! A repository that is allowed, and one beside it that is not.

use std::fs;
use std::path::PathBuf;

use agentcore_gateway_target::Dispatcher;
use git_repo_server::Server;
use serde_json::json;
use tempfile::TempDir;

use crate::support::{failure, seed, seed::write, server, text};

/// What must never show up in an answer.
pub(crate) const SECRET: &str = "the-secret-line";

/// `inside` is allowed and holds `repo`; `outside` is not, and holds a repository too.
pub(crate) struct Place {
    pub(crate) inside: PathBuf,
    pub(crate) outside: PathBuf,
    pub(crate) repo: PathBuf,
    pub(crate) server: Dispatcher<Server>,
    _folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
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

    pub(crate) fn configure(&self, text: &str) {
        let file = self.repo.join(".git/config");
        let config = fs::read_to_string(&file).unwrap();
        write(file, config + text);
    }

    /// The code with which `git_status` of `path` is refused.
    pub(crate) async fn refused(&self, path: &str) -> String {
        let (code, message) =
            failure(&self.server, "git_status", json!({ "repo_path": path })).await;
        assert!(!message.contains(SECRET), "{message}");
        code
    }

    pub(crate) async fn status(&self) -> String {
        text(&self.server, "git_status", json!({ "repo_path": "repo" })).await
    }
}
