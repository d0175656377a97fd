//! The handler folder is complete and says what the manifest says.

use fleet_manifest::Target;

use crate::answer::Checked;
use crate::fleet::Expected;
use crate::lambda::Failure;

/// Compares the handler folder with the manifest's entry.
pub(crate) fn check(expected: &Expected) -> Checked<Target> {
    let folder = &expected.folder;
    let wrong =
        |what: String| Failure::Call(format!("{what}: regenerate with `cargo run -p codegen`"));
    for file in ["Cargo.toml", "src/main.rs", "policy.json"] {
        if !folder.join(file).is_file() {
            return Err(wrong(format!("{} is missing", folder.join(file).display())));
        }
    }
    let target =
        Target::load(&folder.join("target.json")).map_err(|error| wrong(error.to_string()))?;
    let server = &expected.server;
    let parts = [
        ("id", target.id == server.id.as_str()),
        ("name", target.name == server.name),
        ("description", target.description == server.description),
        ("environment", target.environment == server.environment()),
    ];
    let differences: Vec<&str> = (parts.iter())
        .filter(|(_, same)| !same)
        .map(|(part, _)| *part)
        .collect();
    if !differences.is_empty() {
        return Err(wrong(format!(
            "target.json differs from the manifest in {}",
            differences.join(", ")
        )));
    }
    let detail = format!("{} tools", target.tools.len());
    Ok((target, detail))
}
