//! The long form of `git status`, and the same facts as fields.

use serde_json::{Value, json};

use crate::abbreviation::Abbreviation;
use crate::answer::{Answer, BoundedText};
use crate::changes::{self, Change, Conflict, Staged, Unstaged};
use crate::content::kind;
use crate::error::GitError;
use crate::head::{self, Head, Upstream};
use crate::operation::{self, Operation};
use crate::quoting::Quoting;
use crate::renames;
use crate::work_tree::WorkTree;

/// Width of the words before a path, and of those before an unmerged one.
const LABEL: usize = 12;
const UNMERGED_LABEL: usize = 17;

/// How to get a shorter status.
const NARROW: &str = "stage, commit or ignore some of the files";

/// Everything that `git status` tells.
struct Status {
    head: Head,
    initial: bool,
    heading: String,
    upstream: Option<Upstream>,
    operation: Operation,
    staged: Vec<Change>,
    conflicts: Vec<Conflict>,
    unstaged: Unstaged,
}

/// Answers for the whole work tree.
pub(crate) fn answer(tree: &WorkTree) -> Result<Answer, GitError> {
    let abbreviation = Abbreviation::new(tree)?;
    let status = read(tree, &abbreviation)?;
    let mut text = BoundedText::new();
    text.push("Repository status:\n");
    status.write(tree.quoting(), &abbreviation, &mut text);
    let fields = status.fields(tree.quoting());
    Ok(Answer::with(text.finish_trimmed(NARROW), fields))
}

fn read(tree: &WorkTree, abbreviation: &Abbreviation<'_>) -> Result<Status, GitError> {
    let index = tree.index()?;
    let entries = Staged::read(&index);
    let unstaged = changes::unstaged(tree, &index, &entries)?;
    let staged = renames::find(tree, changes::staged(tree, &entries)?)?;
    let operation = operation::read(tree, abbreviation);
    let head = head::read(tree)?;
    let (heading, upstream) = match &head {
        Head::Branch(name) => {
            let name = String::from_utf8_lossy(name).into_owned();
            (format!("On branch {name}"), head::upstream(tree, &name)?)
        }
        Head::Detached(_) => (detached(tree, &operation, abbreviation), None),
    };
    Ok(Status {
        initial: tree.head_commit()?.is_none(),
        head,
        heading,
        upstream,
        operation,
        staged,
        conflicts: entries.conflicts.into_values().collect(),
        unstaged,
    })
}

fn detached(tree: &WorkTree, operation: &Operation, abbreviation: &Abbreviation<'_>) -> String {
    if let Some(rebase) = &operation.rebase {
        let interactive = if rebase.interactive {
            "interactive "
        } else {
            ""
        };
        let onto = rebase.onto.as_deref().unwrap_or_default();
        return format!("{interactive}rebase in progress; onto {onto}");
    }
    match head::origin(tree, abbreviation) {
        Some(origin) => {
            let at = if origin.at { "at" } else { "from" };
            format!("HEAD detached {at} {}", origin.name)
        }
        None => "Not currently on any branch.".to_owned(),
    }
}

/// What happened to a file, in git's words.
fn word(change: &Change) -> &'static str {
    match (&change.old, &change.new) {
        (None, _) => "new file",
        (_, None) => "deleted",
        _ if change.similarity.is_some() => "renamed",
        (Some(old), Some(new)) if kind(old.mode) != kind(new.mode) => "typechange",
        _ => "modified",
    }
}

/// Which of ancestor, ours and theirs there are, as bits; and git's words for it.
fn unmerged_word(conflict: &Conflict) -> (u8, &'static str) {
    let bits = conflict.stages.iter().enumerate();
    let mask = bits.fold(0, |mask, (bit, stage)| {
        mask | u8::from(stage.is_some()) << bit
    });
    let word = match mask {
        1 => "both deleted",
        2 => "added by us",
        3 => "deleted by them",
        4 => "added by them",
        5 => "deleted by us",
        6 => "both added",
        _ => "both modified",
    };
    (mask, word)
}

impl Status {
    fn write(&self, quoting: Quoting, abbreviation: &Abbreviation<'_>, text: &mut BoundedText) {
        text.push(format!("{}\n", self.heading));
        if let (Some(upstream), false) = (&self.upstream, self.initial) {
            text.push(upstream.lines());
            text.push("\n");
        }
        let unmerged = !self.conflicts.is_empty();
        text.push(self.operation.lines(unmerged, abbreviation));
        if self.initial {
            text.push("\nNo commits yet\n\n");
        }
        self.write_staged(quoting, text);
        self.write_conflicts(quoting, text);
        self.write_unstaged(quoting, text);
        if !self.unstaged.untracked.is_empty() {
            text.push("Untracked files:\n");
            text.push("  (use \"git add <file>...\" to include in what will be committed)\n");
            for path in &self.unstaged.untracked {
                text.push([b"\t", &*quoting.path("", path), b"\n"].concat());
            }
            text.push("\n");
        }
        self.write_summary(text);
    }

    fn unstage_hint(&self, text: &mut BoundedText) {
        if self.operation.concludes() {
            return;
        }
        text.push(if self.initial {
            "  (use \"git rm --cached <file>...\" to unstage)\n"
        } else {
            "  (use \"git restore --staged <file>...\" to unstage)\n"
        });
    }

