//! What `--check` prints.

use std::io::Write as _;

use anyhow::Result;
use similar::TextDiff;

use crate::change::Change;
use crate::generate::{Outcome, say};
use crate::hand_edits::record_name;
use crate::workspace::Workspace;

/// Prints a diff of every file that would change, and returns whether there is one.
pub(crate) fn print(workspace: &Workspace, changes: &[Change]) -> Result<bool> {
    let mut stdout = std::io::stdout().lock();
    let mut different = false;
    for change in changes.iter().filter(|change| change.is_needed()) {
        different = true;
        let name = record_name(workspace, &change.path);
        let before = change.before();
        let (old, new) = (
            before.as_deref().unwrap_or_default(),
            change.after.as_deref().unwrap_or_default(),
        );
        let old_name = before
            .as_ref()
            .map_or("/dev/null".to_owned(), |_| format!("a/{name}"));
        let new_name = match change.after {
            Some(_) => format!("b/{name}"),
            None => "/dev/null".to_owned(),
        };
        let diff = TextDiff::from_lines(old, new);
        let mut unified = diff.unified_diff();
        write!(stdout, "{}", unified.header(&old_name, &new_name))?;
    }
    Ok(different)
}

/// Says that there are differences, and what to do.
pub(crate) fn found() -> Outcome {
    say("error: generated files are out of date\n  hint: `cargo run -p codegen` writes them");
    Outcome::Different
}
