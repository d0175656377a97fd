//! The part of a repository's configuration that this server lets libgit2 see.
//!
//! libgit2 would also read the machine's and the user's configuration, and settings that name
//! files. Neither belongs into an answer, so the repository's own file is read, what is known to
//! be harmless is copied into a file of ours, and libgit2 is given that one.

use std::collections::HashSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use git2::{Config, ConfigLevel};
use tempfile::NamedTempFile;

use crate::confinement::{Located, read_small};
use crate::error::GitError;

/// Whole settings that are taken over; `core.*` that name files or programs are not among them.
const KEPT: [&str; 17] = [
    "core.abbrev",
    "core.autocrlf",
    "core.eol",
    "core.filemode",
    "core.ignorecase",
    "core.logallrefupdates",
    "core.precomposeunicode",
    "core.quotepath",
    "core.repositoryformatversion",
    "core.safecrlf",
    "core.sharedrepository",
    "core.symlinks",
    "core.trustctime",
    "diff.renames",
    "diff.renamelimit",
    "i18n.commitencoding",
    "index.version",
];

/// Sections that are taken over whole.
const KEPT_SECTIONS: [&str; 6] = [
    "author.",
    "branch.",
    "committer.",
    "extensions.",
    "remote.",
    "user.",
];

/// Included files deep, as git limits them.
const DEEPEST: usize = 10;

/// A configuration, and the file that it is read from: it goes with the value.
#[derive(Debug)]
pub(crate) struct Reviewed {
    _file: NamedTempFile,
    pub(crate) config: ReviewedConfig,
}

/// [`Config`] does not say what it holds.
pub(crate) struct ReviewedConfig(pub(crate) Config);

impl std::fmt::Debug for ReviewedConfig {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ReviewedConfig")
    }
}

/// Reads the configuration of `located` and keeps what is harmless.
pub(crate) fn reviewed(located: &Located) -> Result<Reviewed, GitError> {
    let mut text = String::new();
    for file in [
        located.common_dir.join("config"),
        located.git_dir.join("config.worktree"),
    ] {
        if file.exists() {
            copy_kept(&file, &mut text)?;
        }
    }
    // Last, so that they win. An empty file in place of `~/.config/git/ignore` and `attributes`.
    text.push_str(
        "[core]\n\tbare = false\n\texcludesfile = /dev/null\n\tattributesfile = /dev/null\n",
    );
    let write = || -> std::io::Result<NamedTempFile> {
        let mut file = tempfile::Builder::new().prefix("git-config-").tempfile()?;
        file.write_all(text.as_bytes())?;
        Ok(file)
    };
    let file = write().map_err(GitError::io("write a temporary configuration file"))?;
    let mut config = Config::new().map_err(GitError::git("read its configuration"))?;
    config
        .add_file(file.path(), ConfigLevel::Local, false)
        .map_err(GitError::git("read its configuration"))?;
    Ok(Reviewed {
        _file: file,
        config: ReviewedConfig(config),
    })
}

fn copy_kept(file: &Path, text: &mut String) -> Result<(), GitError> {
    let failed = || GitError::git("read its configuration");
    let config = Config::open(file).map_err(failed())?;
    let entries = config.entries(None).map_err(failed())?;
    entries
        .for_each(|entry| {
            // A name or value that is not UTF-8 is none that matters here.
            let (Ok(name), Ok(value)) = (entry.name(), entry.value()) else {
                return;
            };
            let kept_section = KEPT_SECTIONS
                .iter()
                .any(|section| name.starts_with(section));
            if kept_section || KEPT.contains(&name) {
                push_entry(text, name, value);
            }
        })
        .map_err(failed())
}

