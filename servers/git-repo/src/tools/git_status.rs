//! `git_status`.

use agentcore_gateway_target::{Parameters, tool_meta};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::Server;
use crate::answer::Answer;
use crate::arguments::RepoPath;
use crate::error::GitError;
use crate::settings::Settings;
use crate::status;
use crate::work_tree::{Purpose, WorkTree};

/// Input of `git_status`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Root folder of the repository's work tree. A relative path counts from the allowed root.
    repo_path: RepoPath,
}

#[tool_router(router = git_status_router, vis = "pub(crate)")]
impl Server {
    /// Report the state of a work tree, in the words of `git status`: branch, what is staged, what
    /// is changed, what is new.
    #[tool(
        annotations(
            read_only_hint = true,
            destructive_hint = false,
            idempotent_hint = true,
            open_world_hint = false
        ),
        // A clear error where there is no repository.
        meta = tool_meta(&[], Some(json!({ "repo_path": "." })))
    )]
    async fn git_status(&self, Parameters(input): Parameters<Input>) -> Result<Answer, GitError> {
        let path = input.repo_path;
        let work = move |tree: &WorkTree, _: &Settings| run(tree);
        self.with_work_tree(path, Purpose::Read, work).await
    }
}

fn run(tree: &WorkTree) -> Result<Answer, GitError> {
    status::answer(tree)
}
