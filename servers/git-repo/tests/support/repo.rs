//! A repository in a fresh root, and a server that allows it.

use std::path::{Path, PathBuf};

use agentcore_gateway_target::Dispatcher;
use git_repo_server::Server;
use git2::Repository;
use serde_json::Value;
use tempfile::TempDir;

use super::{call, failure, reply, seed, server, text};

/// A repository named `repo`.
pub(crate) struct Repo {
    pub(crate) path: PathBuf,
    pub(crate) repository: Repository,
    pub(crate) server: Dispatcher<Server>,
    _folder: TempDir,
}

impl Repo {
    /// Without commits.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let path = root.join("repo");
        Self {
            repository: seed::init(&path),
            server: server(&root),
            path,
            _folder: folder,
        }
    }

    /// With `top` and `dir/file` in one commit.
    pub(crate) fn new() -> Self {
        let repo = Self::empty();
        repo.write("top", "top\n");
        repo.write("dir/file", "content\n");
        repo.commit("first\n", 1);
        repo
    }

    pub(crate) fn root(&self) -> &Path {
        self.path.parent().unwrap()
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        seed::write(self.path.join(path), content);
    }

    /// Commits everything, on a day in January 2024.
    pub(crate) fn commit(&self, message: &str, day: i8) -> git2::Oid {
        seed::add_all(&self.repository);
        seed::commit(&self.repository, message, (seed::day(1, day, 0), 0), &[])
    }

    /// The text of a call that succeeds.
    pub(crate) async fn text(&self, tool: &str, arguments: Value) -> String {
        text(&self.server, tool, here(arguments)).await
    }

    /// Code and message of a call that fails.
    pub(crate) async fn failure(&self, tool: &str, arguments: Value) -> (String, String) {
        failure(&self.server, tool, here(arguments)).await
    }

    /// Whether a call fails, and its text.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> (bool, String) {
        call(&self.server, tool, &here(arguments)).await
    }

    /// The structured content of a call.
    pub(crate) async fn fields(&self, tool: &str, arguments: Value) -> Value {
        reply(&self.server, tool, &here(arguments)).await["result"]["structuredContent"].clone()
    }
}

fn here(mut arguments: Value) -> Value {
    if arguments["repo_path"].is_null() {
        arguments["repo_path"] = "repo".into();
    }
    arguments
}