    fn write_staged(&self, quoting: Quoting, text: &mut BoundedText) {
        if self.staged.is_empty() {
            return;
        }
        text.push("Changes to be committed:\n");
        self.unstage_hint(text);
        for change in &self.staged {
            write_change(change, quoting, "", text);
        }
        text.push("\n");
    }

    fn write_conflicts(&self, quoting: Quoting, text: &mut BoundedText) {
        if self.conflicts.is_empty() {
            return;
        }
        text.push("Unmerged paths:\n");
        self.unstage_hint(text);
        let masks = || {
            self.conflicts
                .iter()
                .map(|conflict| unmerged_word(conflict).0)
        };
        let both_deleted = masks().any(|mask| mask == 1);
        let one_deleted = masks().any(|mask| mask == 3 || mask == 5);
        let none_deleted = masks().any(|mask| !matches!(mask, 1 | 3 | 5));
        text.push(match (both_deleted, one_deleted, none_deleted) {
            (false, false, _) => "  (use \"git add <file>...\" to mark resolution)\n",
            (true, false, false) => "  (use \"git rm <file>...\" to mark resolution)\n",
            _ => "  (use \"git add/rm <file>...\" as appropriate to mark resolution)\n",
        });
        for conflict in &self.conflicts {
            let label = format!(
                "\t{:<UNMERGED_LABEL$}",
                format!("{}:", unmerged_word(conflict).1)
            );
            text.push([label.as_bytes(), &quoting.path("", &conflict.path), b"\n"].concat());
        }
        text.push("\n");
    }

    fn write_unstaged(&self, quoting: Quoting, text: &mut BoundedText) {
        let changes = &self.unstaged.changes;
        if changes.is_empty() && self.unstaged.submodules.is_empty() {
            return;
        }
        text.push("Changes not staged for commit:\n");
        let removal = if changes.iter().any(|change| change.new.is_none()) {
            "/rm"
        } else {
            ""
        };
        text.push(format!(
            "  (use \"git add{removal} <file>...\" to update what will be committed)\n"
        ));
        text.push("  (use \"git restore <file>...\" to discard changes in working directory)\n");
        let mut states = self.unstaged.submodules.values();
        if states.any(|state| state.modified_content || state.untracked_content) {
            text.push("  (commit or discard the untracked or modified content in submodules)\n");
        }
        for change in changes {
            let state = self.unstaged.submodules.get(change.path());
            let words = state.map(|state| state.words().join(", "));
            let note = words.map(|words| format!(" ({words})")).unwrap_or_default();
            write_change(change, quoting, &note, text);
        }
        text.push("\n");
    }

    fn write_summary(&self, text: &mut BoundedText) {
        let concluding = self.operation.merge && self.conflicts.is_empty();
        if !self.staged.is_empty() || concluding {
            return;
        }
        text.push(
            if !self.unstaged.changes.is_empty() || !self.conflicts.is_empty() {
                "no changes added to commit (use \"git add\" and/or \"git commit -a\")\n"
            } else if !self.unstaged.untracked.is_empty() {
                "nothing added to commit but untracked files present (use \"git add\" to track)\n"
            } else if self.initial {
                "nothing to commit (create/copy files and use \"git add\" to track)\n"
            } else {
                "nothing to commit, working tree clean\n"
            },
        );
    }

    fn fields(&self, quoting: Quoting) -> Value {
        let change = |change: &Change| {
            let mut fields = json!({
                "change": word(change).replace(' ', "_"),
                "path": quoting.text(change.path()),
            });
            if let (Some(_), Some(old)) = (change.similarity, &change.old) {
                fields["old_path"] = quoting.text(&old.path).into();
            }
            fields
        };
        let list = |changes: &[Change]| changes.iter().map(change).collect::<Vec<_>>();
        let conflict = |conflict: &Conflict| {
            json!({
                "change": unmerged_word(conflict).1.replace(' ', "_"),
                "path": quoting.text(&conflict.path),
            })
        };
        let untracked = self
            .unstaged
            .untracked
            .iter()
            .map(|path| quoting.text(path));
        let (branch, detached_at) = match &self.head {
            Head::Branch(name) => (Some(String::from_utf8_lossy(name).into_owned()), None),
            Head::Detached(id) => (None, Some(id.to_string())),
        };
        let counts = self
            .upstream
            .as_ref()
            .and_then(|upstream| upstream.ahead_behind);
        json!({
            "branch": branch,
            "detached_at": detached_at,
            "has_commits": !self.initial,
            "upstream": self.upstream.as_ref().map(|upstream| &upstream.name),
            "ahead": counts.map(|(ahead, _)| ahead),
            "behind": counts.map(|(_, behind)| behind),
            "operation": self.operation.name(),
            "staged": list(&self.staged),
            "unmerged": self.conflicts.iter().map(conflict).collect::<Vec<_>>(),
            "unstaged": list(&self.unstaged.changes),
            "untracked": untracked.collect::<Vec<_>>(),
        })
    }
}

fn write_change(change: &Change, quoting: Quoting, note: &str, text: &mut BoundedText) {
    let label = format!("\t{:<LABEL$}", format!("{}:", word(change)));
    text.push(label);
    if let (Some(_), Some(old)) = (change.similarity, &change.old) {
        text.push([&*quoting.path("", &old.path), b" -> "].concat());
    }
    text.push([&*quoting.path("", change.path()), note.as_bytes(), b"\n"].concat());
}
