//! `git_reset`.

use agentcore_gateway_target::Parameters;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::Server;
use crate::answer::Answer;
use crate::arguments::RepoPath;
use crate::error::GitError;
use crate::settings::Settings;
use crate::work_tree::{Purpose, WorkTree};

/// Input of `git_reset`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Root folder of the repository's work tree. A relative path counts from the allowed root.
    repo_path: RepoPath,
}

#[tool_router(router = git_reset_router, vis = "pub(crate)")]
impl Server {
    /// Unstage everything: the index becomes HEAD's again. Files in the work tree are not touched.
    #[tool(annotations(
        read_only_hint = false,
        destructive_hint = true,
        idempotent_hint = true,
        open_world_hint = false
    ))]
    async fn git_reset(&self, Parameters(input): Parameters<Input>) -> Result<Answer, GitError> {
        let path = input.repo_path;
        let work = move |tree: &WorkTree, _: &Settings| run(tree);
        self.with_work_tree(path, Purpose::Write, work).await
    }
}

fn run(tree: &WorkTree) -> Result<Answer, GitError> {
    let failed = || GitError::git("reset the index");
    let mut index = match tree.index() {
        // What was staged is to go anyway.
        Err(GitError::DamagedIndex { .. }) => {
            let file = tree.located.git_dir.join("index");
            std::fs::remove_file(file).map_err(GitError::io("replace the damaged index"))?;
            tree.index()?
        }
        index => index?,
    };
    match tree.head_tree()? {
        Some(head) => index.read_tree(&head).map_err(failed())?,
        None => index.clear().map_err(failed())?,
    }
    index.write().map_err(failed())?;
    Ok(Answer::text("All staged changes reset"))
}
