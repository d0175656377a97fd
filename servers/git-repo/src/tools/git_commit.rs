//! `git_commit`.

use agentcore_gateway_target::Parameters;
use git2::{Commit, Index, Oid, Signature};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::Server;
use crate::answer::Answer;
use crate::arguments::{CommitMessage, RepoPath};
use crate::changes::{self, INTENT_TO_ADD, Staged};
use crate::error::GitError;
use crate::identity;
use crate::operation;
use crate::settings::Settings;
use crate::work_tree::{Purpose, WorkTree};

/// Input of `git_commit`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Root folder of the repository's work tree. A relative path counts from the allowed root.
    repo_path: RepoPath,
    /// Message of the commit. Stored as it is; may be empty.
    message: CommitMessage,
}

#[tool_router(router = git_commit_router, vis = "pub(crate)")]
impl Server {
    /// Record what is staged as a new commit on the current branch, or conclude a merge. Hooks are
    /// not run and nothing is signed.
    #[tool(annotations(
        read_only_hint = false,
        destructive_hint = false,
        idempotent_hint = false,
        open_world_hint = false
    ))]
    async fn git_commit(&self, Parameters(input): Parameters<Input>) -> Result<Answer, GitError> {
        let path = input.repo_path.clone();
        let work = move |tree: &WorkTree, settings: &Settings| run(tree, settings, &input);
        self.with_work_tree(path, Purpose::Write, work).await
    }
}

fn run(tree: &WorkTree, settings: &Settings, input: &Input) -> Result<Answer, GitError> {
    let mut index = tree.index()?;
    if index.has_conflicts() {
        let conflicts = Staged::read(&index).conflicts;
        let quoting = tree.quoting();
        let paths: Vec<_> = conflicts.keys().map(|path| quoting.text(path)).collect();
        return Err(GitError::UnmergedPaths {
            paths: paths.join(", "),
        });
    }
    let failed = || GitError::git("make the commit");
    let repository = &tree.repository;
    let head = tree.head_commit()?;
    let merged = operation::merge_heads(tree);
    let content = repository
        .find_tree(write_tree(tree, &mut index)?)
        .map_err(failed())?;
    let before = tree.head_tree()?.map(|tree| tree.id());
    let unchanged = before.map_or(content.is_empty(), |before| before == content.id());
    if merged.is_empty() && unchanged {
        return Err(GitError::NothingStaged);
    }
    let [author, committer] = identity::signatures(tree, settings)?;
    let parents: Vec<Commit<'_>> = head
        .into_iter()
        .chain(merged)
        .map(|id| repository.find_commit(id))
        .collect::<Result<_, _>>()
        .map_err(failed())?;
    let parents: Vec<&Commit<'_>> = parents.iter().collect();
    let message = input.message.as_str();
    let hash = repository
        .commit(
            Some("HEAD"),
            &author,
            &committer,
            message,
            &content,
            &parents,
        )
        .map_err(failed())?;
    let kept = keep_autostash(tree, &committer)?;
    operation::forget(tree);
    let mut text = format!("Changes committed successfully with hash {hash}");
    if kept {
        text.push_str(
            ". What git had set aside for the merge (autostash) is now the newest stash; \
             `git stash pop` brings it back.",
        );
    }
    Ok(Answer::with(text, json!({ "hash": hash.to_string() })))
}

/// Writes the index as a tree. Files that are only announced are left out, as git does; libgit2
/// would record them as empty.
fn write_tree(tree: &WorkTree, index: &mut Index) -> Result<Oid, GitError> {
    let failed = || GitError::git("write the tree");
    // libgit2 reads back the trees that are there already.
    changes::files(tree, tree.head_tree()?.as_ref())?;
    let announced = |entry: &git2::IndexEntry| entry.flags_extended & INTENT_TO_ADD != 0;
    if !index.iter().any(|entry| announced(&entry)) {
        return index.write_tree().map_err(failed());
    }
    let mut without = Index::new().map_err(failed())?;
    for entry in index.iter().filter(|entry| !announced(entry)) {
        without.add(&entry).map_err(failed())?;
    }
    without.write_tree_to(&tree.repository).map_err(failed())
}

/// `git merge --autostash` leaves the hash of a stash behind. It becomes an ordinary one, because
/// applying it could fail after the commit was made.
fn keep_autostash(tree: &WorkTree, who: &Signature<'_>) -> Result<bool, GitError> {
    let failed = || GitError::git("keep the changes that were set aside for the merge");
    let file = tree.located.git_dir.join("MERGE_AUTOSTASH");
    let Ok(text) = std::fs::read_to_string(&file) else {
        return Ok(false);
    };
    let Ok(stash) = Oid::from_str(text.trim()) else {
        return Ok(false);
    };
    let repository = &tree.repository;
    repository.find_commit(stash).map_err(failed())?;
    repository
        .reference_ensure_log("refs/stash")
        .map_err(failed())?;
    repository
        .reference("refs/stash", stash, true, "autostash")
        .map_err(failed())?;
    // `reference` logs as the configured user; without one nothing is logged, and a stash is only
    // what its log says.
    let mut log = repository.reflog("refs/stash").map_err(failed())?;
    if log.get(0).is_none_or(|entry| entry.id_new() != stash) {
        log.append(stash, who, Some("autostash"))
            .map_err(failed())?;
        log.write().map_err(failed())?;
    }
    std::fs::remove_file(&file).map_err(GitError::io("remove `MERGE_AUTOSTASH`"))?;
    Ok(true)
}
