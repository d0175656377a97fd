//! Changes as unified diffs, as `git diff` prints them.

use git2::{DiffLineType, DiffOptions, Oid, Patch};

use crate::abbreviation::Abbreviation;
use crate::answer::BoundedText;
use crate::changes::{self, Change, Conflict, Staged};
use crate::combined_diff;
use crate::content::{Content, Side, declared_binary, kind, load};
use crate::error::GitError;
use crate::quoting::Quoting;
use crate::renames;
use crate::work_tree::{WorkTree, path_from_bytes};

/// How to ask for a smaller diff.
pub(crate) const NARROW: &str =
    "ask for fewer context_lines, or commit or unstage large files first";

/// Writes diffs of one repository.
pub(crate) struct DiffWriter<'tree> {
    pub(crate) tree: &'tree WorkTree,
    pub(crate) quoting: Quoting,
    pub(crate) abbreviation: Abbreviation<'tree>,
    pub(crate) context_lines: u32,
}

impl<'tree> DiffWriter<'tree> {
    pub(crate) fn new(tree: &'tree WorkTree, context_lines: u32) -> Result<Self, GitError> {
        Ok(Self {
            tree,
            quoting: tree.quoting(),
            abbreviation: Abbreviation::new(tree)?,
            context_lines,
        })
    }

    /// `git diff`: the index against the work tree.
    pub(crate) fn unstaged(&self, text: &mut BoundedText) -> Result<(), GitError> {
        let index = self.tree.index()?;
        let staged = Staged::read(&index);
        let unstaged = changes::unstaged(self.tree, &index, &staged)?;
        // git prints these while it looks, and everything else when it is done.
        let (combined, single): (Vec<&Conflict>, Vec<&Conflict>) = staged
            .conflicts
            .values()
            .partition(|conflict| conflict.stages[1].is_some() && conflict.stages[2].is_some());
        for conflict in combined {
            combined_diff::write(self, conflict, text)?;
        }
        let mut queue = renames::find(self.tree, unstaged.changes)?;
        for conflict in &single {
            let Some(old) = conflict.stages[1].clone() else {
                continue;
            };
            let new = changes::current(self.tree, &conflict.path)?;
            if new
                .as_ref()
                .is_none_or(|new| new.id != old.id || new.mode != old.mode)
            {
                queue.push(Change {
                    old: Some(old),
                    new,
                    similarity: None,
                });
            }
        }
        let unmerged = single.iter().map(|conflict| conflict.path.as_slice());
        self.queue(queue, unmerged.collect(), text)
    }

    /// `git diff --cached`: HEAD against the index.
    pub(crate) fn staged(&self, text: &mut BoundedText) -> Result<(), GitError> {
        let staged = Staged::read(&self.tree.index()?);
        let queue = renames::find(self.tree, changes::staged(self.tree, &staged)?)?;
        let unmerged = staged.conflicts.keys().map(Vec::as_slice);
        self.queue(queue, unmerged.collect(), text)
    }

    /// `git diff TARGET`: a commit against the work tree.
    pub(crate) fn against(
        &self,
        target: &git2::Tree<'_>,
        text: &mut BoundedText,
    ) -> Result<(), GitError> {
        let index = self.tree.index()?;
        let staged = Staged::read(&index);
        let unstaged = changes::unstaged(self.tree, &index, &staged)?;
        let changes = changes::against(self.tree, target, &staged, unstaged)?;
        self.queue(renames::find(self.tree, changes)?, Vec::new(), text)
    }

    /// Writes changes in order of their paths, each unmerged path before the change of that path.
    fn queue(
        &self,
        mut changes: Vec<Change>,
        unmerged: Vec<&[u8]>,
        text: &mut BoundedText,
    ) -> Result<(), GitError> {
        changes.sort_by(|a, b| a.path().cmp(b.path()));
        let mut unmerged = unmerged.into_iter().peekable();
        for change in &changes {
            while let Some(path) = unmerged.next_if(|path| *path <= change.path()) {
                self.unmerged(path, text);
            }
            self.change(change, text)?;
            if text.is_full() {
                return Ok(());
            }
        }
        for path in unmerged {
            self.unmerged(path, text);
        }
        Ok(())
    }

    fn unmerged(&self, path: &[u8], text: &mut BoundedText) {
        text.push("* Unmerged path ");
        text.push(path);
        text.push("\n");
    }

    /// Writes one change. A file that becomes a symlink is removed and made anew, as in git.
    pub(crate) fn change(&self, change: &Change, text: &mut BoundedText) -> Result<(), GitError> {
        if let (Some(old), Some(new)) = (&change.old, &change.new)
            && kind(old.mode) != kind(new.mode)
        {
            self.pair(Some(old), None, None, text)?;
            return self.pair(None, Some(new), None, text);
        }
        self.pair(
            change.old.as_ref(),
            change.new.as_ref(),
            change.similarity,
            text,
        )
    }

