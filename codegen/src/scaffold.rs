//! A new server crate: complete, small, and tested, to be changed into the real one.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use fleet_manifest::ServerId;
use tera::Context;

use crate::change::Change;
use crate::render::{render, rustfmt};
use crate::workspace::Workspace;

/// What a new server does until it does something else.
pub(crate) const DESCRIPTION: &str = "Greets people: the example that a new server starts as.";

/// The files of a server crate, and their templates.
const FILES: [(&str, &str); 8] = [
    (
        "Cargo.toml",
        include_str!("../templates/server/Cargo.toml.tera"),
    ),
    (
        "README.md",
        include_str!("../templates/server/README.md.tera"),
    ),
    (
        "src/lib.rs",
        include_str!("../templates/server/src/lib.rs.tera"),
    ),
    (
        "src/config.rs",
        include_str!("../templates/server/src/config.rs.tera"),
    ),
    (
        "src/error.rs",
        include_str!("../templates/server/src/error.rs.tera"),
    ),
    (
        "src/tools.rs",
        include_str!("../templates/server/src/tools.rs.tera"),
    ),
    (
        "src/tools/greet.rs",
        include_str!("../templates/server/src/tools/greet.rs.tera"),
    ),
    (
        "tests/greet.rs",
        include_str!("../templates/server/tests/greet.rs.tera"),
    ),
];

/// `git-repo` as `Git Repo MCP Server`.
pub(crate) fn title(id: &ServerId) -> String {
    let words: Vec<String> = id
        .as_str()
        .split('-')
        .map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(letters).collect()
        })
        .collect();
    format!("{} MCP Server", words.join(" "))
}

/// The files of the server crate `servers/<name>`, and its line in the workspace's manifest.
pub(crate) fn server(workspace: &Workspace, name: &ServerId) -> Result<Vec<Change>> {
    let folder = workspace.server_folder(name.as_str());
    if folder.exists() {
        bail!(
            "`{}` exists, but is no crate: it has no `Cargo.toml`\n  \
             hint: move it away, or choose another name with `--server`",
            workspace.shown(&folder)
        );
    }
    let mut context = Context::new();
    context.insert("server", name.as_str());
    context.insert("package", &format!("{name}-server"));
    context.insert("module", &format!("{name}-server").replace('-', "_"));
    let variable = name.as_str().replace('-', "_").to_ascii_uppercase();
    context.insert("variable", &format!("{variable}_GREETING"));
    context.insert("description", DESCRIPTION);
    let mut changes = Vec::new();
    for (file, template) in FILES {
        let mut text = render(file, template, &context)?;
        if Path::new(file).extension().is_some_and(|kind| kind == "rs") {
            text = rustfmt(&workspace.root, &text)?;
        }
        changes.push(Change::write(&folder.join(file), text));
    }
    changes.extend(dependency(workspace, name.as_str())?);
    Ok(changes)
}

/// The line for `servers/<name>` in the workspace's manifest, when it is not there.
pub(crate) fn dependency(workspace: &Workspace, name: &str) -> Result<Vec<Change>> {
    let before = workspace.cargo_toml()?;
    if Workspace::has_dependency(&before, &format!("{name}-server")) {
        return Ok(Vec::new());
    }
    let after = with_dependency(&before, name).with_context(|| {
        format!(
            "`Cargo.toml` has no `[workspace.dependencies]`\n  \
             hint: add it, with `{name}-server = {{ path = \"servers/{name}\" }}` below"
        )
    })?;
    let path = workspace.root.join("Cargo.toml");
    Ok(vec![Change::write(&path, after)])
}

/// Among the other servers, sorted; else first below the heading.
fn with_dependency(cargo_toml: &str, name: &str) -> Option<String> {
    let line = format!("{name}-server = {{ path = \"servers/{name}\" }}\n");
    let lines: Vec<&str> = cargo_toml.split_inclusive('\n').collect();
    let heading = lines
        .iter()
        .position(|line| line.trim_end() == "[workspace.dependencies]")?;
    let is_server = |line: &&str| line.contains("-server = { path = \"servers/");
    let below = lines
        .iter()
        .enumerate()
        .skip(heading + 1)
        .take_while(|(_, line)| !line.starts_with('['));
    let before = below
        .filter(|(_, other)| is_server(other) && **other < line.as_str())
        .map(|(index, _)| index)
        .last();
    let first_server = lines.iter().position(is_server);
    let at = match (before, first_server) {
        (Some(index), _) => index + 1,
        (None, Some(index)) if index > heading => index,
        _ => heading + 1,
    };
    let mut after = lines[..at].concat();
    after.push_str(&line);
    after.push_str(&lines[at..].concat());
    Some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dependency_is_sorted_among_the_servers() {
        let before = "[workspace.dependencies]\n# Ours.\nadapter = { path = \"a\" }\n\
                      b-server = { path = \"servers/b\" }\nd-server = { path = \"servers/d\" }\n\
                      serde = \"1\"\n\n[profile.dev]\n";
        for (name, previous) in [("a", "a\" }\n"), ("c", "b\" }\n"), ("e", "d\" }\n")] {
            let line = format!("{name}-server = {{ path = \"servers/{name}\" }}\n");
            let after = with_dependency(before, name).unwrap();
            assert!(after.contains(&format!("{previous}{line}")), "{after}");
            assert_eq!(after.replace(&line, ""), before);
        }
        let none = with_dependency("[workspace.dependencies]\nserde = \"1\"\n", "a").unwrap();
        assert!(none.starts_with("[workspace.dependencies]\na-server = "));
        assert_eq!(with_dependency("[package]\n", "a"), None);
    }
}
