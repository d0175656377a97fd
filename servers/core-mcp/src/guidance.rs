//! What the server tells a model: which server for which need.

use std::fmt::Write as _;

use crate::available::Mounts;
use crate::roles::Role;

/// The words around what is generated.
const TEMPLATE: &str = include_str!("guidance.md");

/// The servers of this fleet, from `servers.yaml` and their own lists of tools. The first line says so.
const FLEET: &str = include_str!("fleet/guide.md");

/// The guidance, in Markdown.
pub(crate) fn text(roles: &[&Role], mounts: &Mounts) -> String {
    let fleet = FLEET.split_once('\n').map_or("", |(_marker, fleet)| fleet);
    TEMPLATE
        .replace("{fleet}", fleet.trim())
        .replace("{mounted}", mounted(roles, mounts).trim())
}

/// What the active roles mount, and what they miss.
fn mounted(roles: &[&Role], mounts: &Mounts) -> String {
    if roles.is_empty() {
        return "No role is set for this server, so it has no tools of others.".to_owned();
    }
    let mut text = format!(
        "This server has the roles {}. With them it offers, as its own tools:\n\n",
        list(roles.iter().map(|role| role.name))
    );
    for mount in &mounts.mounted {
        let _ = writeln!(
            text,
            "- `{}_*`: the tools of {}",
            mount.prefix, mount.server
        );
    }
    if mounts.mounted.is_empty() {
        text.push_str("- nothing\n");
    }
    if !mounts.missing.is_empty() {
        let missing = list(mounts.missing.iter().copied());
        let _ = writeln!(
            text,
            "\nThe roles also stand for {missing}, for which this fleet has no server: say so instead of trying them."
        );
    }
    text
}

/// The `instructions` of the server: those of mounted servers stay true for their tools.
pub(crate) fn instructions(mounts: &Mounts) -> String {
    let mut text =
        "Call `prompt_understanding` to learn which server of the fleet serves which need."
            .to_owned();
    if !mounts.mounted.is_empty() {
        text.push_str(
            " Tools named `<prefix>_<tool>` are those of other servers; where their descriptions name a tool, put the same prefix in front.",
        );
    }
    for mount in &mounts.mounted {
        if let Some(of_mount) = mount.inner.instructions() {
            let _ = write!(text, "\n\n`{}_*`: {of_mount}", mount.prefix);
        }
    }
    text
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
