//! `git_diff_unstaged`.

use agentcore_gateway_target::Parameters;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::Server;
use crate::answer::{Answer, BoundedText};
use crate::arguments::{ContextLines, RepoPath};
use crate::diff_text::{DiffWriter, NARROW};
use crate::error::GitError;
use crate::settings::Settings;
use crate::work_tree::{Purpose, WorkTree};

/// Input of `git_diff_unstaged`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Root folder of the repository's work tree. A relative path counts from the allowed root.
    repo_path: RepoPath,
    /// Unchanged lines to show around each change, 0 or more. Default 3.
    #[serde(default)]
    context_lines: ContextLines,
}

#[tool_router(router = git_diff_unstaged_router, vis = "pub(crate)")]
impl Server {
    /// Show what was changed in the work tree but not staged, as a unified diff. Untracked files
    /// are not part of it.
    #[tool(annotations(
        read_only_hint = true,
        destructive_hint = false,
        idempotent_hint = true,
        open_world_hint = false
    ))]
    async fn git_diff_unstaged(
        &self,
        Parameters(input): Parameters<Input>,
    ) -> Result<Answer, GitError> {
        let path = input.repo_path.clone();
        let work = move |tree: &WorkTree, _: &Settings| run(tree, &input);
        self.with_work_tree(path, Purpose::Read, work).await
    }
}

fn run(tree: &WorkTree, input: &Input) -> Result<Answer, GitError> {
    let mut text = BoundedText::new();
    text.push("Unstaged changes:\n");
    DiffWriter::new(tree, input.context_lines.get())?.unstaged(&mut text)?;
    Ok(Answer::text(text.finish_below_heading(NARROW)))
}
