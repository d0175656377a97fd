//! `git_create_branch`.

use agentcore_gateway_target::Parameters;
use git2::{BranchType, Oid, Reference};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::Server;
use crate::answer::Answer;
use crate::arguments::{BranchName, RepoPath, Revision};
use crate::error::GitError;
use crate::head::{self, Head};
use crate::settings::Settings;
use crate::work_tree::{Purpose, WorkTree};

/// Input of `git_create_branch`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Root folder of the repository's work tree. A relative path counts from the allowed root.
    repo_path: RepoPath,
    /// Name of the new branch.
    branch_name: BranchName,
    /// Where it starts: a branch, tag or remote branch. The current branch when absent.
    #[serde(default)]
    base_branch: Option<Revision>,
}

#[tool_router(router = git_create_branch_router, vis = "pub(crate)")]
impl Server {
    /// Create a branch without switching to it.
    #[tool(annotations(
        read_only_hint = false,
        destructive_hint = false,
        idempotent_hint = false,
        open_world_hint = false
    ))]
    async fn git_create_branch(
        &self,
        Parameters(input): Parameters<Input>,
    ) -> Result<Answer, GitError> {
        let path = input.repo_path.clone();
        let work = move |tree: &WorkTree, _: &Settings| run(tree, &input);
        self.with_work_tree(path, Purpose::Write, work).await
    }
}

fn run(tree: &WorkTree, input: &Input) -> Result<Answer, GitError> {
    let name = input.branch_name.as_str();
    let full = format!("refs/heads/{name}");
    if name == "HEAD" || !Reference::is_valid_name(&full) {
        return Err(GitError::InvalidBranchName {
            name: name.to_owned(),
            reason: why_invalid(name),
        });
    }
    let (base, commit) = match &input.base_branch {
        Some(base) => (base.to_string(), start(tree, base.as_str())?),
        None => current(tree)?,
    };
    refuse_taken(tree, name)?;
    let note = format!("branch: Created from {base}");
    tree.repository
        .reference(&full, commit, false, &note)
        .map_err(GitError::git("create the branch"))?;
    let fields = json!({ "branch": name, "base": base, "hash": commit.to_string() });
    Ok(Answer::with(
        format!("Created branch '{name}' from '{base}'"),
        fields,
    ))
}

/// The commit of a reference: hashes and expressions are not accepted, as upstream has it.
fn start(tree: &WorkTree, base: &str) -> Result<Oid, GitError> {
    let found = tree.repository.resolve_reference_from_short_name(base).ok();
    let commit = found.map(|reference| tree.tip(&reference)).transpose()?;
    match commit.flatten() {
        Some(commit) => Ok(commit.id()),
        None => Err(GitError::BaseNotFound {
            name: base.to_owned(),
        }),
    }
}

/// The branch that HEAD is on, and its commit.
fn current(tree: &WorkTree) -> Result<(String, Oid), GitError> {
    match head::read(tree)? {
        Head::Detached(_) => Err(GitError::HeadDetached),
        Head::Branch(branch) => match tree.head_commit()? {
            Some(commit) => Ok((String::from_utf8_lossy(&branch).into_owned(), commit)),
            None => Err(GitError::NoCommits(tree.given.clone())),
        },
    }
}

/// A branch is a file: it cannot exist twice, nor be a folder as well.
fn refuse_taken(tree: &WorkTree, name: &str) -> Result<(), GitError> {
    let failed = || GitError::git("list the branches");
    for branch in tree
        .repository
        .branches(Some(BranchType::Local))
        .map_err(failed())?
    {
        let (branch, _) = branch.map_err(failed())?;
        // A name that is not UTF-8 cannot be one that a caller wrote.
        let Ok(Some(other)) = branch.name() else {
            continue;
        };
        if other == name {
            return Err(GitError::BranchExists {
                name: name.to_owned(),
            });
        }
        let inside = |outer: &str, inner: &str| {
            inner
                .strip_prefix(outer)
                .is_some_and(|rest| rest.starts_with('/'))
        };
        if inside(other, name) || inside(name, other) {
            return Err(GitError::BranchNameTaken {
                name: name.to_owned(),
                other: other.to_owned(),
            });
        }
    }
    Ok(())
}

/// The rule of git-check-ref-format that `name` breaks.
fn why_invalid(name: &str) -> &'static str {
    if name == "HEAD" {
        "it is the name of what is checked out"
    } else if name.contains([' ', '~', '^', ':', '?', '*', '[', '\\']) {
        "it contains a space or one of `~^:?*[\\`"
    } else if name.contains("..") || name.contains("@{") || name.contains("//") {
        "it contains `..`, `@{` or `//`"
    } else if name.starts_with('/') || name.ends_with('/') || name.ends_with('.') {
        "it starts with `/`, or ends with `/` or `.`"
    } else {
        "a part of it starts with `.` or ends with `.lock`"
    }
}
