//! `git_checkout`.

use agentcore_gateway_target::Parameters;
use git2::ErrorCode;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::Server;
use crate::answer::Answer;
use crate::arguments::{RepoPath, Revision};
use crate::error::GitError;
use crate::head::{self, Head};
use crate::operation;
use crate::settings::Settings;
use crate::switching;
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
        let work = move |tree: &WorkTree, _: &Settings| run(tree, &input);
        self.with_work_tree(path, Purpose::Write, work).await
    }
}

fn run(tree: &WorkTree, input: &Input) -> Result<Answer, GitError> {
    let name = input.branch_name.as_str();
    let repository = &tree.repository;
    let failed = || GitError::git("switch branches");
    let full = format!("refs/heads/{name}");
    if matches!(name, "HEAD" | "@") {
        return Ok(answer(tree, &head::read(tree)?));
    }
    let is_branch = match repository.find_reference(&full) {
        Ok(_) => true,
        Err(error) if matches!(error.code(), ErrorCode::NotFound | ErrorCode::InvalidSpec) => false,
        Err(error) => return Err(failed()(error)),
    };
    let commit = if is_branch {
        let reference = repository.find_reference(&full).map_err(failed())?;
        tree.tip(&reference)?
            .ok_or_else(|| GitError::RevisionNotFound {
                revision: name.to_owned(),
                hint: "; the branch leads to no commit",
            })?
    } else {
        tree.commit(&input.branch_name)?
    };
    if is_branch && head::read(tree)? != Head::Branch(name.as_bytes().to_vec()) {
        refuse_used_elsewhere(tree, name)?;
    }
    let missing = switching::switch_files(tree, &commit)?;
    let head = if is_branch {
        repository.set_head(&full).map_err(failed())?;
        Head::Branch(name.as_bytes().to_vec())
    } else {
        // By reference where there is one, so that the log says its name.
        let reference = repository.resolve_reference_from_short_name(name);
        let annotated = match &reference {
            Ok(reference) => repository.reference_to_annotated_commit(reference),
            Err(_) => repository.find_annotated_commit(commit.id()),
        };
        let annotated = annotated
            .ok()
            .filter(|annotated| annotated.id() == commit.id());
        match annotated {
            Some(annotated) => repository.set_head_detached_from_annotated(annotated),
            None => repository.set_head_detached(commit.id()),
        }
        .map_err(failed())?;
        Head::Detached(commit.id())
    };
    missing.write(tree)?;
    operation::forget(tree);
    Ok(answer(tree, &head))
}

fn answer(tree: &WorkTree, head: &Head) -> Answer {
    let commit = tree.head_commit().ok().flatten().map(|id| id.to_string());
    match head {
        Head::Branch(name) => {
            let name = String::from_utf8_lossy(name);
            let fields = json!({ "branch": name, "hash": commit });
            Answer::with(format!("Switched to branch '{name}'"), fields)
        }
        Head::Detached(id) => {
            let fields = json!({ "branch": null, "hash": commit });
            Answer::with(
                format!("HEAD is now detached at {:.7}", id.to_string()),
                fields,
            )
        }
    }
}

/// One branch, one work tree: two of them would move it under each other.
fn refuse_used_elsewhere(tree: &WorkTree, name: &str) -> Result<(), GitError> {
    if head::elsewhere(tree).contains(name.as_bytes()) {
        return Err(GitError::CheckoutRefused(format!(
            "branch '{name}' is checked out in another work tree of this repository"
        )));
    }
    Ok(())
}
