//! `search_files`.

use filesystem_server::Limits;
use serde_json::json;

use crate::support::Folder;

fn folder() -> Folder {
    let folder = Folder::new();
    for dir in ["docs/deep", "node_modules/x", "Readme"] {
        folder.dir(&format!("allowed/{dir}"));
    }
    for file in [
        "README.md",
        "docs/readme.txt",
        "docs/deep/x.md",
        "node_modules/x/README.md",
    ] {
        folder.file(&format!("allowed/{file}"), "");
    }
    folder.link("allowed/docs/link.md", "deep/x.md");
    folder.link("allowed/docs/again", "..");
    folder.link("allowed/docs/dangling.md", "nowhere");
    folder
}

#[tokio::test]
async fn what_is_found() {
    let folder = folder();
    let cases: &[(&str, &str, &[&str], &[&str])] = &[
        // part of a name, any case, any depth, files and directories
        (
            "",
            "readme",
            &[],
            &[
                "README.md",
                "Readme",
                "docs/readme.txt",
                "node_modules/x/README.md",
            ],
        ),
        (
            "",
            "readme",
            &["node_modules", "*.md"],
            &["Readme", "docs/readme.txt"],
        ),
        ("docs", "read", &[], &["docs/readme.txt"]),
        ("", "docs/read", &[], &["docs/readme.txt"]),
        // globs, on the whole relative path
        ("", "*.md", &[], &["README.md"]),
        (
            "",
            "**/*.md",
            &[],
            &[
                "README.md",
                "docs/deep/x.md",
                "docs/link.md",
                "node_modules/x/README.md",
            ],
        ),
        (
            "",
            "docs/*",
            &[],
            &["docs/again", "docs/deep", "docs/link.md", "docs/readme.txt"],
        ),
        ("docs", "*.md", &[], &["docs/link.md"]),
        ("", "!**/*.md", &["docs", "node_modules"], &["Readme"]),
        ("", "**/*.{txt,rst}", &[], &["docs/readme.txt"]),
        // through a link at the start, shown where it really is
        ("docs/again/docs", "x.md", &[], &["docs/deep/x.md"]),
    ];
    for (path, pattern, exclude, expected) in cases {
        let arguments = json!({ "path": path, "pattern": pattern, "excludePatterns": exclude });
        let answer = folder.call("search_files", arguments).await;
        let expected: Vec<String> = expected
            .iter()
            .map(|path| format!("{}/{path}", folder.arg("allowed")))
            .collect();
        assert_eq!(
            answer.text(),
            expected.join("\n"),
            "{path} {pattern} {exclude:?}"
        );
    }
}

#[tokio::test]
async fn what_is_no_search() {
    let folder = folder();
    let cases = [
        (
            "",
            "",
            "invalid_pattern: `` is not a pattern: it is empty; `**/*` finds everything",
        ),
        (
            "",
            "*.+(a|b)",
            "invalid_pattern: `*.+(a|b)` is not a pattern: groups as `@(a|b)` are not known; write alternatives as `{a,b}`",
        ),
        (
            "none",
            "x",
            "not_found: ENOENT: no such file or directory: `none`",
        ),
        (
            "README.md",
            "x",
            "not_a_directory: ENOTDIR: not a directory, or below a file: `README.md`",
        ),
    ];
    for (path, pattern, text) in cases {
        let arguments = json!({ "path": path, "pattern": pattern });
        let answer = folder.call("search_files", arguments).await;
        assert_eq!(answer.error(), text);
    }
    let answer = folder
        .call("search_files", json!({ "path": "", "pattern": "zip" }))
        .await;
    assert_eq!(answer.text(), "No matches found");
}

#[tokio::test]
async fn more_than_the_limit() {
    let folder = folder().with_limits(Limits {
        entries: 2,
        ..Limits::default()
    });
    let answer = folder
        .call("search_files", json!({ "path": "", "pattern": "readme" }))
        .await;
    let root = folder.arg("allowed");
    assert_eq!(
        answer.text(),
        format!(
            "{root}/README.md\n{root}/Readme\n\n(only the first 2 matches: use a longer `pattern`, \
             `excludePatterns` or a deeper `path`)"
        )
    );
}

/// Deeper than the process may have files open.
#[tokio::test]
async fn very_deep() {
    let folder = Folder::new();
    let path = vec!["d"; 1100].join("/");
    folder.dir(&format!("allowed/{path}"));
    folder.file(&format!("allowed/{path}/needle"), "");
    let answer = folder
        .call("search_files", json!({ "path": "", "pattern": "needle" }))
        .await;
    assert_eq!(
        answer.text(),
        format!("{}/{path}/needle", folder.arg("allowed"))
    );
}
