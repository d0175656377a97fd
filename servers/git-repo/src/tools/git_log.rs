//! `git_log`.

use agentcore_gateway_target::{Parameters, lenient};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::Server;
use crate::answer::{Answer, BoundedText};
use crate::approxidate::{self, Bound};
use crate::arguments::{Moment, RepoPath};
use crate::dates;
use crate::error::GitError;
use crate::history::{self, Range, Walk};
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
        let work = move |tree: &WorkTree, _: &Settings| run(tree, &input);
        self.with_work_tree(path, Purpose::Read, work).await
    }
}

fn run(tree: &WorkTree, input: &Input) -> Result<Answer, GitError> {
    let now = jiff::Timestamp::now();
    let bound = |argument, moment: &Option<Moment>, bound| match moment {
        None => Ok(None),
        Some(moment) => approxidate::parse(moment.as_str(), now, bound)
            .map(Some)
            .ok_or_else(|| GitError::InvalidDate {
                argument,
                value: moment.to_string(),
            }),
    };
    let range = Range {
        since: bound("start_timestamp", &input.start_timestamp, Bound::Start)?,
        until: bound("end_timestamp", &input.end_timestamp, Bound::End)?,
    };
    let Some(head) = tree.head_commit()? else {
        return Err(GitError::NoCommits(tree.given.clone()));
    };
    // A negative count means all.
    let most = usize::try_from(input.max_count).unwrap_or(usize::MAX);
    let mut text = BoundedText::new();
    text.push("Commit history:\n");
    let mut commits = Vec::new();
    for (index, commit) in Walk::new(tree, head, range)?.take(most).enumerate() {
        let commit = commit?;
        let (author, message) = (commit.author(), history::message(&commit));
        let name = history::decode(&commit, author.name_bytes());
        let (hash, date) = (commit.id(), dates::local(author.when(), true));
        let gap = if index == 0 { "" } else { "\n" };
        text.push(format!(
            "{gap}Commit: {hash}\nAuthor: {name}\nDate: {date}\nMessage: {message}\n"
        ));
        if text.is_full() {
            break;
        }
        commits.push(json!({
            "hash": hash.to_string(),
            "author": name,
            "date": dates::rfc3339(author.when()),
            "message": message,
        }));
    }
    Ok(Answer::with(
        text.finish(NARROW),
        json!({ "commits": commits }),
    ))
}

fn default_max_count() -> i64 {
    10
}

/// How to get fewer commits.
const NARROW: &str = "ask for a smaller max_count, or between start_timestamp and end_timestamp";
