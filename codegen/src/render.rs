//! Templates, and the form that every generated file has.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use fleet_manifest::{Server, Source};
use serde::Serialize;
use serde_json::Value;
use tera::{Context, Tera};

use crate::change::Change;
use crate::workspace::Workspace;

/// First line of every generated file, in that file's kind of comment.
pub(crate) const MARKER: &str =
    "@generated from `servers.yaml` by `cargo run -p codegen`. Do not edit.";

/// Renders one template; `name` is only for messages.
pub(crate) fn render(name: &str, template: &str, context: &Context) -> Result<String> {
    let mut tera = Tera::new();
    tera.add_raw_template(name, template)
        .and_then(|()| tera.render(name, context))
        .with_context(|| format!("the template `{name}` cannot be rendered"))
}

/// `Cargo.toml` and `src/main.rs` of every handler.
pub(crate) fn crates(workspace: &Workspace, servers: &[Server]) -> Result<Vec<Change>> {
    let mut files = Vec::new();
    for server in servers {
        let (package, template) = wiring(&server.source)?;
        let mut dependencies = vec!["agentcore-gateway-target", package.as_str(), "tokio"];
        // Only a handler that has secrets to read carries what reads them.
        let run = if server.secrets().is_empty() {
            "run(SERVER, "
        } else {
            dependencies.push("aws-clients");
            "run_with_secrets(SERVER, aws_clients::secret, "
        };
        dependencies.sort_unstable();
        let mut context = Context::new();
        context.insert("marker", MARKER);
        context.insert("package", &server.function_name());
        context.insert("description", &quoted(&server.description));
        context.insert("dependencies", &dependencies);
        context.insert("server_module", &package.replace('-', "_"));
        insert_source(&mut context, &server.source);
        context.insert("run", run);
        context.insert("id", &quoted(server.id.as_str()));
        context.insert("name", &format!("{:?}", server.name));
        let folder = workspace.handler_folder(server.id.as_str());
        let manifest = render(
            "Cargo.toml",
            include_str!("../templates/Cargo.toml.tera"),
            &context,
        )?;
        let main = render("main.rs", template, &context)?;
        let main = rustfmt(&workspace.root, &main)?;
        files.push(Change::write(&folder.join("Cargo.toml"), manifest));
        files.push(Change::write(&folder.join("src/main.rs"), main));
    }
    Ok(files)
}

/// The package that a handler wires in, and the template of its `main.rs`.
fn wiring(source: &Source) -> Result<(String, &'static str)> {
    let native = include_str!("../templates/main.rs.tera");
    let command = include_str!("../templates/command.rs.tera");
    let remote = include_str!("../templates/remote.rs.tera");
    match source {
        Source::Native { server } => Ok((format!("{server}-server"), native)),
        Source::Command { .. } => Ok(("mcp-proxy".to_owned(), command)),
        Source::Url { .. } => Ok(("mcp-proxy".to_owned(), remote)),
        other => bail!("`{other}` is a source that codegen does not know"),
    }
}

/// What the templates say about the source, as Rust writes it.
fn insert_source(context: &mut Context, source: &Source) {
    match source {
        Source::Command { command } => context.insert("program", &format!("{command:?}")),
        Source::Url { url, headers } => {
            context.insert("url", &format!("{:?}", url.as_str()));
            let headers: Vec<(&String, &String)> = headers.iter().collect();
            context.insert("headers", &format!("{headers:?}"));
        }
        _ => {}
    }
}

/// A string as TOML and JSON write it.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Rust code as `rustfmt` writes it, with the workspace's settings.
pub(crate) fn rustfmt(root: &Path, code: &str) -> Result<String> {
    let program = std::env::var_os("RUSTFMT").unwrap_or_else(|| "rustfmt".into());
    let mut process = Command::new(&program)
        .args(["--edition", "2024", "--emit", "stdout"])
        .current_dir(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| {
            format!(
                "`{}` cannot be started\n  hint: `rustup component add rustfmt` installs it",
                program.display()
            )
        })?;
    if let Some(mut stdin) = process.stdin.take() {
        // The exit status tells when it did not read.
        let _ = stdin.write_all(code.as_bytes());
    }
    let output = process
        .wait_with_output()
        .context("rustfmt cannot be read")?;
    if !output.status.success() {
        bail!(
            "rustfmt refuses generated code: {}\n  hint: if it is not installed, \
             `rustup component add rustfmt` installs it",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    String::from_utf8(output.stdout).context("rustfmt printed something other than text")
}

/// JSON with keys in the order of `value`'s fields, objects inside sorted, two spaces, and a line
/// break at the end: the same bytes on every machine.
pub(crate) fn json(value: &impl Serialize) -> Result<String> {
    let mut text = serde_json::to_string_pretty(value).context("JSON cannot be written")?;
    text.push('\n');
    Ok(text)
}

/// The value with the keys of all objects sorted.
pub(crate) fn sorted(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut entries: Vec<(String, Value)> = object
                .into_iter()
                .map(|(key, value)| (key, sorted(value)))
                .collect();
            entries.sort_by(|(left, _), (right, _)| left.cmp(right));
            Value::Object(entries.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}
