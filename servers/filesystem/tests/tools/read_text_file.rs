//! `read_text_file` and `read_file`.

use std::os::unix::net::UnixListener;

use filesystem_server::Limits;
use serde_json::{Value, json};

use crate::support::Folder;

fn limited(read_bytes: u64) -> Folder {
    Folder::new().with_limits(Limits {
        read_bytes,
        ..Limits::default()
    })
}

#[tokio::test]
async fn first_and_last_lines() {
    let folder = Folder::new();
    // (content, arguments, text)
    let cases = [
        ("a\nb\nc\n", json!({ "head": 1 }), "a"),
        ("a\nb\nc\n", json!({ "head": 3 }), "a\nb\nc"),
        ("a\nb\nc\n", json!({ "head": 4 }), "a\nb\nc"),
        ("a\nb\nc", json!({ "head": 3 }), "a\nb\nc"),
        ("a\r\nb\r\n", json!({ "head": 1 }), "a"),
        ("a\r\nb\r\n", json!({ "head": 2 }), "a\r\nb"),
        ("a\nb\nc\n", json!({ "tail": 1 }), "c"),
        ("a\nb\nc\n", json!({ "tail": 3 }), "a\nb\nc"),
        ("a\nb\nc\n", json!({ "tail": 4 }), "a\nb\nc"),
        ("a\nb\nc", json!({ "tail": 1 }), "c"),
        ("a\r\nb\r\n", json!({ "tail": 1 }), "b"),
        ("a\n\n\n", json!({ "tail": 2 }), "\n"),
        ("\n", json!({ "tail": 1 }), ""),
        ("\n\na", json!({ "head": 2 }), "\n"),
        ("", json!({ "head": 1 }), ""),
        ("", json!({ "tail": 1 }), ""),
        // 0 and null mean all, and a number may come as text.
        ("a\nb\n", json!({ "head": 0 }), "a\nb\n"),
        ("a\nb\n", json!({ "head": 0, "tail": 1 }), "b"),
        ("a\nb\n", json!({ "head": null, "tail": "1" }), "b"),
        ("a\nb\n", json!({ "head": 1.0 }), "a"),
    ];
    for (content, mut arguments, text) in cases {
        folder.file("allowed/f", content);
        arguments["path"] = json!("f");
        for tool in ["read_text_file", "read_file"] {
            let answer = folder.call(tool, arguments.clone()).await;
            assert_eq!(answer.text(), text, "{content:?} {arguments}");
        }
    }
}

#[tokio::test]
async fn lines_longer_than_a_chunk_and_many_of_them() {
    let folder = Folder::new();
    let long = "x".repeat(70_000);
    let lines: Vec<String> = (0..20_000).map(|line| format!("line {line}")).collect();
    let content = format!("{long}\n{}\n{long}\n", lines.join("\n"));
    folder.file("allowed/f", &content);
    for count in [1, 2, 9_000, 20_001, 20_002, 30_000] {
        let all: Vec<&str> = content.lines().collect();
        let head = all[..count.min(all.len())].join("\n");
        let answer = folder
            .call("read_text_file", json!({ "path": "f", "head": count }))
            .await;
        assert_eq!(answer.text(), head);
        let tail = all[all.len().saturating_sub(count)..].join("\n");
        let answer = folder
            .call("read_text_file", json!({ "path": "f", "tail": count }))
            .await;
        assert_eq!(answer.text(), tail);
    }
}

#[tokio::test]
async fn larger_than_the_limit() {
    let folder = limited(10);
    folder.file("allowed/ten", "0123456789");
    folder.file("allowed/more", "0123\n56789\n");
    let read = |arguments: Value| folder.call("read_text_file", arguments);
    assert_eq!(read(json!({ "path": "ten" })).await.text(), "0123456789");
    assert_eq!(
        read(json!({ "path": "more" })).await.error(),
        "file_too_large: `more` has 11 bytes, more than the 10 bytes that one call reads\n\
         hint: read it in parts with `head` or `tail`"
    );
    assert_eq!(
        read(json!({ "path": "more", "head": 1 })).await.text(),
        "0123"
    );
    assert_eq!(
        read(json!({ "path": "more", "head": 2 })).await.text(),
        "0123\n56789"
    );
    assert_eq!(
        read(json!({ "path": "more", "tail": 1 })).await.text(),
        "56789"
    );
    folder.file("allowed/more", "0123456789\n0123456789");
    assert_eq!(
        read(json!({ "path": "more", "head": 2 })).await.error(),
        "file_too_large: `more` has 2 first lines with more than the 10 bytes that one call reads\n\
         hint: ask for fewer lines"
    );
    assert_eq!(
        read(json!({ "path": "more", "tail": 2 })).await.error(),
        "file_too_large: `more` has 2 last lines with more than the 10 bytes that one call reads\n\
         hint: ask for fewer lines"
    );
}

