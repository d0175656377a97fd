//! `git_branch`.

use agentcore_gateway_target::Parameters;
use git2::{BranchType, Oid};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Server;
use crate::abbreviation::Abbreviation;
use crate::answer::{Answer, BoundedText};
use crate::arguments::{BranchKind, RepoPath, Revision};
use crate::error::GitError;
use crate::head::{self, Head};
use crate::operation;
use crate::settings::Settings;
use crate::work_tree::{Purpose, WorkTree};

/// Input of `git_branch`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Root folder of the repository's work tree. A relative path counts from the allowed root.
    repo_path: RepoPath,
    /// Which branches: `local`, `remote` or `all`.
    branch_type: BranchKind,
    /// Only branches that hold this commit.
    #[serde(default)]
    contains: Option<Revision>,
    /// Only branches that do not hold this commit.
    #[serde(default)]
    not_contains: Option<Revision>,
}

#[tool_router(router = git_branch_router, vis = "pub(crate)")]
impl Server {
    /// List branches, the current one marked with `*`.
    #[tool(annotations(
        read_only_hint = true,
        destructive_hint = false,
        idempotent_hint = true,
        open_world_hint = false
    ))]
    async fn git_branch(&self, Parameters(input): Parameters<Input>) -> Result<Answer, GitError> {
        let path = input.repo_path.clone();
        let work = move |tree: &WorkTree, _: &Settings| run(tree, &input);
        self.with_work_tree(path, Purpose::Read, work).await
    }
}

fn run(tree: &WorkTree, input: &Input) -> Result<Answer, GitError> {
    let contains = commit(tree, input.contains.as_ref())?;
    let lacks = commit(tree, input.not_contains.as_ref())?;
    let wanted = |tip: Oid| -> Result<bool, GitError> {
        Ok(match contains {
            Some(commit) => reaches(tree, tip, commit)?,
            None => true,
        } && match lacks {
            Some(commit) => !reaches(tree, tip, commit)?,
            None => true,
        })
    };
    let head = head::read(tree)?;
    let mut list = List::new();
    if let (Head::Detached(id), true) = (&head, input.branch_type != BranchKind::Remote)
        && wanted(*id)?
    {
        list.push('*', &description(tree)?, None, *id);
    }
    let elsewhere = head::elsewhere(tree);
    for branch in branches(tree, input.branch_type)? {
        if !wanted(branch.tip)? {
            continue;
        }
        let local = branch.name.strip_prefix(b"refs/heads/".as_slice());
        let mark = match (local, &head) {
            (Some(name), Head::Branch(current)) if name == current => '*',
            (Some(name), _) if elsewhere.contains(name) => '+',
            _ => ' ',
        };
        let prefix: &[u8] = match input.branch_type {
            BranchKind::Remote => b"refs/remotes/",
            _ => b"refs/",
        };
        let shown = local
            .or(branch.name.strip_prefix(prefix))
            .unwrap_or(&branch.name);
        list.push(mark, shown, branch.target.as_deref(), branch.tip);
        if list.text.is_full() {
            break;
        }
    }
    Ok(Answer::with(
        list.text.finish_trimmed(NARROW),
        json!({ "branches": list.fields }),
    ))
}

/// How to get fewer branches.
const NARROW: &str = "ask for `local` branches only, or those that contain a commit";

fn commit(tree: &WorkTree, revision: Option<&Revision>) -> Result<Option<Oid>, GitError> {
    revision
        .map(|revision| Ok(tree.commit(revision)?.id()))
        .transpose()
}

fn reaches(tree: &WorkTree, tip: Oid, commit: Oid) -> Result<bool, GitError> {
    let below = tree.repository.graph_descendant_of(tip, commit);
    Ok(tip == commit || below.map_err(GitError::git("compare branches"))?)
}

/// The lines, and the same as fields.
struct List {
    text: BoundedText,
    fields: Vec<Value>,
}

impl List {
    fn new() -> Self {
        Self {
            text: BoundedText::new(),
            fields: Vec::new(),
        }
    }

    fn push(&mut self, mark: char, name: &[u8], target: Option<&[u8]>, tip: Oid) {
        self.text
            .push([mark.to_string().as_bytes(), b" ", name].concat());
        if let Some(target) = target {
            self.text.push([b" -> ", target].concat());
        }
        self.text.push("\n");
        self.fields.push(json!({
            "name": String::from_utf8_lossy(name),
            "current": mark == '*',
            "hash": tip.to_string(),
        }));
    }
}

struct Branch {
    /// With `refs/heads/` or `refs/remotes/`.
    name: Vec<u8>,
    tip: Oid,
    /// Where a symbolic one, as `origin/HEAD`, points.
    target: Option<Vec<u8>>,
}

/// Branches of a kind in order of their full names. One that leads nowhere is left out, as git
/// does with a warning.
fn branches(tree: &WorkTree, kind: BranchKind) -> Result<Vec<Branch>, GitError> {
    let filter = match kind {
        BranchKind::Local => Some(BranchType::Local),
        BranchKind::Remote => Some(BranchType::Remote),
        BranchKind::All => None,
    };
    let failed = || GitError::git("list the branches");
    let mut branches = Vec::new();
    for branch in tree.repository.branches(filter).map_err(failed())? {
        let (branch, _) = branch.map_err(failed())?;
        let reference = branch.get();
        let Some(commit) = tree.tip(reference)? else {
            continue;
        };
        let target = reference.symbolic_target_bytes().map(|target| {
            let prefixes = [b"refs/remotes/".as_slice(), b"refs/heads/"];
            let short = prefixes
                .iter()
                .find_map(|prefix| target.strip_prefix(*prefix));
            short.unwrap_or(target).to_vec()
        });
        branches.push(Branch {
            name: reference.name_bytes().to_vec(),
            tip: commit.id(),
            target,
        });
    }
    branches.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(branches)
}

/// What stands for the current branch when there is none.
fn description(tree: &WorkTree) -> Result<Vec<u8>, GitError> {
    let abbreviation = Abbreviation::new(tree)?;
    let operation = operation::read(tree, &abbreviation);
    let origin = head::origin(tree, &abbreviation);
    let text = match (&operation.rebase, &operation.bisect, origin) {
        (Some(rebase), _, origin) => match (&rebase.branch, origin) {
            (Some(branch), _) => format!("(no branch, rebasing {branch})"),
            (None, Some(origin)) => format!("(no branch, rebasing detached HEAD {})", origin.name),
            (None, None) => "(no branch)".to_owned(),
        },
        (None, Some(Some(start)), _) => format!("(no branch, bisect started on {start})"),
        (None, _, Some(origin)) => {
            let at = if origin.at { "at" } else { "from" };
            format!("(HEAD detached {at} {})", origin.name)
        }
        (None, _, None) => "(no branch)".to_owned(),
    };
    Ok(text.into_bytes())
}
