//! Walks from HEAD into the past, in the order of `git log`; and what a commit says.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};

use git2::{Commit, ErrorCode, Oid};

use crate::error::GitError;
use crate::work_tree::WorkTree;

/// Which commits are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Range {
    /// Oldest and newest time of the committer, in seconds since 1970, both included.
    pub(crate) since: Option<i64>,
    pub(crate) until: Option<i64>,
}

/// Newest first by the committer's time; commits of one time in the order they were found.
pub(crate) struct Walk<'repository> {
    tree: &'repository WorkTree,
    range: Range,
    queue: BinaryHeap<(i64, Reverse<usize>, Oid)>,
    seen: HashSet<Oid>,
}

impl<'repository> Walk<'repository> {
    pub(crate) fn new(
        tree: &'repository WorkTree,
        start: Oid,
        range: Range,
    ) -> Result<Self, GitError> {
        let mut walk = Self {
            tree,
            range,
            queue: BinaryHeap::new(),
            seen: HashSet::new(),
        };
        tree.check(start)?;
        let commit = tree
            .repository
            .find_commit(start)
            .map_err(GitError::git("read a commit"))?;
        walk.enqueue(&commit);
        Ok(walk)
    }

    fn enqueue(&mut self, commit: &Commit<'_>) {
        let seconds = commit.time().seconds();
        // As `git log --since`: history below an older commit is not searched.
        let too_old = self.range.since.is_some_and(|since| seconds < since);
        if !too_old && self.seen.insert(commit.id()) {
            self.queue
                .push((seconds, Reverse(self.seen.len()), commit.id()));
        }
    }

    fn step(&mut self) -> Result<Option<Commit<'repository>>, GitError> {
        let failed = || GitError::git("read a commit");
        while let Some((seconds, _, id)) = self.queue.pop() {
            let commit = self.tree.repository.find_commit(id).map_err(failed())?;
            for parent in commit.parent_ids() {
                self.tree.check(parent)?;
                match self.tree.repository.find_commit(parent) {
                    Ok(parent) => self.enqueue(&parent),
                    // The edge of a shallow clone.
                    Err(error) if error.code() == ErrorCode::NotFound => {}
                    Err(error) => return Err(failed()(error)),
                }
            }
            if self.range.until.is_none_or(|until| seconds <= until) {
                return Ok(Some(commit));
            }
        }
        Ok(None)
    }
}

impl<'repository> Iterator for Walk<'repository> {
    type Item = Result<Commit<'repository>, GitError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.step().transpose()
    }
}

/// The message of a commit, in the encoding that it states.
pub(crate) fn message(commit: &Commit<'_>) -> String {
    decode(commit, commit.message_raw_bytes())
}

/// Text of a commit. Latin-1 is the one old encoding that still turns up; all else is UTF-8.
pub(crate) fn decode(commit: &Commit<'_>, bytes: &[u8]) -> String {
    let encoding = commit.message_encoding().ok().flatten().unwrap_or_default();
    let latin = ["iso-8859-1", "iso8859-1", "latin1", "latin-1"];
    if latin.iter().any(|name| encoding.eq_ignore_ascii_case(name)) {
        return bytes.iter().copied().map(char::from).collect();
    }
    String::from_utf8_lossy(bytes).into_owned()
}
