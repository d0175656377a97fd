//! What must hold in the workspace before anything is built.

use anyhow::{Result, anyhow};
use fleet_manifest::{Manifest, Place, Problems, Source, closest};

use crate::change::Change;
use crate::workspace::Workspace;

/// All mistakes of a manifest as one error.
pub(crate) fn mistakes(file: &str, problems: &Problems) -> anyhow::Error {
    let count = match problems.len() {
        1 => "a mistake".to_owned(),
        many => format!("{many} mistakes"),
    };
    anyhow!("`{file}` has {count}; nothing was changed\n{problems}")
}

/// Checks that every native server can be generated: its crate exists (or is among `pending`), and
/// the workspace names the crate. The others need nothing here.
pub(crate) fn check_sources(
    workspace: &Workspace,
    manifest: &Manifest,
    pending: &[Change],
) -> Result<()> {
    let mut problems = Problems::new(manifest.file_name());
    let pending_text = |path: &std::path::Path| {
        pending
            .iter()
            .find(|change| change.path == path)
            .and_then(|change| change.after.clone())
    };
    let cargo_toml = match pending_text(&workspace.root.join("Cargo.toml")) {
        Some(text) => text,
        None => workspace.cargo_toml()?,
    };
    let known = workspace.server_names();
    for server in &manifest.servers {
        let Source::Native { server: folder } = &server.source else {
            continue;
        };
        let position = manifest.position(server.id.as_str(), Place::Source);
        let manifest_of_crate = workspace.server_folder(folder).join("Cargo.toml");
        if !workspace.has_server(folder) && pending_text(&manifest_of_crate).is_none() {
            problems.push(
                position,
                format!("there is no server crate `servers/{folder}`"),
                match closest(folder, known.iter().map(String::as_str)) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!(
                        "take the entry out, then `cargo run -p codegen -- add {} --server \
                         {folder}` writes both",
                        server.id
                    ),
                },
            );
        } else if !Workspace::has_dependency(&cargo_toml, &format!("{folder}-server")) {
            problems.push(
                position,
                format!("the workspace's `Cargo.toml` does not name `{folder}-server`"),
                format!(
                    "add `{folder}-server = {{ path = \"servers/{folder}\" }}` below \
                     `[workspace.dependencies]`"
                ),
            );
        }
    }
    let name = manifest.file_name();
    problems
        .or(())
        .map_err(|problems| mistakes(name, &problems))
}
