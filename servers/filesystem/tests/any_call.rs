//! Any calls of any tools: each is answered, and nothing beside the root is read or changed.

mod support;

use server_testing::{Call, Rules, Words, calls, checked_call, fuzz, surroundings, words};
use support::Folder;

/// Content of every file that is not below the root.
const CANARY: &str = "canary-5f3a";

/// What cargo gives a test, and `/proc/self/environ` holds.
const ENVIRONMENT: &str = "CARGO_MANIFEST_DIR=";

/// The root with files, folders and links of every kind, and canaries around it.
fn seeded() -> Folder {
    let folder = Folder::new();
    for dir in [
        "allowed/dir/deep",
        "allowed2",
        "outside/dir",
        "allowed/empty",
    ] {
        folder.dir(dir);
    }
    for (name, content) in [
        ("allowed/a.txt", "one\ntwo\nthree\n"),
        ("allowed/dir/b.md", "\u{feff}# B\r\nx\r\n"),
        ("allowed/dir/deep/c.json", "{\"c\": 1}"),
        ("allowed/e\u{301}.txt", "decomposed"),
        ("outside/canary.txt", CANARY),
        ("outside/dir/canary.txt", CANARY),
        ("allowed2/canary.txt", CANARY),
    ] {
        folder.file(name, content);
    }
    folder.file("allowed/pixel.png", [0x89, b'P', b'N', b'G', 0, 0xff, 0xfe]);
    for (name, target) in [
        ("allowed/in", "dir"),
        ("allowed/out", "../outside"),
        ("allowed/out.txt", "../outside/canary.txt"),
        ("allowed/dangling", "../outside/new.txt"),
        ("allowed/loop", "loop"),
        ("allowed/dir/up", ".."),
        ("allowed/environ", "/proc/self/environ"),
    ] {
        folder.link(name, target);
    }
    folder.link("allowed/absolute", folder.path("outside/dir"));
    folder
}

const PATHS: &[&str] = &[
    "a.txt",
    "dir",
    "dir/b.md",
    "dir/deep/c.json",
    "é.txt",
    "pixel.png",
    "in/b.md",
    "out",
    "out/canary.txt",
    "out.txt",
    "dangling",
    "loop",
    "dir/up/out.txt",
    "environ",
    "absolute/canary.txt",
    "../outside/canary.txt",
    "../allowed2/canary.txt",
    "dir/../../outside",
    "in/../../outside/canary.txt",
    "/proc/self/environ",
    "/etc/hosts",
    "~/x",
    "new.txt",
    "dir/new/deep.txt",
    ".",
    "..",
    "",
    "/",
    "./a.txt",
    "empty",
    "out/new.txt",
    "absolute/new",
];

fn known() -> Words {
    words(&[
        ("path", PATHS),
        ("paths", PATHS),
        ("source", PATHS),
        ("destination", PATHS),
        (
            "pattern",
            &[
                "*", "**/*", "*.txt", "canary", "!*.md", "{a,b}*", "out/**", "../**",
            ],
        ),
        ("excludePatterns", &["dir", "*.md", "**/deep", "!a"]),
        ("oldText", &["two", "one\ntwo", "x", ""]),
        ("newText", &["2", "\r\n", ""]),
        ("content", &["text\n", "\r\n", ""]),
    ])
}

/// The call with absolute paths, below the root unless they lead out of it.
fn absolute(folder: &Folder, mut call: Call) -> Call {
    for name in ["path", "source", "destination"] {
        if let Some(path) = call.arguments[name].as_str() {
            call.arguments[name] = format!("{}/{path}", folder.arg("allowed")).into();
        }
    }
    call
}

#[test]
fn any_calls_are_answered_and_stay_below_the_root() {
    let tools = filesystem_server::Server::tools().list_all();
    let rules = Rules {
        secrets: &[CANARY, ENVIRONMENT],
        upstream_failures: &["read_multiple_files"],
    };
    let strategy = (calls(&tools, &known()), proptest::bool::ANY);
    fuzz(
        150,
        strategy,
        async || (),
        async |(), (calls, is_absolute)| {
            let folder = seeded();
            let before = surroundings(&folder.path(""), "allowed");
            let server = folder.server();
            for call in calls {
                let call = match is_absolute {
                    true => absolute(&folder, call),
                    false => call,
                };
                checked_call(&server, &call, &rules).await;
            }
            assert_eq!(surroundings(&folder.path(""), "allowed"), before);
        },
    );
}
