//! `git_add`.

use agentcore_gateway_target::Parameters;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::Server;
use crate::answer::Answer;
use crate::arguments::{FileSpec, RepoPath};
use crate::error::GitError;
use crate::settings::Settings;
use crate::staging;
use crate::work_tree::{Purpose, WorkTree};

/// Input of `git_add`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Root folder of the repository's work tree. A relative path counts from the allowed root.
    repo_path: RepoPath,
    /// What to stage: paths of files or folders from the root of the repository (or absolute ones
    /// inside it), globs such as `*.txt`, or `.` for everything. At least one.
    #[schemars(length(min = 1))]
    files: Vec<FileSpec>,
}

#[tool_router(router = git_add_router, vis = "pub(crate)")]
impl Server {
    /// Stage files: new content, new files and deletions. Nothing is staged unless every entry
    /// matches something.
    #[tool(annotations(
        read_only_hint = false,
        destructive_hint = false,
        idempotent_hint = true,
        open_world_hint = false
    ))]
    async fn git_add(&self, Parameters(input): Parameters<Input>) -> Result<Answer, GitError> {
        let path = input.repo_path.clone();
        let work = move |tree: &WorkTree, _: &Settings| run(tree, &input);
        self.with_work_tree(path, Purpose::Write, work).await
    }
}

fn run(tree: &WorkTree, input: &Input) -> Result<Answer, GitError> {
    if input.files.is_empty() {
        return Err(GitError::NothingToStage);
    }
    Ok(Answer::text(if staging::stage(tree, &input.files)? {
        "Files staged successfully"
    } else {
        "No changes were staged: the given paths had nothing new to stage. \
         git_status shows what is modified or untracked."
    }))
}
