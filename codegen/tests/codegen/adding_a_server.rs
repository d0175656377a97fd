//! Follows "Adding a server" of CONTRIBUTING.md, command by command, with real builds.
//!
//! Takes about half a minute on two cores when the workspace's tests are built.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A workspace of its own with the real adapter, in the real target directory.
struct Clone {
    root: PathBuf,
    target: PathBuf,
}

impl Clone {
    fn new() -> Self {
        let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let root = scratch.join("adding-a-server");
        // What an earlier run left.
        let _ = fs::remove_dir_all(&root);
        for folder in ["servers", "docs", "unifier"] {
            fs::create_dir_all(root.join(folder)).expect("a folder");
        }
        let repository = Path::new(REPOSITORY)
            .canonicalize()
            .expect("the repository");
        for file in ["Cargo.lock", "rust-toolchain.toml"] {
            fs::copy(repository.join(file), root.join(file)).expect(file);
        }
        let manifest = fs::read_to_string(repository.join("Cargo.toml")).expect("the manifest");
        for (file, text) in [
            ("Cargo.toml", adapted(&manifest, &repository)),
            ("unifier/Cargo.toml", unifier(&repository)),
            ("unifier/bench.rs", "fn main() {}\n".to_owned()),
            ("servers.yaml", "servers:\n".to_owned()),
            (
                "docs/servers.md",
                "<!-- generated:tools -->\n<!-- /generated -->\n".to_owned(),
            ),
        ] {
            fs::write(root.join(file), text).expect(file);
        }
        let target = scratch.parent().expect("it is in the target directory");
        Self {
            target: target.to_owned(),
            root,
        }
    }

    /// Runs a command as CONTRIBUTING.md has it.
    fn run(&self, line: &str) -> Output {
        let words = words(line);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut command = match words.as_slice() {
            ["cargo", "run", "-p", "codegen", rest @ ..] => {
                let mut command = Command::new(env!("CARGO_BIN_EXE_codegen"));
                command.args(
                    rest.iter()
                        .skip_while(|word| **word == "--")
                        .collect::<Vec<_>>(),
                );
                command
            }
            ["cargo", "run", "-p", package, "--", rest @ ..] => {
                let mut command = Command::new(self.target.join("debug").join(package));
                command.args(rest);
                command
            }
            // With all members the dependencies are those that are compiled already.
            ["cargo", "test", "-p", "weather-server"] => {
                let mut command = Command::new(env!("CARGO"));
                command.args(["test", "--quiet", "--workspace"]);
                command
            }
            _ => panic!("CONTRIBUTING.md has a command that this test does not know: {line}"),
        };
        command
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target)
            // Everything is there: these builds use what the repository's own have fetched.
            .env("CARGO_NET_OFFLINE", "true")
            .env_remove("CARGO_MANIFEST_DIR")
            .output()
            .unwrap_or_else(|error| panic!("{line}: {error}"))
    }
}

/// The workspace's manifest for another folder: the same versions, profiles and lints, members of
/// its own, and the repository's crates by their full path.
fn adapted(manifest: &str, repository: &Path) -> String {
    let mut adapted = String::new();
    for line in manifest.lines() {
        if line.starts_with("members") {
            adapted.push_str("members = [\"handlers/*\", \"servers/*\", \"unifier\"]\n");
        } else if line.contains("path = \"servers/") {
            // Another server is nothing that a new one needs.
        } else if let Some((before, path)) = line.split_once("path = \"") {
            let _ = writeln!(adapted, "{before}path = \"{}/{path}", repository.display());
        } else {
            adapted.push_str(line);
            adapted.push('\n');
        }
    }
    adapted
}