    fn pair(
        &self,
        old: Option<&Side>,
        new: Option<&Side>,
        similarity: Option<u32>,
        text: &mut BoundedText,
    ) -> Result<(), GitError> {
        let Some(either) = old.or(new) else {
            return Ok(());
        };
        let old_path = &old.unwrap_or(either).path;
        let new_path = &new.or(old).unwrap_or(either).path;
        let old_name = self.quoting.path("a/", old_path);
        let new_name = self.quoting.path("b/", new_path);
        text.push([b"diff --git ", &*old_name, b" ", &*new_name, b"\n"].concat());
        match (old, new) {
            (None, Some(new)) => text.push(format!("new file mode {:06o}\n", new.mode)),
            (Some(old), None) => text.push(format!("deleted file mode {:06o}\n", old.mode)),
            (Some(old), Some(new)) if old.mode != new.mode => text.push(format!(
                "old mode {:06o}\nnew mode {:06o}\n",
                old.mode, new.mode
            )),
            _ => {}
        }
        if let Some(percent) = similarity {
            text.push(format!("similarity index {percent}%\n"));
            for (word, path) in [("from", old_path), ("to", new_path)] {
                text.push(format!("rename {word} "));
                text.push(self.quoting.path("", path));
                text.push("\n");
            }
        }
        let id = |side: Option<&Side>| side.map_or(Oid::ZERO_SHA1, |side| side.id);
        let [before, after] = [self.load(old)?, self.load(new)?];
        let same = match (&before, &after) {
            (Some(Content::Bytes(before)), Some(Content::Bytes(after))) => before == after,
            _ => id(old) == id(new),
        };
        if same {
            return Ok(());
        }
        text.push(format!(
            "index {}..{}",
            self.abbreviation.short(id(old)),
            self.abbreviation.short(id(new))
        ));
        match (old, new) {
            (Some(old), Some(new)) if old.mode == new.mode => {
                text.push(format!(" {:06o}\n", old.mode));
            }
            _ => text.push("\n"),
        }
        let label = |side: Option<&Side>, name: Vec<u8>| match side {
            Some(_) => name,
            None => b"/dev/null".to_vec(),
        };
        let (old_name, new_name) = (label(old, old_name), label(new, new_name));
        if self.is_binary(old_path, before.as_ref()) || self.is_binary(new_path, after.as_ref()) {
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
            return Ok(());
        }
        let mut hunks = Hunks {
            header: Some(header(&old_name, &new_name)),
            text,
        };
        hunks.write(
            bytes(before.as_ref()),
            bytes(after.as_ref()),
            new_path,
            self.context_lines,
        )
    }

    fn load(&self, side: Option<&Side>) -> Result<Option<Content>, GitError> {
        side.map(|side| load(self.tree, side)).transpose()
    }

    fn is_binary(&self, path: &[u8], content: Option<&Content>) -> bool {
        match content {
            None => false,
            Some(Content::TooLarge) => true,
            Some(content) => {
                declared_binary(self.tree, path).unwrap_or_else(|| content.looks_binary())
            }
        }
    }

    /// Both sides of a change as text; `None` when they are binary.
    pub(crate) fn contents(
        &self,
        old: Option<&Side>,
        new: Option<&Side>,
    ) -> Result<Option<[Vec<u8>; 2]>, GitError> {
        let (before, after) = (self.load(old)?, self.load(new)?);
        let path = |side: Option<&Side>| side.map_or(Vec::new(), |side| side.path.clone());
        if self.is_binary(&path(old), before.as_ref()) || self.is_binary(&path(new), after.as_ref())
        {
            return Ok((bytes(before.as_ref()) == bytes(after.as_ref())
                && old.is_some() == new.is_some())
            .then(|| [Vec::new(), Vec::new()]));
        }
        Ok(Some(
            [before, after].map(|content| bytes(content.as_ref()).to_vec()),
        ))
    }
}

fn bytes(content: Option<&Content>) -> &[u8] {
    content.map_or(&[], Content::bytes)
}

/// The `---` and `+++` lines. A tab marks the end of a name with a space in it, for `patch`.
fn header(old_name: &[u8], new_name: &[u8]) -> Vec<u8> {
    let tab = |name: &[u8]| if name.contains(&b' ') { "\t" } else { "" };
    let mut header = Vec::new();
    for (sign, name) in [("--- ", old_name), ("+++ ", new_name)] {
        header.extend_from_slice(sign.as_bytes());
        header.extend_from_slice(name);
        header.extend_from_slice(tab(name).as_bytes());
        header.push(b'\n');
    }
    header
}

/// Writes hunks, after a header when there is one.
pub(crate) struct Hunks<'text> {
    pub(crate) header: Option<Vec<u8>>,
    pub(crate) text: &'text mut BoundedText,
}

impl Hunks<'_> {
    pub(crate) fn write(
        &mut self,
        old: &[u8],
        new: &[u8],
        path: &[u8],
        context_lines: u32,
    ) -> Result<(), GitError> {
        let failed = || GitError::git("compare two files");
        let mut options = options(context_lines);
        options.indent_heuristic(true);
        let name = Some(path_from_bytes(path));
        let patch =
            Patch::from_buffers(old, name, new, name, Some(&mut options)).map_err(failed())?;
        for hunk_index in 0..patch.num_hunks() {
            if let Some(header) = self.header.take() {
                self.text.push(header);
            }
            let (hunk, lines) = patch.hunk(hunk_index).map_err(failed())?;
            self.text.push(hunk.header());
            for line_index in 0..lines {
                if self.text.is_full() {
                    return Ok(());
                }
                let line = patch
                    .line_in_hunk(hunk_index, line_index)
                    .map_err(failed())?;
                match line.origin_value() {
                    DiffLineType::Context => self.text.push(" "),
                    DiffLineType::Addition => self.text.push("+"),
                    DiffLineType::Deletion => self.text.push("-"),
                    // "\n\\ No newline at end of file\n": the line before it had no newline.
                    _ => {}
                }
                self.text.push(line.content());
            }
        }
        Ok(())
    }
}

/// Options for two buffers whose kind is known to be text.
pub(crate) fn options(context_lines: u32) -> DiffOptions {
    let mut options = DiffOptions::new();
    options
        .context_lines(context_lines)
        .interhunk_lines(0)
        .force_text(true);
    options
}
