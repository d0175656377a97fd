//! States of a work tree that have a name.

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use crate::pair::{Pair, lines};
use crate::support::git::Git;
use crate::support::seed::write;

/// A situation, and how to get into it.
type Situation = (&'static str, fn(&Pair));

const SITUATIONS: [Situation; 38] = [
    ("clean", |_| {}),
    ("modified and untracked", |pair| {
        pair.write("a.txt", lines(1..=29) + "changed\n");
        pair.write("new/deep/file", "x\n");
        pair.write("new2", "x\n");
    }),
    ("staged, then changed again", |pair| {
        pair.write("a.txt", lines(2..=30));
        pair.git.run(&["add", "-A"]);
        pair.write("a.txt", lines(2..=31));
    }),
    ("deleted, staged and not", |pair| {
        fs::remove_file(pair.path().join("a.txt")).unwrap();
        pair.git.run(&["rm", "-q", "c.txt"]);
    }),
    ("renamed", |pair| {
        pair.git.run(&["mv", "a.txt", "moved.txt"]);
    }),
    ("renamed and changed", |pair| {
        pair.git.run(&["mv", "a.txt", "moved.txt"]);
        pair.write("moved.txt", lines(1..=25) + "more\nand more\n");
        pair.git.run(&["add", "-A"]);
    }),
    (
        "renamed to another folder with the same name, changed",
        |pair| {
            fs::create_dir(pair.path().join("d")).unwrap();
            pair.git.run(&["mv", "a.txt", "d/a.txt"]);
            pair.write("d/a.txt", lines(1..=24) + "other\n");
            pair.git.run(&["add", "-A"]);
        },
    ),
    ("two renames that compete", |pair| {
        pair.write("x.txt", lines(1..=20));
        pair.write("y.txt", lines(1..=21));
        pair.write("z.txt", lines(5..=30));
        pair.git.run(&["rm", "-q", "a.txt"]);
        pair.git.run(&["add", "-A"]);
    }),
    ("copies are not renames", |pair| {
        pair.write("copy.txt", lines(1..=30));
        pair.git.run(&["add", "-A"]);
    }),
    ("modes", |pair| {
        let mode = |path: &str, mode| {
            let path = pair.path().join(path);
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        mode("a.txt", 0o755);
        pair.git.run(&["add", "-A"]);
        mode("c.txt", 0o755);
        pair.write("src/b.rs", "changed\n");
        mode("src/b.rs", 0o755);
    }),
    ("a symlink in place of a file, and a new one", |pair| {
        fs::remove_file(pair.path().join("c.txt")).unwrap();
        symlink("a.txt", pair.path().join("c.txt")).unwrap();
        symlink("/nowhere", pair.path().join("dangling")).unwrap();
        pair.git.run(&["add", "dangling"]);
    }),
    ("binary files", |pair| {
        pair.write("bin", b"a\0b");
        pair.git.run(&["add", "-A"]);
        pair.write("bin", b"a\0c");
        pair.write("c.txt", b"\0");
    }),
    ("no newline at the end", |pair| {
        pair.write("c.txt", "c");
        pair.write("d.txt", "d");
        pair.git.run(&["add", "d.txt"]);
        pair.write("d.txt", "d\ne");
    }),
    ("empty files", |pair| {
        pair.write("empty", "");
        pair.git.run(&["add", "-A"]);
        pair.write("c.txt", "");
    }),
    ("carriage returns", |pair| {
        pair.write("c.txt", "c\r\nd\r\n");
        pair.git.run(&["add", "-A"]);
        pair.write("c.txt", "c\nd\r\n");
    }),
    ("line endings by attribute", |pair| {
        pair.write(
            ".gitattributes",
            "*.txt text eol=crlf\n*.bin binary\n*.dat -diff\n",
        );
        pair.write("crlf.txt", "one\r\ntwo\r\n");
        pair.write("x.dat", "text\n");
        pair.commit("attributes");
        pair.write("crlf.txt", "one\r\nthree\r\n");
        pair.write("x.dat", "other\n");
    }),
    ("bytes that are not text", |pair| {
        pair.write("c.txt", b"caf\xe9\n\xff\xfe\n");
        pair.git.run(&["add", "-A"]);
        pair.write("c.txt", b"caf\xe9\n\xff\n");
    }),
    ("odd names", |pair| {
        for name in [
            "with space",
            "tab\there",
            "quo\"te",
            "back\\slash",
            "caf\u{e9}",
            "-A",
            "new\nline",
        ] {
            pair.write(name, "x\n");
        }
        let latin = std::ffi::OsStr::from_bytes(b"latin\xe9");
        write(pair.path().join(latin), "x\n");
        pair.git.run(&["add", "-A"]);
        pair.write("with space", "y\n");
        pair.write("caf\u{e9}", "y\n");
        pair.write("other \u{e9}", "y\n");
    }),
    ("names that are not quoted", |pair| {
        pair.git.run(&["config", "core.quotePath", "false"]);
        pair.write("caf\u{e9}", "x\n");
        pair.git.run(&["add", "-A"]);
        pair.write("\u{e9}t\u{e9}", "x\n");
    }),
    ("ignored files", |pair| {
        pair.write(".gitignore", "*.log\n/build/\n!keep.log\n");
        pair.write("x.log", "x");
        pair.write("keep.log", "x");
        pair.write("build/out", "x");
        pair.write("only/x.log", "x");
        fs::create_dir(pair.path().join("hollow")).unwrap();
    }),
    (
        "ignored by the machine's rules is not ignored here",
        |pair| {
            pair.write("x.log", "x");
            pair.git.run(&["config", "user.name", "x"]);
        },
    ),
    ("announced only", |pair| {
        pair.write("soon.txt", "soon\n");
        pair.git.run(&["add", "-N", "soon.txt"]);
    }),
    ("detached at a tag", |pair| {
        pair.git.run(&["tag", "v1"]);
        pair.commit("second");
        pair.git.run(&["checkout", "-q", "v1"]);
    }),
    ("detached from a hash", |pair| {
        let head = pair.git.run(&["rev-parse", "HEAD"]);
        pair.git.run(&["checkout", "-q", head.trim()]);
        pair.write("c.txt", "d\n");
        pair.commit("away");
    }),
    ("detached at a branch", |pair| {
        pair.git.run(&["checkout", "-q", "--detach", "main"]);
    }),
    ("a merge in conflict", |pair| {
        pair.diverge(|pair, side| {
            pair.write("a.txt", format!("{side}\n{}", lines(2..=30)));
            pair.write(&format!("{side}.txt"), "x\n");
        });
        pair.git.attempt(&["merge", "side"]);
    }),
    ("a merge with every kind of conflict", |pair| {
        pair.write("both_deleted", "x\n");
        pair.write("deleted_here", "x\n");
        pair.write("deleted_there", "x\n");
        pair.write("bin", b"\0");
        pair.commit("more");
        pair.diverge(|pair, side| {
            pair.write("both_added", format!("{side}\n"));
            pair.write("bin", format!("\0{side}"));
            let (delete, change) = if side == "main" {
                ("deleted_here", "deleted_there")
            } else {
                ("deleted_there", "deleted_here")
            };
            fs::remove_file(pair.path().join(delete)).unwrap();
            pair.write(change, format!("{side}\n"));
            let target = format!("renamed_{side}");
            pair.git.run(&["mv", "both_deleted", &target]);
        });
        pair.git.attempt(&["merge", "side"]);
        pair.write("src/b.rs", "changed\n");
        pair.write("untracked", "x\n");
    }),
    ("a conflict with hunks far apart", |pair| {
        pair.diverge(|pair, side| {
            let text = lines(1..=30);
            let text = text.replace("line 3\n", &format!("line {side} three\n"));
            let text = text.replace(
                "line 12\n",
                if side == "main" {
                    ""
                } else {
                    "line 12\nmore\n"
                },
            );
            let text = text.replace("line 25\n", &format!("{side}\n{side} again\n"));
            pair.write("a.txt", text);
        });
        pair.git.attempt(&["merge", "side"]);
    }),
    (
        "a conflict that was edited, and one whose file is gone",
        |pair| {
            pair.diverge(|pair, side| {
                pair.write("a.txt", format!("{side}\n{}", lines(2..=30)));
                pair.write("c.txt", format!("{side}\n"));
                pair.write(
                    "src/b.rs",
                    format!("fn one() {{\n    {side}\n}}\n\nfn two() {{\n    {side}\n}}\n"),
                );
            });
            pair.git.attempt(&["merge", "side"]);
            pair.write("a.txt", format!("main\n{}", lines(2..=30)));
            fs::remove_file(pair.path().join("c.txt")).unwrap();
        },
    ),
    ("a merge that is resolved", |pair| {
        pair.diverge(|pair, side| pair.write("c.txt", format!("{side}\n")));
        pair.git.attempt(&["merge", "side"]);
        pair.write("c.txt", "both\n");
        pair.git.run(&["add", "-A"]);
    }),
    ("a cherry-pick in conflict", |pair| {
        pair.diverge(|pair, side| pair.write("c.txt", format!("{side}\n")));
        pair.git.attempt(&["cherry-pick", "side"]);
    }),
    ("a revert in conflict", |pair| {
        pair.write("c.txt", "d\n");
        pair.commit("second");
        pair.write("c.txt", "e\n");
        pair.commit("third");
        pair.git.attempt(&["revert", "HEAD~1"]);
    }),
    ("a rebase in conflict", |pair| {
        pair.diverge(|pair, side| pair.write("c.txt", format!("{side}\n")));
        pair.commit("one more");
        pair.git.attempt(&["rebase", "side"]);
    }),
    ("a rebase in conflict, resolved", |pair| {
        pair.diverge(|pair, side| pair.write("c.txt", format!("{side}\n")));
        pair.git.attempt(&["rebase", "side"]);
        pair.write("c.txt", "both\n");
        pair.git.run(&["add", "-A"]);
    }),
    ("a bisection", |pair| {
        pair.commit("second");
        pair.commit("third");
        pair.commit("fourth");
        pair.git.run(&["bisect", "start"]);
        pair.git.run(&["bisect", "bad"]);
        pair.git.run(&["bisect", "good", "HEAD~3"]);
    }),
    ("ahead of, behind and gone from the upstream", |pair| {
        pair.commit("second");
        for (branch, at) in [("ahead", "HEAD"), ("behind", "HEAD~1"), ("gone", "HEAD")] {
            pair.git.run(&["branch", branch, at]);
        }
        pair.git.run(&["config", "remote.origin.url", "/nowhere"]);
        pair.git.run(&[
            "config",
            "remote.origin.fetch",
            "+refs/heads/*:refs/remotes/origin/*",
        ]);
        pair.git
            .run(&["update-ref", "refs/remotes/origin/main", "HEAD~1"]);
        pair.git.run(&[
            "symbolic-ref",
            "refs/remotes/origin/HEAD",
            "refs/remotes/origin/main",
        ]);
        for (key, value) in [("remote", "origin"), ("merge", "refs/heads/main")] {
            pair.git
                .run(&["config", &format!("branch.main.{key}"), value]);
        }
    }),
    ("a submodule with changes of every kind", |pair| {
        let nested = pair.path().join("sub");
        fs::create_dir(&nested).unwrap();
        let git = Git::new(&nested).unwrap();
        git.run(&["init", "-q", "-b", "main"]);
        write(nested.join("f"), "f\n");
        git.run(&["add", "-A"]);
        git.run(&["commit", "-q", "-m", "nested"]);
        pair.git
            .run(&["-c", "advice.addEmbeddedRepo=false", "add", "sub"]);
        pair.git.run(&["commit", "-q", "-m", "with sub"]);
        write(nested.join("f"), "g\n");
        git.run(&["commit", "-q", "-a", "-m", "further"]);
        write(nested.join("f"), "h\n");
        write(nested.join("untracked"), "h\n");
    }),
    (
        "a file in place of a folder, and a folder in place of a file",
        |pair| {
            fs::remove_dir_all(pair.path().join("src")).unwrap();
            pair.write("src", "now a file\n");
            fs::remove_file(pair.path().join("c.txt")).unwrap();
            pair.write("c.txt/inner", "x\n");
        },
    ),
];

#[tokio::test]
async fn named_situations() {
    let mut compared = 0;
    for (name, prepare) in SITUATIONS {
        let Some(pair) = Pair::with_commit() else {
            return;
        };
        prepare(&pair);
        pair.compare(name).await;
        compared += 1;
    }
    assert_eq!(compared, SITUATIONS.len());
}

#[tokio::test]
async fn upstream_branches() {
    let Some(pair) = Pair::with_commit() else {
        return;
    };
    pair.commit("second");
    pair.git.run(&["config", "remote.origin.url", "/nowhere"]);
    pair.git.run(&[
        "config",
        "remote.origin.fetch",
        "+refs/heads/*:refs/remotes/origin/*",
    ]);
    pair.git.run(&["branch", "other", "HEAD~1"]);
    pair.git.run(&["checkout", "-q", "other"]);
    pair.commit("elsewhere");
    pair.git.run(&["checkout", "-q", "main"]);
    for key in [
        ("branch.main.remote", "origin"),
        ("branch.main.merge", "refs/heads/main"),
    ] {
        pair.git.run(&["config", key.0, key.1]);
    }
    pair.compare("gone").await;
    for (situation, at) in [
        ("equal", "main"),
        ("ahead", "main~1"),
        ("diverged", "other"),
    ] {
        pair.git
            .run(&["update-ref", "refs/remotes/origin/main", at]);
        pair.compare(situation).await;
    }
    pair.git
        .run(&["update-ref", "refs/remotes/origin/main", "main"]);
    pair.git.run(&["reset", "-q", "--hard", "HEAD~1"]);
    pair.compare("behind").await;
}

#[tokio::test]
async fn before_the_first_commit() {
    let Some(pair) = Pair::new() else { return };
    pair.compare("nothing").await;
    pair.write("a", "a\n");
    pair.compare("untracked").await;
    pair.git.run(&["add", "a"]);
    pair.compare("staged").await;
    pair.write("a", "b\n");
    pair.compare("staged and changed").await;
}
