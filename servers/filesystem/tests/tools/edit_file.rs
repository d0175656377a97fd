//! `edit_file`.

use filesystem_server::Limits;
use serde_json::{Value, json};

use crate::support::{Answer, Folder};

/// `oldText` and `newText`.
type Pairs<'p> = &'p [(&'p str, &'p str)];

fn edits(pairs: Pairs<'_>) -> Value {
    let edit = |(old, new): &(&str, &str)| json!({ "oldText": old, "newText": new });
    pairs.iter().map(edit).collect()
}

/// Edits a file `f`, and returns the answer and the file.
async fn edit(content: &str, pairs: Pairs<'_>) -> (Answer, String) {
    let folder = Folder::new();
    folder.file("allowed/f", content);
    let arguments = json!({ "path": "f", "edits": edits(pairs) });
    let answer = folder.call("edit_file", arguments).await;
    assert_eq!(folder.names("allowed"), ["f"]);
    (answer, folder.read("allowed/f"))
}

#[tokio::test]
async fn results() {
    // (content, edits, result)
    let cases: &[(&str, Pairs<'_>, &str)] = &[
        ("a b c\n", &[("b", "x")], "a x c\n"),
        ("a\nb\nc\n", &[("a\nb", "x")], "x\nc\n"),
        ("a\nb\nc\n", &[("b\n", "")], "a\nc\n"),
        ("a", &[("a", "$& $1 \\0")], "$& $1 \\0"),
        // one after the other
        ("a\n", &[("a", "b"), ("b", "c")], "c\n"),
        ("a\nb\n", &[("a", "b\na"), ("b\na\n", "")], "b\n"),
        // line endings of the file, whatever those of the edit
        ("a\r\nb\r\nc\r\n", &[("b", "x\ny")], "a\r\nx\r\ny\r\nc\r\n"),
        ("a\r\nb\r\nc\r\n", &[("a\nb", "x\ny")], "x\r\ny\r\nc\r\n"),
        (
            "a\r\nb\r\nc\r\n",
            &[("a\r\nb", "x\r\ny\r\nz")],
            "x\r\ny\r\nz\r\nc\r\n",
        ),
        ("a\nb\nc\n", &[("a\r\nb", "x\r\ny")], "x\ny\nc\n"),
        ("a\nb\r\nc\n", &[("c", "x")], "a\nb\r\nx\n"),
        ("a\r\nb", &[("b", "c\nd")], "a\r\nc\r\nd"),
        ("\u{feff}a\r\n", &[("a", "b")], "\u{feff}b\r\n"),
        // other indentation, tabs, trailing white space
        (
            "fn f() {\n    if a {\n        b();\n    }\n}\n",
            &[("if a {\n    b();\n}", "if c {\n    d();\n    e();\n}")],
            "fn f() {\n    if c {\n        d();\n        e();\n    }\n}\n",
        ),
        (
            "\tif a:\n\t\tb\n",
            &[("if a:\n    b", "if a:\n    c\n    d")],
            "\tif a:\n\t\tc\n\t\td\n",
        ),
        (
            "\tx = 1\r\n\ty = 2\r\n",
            &[("x = 1\ny = 2\n", "x = 3\n")],
            "\tx = 3\r\n",
        ),
        ("a  \nb\n", &[("a\nb", "c\nd")], "c\nd\n"),
        ("  a\n", &[("   a\n", "   b\n")], "  b\n"),
    ];
    for (content, pairs, expected) in cases {
        let (answer, result) = edit(content, pairs).await;
        answer.text();
        assert_eq!(result, *expected, "{content:?} {pairs:?}");
    }
}

#[tokio::test]
async fn refusals_change_nothing() {
    let twelve = "x\n".repeat(12);
    // (content, edits, text)
    let cases: &[(&str, Pairs<'_>, &str)] = &[
        (
            "a\n",
            &[("", "b")],
            "empty_old_text: `edits[0].oldText` is empty: give the text that `newText` is to replace",
        ),
        (
            "a\n",
            &[("a", "b"), ("c", "d")],
            "edit_not_found: `edits[1].oldText` is not in `f`; no edit was made\nhint: read the file again and copy the text exactly:\nc",
        ),
        (
            "a\nb\na\n",
            &[("a", "x")],
            "ambiguous_edit: `edits[0].oldText` is in `f` 2 times, at lines 1, 3; no edit was made\nhint: add neighbouring lines to `oldText` until only one place matches",
        ),
        (
            "aaa\n",
            &[("aa", "x")],
            "ambiguous_edit: `edits[0].oldText` is in `f` 2 times, at lines 1, 1; no edit was made\nhint: add neighbouring lines to `oldText` until only one place matches",
        ),
        (
            &twelve,
            &[("x", "y")],
            "ambiguous_edit: `edits[0].oldText` is in `f` 12 times, at lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …; no edit was made\nhint: add neighbouring lines to `oldText` until only one place matches",
        ),
        (
            "  a\nb\n    a\n",
            &[("\ta\n", "x")],
            "ambiguous_edit: `edits[0].oldText` is in `f` 2 times, at lines 1, 3; no edit was made\nhint: add neighbouring lines to `oldText` until only one place matches",
        ),
        (
            "x\n  a\n    b\n",
            &[("a\nb", "c\nd\ne")],
            "indentation_unclear: `edits[0].oldText` is in `f` at line 2 with another indentation, from which that of `newText` does not follow; no edit was made\nhint: give `oldText` with the indentation of the file",
        ),
        // White space alone is compared exactly.
        (
            "a\n\nb\n",
            &[("   ", "x")],
            "edit_not_found: `edits[0].oldText` is not in `f`; no edit was made\nhint: read the file again and copy the text exactly:\n   ",
        ),
    ];
    for (content, pairs, text) in cases {
        let (answer, result) = edit(content, pairs).await;
        assert_eq!(answer.error(), *text);
        assert_eq!(result, *content);
    }
}

#[tokio::test]
async fn a_dry_run_shows_and_leaves() {
    let folder = Folder::new();
    folder.file("allowed/f", "a\r\n");
    folder.link("allowed/link", "f");
    let mut texts = Vec::new();
    for dry_run in [true, false] {
        let arguments = json!({ "path": "link", "edits": edits(&[("a", "b")]), "dryRun": dry_run });
        let answer = folder.call("edit_file", arguments).await;
        texts.push(answer.text().to_owned());
        let content = if dry_run { "a\r\n" } else { "b\r\n" };
        assert_eq!(folder.read("allowed/f"), content);
    }
    let path = folder.arg("allowed/f");
    let expected = format!(
        "```diff\nIndex: {path}\n{}\n--- {path}\toriginal\n+++ {path}\tmodified\n\
         @@ -1,1 +1,1 @@\n-a\n+b\n```\n\n",
        "=".repeat(67)
    );
    assert_eq!(texts, [expected.as_str(), expected.as_str()]);
    assert!(folder.path("allowed").join("link").is_symlink());
}

#[tokio::test]
async fn without_effect_the_file_is_left_alone() {
    let folder = Folder::new();
    folder.file("allowed/f", "a\n");
    folder.set_modified("allowed/f", 1_000_000_000);
    let modified = || {
        folder
            .path("allowed/f")
            .metadata()
            .unwrap()
            .modified()
            .unwrap()
    };
    let before = modified();
    for pairs in [&[][..], &[("a", "a")], &[("a", "b"), ("b", "a")]] {
        let arguments = json!({ "path": "f", "edits": edits(pairs) });
        let answer = folder.call("edit_file", arguments).await;
        assert!(answer.text().ends_with("\tmodified\n```\n\n"), "{answer:?}");
    }
    assert_eq!(modified(), before);
}

#[tokio::test]
async fn permissions_stay() {
    let folder = Folder::new();
    folder.file("allowed/f", "a\n");
    folder.set_mode("allowed/f", 0o751);
    let arguments = json!({ "path": "f", "edits": edits(&[("a", "b")]) });
    folder.call("edit_file", arguments).await.text();
    assert_eq!(folder.mode("allowed/f"), 0o751);
}

#[tokio::test]
async fn what_cannot_be_edited() {
    let folder = Folder::new().with_limits(Limits {
        read_bytes: 10,
        ..Limits::default()
    });
    folder.dir("allowed/dir");
    folder.file("allowed/latin1", b"caf\xe9\n");
    folder.file("allowed/large", "0123456789+");
    let cases = [
        (
            "latin1",
            "not_text: `latin1` is not UTF-8 text: editing would damage it\nhint: replace the whole file with `write_file`",
        ),
        (
            "large",
            "file_too_large: `large` has 11 bytes, more than the 10 bytes that one call reads\nhint: make the change with `write_file`",
        ),
        (
            "none",
            "not_found: ENOENT: no such file or directory: `none`",
        ),
        (
            "dir",
            "is_a_directory: EISDIR: this is a directory: `dir`\nhint: `list_directory` shows what is in it",
        ),
    ];
    for (path, text) in cases {
        let arguments = json!({ "path": path, "edits": edits(&[("a", "b")]) });
        assert_eq!(folder.call("edit_file", arguments).await.error(), text);
    }
    assert_eq!(
        std::fs::read(folder.path("allowed/latin1")).unwrap(),
        b"caf\xe9\n"
    );
}

/// A misspelt member of an edit is refused, not dropped.
#[tokio::test]
async fn unknown_members_are_refused() {
    let folder = Folder::new();
    folder.file("allowed/f", "a\n");
    for arguments in [
        json!({ "path": "f", "edits": edits(&[("a", "b")]), "dryrun": true }),
        json!({ "path": "f", "edits": [{ "oldText": "a", "newText": "b", "all": true }] }),
    ] {
        let answer = folder.call("edit_file", arguments).await;
        assert!(answer.error().contains("invalid_arguments: "), "{answer:?}");
    }
    assert_eq!(folder.read("allowed/f"), "a\n");
}