/// A member that depends on whatever a member of the repository depends on: cargo then selects
/// the same features as there, and what was compiled for its tests is used again. Its one target
/// is a benchmark, which nothing here builds.
fn unifier(repository: &Path) -> String {
    let mut folders = Vec::from(["codegen", "gateway", "verify"].map(|name| repository.join(name)));
    for group in ["crates", "servers"] {
        let entries = fs::read_dir(repository.join(group)).expect(group);
        folders.extend(entries.map(|entry| entry.expect("an entry").path()));
    }
    let mut features: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for folder in folders {
        let Ok(text) = fs::read_to_string(folder.join("Cargo.toml")) else {
            continue;
        };
        for line in text
            .lines()
            .filter(|line| line.contains("workspace = true"))
        {
            let name = line.split(['.', ' ']).next().unwrap_or_default();
            let ours = ["-server", "workspace"]
                .iter()
                .any(|end| name.ends_with(end));
            let of_package = ["version", "edition", "rust-version", "license", "publish"];
            if name.is_empty() || ours || of_package.contains(&name) {
                continue;
            }
            let of_dependency = features.entry(name.to_owned()).or_default();
            if let Some((_, list)) = line.split_once("features = [") {
                let list = list.split(']').next().unwrap_or_default();
                let list = list.split(',').map(|feature| feature.trim().to_owned());
                of_dependency.extend(list.filter(|feature| !feature.is_empty()));
            }
        }
    }
    let mut manifest = "[package]\nname = \"unifier\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
                        \n[[bench]]\nname = \"unifier\"\npath = \"bench.rs\"\nharness = false\n\
                        \n[dependencies]\n"
        .to_owned();
    for (name, features) in features {
        let features: Vec<String> = features.into_iter().collect();
        let features = features.join(", ");
        let _ = writeln!(
            manifest,
            "{name} = {{ workspace = true, features = [{features}] }}"
        );
    }
    manifest
}

/// Splits a command at spaces outside of quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for letter in line.chars() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (None, '"' | '\'') => quote = Some(letter),
            (None, ' ') => words.push(String::new()),
            _ => words.last_mut().expect("never empty").push(letter),
        }
    }
    words
}

/// The commands of one section of CONTRIBUTING.md, in order.
fn commands(section: &str) -> Vec<String> {
    let text = fs::read_to_string(Path::new(REPOSITORY).join("CONTRIBUTING.md")).expect("the file");
    let start = text.find(section).expect("the section");
    let rest = &text[start + section.len()..];
    let section = rest.split("\n## ").next().unwrap_or_default();
    section
        .lines()
        .filter_map(|line| line.trim().strip_prefix("$ "))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_steps_of_contributing_work_as_they_are_written() {
    let clone = Clone::new();
    let commands = commands("## Adding a server\n");
    assert!(commands.len() >= 8, "{commands:?}");
    for command in &commands {
        let output = clone.run(command);
        let stdout = String::from_utf8_lossy(&output.stdout);
        let stderr = String::from_utf8_lossy(&output.stderr);
        let last = commands.last() == Some(command);
        // The last command takes the only server out, which a fleet must not lose.
        let expected = if last { 2 } else { 0 };
        assert_eq!(
            output.status.code(),
            Some(expected),
            "{command}\n{stdout}\n{stderr}"
        );
        if command.contains("-- tools") {
            assert!(stdout.contains("\"greet\""), "{stdout}");
        }
        if command.contains("-- call greet") {
            let answer: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
            assert_eq!(answer["structuredContent"]["greeting"], "Hello, Ada!");
        }
        if command.ends_with("-- list") {
            let line = stdout.lines().find(|line| line.contains("servers/weather"));
            let words: Vec<&str> = line.unwrap_or_default().split_whitespace().collect();
            assert_eq!(words[..4], ["weather", "servers/weather", "read-only", "1"]);
        }
        if last {
            assert!(stderr.contains("`weather` is the only server"), "{stderr}");
        }
    }
    // With a second server of the same crate, the first can go.
    let add = "cargo run -p codegen -- add forecast --server weather";
    for command in [add, commands.last().expect("a command")] {
        let output = clone.run(command);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command}\n{stderr}");
    }
    assert!(!clone.root.join("handlers/weather").exists());
    assert!(clone.root.join("handlers/forecast/target.json").exists());
    assert!(clone.root.join("servers/weather/Cargo.toml").exists());
    let format = Command::new(env!("CARGO"))
        .args([
            "fmt",
            "-p",
            "weather-server",
            "-p",
            "mcp-server-forecast",
            "--check",
        ])
        .current_dir(&clone.root)
        .output()
        .expect("cargo fmt runs");
    assert!(
        format.status.success(),
        "a new server is formatted:\n{}",
        String::from_utf8_lossy(&format.stdout)
    );
}

#[test]
fn a_new_server_that_does_not_build_leaves_nothing() {
    let workspace = crate::support::Workspace::new();
    workspace.codegen(&[]).expect(0);
    let before = workspace.snapshot();
    // Cargo refuses this workspace.
    let said = workspace
        .codegen_building(&["add", "weather", "--server", "weather"])
        .expect(2);
    assert!(said.contains("nothing was changed"), "{said}");
    assert_eq!(workspace.snapshot(), before);
}
