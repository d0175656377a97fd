//! Names of branches: those are made that the real git would make.

mod support;

use proptest::prelude::*;
use serde_json::json;
use server_testing::{Call, Rules, checked_call, fuzz, text_of};
use support::git::Git;
use support::seed;

fn near() -> impl Strategy<Value = String> {
    let pieces = text_of(
        &[
            "a",
            "b",
            "/",
            ".",
            "..",
            "-",
            "@",
            "@{",
            "~",
            "^",
            ":",
            "?",
            "*",
            "[",
            "\\",
            " ",
            "\t",
            "\n",
            "\u{7f}",
            ".lock",
            "HEAD",
            "refs/heads/",
            "é",
            "\u{202e}",
            "é\u{301}",
            "//",
            "{",
            "0000000000000000000000000000000000000000",
        ],
        1..6,
    );
    prop_oneof![6 => pieces, 1 => "\\PC{1,12}"]
}

#[test]
fn a_branch_is_made_exactly_when_git_knows_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let Some(git) = Git::new(&root) else {
        return;
    };
    fuzz(
        60,
        near(),
        async || (),
        async |(), name| {
            let path = root.join("repo");
            let repo = seed::init(&path);
            seed::write(path.join("top"), "top\n");
            seed::add_all(&repo);
            seed::commit(&repo, "first\n", (seed::day(1, 1, 0), 0), &[]);
            let settings = git_repo_server::Settings::read(&[], |variable| {
                (variable == "GIT_REPO_ROOT").then(|| root.clone().into_os_string())
            });
            let server = git_repo_server::Server::new(settings.unwrap());
            let call = Call {
                tool: "git_create_branch".to_owned(),
                arguments: json!({ "repo_path": "repo", "branch_name": name }),
            };
            let result = checked_call(&server, &call, &Rules::default()).await;
            let good = git.succeeds(&["check-ref-format", "--branch", &name])
            && git.succeeds(&["check-ref-format", &format!("refs/heads/{name}")])
            // These mean something else to `--branch`.
            && !name.starts_with("@{") && name != "main" && name != "HEAD";
            assert_eq!(result["isError"] != true, good, "{name:?}: {result}");
            std::fs::remove_dir_all(&path).unwrap();
        },
    );
}
