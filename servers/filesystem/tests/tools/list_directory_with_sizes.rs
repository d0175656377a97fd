//! `list_directory_with_sizes`.

use filesystem_server::Limits;
use serde_json::json;

use crate::support::Folder;

fn folder() -> Folder {
    let folder = Folder::new();
    folder.dir("allowed/Zoo");
    folder.dir("allowed/ant");
    folder.file("allowed/Big.bin", vec![0; 1536]);
    folder.file("allowed/a.txt", "12");
    folder.file("allowed/b.txt", "12");
    folder.file("allowed/ant/inside", "not counted");
    folder.link("allowed/link-dir", "ant");
    folder.link("allowed/link-file", "Big.bin");
    folder
}

#[tokio::test]
async fn by_name_and_by_size() {
    let folder = folder();
    let total = "\n\nTotal: 4 files, 3 directories\nCombined size: 3.00 KB";
    let cases = [
        (
            json!({ "path": "" }),
            [
                "a.txt",
                "ant",
                "b.txt",
                "Big.bin",
                "link-dir",
                "link-file",
                "Zoo",
            ],
        ),
        (
            json!({ "path": "", "sortBy": "name" }),
            [
                "a.txt",
                "ant",
                "b.txt",
                "Big.bin",
                "link-dir",
                "link-file",
                "Zoo",
            ],
        ),
        (
            json!({ "path": "", "sortBy": "size" }),
            [
                "ant",
                "link-dir",
                "Zoo",
                "Big.bin",
                "link-file",
                "a.txt",
                "b.txt",
            ],
        ),
    ];
    for (arguments, names) in cases {
        let answer = folder.call("list_directory_with_sizes", arguments).await;
        let lines = answer.text().strip_suffix(total).expect("the totals");
        let shown: Vec<&str> = lines
            .lines()
            .filter_map(|line| line.split_whitespace().nth(1))
            .collect();
        assert_eq!(shown, names);
        assert!(lines.contains("[DIR] link-dir                       \n"));
        assert!(lines.contains("[FILE] link-file                         1.50 KB"));
    }
    let arguments = json!({ "path": "", "sortBy": "date" });
    let answer = folder.call("list_directory_with_sizes", arguments).await;
    assert!(answer.error().contains("invalid_arguments: "), "{answer:?}");
}

/// The totals are those of the whole directory.
#[tokio::test]
async fn more_than_the_limit() {
    let folder = folder().with_limits(Limits {
        entries: 1,
        ..Limits::default()
    });
    let note = "(the first 1 of 7 entries; `search_files` with a `pattern` finds the others)";
    for (sort_by, first) in [
        ("name", "[FILE] a.txt                                 2 B"),
        ("size", "[DIR] ant                            "),
    ] {
        let arguments = json!({ "path": "", "sortBy": sort_by });
        let answer = folder.call("list_directory_with_sizes", arguments).await;
        assert_eq!(
            answer.text(),
            format!("{first}\n{note}\n\nTotal: 4 files, 3 directories\nCombined size: 3.00 KB")
        );
    }
}
