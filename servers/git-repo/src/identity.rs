//! Who a commit is by: git's own variables, the repository's configuration, the server's setting.

use git2::{Config, Signature, Time};

use crate::error::GitError;
use crate::settings::{Person, Settings};
use crate::work_tree::WorkTree;

/// Author and committer of a commit that is made now.
pub(crate) fn signatures(
    tree: &WorkTree,
    settings: &Settings,
) -> Result<[Signature<'static>; 2], GitError> {
    let now = jiff::Timestamp::now().as_second();
    let author = signature(
        tree.config(),
        "author",
        &settings.author,
        &settings.fallback,
        now,
    )?;
    let committer = signature(
        tree.config(),
        "committer",
        &settings.committer,
        &settings.fallback,
        now,
    )?;
    Ok([author, committer])
}

fn signature(
    config: &Config,
    role: &str,
    person: &Person,
    fallback: &Person,
    now: i64,
) -> Result<Signature<'static>, GitError> {
    let configured = |key: &str| {
        let value = config
            .get_string(&format!("{role}.{key}"))
            .or_else(|_| config.get_string(&format!("user.{key}")));
        value.ok().filter(|value| !value.trim().is_empty())
    };
    let name = person
        .name
        .clone()
        .or_else(|| configured("name"))
        .or(fallback.name.clone());
    let email = person
        .email
        .clone()
        .or_else(|| configured("email"))
        .or(fallback.email.clone());
    let (Some(name), Some(email)) = (name, email) else {
        return Err(GitError::IdentityMissing);
    };
    let (seconds, minutes) = person.date.unwrap_or((now, 0));
    Signature::new(&name, &email, &Time::new(seconds, minutes))
        .map_err(GitError::git("use the configured name and email"))
}