/// Within the limit on bytes, but each of them takes six in JSON, and twice.
#[tokio::test]
async fn larger_than_a_response_once_it_is_json() {
    let folder = Folder::new();
    folder.file("allowed/zeros", vec![0; 1_000_000]);
    let answer = folder
        .call("read_text_file", json!({ "path": "zeros" }))
        .await;
    assert_eq!(
        answer.error(),
        "result_too_large: the answer would take 12000004 bytes of JSON, more than the 6000000 \
         that fit into a response\nhint: read fewer lines with `head` or `tail`"
    );
    folder.file("allowed/text", "x".repeat(2 * 1024 * 1024));
    let answer = folder
        .call("read_text_file", json!({ "path": "text" }))
        .await;
    assert_eq!(answer.text().len(), 2 * 1024 * 1024);
}

#[tokio::test]
async fn what_is_no_file() {
    let folder = Folder::new();
    folder.dir("allowed/dir");
    let _socket = UnixListener::bind(folder.path("allowed/socket")).unwrap();
    let pipe = folder.path("allowed/pipe");
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    let cases = [
        (
            "socket",
            "not_a_file: `socket` is neither a file nor a directory, but a pipe, socket or device",
        ),
        (
            "pipe",
            "not_a_file: `pipe` is neither a file nor a directory, but a pipe, socket or device",
        ),
        (
            "dir",
            "is_a_directory: EISDIR: this is a directory: `dir`\nhint: `list_directory` shows what is in it",
        ),
        (
            "",
            "is_a_directory: EISDIR: this is a directory: `.`\nhint: `list_directory` shows what is in it",
        ),
        (
            "dir/x",
            "not_found: ENOENT: no such file or directory: `dir/x`",
        ),
        (
            "socket/x",
            "not_a_directory: ENOTDIR: not a directory, or below a file: `socket/x`",
        ),
    ];
    for (path, text) in cases {
        for part in [json!({}), json!({ "head": 1 }), json!({ "tail": 1 })] {
            let mut arguments = part;
            arguments["path"] = json!(path);
            let answer = folder.call("read_text_file", arguments).await;
            assert_eq!(answer.error(), text);
        }
    }
    let long = "x".repeat(300);
    let answer = folder.call("read_text_file", json!({ "path": long })).await;
    let text = format!("name_too_long: ENAMETOOLONG: the name is too long: `{long}`");
    assert_eq!(answer.error(), text);
}

#[tokio::test]
async fn the_home_directory() {
    let folder = Folder::new();
    folder.file("allowed/f", "at home");
    let root = folder.path("allowed");
    let server = filesystem_server::Server::new(filesystem_server::Config {
        roots: vec![root.clone()],
        create_roots: false,
        home: Some(root),
        limits: Limits::default(),
    });
    let answer = crate::support::call(server, "read_text_file", json!({ "path": "~/f" })).await;
    assert_eq!(answer.text(), "at home");
    // Without one it is a name.
    folder.dir("allowed/~");
    folder.file("allowed/~/f", "a name");
    let answer = folder
        .call("read_text_file", json!({ "path": "~/f" }))
        .await;
    assert_eq!(answer.text(), "a name");
}

#[tokio::test]
async fn arguments_that_do_not_fit() {
    let folder = Folder::new();
    folder.file("allowed/f", "text");
    let cases = [
        json!({ "path": "f", "head": -1 }),
        json!({ "path": "f", "head": "two" }),
        json!({ "path": "f", "head": true }),
        json!({ "path": "f", "head": 1.5 }),
        json!({ "path": "f", "lines": 1 }),
        json!({ "path": 1 }),
        json!({}),
    ];
    for arguments in cases {
        let answer = folder.call("read_text_file", arguments.clone()).await;
        assert!(
            answer.error().contains("invalid_arguments: "),
            "{arguments} {answer:?}"
        );
    }
}
