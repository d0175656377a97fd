//! What git was in the middle of: a merge, rebase, cherry-pick, revert, bisection.

use std::path::Path;

use git2::Oid;

use crate::abbreviation::Abbreviation;
use crate::confinement::read_small;
use crate::work_tree::WorkTree;

/// Lines of a rebase's plan that are shown of what is done and of what is left.
const PLAN_LINES: usize = 2;

/// Files that mark an operation as unfinished, which switching branches or committing ends.
const MARKERS: [&str; 7] = [
    "MERGE_HEAD",
    "MERGE_MODE",
    "MERGE_MSG",
    "CHERRY_PICK_HEAD",
    "REVERT_HEAD",
    "SQUASH_MSG",
    "AUTO_MERGE",
];

/// A rebase, or the part of it that is merged by hand.
#[derive(Debug, Default)]
pub(crate) struct Rebase {
    pub(crate) interactive: bool,
    pub(crate) branch: Option<String>,
    pub(crate) onto: Option<String>,
    done: Vec<String>,
    left: Vec<String>,
}

/// A commit that is picked or reverted; `None` between two of several.
type Picked = Option<Oid>;

/// Everything unfinished.
#[derive(Debug, Default)]
pub(crate) struct Operation {
    pub(crate) merge: bool,
    /// `git am`, and whether its patch is empty.
    am: Option<bool>,
    pub(crate) rebase: Option<Rebase>,
    cherry_pick: Option<Picked>,
    revert: Option<Picked>,
    /// Where a bisection started, if known.
    pub(crate) bisect: Option<Option<String>>,
    /// Whether git has a message ready for the commit that concludes it.
    has_message: bool,
    /// Whether a rebase stopped to split a commit.
    splitting: bool,
}

/// Reads what is unfinished in `tree`.
pub(crate) fn read(tree: &WorkTree, abbreviation: &Abbreviation<'_>) -> Operation {
    let folder = &tree.located.git_dir;
    let exists = |name: &str| folder.join(name).symlink_metadata().is_ok();
    let merge = exists("MERGE_HEAD");
    let mut operation = Operation {
        merge,
        has_message: exists("MERGE_MSG"),
        ..Operation::default()
    };
    read_rebase(folder, abbreviation, tree, &mut operation);
    if !merge && operation.rebase.is_none() && operation.am.is_none() {
        operation.cherry_pick = id_in(&folder.join("CHERRY_PICK_HEAD")).map(Some);
    }
    if exists("BISECT_LOG") {
        operation.bisect = Some(branch_in(&folder.join("BISECT_START"), abbreviation));
    }
    operation.revert = id_in(&folder.join("REVERT_HEAD")).map(Some);
    match first_command(&folder.join("sequencer/todo")).as_deref() {
        Some("pick" | "p") if operation.cherry_pick.is_none() => {
            operation.cherry_pick = Some(None);
        }
        Some("revert") if operation.revert.is_none() => operation.revert = Some(None),
        _ => {}
    }
    let text = |name: &str| text_in(&folder.join(name));
    operation.splitting = tree.repository.head_detached().unwrap_or(false)
        && match (text("rebase-merge/amend"), text("rebase-merge/orig-head")) {
            (Some(amend), Some(orig)) => {
                let head = tree.head_commit().ok().flatten().map(|id| id.to_string());
                let original = text("ORIG_HEAD");
                if amend == orig {
                    head.as_deref() != Some(amend.as_str())
                } else {
                    original.is_some_and(|original| original != orig)
                }
            }
            _ => false,
        };
    operation
}

fn read_rebase(
    folder: &Path,
    abbreviation: &Abbreviation<'_>,
    tree: &WorkTree,
    operation: &mut Operation,
) {
    let apply = folder.join("rebase-apply");
    let merge = folder.join("rebase-merge");
    if apply.is_dir() {
        if apply.join("applying").exists() {
            let patch = apply.join("patch").metadata();
            operation.am = Some(patch.is_ok_and(|patch| patch.len() == 0));
        } else {
            operation.rebase = Some(Rebase {
                branch: branch_in(&apply.join("head-name"), abbreviation),
                onto: branch_in(&apply.join("onto"), abbreviation),
                ..Rebase::default()
            });
        }
    } else if merge.is_dir() {
        let interactive = merge.join("interactive").exists();
        let plan = |name: &str| {
            if interactive {
                plan(tree, &merge.join(name), abbreviation)
            } else {
                Vec::new()
            }
        };
        operation.rebase = Some(Rebase {
            interactive,
            branch: branch_in(&merge.join("head-name"), abbreviation),
            onto: branch_in(&merge.join("onto"), abbreviation),
            done: plan("done"),
            left: plan("git-rebase-todo"),
        });
    }
}

