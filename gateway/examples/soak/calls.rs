//! The calls: what is asked, and what the right answer is.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::explained;
use crate::phases::Fault;

/// A file has this many lines, each with the same number: one that is half-written shows.
const LINES: usize = 400;
/// The message of the repository's only commit.
pub(crate) const COMMIT: &str = "The only commit";

/// A kind of call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// `filesystem`: a client's own file is replaced.
    Write,
    /// `filesystem`: the same file is read back.
    Read,
    /// `git-repo`.
    Log,
    /// `prometheus`, which asks the stand-in.
    Query,
    /// `cfn-mcp`, which asks the stand-in with a signed request.
    List,
    /// A `command:` server: a program behind the handler.
    Wrapped,
    /// The control plane: a gateway is created, read and deleted.
    Control,
}

/// Kinds that need no backend, so that half of the clients are not held up by a slow one.
const LOCAL: [Kind; 4] = [Kind::Write, Kind::Read, Kind::Log, Kind::Wrapped];
const ALL: [Kind; 6] = [
    Kind::Write,
    Kind::Read,
    Kind::Log,
    Kind::Query,
    Kind::List,
    Kind::Wrapped,
];

impl Kind {
    pub(crate) fn tool(self) -> &'static str {
        match self {
            Self::Write => "filesystem___write_file",
            Self::Read => "filesystem___read_text_file",
            Self::Log => "git-repo___git_log",
            Self::Query => "prometheus___ExecuteQuery",
            Self::List => "cfn-mcp___list_resources",
            Self::Wrapped => "wrapped___echo",
            Self::Control => "control plane",
        }
    }
}

/// What an answer is worth.
#[derive(Debug)]
pub(crate) enum Judged {
    Right,
    /// An error that the fault explains, by its short name.
    Explained(&'static str),
    Wrong(String),
}

/// One client's calls, one after the other, and what it knows of its file.
pub(crate) struct Calls {
    index: usize,
    file: PathBuf,
    repository: PathBuf,
    next: u64,
    /// What the file may hold: the last number that was written, and those whose fate is unknown.
    possible: BTreeSet<u64>,
}

/// One call.
pub(crate) struct Call {
    pub(crate) kind: Kind,
    pub(crate) id: u64,
    pub(crate) arguments: Value,
}

impl Calls {
    /// Makes the file.
    pub(crate) fn new(index: usize, files: &Path, repository: &Path) -> std::io::Result<Self> {
        let file = files.join(format!("client-{index}.txt"));
        std::fs::write(&file, content(0))?;
        Ok(Self {
            index,
            file,
            repository: repository.to_owned(),
            next: 0,
            possible: BTreeSet::from([0]),
        })
    }

    pub(crate) fn next(&mut self) -> Call {
        self.next += 1;
        let id = self.next;
        let kinds: &[Kind] = if self.index.is_multiple_of(2) {
            &LOCAL
        } else {
            &ALL
        };
        let turn = usize::try_from(id).unwrap_or_default() + self.index;
        let kind = kinds.get(turn % kinds.len()).copied().unwrap_or(Kind::Read);
        let arguments = match kind {
            Kind::Write => json!({"path": self.file, "content": content(id)}),
            Kind::Read => json!({"path": self.file}),
            Kind::Log => json!({"repo_path": self.repository, "max_count": 1}),
            Kind::Query => json!({"query": format!("vector({id})")}),
            Kind::List => json!({"resource_type": "AWS::S3::Bucket", "next_token": id.to_string()}),
            Kind::Wrapped | Kind::Control => json!({"text": format!("said {id}")}),
        };
        Call {
            kind,
            id,
            arguments,
        }
    }

    /// Compares an answer with what is right.
    pub(crate) fn judge(&mut self, call: &Call, answer: &Answer, fault: Fault) -> Judged {
        let (is_error, text) = match answer {
            Answer::Result { is_error, text } => (*is_error, text),
            Answer::Refused(text) => (true, text),
        };
        if is_error {
            let reason = explained::reason(fault, call.kind, text);
            if call.kind == Kind::Write && reason.is_none_or(explained::may_have_happened) {
                self.possible.insert(call.id);
            }
            return reason.map_or_else(|| Judged::Wrong(text.clone()), Judged::Explained);
        }
        let is_right = match call.kind {
            Kind::Write => {
                self.possible = BTreeSet::from([call.id]);
                text.starts_with("Successfully wrote")
            }
            Kind::Read => return self.read_back(text),
            Kind::Log => text.contains(COMMIT),
            Kind::Query => text.contains(&format!("\"{}\"", call.id)),
            Kind::List => text == &format!("bucket-{}", call.id),
            Kind::Wrapped | Kind::Control => text == &format!("said {}", call.id),
        };
        if is_right {
            Judged::Right
        } else {
            Judged::Wrong(format!("not the answer to call {}: {text}", call.id))
        }
    }

    /// The call has no answer: it may have been done all the same.
    pub(crate) fn lost(&mut self, call: &Call) {
        if call.kind == Kind::Write {
            self.possible.insert(call.id);
        }
    }

    fn read_back(&mut self, text: &str) -> Judged {
        let number = text
            .lines()
            .next()
            .and_then(|line| line.trim().parse().ok());
        match number {
            Some(number) if self.possible.contains(&number) && text == content(number) => {
                self.possible = BTreeSet::from([number]);
                Judged::Right
            }
            _ => {
                let shown: String = text.chars().take(60).collect();
                Judged::Wrong(format!(
                    "the file has {} bytes and begins {shown:?}, and not one of {:?} as a whole",
                    text.len(),
                    self.possible
                ))
            }
        }
    }
}

fn content(number: u64) -> String {
    format!("{number:019}\n").repeat(LINES)
}
