//! From a caller's revision to an object.

use git2::{Commit, ErrorCode, Object, ObjectType, Tree};

use crate::arguments::Revision;
use crate::error::GitError;
use crate::work_tree::WorkTree;

impl WorkTree {
    /// The object that `revision` names.
    pub(crate) fn object(&self, revision: &Revision) -> Result<Object<'_>, GitError> {
        let text = revision.as_str();
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