fn text_in(file: &Path) -> Option<String> {
    let bytes = read_small(file).ok()?;
    Some(
        String::from_utf8_lossy(&bytes)
            .trim_end_matches('\n')
            .to_owned(),
    )
}

fn id_in(file: &Path) -> Option<Oid> {
    Oid::from_str(text_in(file)?.lines().next()?).ok()
}

fn first_command(file: &Path) -> Option<String> {
    let text = text_in(file)?;
    let line = text
        .lines()
        .find(|line| !line.is_empty() && !line.starts_with('#'))?;
    line.split_whitespace().next().map(str::to_owned)
}

/// A branch name, or a short hash; `None` for a detached HEAD.
fn branch_in(file: &Path, abbreviation: &Abbreviation<'_>) -> Option<String> {
    let text = text_in(file)?;
    if text.is_empty() || text == "detached HEAD" {
        return None;
    }
    if let Some(branch) = text.strip_prefix("refs/heads/") {
        return Some(branch.to_owned());
    }
    match Oid::from_str(&text) {
        Ok(id) if text.len() == 40 => Some(abbreviation.short(id)),
        _ => Some(text),
    }
}

/// The commands of a rebase's plan, with short hashes.
fn plan(tree: &WorkTree, file: &Path, abbreviation: &Abbreviation<'_>) -> Vec<String> {
    let text = text_in(file).unwrap_or_default();
    let lines = text.lines().map(str::trim);
    let commands = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let shorten = |line: &str| {
        let mut words = line.splitn(3, ' ');
        let (Some(command), Some(id)) = (words.next(), words.next()) else {
            return line.to_owned();
        };
        if matches!(command, "exec" | "x" | "label" | "l") {
            return line.to_owned();
        }
        let Ok(object) = tree.repository.revparse_single(id) else {
            return line.to_owned();
        };
        let id = abbreviation.short(object.id());
        match words.next() {
            Some(rest) => format!("{command} {id} {rest}"),
            None => format!("{command} {id}"),
        }
    };
    commands.map(shorten).collect()
}

impl Operation {
    /// One word, for structured content.
    pub(crate) fn name(&self) -> Option<&'static str> {
        match self {
            Self { merge: true, .. } => Some("merge"),
            Self { am: Some(_), .. } => Some("am"),
            Self {
                rebase: Some(_), ..
            } => Some("rebase"),
            Self {
                cherry_pick: Some(_),
                ..
            } => Some("cherry_pick"),
            Self {
                revert: Some(_), ..
            } => Some("revert"),
            Self {
                bisect: Some(_), ..
            } => Some("bisect"),
            _ => None,
        }
    }

    /// Whether a commit would conclude something, which changes git's hints.
    pub(crate) fn concludes(&self) -> bool {
        self.merge || matches!(self.cherry_pick, Some(Some(_)))
    }

    /// The paragraphs that `git status` prints about it.
    pub(crate) fn lines(&self, unmerged: bool, abbreviation: &Abbreviation<'_>) -> String {
        let mut text = String::new();
        if self.merge {
            if let Some(rebase) = self.rebase.as_ref().filter(|rebase| rebase.interactive) {
                rebase.plan_lines(&mut text);
                text.push('\n');
            }
            text.push_str(if unmerged {
                "You have unmerged paths.\n  (fix conflicts and run \"git commit\")\n  \
                 (use \"git merge --abort\" to abort the merge)\n\n"
            } else {
                "All conflicts fixed but you are still merging.\n  \
                 (use \"git commit\" to conclude merge)\n\n"
            });
        } else if let Some(empty) = self.am {
            am_lines(empty, &mut text);
        } else if let Some(rebase) = &self.rebase {
            rebase.plan_lines(&mut text);
            rebase.lines(self, unmerged, &mut text);
        } else if let Some(picked) = self.cherry_pick {
            let words = ("cherry-pick", "cherry-picking", "Cherry-pick");
            picked_lines(words, picked, unmerged, abbreviation, &mut text);
        } else if let Some(picked) = self.revert {
            let words = ("revert", "reverting", "Revert");
            picked_lines(words, picked, unmerged, abbreviation, &mut text);
        }
        if let Some(start) = &self.bisect {
            text.push_str("You are currently bisecting");
            if let Some(start) = start {
                text.push_str(&format!(", started from branch '{start}'"));
            }
            text.push_str(".\n  (use \"git bisect reset\" to get back to the original branch)\n\n");
        }
        text
    }
}