fn push_entry(text: &mut String, name: &str, value: &str) {
    let Some((section, rest)) = name.split_once('.') else {
        return;
    };
    let quoted = |text: &str| {
        let text = text.replace('\\', "\\\\").replace('"', "\\\"");
        text.replace('\n', "\\n").replace('\t', "\\t")
    };
    match rest.rsplit_once('.') {
        // A subsection cannot hold a newline; git's own parser refuses it too.
        Some((subsection, _)) if subsection.contains('\n') => {}
        Some((subsection, key)) => {
            let subsection = subsection.replace('\\', "\\\\").replace('"', "\\\"");
            text.push_str(&format!(
                "[{section} \"{subsection}\"]\n\t{key} = \"{}\"\n",
                quoted(value)
            ));
        }
        None => text.push_str(&format!("[{section}]\n\t{rest} = \"{}\"\n", quoted(value))),
    }
}

/// Refuses a configuration file that includes what `allowed` does not allow. `Err` says what.
pub(crate) fn check_includes(file: &Path, allowed: &dyn Fn(&Path) -> bool) -> Result<(), String> {
    check(file, allowed, DEEPEST, &mut HashSet::new())
}

fn check(
    file: &Path,
    allowed: &dyn Fn(&Path) -> bool,
    depth: usize,
    seen: &mut HashSet<PathBuf>,
) -> Result<(), String> {
    if fs::symlink_metadata(file).is_err() || !seen.insert(file.to_owned()) {
        return Ok(());
    }
    let outside = || "`include.path` in its configuration".to_owned();
    let bytes =
        read_small(file).map_err(|_| "a configuration that is not a small file".to_owned())?;
    for target in included(&String::from_utf8_lossy(&bytes)) {
        // What cannot be told for sure is taken for outside.
        let target = target.ok_or_else(outside)?;
        let target = file.parent().unwrap_or(Path::new("/")).join(target);
        if depth == 0 || !allowed(&target) {
            return Err(outside());
        }
        check(&target, allowed, depth - 1, seen)?;
    }
    Ok(())
}

/// The paths that a configuration file includes; `None` for one that is not plainly a path.
fn included(text: &str) -> Vec<Option<String>> {
    let mut paths = Vec::new();
    let mut including = false;
    for line in text.lines() {
        let mut line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            let name = header.trim_start().to_ascii_lowercase();
            including = name.starts_with("include");
            if !including {
                continue;
            }
            match header.rsplit_once(']') {
                Some((_, rest)) => line = rest.trim(),
                None => {
                    paths.push(None);
                    continue;
                }
            }
        }
        if !including || line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        paths.push(plain_path(line));
    }
    paths
}

fn plain_path(line: &str) -> Option<String> {
    let (key, value) = line.split_once('=')?;
    let value = value.trim();
    let value = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'))
        .unwrap_or(value);
    let plain = key.trim().eq_ignore_ascii_case("path")
        && !value.is_empty()
        && !value.starts_with(['~', '%'])
        && !value.contains(['"', '\\', '#', ';']);
    plain.then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn includes_are_found_however_they_are_written() {
        let text = "[core]\n\tpath = no\n[include]\n path = a\n[Include] path=\"b c\"\n\
                    [includeIf \"gitdir:/x/\"]\n\t; note\n\tPATH = /abs\n[user]\n path = no\n";
        let paths: Vec<_> = included(text).into_iter().flatten().collect();
        assert_eq!(paths, ["a", "b c", "/abs"]);
    }

    #[test]
    fn includes_that_are_not_plain_are_not_guessed() {
        for line in ["path = ~/x", "path = a\\\n", "path = \"a\" b", "path"] {
            assert_eq!(included(&format!("[include]\n{line}")), [None], "{line}");
        }
    }

    #[test]
    fn entries_survive_quoting() {
        let mut text = String::new();
        push_entry(&mut text, "branch.we\"ird.name.merge", "a \"b\" \\ # c");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config");
        fs::write(&file, text).unwrap();
        let config = Config::open(&file).unwrap();
        let value = config.get_string("branch.we\"ird.name.merge").unwrap();
        assert_eq!(value, "a \"b\" \\ # c");
    }
}
