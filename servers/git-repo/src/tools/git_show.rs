//! `git_show`.

use agentcore_gateway_target::Parameters;
use git2::{Commit, Object, ObjectType, Tag};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::Server;
use crate::answer::{Answer, BoundedText};
use crate::arguments::{RepoPath, Revision};
use crate::changes;
use crate::content::{Side, kind};
use crate::dates;
use crate::diff_text::{DiffWriter, Hunks};
use crate::error::GitError;
use crate::history;
use crate::renames;
use crate::settings::Settings;
use crate::work_tree::{Purpose, WorkTree};

/// Input of `git_show`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Root folder of the repository's work tree. A relative path counts from the allowed root.
    repo_path: RepoPath,
    /// What to show: a branch, tag, hash or expression such as `HEAD~1` or `main:src/a.txt`.
    revision: Revision,
}

#[tool_router(router = git_show_router, vis = "pub(crate)")]
impl Server {
    /// Show one object: a commit with its changes against its first parent, the text of a file
    /// (`main:src/a.txt`), or the names in a folder (`main:src`).
    #[tool(annotations(
        read_only_hint = true,
        destructive_hint = false,
        idempotent_hint = true,
        open_world_hint = false
    ))]
    async fn git_show(&self, Parameters(input): Parameters<Input>) -> Result<Answer, GitError> {
        let path = input.repo_path.clone();
        let work = move |tree: &WorkTree, _: &Settings| run(tree, &input);
        self.with_work_tree(path, Purpose::Read, work).await
    }
}

fn run(tree: &WorkTree, input: &Input) -> Result<Answer, GitError> {
    let object = tree.object(&input.revision)?;
    let mut text = BoundedText::new();
    show(tree, object, &mut text, 0)?;
    Ok(Answer::text(text.finish(NARROW)))
}

/// How to get less.
const NARROW: &str =
    "show one file of the commit (`REVISION:path`), or git_diff with fewer context_lines";

/// Tags of tags that are followed.
const DEEPEST_TAG: usize = 10;

/// Lines around a change.
const CONTEXT_LINES: u32 = 3;

fn show(
    tree: &WorkTree,
    object: Object<'_>,
    text: &mut BoundedText,
    depth: usize,
) -> Result<(), GitError> {
    let failed = || GitError::git("show the object");
    if let Some(tag) = object.as_tag() {
        write_tag(tag, text);
        if depth < DEEPEST_TAG {
            {
                tree.check(tag.target_id())?;
                let target = tag.target().map_err(failed())?;
                show(tree, target, text, depth + 1)?;
            }
        }
    } else if let Some(commit) = object.as_commit() {
        write_commit(tree, commit, text)?;
    } else if let Some(blob) = object.as_blob() {
        text.push(blob.content());
    } else if let Some(folder) = object.as_tree() {
        for (index, entry) in folder.iter().enumerate() {
            let gap = if index == 0 { "" } else { "\n" };
            let slash = if entry.kind() == Some(ObjectType::Tree) {
                "/"
            } else {
                ""
            };
            text.push([gap.as_bytes(), entry.name_bytes(), slash.as_bytes()].concat());
        }
    }
    Ok(())
}

fn write_tag(tag: &Tag<'_>, text: &mut BoundedText) {
    text.push([b"tag ", tag.name_bytes(), b"\n"].concat());
    if let Some(tagger) = tag.tagger() {
        text.push(
            [
                b"Tagger: ",
                tagger.name_bytes(),
                b" <",
                tagger.email_bytes(),
                b">\n",
            ]
            .concat(),
        );
        text.push(format!("Date:   {}\n", dates::local(tagger.when(), false)));
    }
    let message = tag.message_bytes().unwrap_or_default();
    text.push(b"\n");
    text.push(message);
    if !message.ends_with(b"\n") {
        text.push("\n");
    }
    text.push("\n");
}

fn write_commit(
    tree: &WorkTree,
    commit: &Commit<'_>,
    text: &mut BoundedText,
) -> Result<(), GitError> {
    let failed = || GitError::git("show the commit");
    let author = commit.author();
    text.push(format!(
        "commit {}\nAuthor: {} <{}>\nDate:   {}\n\n",
        commit.id(),
        history::decode(commit, author.name_bytes()),
        history::decode(commit, author.email_bytes()),
        dates::local(author.when(), false)
    ));
    for line in history::message(commit).trim_end_matches('\n').split('\n') {
        text.push(format!("    {line}\n"));
    }
    let parent = match commit.parent_ids().next() {
        Some(id) => {
            tree.check(id)?;
            let parent = tree.repository.find_commit(id).map_err(failed())?;
            Some(tree.tree_of(&parent)?)
        }
        None => None,
    };
    let content = tree.tree_of(commit)?;
    let changes = changes::between(tree, parent.as_ref(), &content)?;
    let writer = DiffWriter::new(tree, CONTEXT_LINES)?;
    for change in renames::find(tree, changes)? {
        let sides = [change.old.as_ref(), change.new.as_ref()];
        match sides {
            // A file that becomes a symlink is removed and made anew.
            [Some(old), Some(new)] if kind(old.mode) != kind(new.mode) => {
                write_file(&writer, [Some(old), None], text)?;
                write_file(&writer, [None, Some(new)], text)?;
            }
            sides => write_file(&writer, sides, text)?,
        }
        if text.is_full() {
            break;
        }
    }
    Ok(())
}

fn write_file(
    writer: &DiffWriter<'_>,
    sides: [Option<&Side>; 2],
    text: &mut BoundedText,
) -> Result<(), GitError> {
    let [old, new] = sides;
    let name = |prefix: &[u8], side: Option<&Side>| match side {
        Some(side) => [prefix, &side.path].concat(),
        None => b"/dev/null".to_vec(),
    };
    let (old_name, new_name) = (name(b"a/", old), name(b"b/", new));
    text.push([b"\n--- ", &*old_name, b"\n+++ ", &*new_name, b"\n"].concat());
    match writer.contents(old, new)? {
        Some([before, after]) => {
            let path = &new.or(old).map_or(Vec::new(), |side| side.path.clone());
            Hunks { header: None, text }.write(&before, &after, path, CONTEXT_LINES)
        }
        None => {
            text.push(
                [
                    b"Binary files ",
                    &*old_name,
                    b" and ",
                    &*new_name,
                    b" differ\n",
                ]
                .concat(),
            );
            Ok(())
        }
    }
}