fn am_lines(empty: bool, text: &mut String) {
    text.push_str("You are in the middle of an am session.\n");
    text.push_str(if empty {
        "The current patch is empty.\n"
    } else {
        "  (fix conflicts and then run \"git am --continue\")\n"
    });
    text.push_str("  (use \"git am --skip\" to skip this patch)\n");
    if empty {
        text.push_str("  (use \"git am --allow-empty\" to record this patch as an empty commit)\n");
    }
    text.push_str("  (use \"git am --abort\" to restore the original branch)\n\n");
}

fn picked_lines(
    (command, doing, title): (&str, &str, &str),
    picked: Picked,
    unmerged: bool,
    abbreviation: &Abbreviation<'_>,
    text: &mut String,
) {
    match picked {
        Some(id) => {
            let id = abbreviation.short(id);
            text.push_str(&format!("You are currently {doing} commit {id}.\n"));
        }
        None => text.push_str(&format!("{title} currently in progress.\n")),
    }
    text.push_str(&match (unmerged, picked) {
        (true, _) => format!("  (fix conflicts and run \"git {command} --continue\")\n"),
        (false, None) => format!("  (run \"git {command} --continue\" to continue)\n"),
        (false, Some(_)) => {
            format!("  (all conflicts fixed: run \"git {command} --continue\")\n")
        }
    });
    text.push_str(&format!(
        "  (use \"git {command} --skip\" to skip this patch)\n  \
         (use \"git {command} --abort\" to cancel the {command} operation)\n\n"
    ));
}

impl Rebase {
    fn plan_lines(&self, text: &mut String) {
        if !self.interactive {
            return;
        }
        let (done, left) = (&self.done, &self.left);
        match done.len() {
            0 => text.push_str("No commands done.\n"),
            1 => text.push_str("Last command done (1 command done):\n"),
            count => text.push_str(&format!("Last commands done ({count} commands done):\n")),
        }
        for line in &done[done.len().saturating_sub(PLAN_LINES)..] {
            text.push_str(&format!("   {line}\n"));
        }
        if done.len() > PLAN_LINES {
            text.push_str("  (see more in file .git/rebase-merge/done)\n");
        }
        match left.len() {
            0 => text.push_str("No commands remaining.\n"),
            1 => text.push_str("Next command to do (1 remaining command):\n"),
            count => {
                text.push_str(&format!(
                    "Next commands to do ({count} remaining commands):\n"
                ));
            }
        }
        for line in left.iter().take(PLAN_LINES) {
            text.push_str(&format!("   {line}\n"));
        }
        if !left.is_empty() {
            text.push_str("  (use \"git rebase --edit-todo\" to view and edit)\n");
        }
    }

    fn lines(&self, operation: &Operation, unmerged: bool, text: &mut String) {
        let place = match (&self.branch, &self.onto) {
            (Some(branch), Some(onto)) => Some(format!("branch '{branch}' on '{onto}'")),
            _ => None,
        };
        let rebasing = match &place {
            Some(place) => format!("You are currently rebasing {place}.\n"),
            None => "You are currently rebasing.\n".to_owned(),
        };
        let at_a_commit = |doing: &str| match &place {
            Some(place) => format!("You are currently {doing} a commit while rebasing {place}.\n"),
            None => format!("You are currently {doing} a commit during a rebase.\n"),
        };
        if unmerged {
            text.push_str(&rebasing);
            text.push_str(
                "  (fix conflicts and then run \"git rebase --continue\")\n  \
                 (use \"git rebase --skip\" to skip this patch)\n  \
                 (use \"git rebase --abort\" to check out the original branch)\n",
            );
        } else if !self.interactive || operation.has_message {
            text.push_str(&rebasing);
            text.push_str("  (all conflicts fixed: run \"git rebase --continue\")\n");
        } else if operation.splitting {
            text.push_str(&at_a_commit("splitting"));
            text.push_str(
                "  (Once your working directory is clean, run \"git rebase --continue\")\n",
            );
        } else {
            text.push_str(&at_a_commit("editing"));
            text.push_str(
                "  (use \"git commit --amend\" to amend the current commit)\n  \
                 (use \"git rebase --continue\" once you are satisfied with your changes)\n",
            );
        }
        text.push('\n');
    }
}

/// Ends a merge, cherry-pick or revert, as a commit or a switch of branches does.
pub(crate) fn forget(tree: &WorkTree) {
    for name in MARKERS {
        // Most are not there.
        let _ = std::fs::remove_file(tree.located.git_dir.join(name));
    }
}

/// The commits that are being merged into HEAD.
pub(crate) fn merge_heads(tree: &WorkTree) -> Vec<Oid> {
    let text = text_in(&tree.located.git_dir.join("MERGE_HEAD")).unwrap_or_default();
    text.lines()
        .filter_map(|line| Oid::from_str(line.trim()).ok())
        .collect()
}
