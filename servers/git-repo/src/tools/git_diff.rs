//! `git_diff`.

use agentcore_gateway_target::Parameters;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::Server;
use crate::answer::{Answer, BoundedText};
use crate::arguments::{ContextLines, RepoPath, Revision};
use crate::diff_text::{DiffWriter, NARROW};
use crate::error::GitError;
use crate::settings::Settings;
use crate::work_tree::{Purpose, WorkTree};

/// Input of `git_diff`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Root folder of the repository's work tree. A relative path counts from the allowed root.
    repo_path: RepoPath,
    /// What to compare the work tree with: a branch, tag, hash or expression such as `HEAD~1`.
    target: Revision,
    /// Unchanged lines to show around each change, 0 or more. Default 3.
    #[serde(default)]
    context_lines: ContextLines,
}

#[tool_router(router = git_diff_router, vis = "pub(crate)")]
impl Server {
    /// Show how the work tree differs from a branch, tag or commit, as a unified diff. Ranges such
    /// as `a..b` are not accepted.
    #[tool(annotations(
        read_only_hint = true,
        destructive_hint = false,
        idempotent_hint = true,
        open_world_hint = false
    ))]
    async fn git_diff(&self, Parameters(input): Parameters<Input>) -> Result<Answer, GitError> {
        let path = input.repo_path.clone();
        let work = move |tree: &WorkTree, _: &Settings| run(tree, &input);
        self.with_work_tree(path, Purpose::Read, work).await
    }
}

fn run(tree: &WorkTree, input: &Input) -> Result<Answer, GitError> {
    let target = tree.tree(&input.target)?;
    let mut text = BoundedText::new();
    text.push(format!("Diff with {}:\n", input.target));
    DiffWriter::new(tree, input.context_lines.get())?.against(&target, &mut text)?;
    Ok(Answer::text(text.finish_below_heading(NARROW)))
}
