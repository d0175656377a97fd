//! Repositories inside the work tree that the index records by their commit.
//!
//! libgit2 would open them by whatever their `.git` file says; here each passes the same checks
//! as any repository, and one that leads outside the roots counts as not checked out.

use std::fs;

use crate::changes::{self, Staged};
use crate::content::{REGULAR, SYMLINK, Side, Source};
use crate::error::GitError;
use crate::work_tree::{Purpose, WorkTree};

/// What `git status` says of a submodule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct State {
    pub(crate) new_commits: bool,
    pub(crate) modified_content: bool,
    pub(crate) untracked_content: bool,
}

impl State {
    /// In git's words, or nothing.
    pub(crate) fn words(self) -> Vec<&'static str> {
        let mut words = Vec::new();
        for (holds, word) in [
            (self.new_commits, "new commits"),
            (self.modified_content, "modified content"),
            (self.untracked_content, "untracked content"),
        ] {
            if holds {
                words.push(word);
            }
        }
        words
    }
}

/// Compares what the index records for a submodule with what is there.
pub(crate) fn inspect(
    tree: &WorkTree,
    recorded: &Side,
) -> Result<(Option<State>, Option<Side>), GitError> {
    let folder = tree.file(&recorded.path);
    let Ok(metadata) = fs::symlink_metadata(&folder) else {
        return Ok((None, None));
    };
    if !metadata.is_dir() {
        let mode = if metadata.is_symlink() {
            SYMLINK
        } else {
            REGULAR
        };
        let id = crate::content::hash_file(tree, &recorded.path, mode)?;
        let side = id.map(|id| Side {
            path: recorded.path.clone(),
            mode,
            id,
            source: Source::WorkTree,
        });
        return Ok((None, side));
    }
    let unchanged = || Ok((None, Some(recorded.clone())));
    let Some(nested) = open(tree, recorded)? else {
        return unchanged();
    };
    let Some(head) = nested.head_commit()? else {
        return unchanged();
    };
    let index = nested.index()?;
    let staged = Staged::read(&index);
    let unstaged = changes::unstaged(&nested, &index, &staged)?;
    let modified_content = !changes::staged(&nested, &staged)?.is_empty()
        || !unstaged.changes.is_empty()
        || !staged.conflicts.is_empty();
    let state = State {
        new_commits: head != recorded.id,
        modified_content,
        untracked_content: !unstaged.untracked.is_empty(),
    };
    if state == State::default() {
        return unchanged();
    }
    let side = Side {
        id: head,
        // `git diff` leaves untracked files of a submodule out of its `-dirty`.
        source: Source::Submodule {
            dirty: modified_content,
        },
        ..recorded.clone()
    };
    Ok((Some(state), Some(side)))
}

/// The repository that is checked out at `recorded`'s path, inside the roots.
pub(crate) fn open(tree: &WorkTree, recorded: &Side) -> Result<Option<WorkTree>, GitError> {
    let given = String::from_utf8_lossy(&recorded.path).into_owned();
    let folder = tree.file(&recorded.path);
    let confinement = tree.confinement.clone();
    let Some(located) = confinement.locate_nested(&given, &folder) else {
        return Ok(None);
    };
    // A folder without a `.git` of its own would be found again as the one around it.
    if located.work_dir == tree.root() {
        return Ok(None);
    }
    WorkTree::open_located(confinement, located, &given, Purpose::Read).map(Some)
}
