//! Any calls of any tools: each is answered, and nothing beside the root is read or changed.

mod support;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use git_repo_server::{Server, Settings};
use server_testing::{Rules, Words, calls, checked_call, fuzz, surroundings, words};
use support::seed;

/// In every file that is not below the root.
const CANARY: &str = "canary-5f3a";

const REVISIONS: &[&str] = &[
    "main",
    "HEAD",
    "HEAD~1",
    "HEAD^",
    "v1",
    "other",
    "HEAD:top",
    "HEAD^{tree}",
    "HEAD^{/first}",
    ":/second",
    "@{-1}",
    "HEAD@{0}",
    "main..other",
    "refs/heads/main",
    "refs/heads/../../x",
    "HEAD~99999999999",
    "HEAD^{}",
    "0000000",
    ":top",
];

fn known() -> Words {
    let times = &[
        "2024-01-15",
        "2 weeks ago",
        "yesterday",
        "2024-01-15T14:30:25+01:00",
        "@0",
        "last friday",
    ];
    words(&[
        (
            "repo_path",
            &[
                "repo",
                "repo",
                "repo",
                "repo",
                "./repo",
                "link",
                "../outside",
                "repo/dir",
                "bare-canary",
                ".",
            ],
        ),
        (
            "files",
            &[
                "top",
                "dir/file",
                "dir",
                ".",
                "*",
                "new",
                "out/canary.txt",
                "../outside/canary.txt",
                ":(glob)**",
                ":!top",
                "-A",
            ],
        ),
        (
            "branch_name",
            &[
                "main",
                "other",
                "new/branch",
                "HEAD",
                "a..b",
                "x.lock",
                "refs/heads/y",
            ],
        ),
        ("base_branch", REVISIONS),
        ("target", REVISIONS),
        ("revision", REVISIONS),
        ("contains", REVISIONS),
        ("not_contains", REVISIONS),
        ("message", &["message", "a\n\nb\n"]),
        ("start_timestamp", times),
        ("end_timestamp", times),
    ])
}

/// `root` with a repository, links out of both, and another repository beside it.
fn seeded(folder: &Path) {
    let outside = seed::init(&folder.join("outside"));
    seed::write(folder.join("outside/canary.txt"), CANARY);
    seed::add_all(&outside);
    seed::commit(&outside, CANARY, (seed::day(1, 1, 0), 0), &[]);
    let path = folder.join("root/repo");
    let repo = seed::init(&path);
    for (day, content) in [(1, "first\n"), (2, "second\n")] {
        seed::write(path.join("top"), content);
        seed::write(path.join("dir/file"), content);
        seed::add_all(&repo);
        seed::commit(&repo, content, (seed::day(1, day, 0), 0), &[]);
    }
    seed::branch(&repo, "other");
    seed::write(path.join("top"), "changed\n");
    seed::write(path.join("new"), "new\n");
    symlink("../../outside", path.join("out")).expect("a link");
    symlink("../outside", folder.join("root/link")).expect("a link");
    // Says that its objects are elsewhere.
    let borrower = folder.join("root/bare-canary");
    seed::init(&borrower);
    let objects = folder.join("outside/.git/objects");
    let alternates = borrower.join(".git/objects/info/alternates");
    fs::write(alternates, objects.to_str().expect("UTF-8")).expect("a file");
}

fn server(root: &Path) -> Server {
    let root = root.as_os_str().to_owned();
    let settings = Settings::read(&[], |name| match name {
        "GIT_REPO_ROOT" => Some(root.clone()),
        "GIT_AUTHOR_NAME" => Some("Ann Author".into()),
        "GIT_AUTHOR_EMAIL" => Some("ann@example.com".into()),
        _ => None,
    });
    Server::new(settings.expect("good settings"))
}

#[test]
fn any_calls_are_answered_and_stay_below_the_root() {
    let rules = Rules {
        secrets: &[CANARY],
        ..Rules::default()
    };
    let strategy = calls(&Server::tools().list_all(), &known());
    fuzz(
        60,
        strategy,
        async || (),
        async |(), calls| {
            let folder = tempfile::tempdir().expect("a folder");
            seeded(folder.path());
            let before = surroundings(folder.path(), "root");
            let server = server(&folder.path().join("root"));
            for call in &calls {
                checked_call(&server, call, &rules).await;
            }
            assert_eq!(surroundings(folder.path(), "root"), before);
        },
    );
}
