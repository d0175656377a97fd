//! What HEAD is at, in the words of `git status` and `git branch`.

use std::collections::HashSet;

use git2::{BranchType, ErrorCode, Oid};

use crate::abbreviation::Abbreviation;
use crate::confinement::read_small;
use crate::error::GitError;
use crate::work_tree::WorkTree;

/// What HEAD is at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Head {
    /// A branch, which may have no commits yet.
    Branch(Vec<u8>),
    Detached(Oid),
}

/// Reads HEAD.
pub(crate) fn read(tree: &WorkTree) -> Result<Head, GitError> {
    let failed = || GitError::git("read HEAD");
    let head = tree.repository.find_reference("HEAD").map_err(failed())?;
    if let Some(target) = head.symbolic_target_bytes() {
        let name = target.strip_prefix(b"refs/heads/").unwrap_or(target);
        return Ok(Head::Branch(name.to_vec()));
    }
    let target = head.target();
    target.map(Head::Detached).ok_or_else(|| {
        failed()(git2::Error::from_str(
            "HEAD names neither a branch nor a commit",
        ))
    })
}

/// Branches that other work trees of the repository have checked out.
pub(crate) fn elsewhere(tree: &WorkTree) -> HashSet<Vec<u8>> {
    let common = &tree.located.common_dir;
    let linked = std::fs::read_dir(common.join("worktrees"))
        .into_iter()
        .flatten()
        .flatten();
    let folders = linked.map(|entry| entry.path()).chain([common.clone()]);
    folders
        .filter(|folder| *folder != tree.located.git_dir)
        .filter_map(|folder| read_small(&folder.join("HEAD")).ok())
        .filter_map(|head| {
            let name = head.strip_prefix(b"ref: refs/heads/")?;
            Some(name.trim_ascii_end().to_vec())
        })
        .collect()
}

/// Where a detached HEAD came from.
#[derive(Debug)]
pub(crate) struct Origin {
    /// A tag, remote branch, full name of a branch, or short hash.
    pub(crate) name: String,
    /// Whether HEAD has not moved since.
    pub(crate) at: bool,
}

/// Finds in the log of HEAD what was checked out last.
pub(crate) fn origin(tree: &WorkTree, abbreviation: &Abbreviation<'_>) -> Option<Origin> {
    let log = tree.repository.reflog("HEAD").ok()?;
    let (id, name) = log.iter().find_map(|entry| {
        let message = entry.message_bytes()?;
        let message = String::from_utf8_lossy(message).into_owned();
        let moved = message.strip_prefix("checkout: moving from ")?;
        let (_, name) = moved.split_once(" to ")?;
        Some((entry.id_new(), name.trim_end_matches('\n').to_owned()))
    })?;
    let name = full_name(tree, &name, id).unwrap_or_else(|| abbreviation.short(id));
    let at = tree.head_commit().ok().flatten() == Some(id);
    Some(Origin { name, at })
}

/// The one reference that `name` stands for, if it is still at `id`.
fn full_name(tree: &WorkTree, name: &str, id: Oid) -> Option<String> {
    let patterns = ["", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/"];
    let mut found = patterns.iter().filter_map(|prefix| {
        let reference = tree
            .repository
            .find_reference(&format!("{prefix}{name}"))
            .ok()?;
        Some((format!("{prefix}{name}"), reference))
    });
    let (full, reference) = found.next()?;
    let ambiguous = found.next().is_some();
    let at = tree.tip(&reference).ok()??.id() == id;
    if ambiguous || !at {
        return None;
    }
    let short = full
        .strip_prefix("refs/tags/")
        .or(full.strip_prefix("refs/remotes/"));
    Some(short.unwrap_or(&full).to_owned())
}

/// How a branch relates to the one that it follows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Upstream {
    /// Short name, as in `origin/main`.
    pub(crate) name: String,
    /// Commits only here and only there; `None` when the other is gone.
    pub(crate) ahead_behind: Option<(usize, usize)>,
}

/// Finds the upstream that is configured for `branch`.
pub(crate) fn upstream(tree: &WorkTree, branch: &str) -> Result<Option<Upstream>, GitError> {
    let repository = &tree.repository;
    let full = format!("refs/heads/{branch}");
    let Ok(name) = repository.branch_upstream_name(&full) else {
        return Ok(None);
    };
    let Ok(name) = name.as_str().map(str::to_owned) else {
        return Ok(None);
    };
    let short = name
        .strip_prefix("refs/remotes/")
        .or(name.strip_prefix("refs/heads/"))
        .unwrap_or(&name)
        .to_owned();
    let failed = || GitError::git("compare the branch with its upstream");
    let theirs = match repository.refname_to_id(&name) {
        Ok(id) => Some(id),
        Err(error) if error.code() == ErrorCode::NotFound => None,
        Err(error) => return Err(failed()(error)),
    };
    let ahead_behind = match (repository.find_branch(branch, BranchType::Local), theirs) {
        (Ok(local), Some(theirs)) => match local.get().target() {
            Some(ours) => Some(
                repository
                    .graph_ahead_behind(ours, theirs)
                    .map_err(failed())?,
            ),
            None => None,
        },
        _ => None,
    };
    Ok(Some(Upstream {
        name: short,
        ahead_behind,
    }))
}

impl Upstream {
    /// The lines that `git status` prints below the branch.
    pub(crate) fn lines(&self) -> String {
        let name = &self.name;
        let s = |count: usize| if count == 1 { "" } else { "s" };
        match self.ahead_behind {
            None => format!(
                "Your branch is based on '{name}', but the upstream is gone.\n  \
                 (use \"git branch --unset-upstream\" to fixup)\n"
            ),
            Some((0, 0)) => format!("Your branch is up to date with '{name}'.\n"),
            Some((ahead, 0)) => format!(
                "Your branch is ahead of '{name}' by {ahead} commit{}.\n  \
                 (use \"git push\" to publish your local commits)\n",
                s(ahead)
            ),
            Some((0, behind)) => format!(
                "Your branch is behind '{name}' by {behind} commit{}, and can be fast-forwarded.\n  \
                 (use \"git pull\" to update your local branch)\n",
                s(behind)
            ),
            Some((ahead, behind)) => format!(
                "Your branch and '{name}' have diverged,\n\
                 and have {ahead} and {behind} different commits each, respectively.\n  \
                 (use \"git pull\" if you want to integrate the remote branch with yours)\n"
            ),
        }
    }
}
