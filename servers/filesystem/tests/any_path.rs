//! Any path: it names a file exactly when the operating system finds one there, below the root.

mod support;

use std::path::{Component, Path, PathBuf};

use proptest::prelude::*;
use serde_json::json;
use server_testing::{Call, Rules, checked_call, fuzz};
use support::Folder;

fn seeded() -> Folder {
    let folder = Folder::new();
    for dir in ["allowed/dir/deep", "allowed2/dir", "outside/dir"] {
        folder.dir(dir);
    }
    for name in [
        "allowed/a",
        "allowed/dir/b",
        "allowed/dir/deep/a",
        "outside/a",
        "outside/dir/b",
        "allowed2/a",
    ] {
        folder.file(name, "x");
    }
    for (name, target) in [
        ("allowed/in", "dir/deep"),
        ("allowed/out", "../outside"),
        ("allowed/back", "../allowed/dir"),
        ("allowed/dir/up", ".."),
        ("allowed/dir/deep/far", "../../../outside/../allowed/dir"),
        ("allowed/loop", "loop"),
        ("allowed/gone", "nothing"),
    ] {
        folder.link(name, target);
    }
    folder.link("allowed/absolute", folder.path("allowed/dir"));
    folder.link("allowed/abroad", folder.path("outside"));
    folder
}

fn any_path() -> impl Strategy<Value = String> {
    let name = prop::sample::select(
        &[
            "a", "b", "dir", "deep", "in", "out", "back", "up", "far", "loop", "gone", "absolute",
            "abroad", "..", ".", "", "outside", "allowed", "allowed2", "é", "\n", "\\..\\", " ",
        ][..],
    );
    let names = prop::collection::vec(name, 1..7).prop_map(|names| names.join("/"));
    prop_oneof![9 => names, 1 => server_testing::hostile_text()]
}

/// What `..` takes back is taken back before links are followed, as the server documents it.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

#[test]
fn a_path_is_found_exactly_where_the_system_finds_it_below_the_root() {
    let start = async || {
        let folder = seeded();
        let server = folder.server();
        (folder, server)
    };
    let strategy = (any_path(), prop::bool::ANY);
    fuzz(
        500,
        strategy,
        start,
        async |(folder, server), (path, absolute)| {
            let root = folder.path("allowed");
            let asked = match absolute {
                true => format!("{}/{path}", root.display()),
                false => path,
            };
            let call = Call {
                tool: "get_file_info".to_owned(),
                arguments: json!({ "path": asked }),
            };
            let result = checked_call(server, &call, &Rules::default()).await;
            // `~` is the home folder, of which this server has none.
            let found = match asked.contains('\0') || asked == "~" || asked.starts_with("~/") {
                true => None,
                false => plain(&root.join(&asked)).canonicalize().ok(),
            };
            let expected = found.is_some_and(|found| found.starts_with(&root));
            assert_eq!(result["isError"] != true, expected, "{asked:?}: {result}");
        },
    );
}
