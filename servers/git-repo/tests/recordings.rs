//! Every recorded call of upstream, replayed in order on the same repositories: equal text, or an
//! entry below that says what ours answers and which row of the README's table explains it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use support::seed;

#[derive(Deserialize)]
struct Recording {
    name: String,
    seq: u32,
    tool: String,
    arguments: Value,
    result: Recorded,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Recorded {
    Text(String),
    IsError(IgnoredAny),
    ProtocolError(i64),
}

/// What ours answers where upstream answers something else.
enum Ours {
    Text(&'static str),
    Error(&'static str),
}

/// Recordings that ours differs from: name, row of the README's table, our answer.
const DIFFERENT: [(&str, &str, Ours); 7] = [
    (
        "git_log.8",
        "A timestamp that is not a date",
        Ours::Error(
            "invalid_date: `not a date` is not a date in `start_timestamp`; write `2024-01-15`, `2024-01-15T14:30:25+01:00`, `2 weeks ago` or `yesterday`",
        ),
    ),
    (
        "git_show.5",
        "`git_show` of an annotated tag",
        Ours::Text(
            "tag v1.0\nTagger: Cy Committer <cy@example.com>\nDate:   2024-01-01 11:00:00 +0000\n\nrelease one\n\ncommit 404d4d158b34922f382f8358af78361db09ad2be\nAuthor: Ann Author <ann@example.com>\nDate:   2024-01-01 10:00:00 +0000\n\n    first commit\n    \n    with a body\n    in two lines\n\n--- /dev/null\n+++ b/README.md\n@@ -0,0 +1 @@\n+hello\n\n--- /dev/null\n+++ b/src/a.txt\n@@ -0,0 +1,9 @@\n+1\n+2\n+3\n+4\n+5\n+6\n+7\n+8\n+9\n",
        ),
    ),
    (
        "git_diff_unstaged.4",
        "Negative `context_lines`",
        Ours::Error(
            "invalid_arguments: `context_lines`: -1 is not a number of lines; give 0 or more",
        ),
    ),
    (
        "git_reset.3",
        "`git_reset` before the first commit",
        Ours::Text("All staged changes reset"),
    ),
    (
        "git_status.16",
        "`git_reset` before the first commit",
        Ours::Text(
            "Repository status:\nOn branch main\n\nNo commits yet\n\nnothing to commit (create/copy files and use \"git add\" to track)",
        ),
    ),
    (
        "git_status.19",
        "Unknown arguments",
        Ours::Error("invalid_arguments: unknown argument `extra`; known: `repo_path`"),
    ),
    (
        "git_status.26",
        "Relative `repo_path`",
        Ours::Text("Repository status:\nOn branch main\nnothing to commit, working tree clean"),
    ),
];

/// Recordings in which both fail, and our code.
const FAILING: [(&str, &str); 54] = [
    ("git_log.10", "invalid_arguments"),
    ("git_log.11", "invalid_arguments"),
    ("git_log.13", "not_a_repository"),
    ("git_log.14", "repository_not_found"),
    ("git_show.14", "revision_not_found"),
    ("git_show.16", "invalid_arguments"),
    ("git_show.17", "invalid_arguments"),
    ("git_show.20", "revision_not_found"),
    ("git_diff.5", "revision_not_found"),
    ("git_diff.7", "invalid_arguments"),
    ("git_diff.8", "invalid_arguments"),
    ("git_branch.4", "invalid_arguments"),
    ("git_branch.5", "invalid_arguments"),
    ("git_branch.9", "revision_not_found"),
    ("git_branch.10", "invalid_arguments"),
    ("git_branch.11", "invalid_arguments"),
    ("git_branch.12", "invalid_arguments"),
    ("git_status.4", "repository_not_found"),
    ("git_status.5", "not_a_repository"),
    ("git_status.7", "bare_repository"),
    ("git_status.11", "invalid_arguments"),
    ("git_status.22", "outside_roots"),
    ("git_status.25", "not_a_repository"),
    ("git_diff_unstaged.7", "not_a_repository"),
    ("git_commit.1", "nothing_staged"),
    ("git_commit.2", "nothing_staged"),
    ("git_commit.4", "nothing_staged"),
    ("git_commit.5", "invalid_arguments"),
    ("git_commit.6", "nothing_staged"),
    ("git_commit.8", "unmerged_paths"),
    ("git_commit.10", "outside_roots"),
    ("git_add.5", "path_not_matched"),
    ("git_add.6", "path_not_matched"),
    ("git_add.7", "invalid_arguments"),
    ("git_add.8", "path_outside_repository"),
    ("git_add.9", "path_outside_repository"),
    ("git_add.10", "path_outside_repository"),
    ("git_add.12", "invalid_arguments"),
    ("git_add.13", "invalid_arguments"),
    ("git_reset.4", "not_a_repository"),
    ("git_create_branch.2", "branch_exists"),
    ("git_create_branch.6", "base_not_found"),
    ("git_create_branch.7", "base_not_found"),
    ("git_create_branch.8", "invalid_arguments"),
    ("git_create_branch.9", "invalid_arguments"),
    ("git_create_branch.10", "invalid_branch_name"),
    ("git_create_branch.11", "invalid_arguments"),
    ("git_create_branch.13", "branch_name_taken"),
    ("git_create_branch.14", "head_detached"),
    ("git_checkout.6", "revision_not_found"),
    ("git_checkout.7", "invalid_arguments"),
    ("git_checkout.8", "invalid_arguments"),
    ("git_checkout.9", "not_a_commit"),
    ("git_checkout.10", "checkout_refused"),
];

/// From here on upstream was started with `--repository ${ROOT}/repo`, and then no longer.
const CONFINED: std::ops::RangeInclusive<u32> = 147..=156;

/// What happened to the repositories before a call, as the recordings' `setup` has it.
fn before(seq: u32, root: &Path) {
    let repo = root.join("repo");
    match seq {
        68 => {
            seed::write(repo.join("src/a.txt"), "1\n2\n3\n4\nfive\n6\n7\n8\nNINE\n");
            fs::remove_file(repo.join("feature.txt")).unwrap();
            seed::write(repo.join("new.txt"), "new\n");
            seed::write(repo.join("-A"), "dash\n");
        }
        110 => seed::write(root.join("empty/one"), "1\n"),
        138 => seed::write(repo.join("src/a.txt"), "changed here\n"),
        140 => seed::merge_side(&root.join("conflict")),
        142 => seed::write(root.join("conflict/f"), "both\n"),
        146 => {
            seed::write(repo.join("src/a.txt"), "1\n2\n3\n4\nfive\n6\n7\n8\nNINE\n");
        }
        157 => {
            let latin = git2::Repository::open(root.join("latin")).unwrap();
            seed::commit(&latin, "café\n", (seed::day(1, 3, 0), 0), &[]);
        }
        _ => {}
    }
}

fn at_root(arguments: &Value, root: &str) -> Value {
    let text = arguments.to_string().replace("${ROOT}", root);
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn every_recorded_call() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    seed::seed(&root);
    let recordings: Vec<Recording> =
        serde_json::from_str(include_str!("fixtures/recorded.json")).unwrap();
    let readme = include_str!("../README.md");
    let open = support::server(&root);
    let repository = root.join("repo").display().to_string();
    let confined = support::with_settings(&["--repository".to_owned(), repository], |_| None);
    let (mut equal, mut failing, mut different) = (0, 0, 0);
    let mut wrong = Vec::new();
    for recording in &recordings {
        before(recording.seq, &root);
        let server = if CONFINED.contains(&recording.seq) {
            &confined
        } else {
            &open
        };
        let arguments = at_root(&recording.arguments, root.to_str().unwrap());
        if let Recorded::ProtocolError(code) = recording.result {
            let reply = support::reply(server, &recording.tool, &arguments).await;
            assert_eq!(reply["error"]["code"], code, "{}", recording.name);
            failing += 1;
            continue;
        }
        let (is_error, text) = support::call(server, &recording.tool, &arguments).await;
        let text = text.replace(root.to_str().unwrap(), "${ROOT}");
        let entry = DIFFERENT.iter().find(|(name, ..)| *name == recording.name);
        let (expected_error, expected) = match (&recording.result, entry) {
            (_, Some((_, row, ours))) => {
                assert!(
                    readme.contains(&format!("| {row} |")),
                    "no row `{row}` in README.md"
                );
                different += 1;
                match ours {
                    Ours::Text(text) => (false, (*text).to_owned()),
                    Ours::Error(text) => (true, (*text).to_owned()),
                }
            }
            (Recorded::Text(text), None) => {
                equal += 1;
                (false, text.clone())
            }
            (Recorded::IsError(_), None) => {
                failing += 1;
                let code = FAILING.iter().find(|(name, _)| *name == recording.name);
                let code = code
                    .unwrap_or_else(|| panic!("{} fails: {text}", recording.name))
                    .1;
                assert!(text.len() > code.len() + 2, "{}: {text}", recording.name);
                assert_eq!(
                    text.split(": ").next(),
                    Some(code),
                    "{}: {text}",
                    recording.name
                );
                (true, text.clone())
            }
            (Recorded::ProtocolError(_), None) => unreachable!("handled above"),
        };
        if (is_error, &text) != (expected_error, &expected) {
            wrong.push(format!(
                "{}\n  want {expected:?}\n  have {text:?}",
                recording.name
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert_eq!(equal + failing + different, recordings.len());
    assert_eq!((equal, failing, different), (69, 55, DIFFERENT.len()));
    assert_eq!(recordings.len(), 131);
    // Every entry of the tables belongs to a recording.
    let names: BTreeSet<&str> = recordings
        .iter()
        .map(|recording| recording.name.as_str())
        .collect();
    for name in DIFFERENT
        .iter()
        .map(|entry| entry.0)
        .chain(FAILING.iter().map(|entry| entry.0))
    {
        assert!(names.contains(name), "no recording {name}");
    }
}
