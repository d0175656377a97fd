//! From a caller's revision to an object.

use git2::{Commit, ErrorCode, Object, ObjectType, Oid, Reference, Tree};

use crate::arguments::Revision;
use crate::error::GitError;
use crate::work_tree::WorkTree;

impl WorkTree {
    /// The object that `revision` names.
    pub(crate) fn object(&self, revision: &Revision) -> Result<Object<'_>, GitError> {
        let text = revision.as_str();
        self.check_way_to(text)?;
        self.repository.revparse_single(text).map_err(|error| {
            // A range is not a revision, and libgit2 looks for a ref of that name.
            let hint = match error.code() {
                ErrorCode::Ambiguous => "; this short hash fits several objects, give more of it",
                _ if text.contains("..") => "; ranges such as `a..b` are not accepted",
                _ => "",
            };
            let known = matches!(
                error.code(),
                ErrorCode::NotFound
                    | ErrorCode::InvalidSpec
                    | ErrorCode::Ambiguous
                    | ErrorCode::UnbornBranch
                    | ErrorCode::Peel
            );
            // What it says of an expression that it cannot follow, as `HEAD^{blob}`.
            let expression = error.class() == git2::ErrorClass::Invalid
                || error.class() == git2::ErrorClass::Reference
                || error.class() == git2::ErrorClass::Regex;
            if known || expression {
                GitError::RevisionNotFound {
                    revision: text.to_owned(),
                    hint,
                }
            } else {
                GitError::git("look up the revision")(error)
            }
        })
    }

    /// Checks the objects that libgit2 will read on its way to what `text` names, as far as it is
    /// made of a name, `~N`, `^N` and `:path`. What cannot be followed is left to libgit2 to report.
    fn check_way_to(&self, text: &str) -> Result<(), GitError> {
        let end = text.find(['~', '^', ':', '@']).unwrap_or(text.len());
        let (name, mut rest) = text.split_at(end);
        let name = if name.is_empty() { "HEAD" } else { name };
        let Some(mut id) = self.named(name) else {
            return Ok(());
        };
        loop {
            self.check(id)?;
            let Ok(object) = self.repository.find_object(id, None) else {
                return Ok(());
            };
            if let Some(tag) = object.as_tag() {
                id = tag.target_id();
                continue;
            }
            let Some(commit) = object.as_commit() else {
                return Ok(());
            };
            self.check(commit.tree_id())?;
            let (sign, after) = match rest.split_at_checked(1) {
                Some((sign @ ("~" | "^"), after)) => (sign, after),
                Some((":", path)) => return self.check_folders(commit.tree_id(), path),
                _ => return Ok(()),
            };
            let digits = after.len()
                - after
                    .trim_start_matches(|sign: char| sign.is_ascii_digit())
                    .len();
            let (count, after) = after.split_at(digits);
            let count: usize = if count.is_empty() {
                1
            } else {
                count.parse().unwrap_or(usize::MAX)
            };
            // `~N` is N times `^1`.
            let (parent, steps) = if sign == "~" { (1, count) } else { (count, 1) };
            rest = after;
            if parent == 0 {
                continue;
            }
            for _ in 0..steps {
                self.check(id)?;
                let Ok(commit) = self.repository.find_commit(id) else {
                    return Ok(());
                };
                let Ok(next) = commit.parent_id(parent - 1) else {
                    return Ok(());
                };
                id = next;
            }
        }
    }

    /// The commit that a ref leads to, through symbolic refs and tags. `None` when it leads to
    /// nothing, or to something else.
    pub(crate) fn tip(&self, reference: &Reference<'_>) -> Result<Option<Commit<'_>>, GitError> {
        let Ok(resolved) = reference.resolve() else {
            return Ok(None);
        };
        let Some(mut id) = resolved.target() else {
            return Ok(None);
        };
        loop {
            self.check(id)?;
            let Ok(object) = self.repository.find_object(id, None) else {
                return Ok(None);
            };
            match object.as_tag() {
                Some(tag) => id = tag.target_id(),
                None => return Ok(object.into_commit().ok()),
            }
        }
    }

    /// The object that a ref, or a hash that may be short, names.
    fn named(&self, name: &str) -> Option<Oid> {
        let reference = self.repository.resolve_reference_from_short_name(name);
        if let Some(id) = reference
            .ok()
            .and_then(|reference| reference.resolve().ok()?.target())
        {
            return Some(id);
        }
        let prefix = Oid::from_str(name).ok()?;
        self.repository
            .odb()
            .ok()?
            .exists_prefix(prefix, name.len())
            .ok()
    }

    fn check_folders(&self, top: Oid, path: &str) -> Result<(), GitError> {
        let mut id = top;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            let Ok(folder) = self.repository.find_tree(id) else {
                return Ok(());
            };
            let Some(entry) = folder.get_name(name) else {
                return Ok(());
            };
            id = entry.id();
            self.check(id)?;
        }
        Ok(())
    }

    /// The commit that `revision` names, itself or through a tag.
    pub(crate) fn commit(&self, revision: &Revision) -> Result<Commit<'_>, GitError> {
        let object = self.object(revision)?;
        peel_to_commit(object).map_err(|object| GitError::NotACommit {
            revision: revision.to_string(),
            kind: kind_word(&object),
        })
    }

    /// The tree of the commit, or the folder, that `revision` names.
    pub(crate) fn tree(&self, revision: &Revision) -> Result<Tree<'_>, GitError> {
        let object = self.object(revision)?;
        object.peel_to_tree().map_err(|_| GitError::NotACommit {
            revision: revision.to_string(),
            kind: kind_word(&object),
        })
    }
}

fn peel_to_commit(object: Object<'_>) -> Result<Commit<'_>, Object<'_>> {
    match object.peel_to_commit() {
        Ok(commit) => Ok(commit),
        Err(_) => Err(object),
    }
}

fn kind_word(object: &Object<'_>) -> &'static str {
    match object.kind() {
        Some(ObjectType::Tree) => "folder",
        Some(ObjectType::Blob) => "file",
        Some(ObjectType::Tag) => "tag of something else",
        _ => "object",
    }
}
