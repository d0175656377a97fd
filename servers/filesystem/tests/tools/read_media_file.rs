//! `read_media_file`.

use filesystem_server::Limits;
use serde_json::json;

use crate::support::Folder;

#[tokio::test]
async fn kinds_by_extension() {
    let folder = Folder::new();
    let cases = [
        ("a.png", "image", "image/png"),
        ("a.jpg", "image", "image/jpeg"),
        ("a.JPEG", "image", "image/jpeg"),
        ("a.gif", "image", "image/gif"),
        ("a.webp", "image", "image/webp"),
        ("a.bmp", "image", "image/bmp"),
        ("a.svg", "image", "image/svg+xml"),
        ("a.mp3", "audio", "audio/mpeg"),
        ("a.wav", "audio", "audio/wav"),
        ("a.ogg", "audio", "audio/ogg"),
        ("a.flac", "audio", "audio/flac"),
    ];
    for (name, kind, mime_type) in cases {
        folder.file(&format!("allowed/{name}"), [0, 255, 1]);
        let answer = folder
            .call("read_media_file", json!({ "path": name }))
            .await;
        let block = json!({ "type": kind, "data": "AP8B", "mimeType": mime_type });
        let result = &answer.reply["result"];
        assert_eq!(result["isError"], false);
        assert_eq!(result["content"], json!([block]));
        assert_eq!(result["structuredContent"], json!({ "content": [block] }));
    }
}

#[tokio::test]
async fn other_files_have_a_uri() {
    let folder = Folder::new();
    folder.file("allowed/a b#é?%.bin", "x");
    folder.link("allowed/link", "a b#é?%.bin");
    let block = json!({ "type": "resource", "resource": {
        "uri": format!("file://{}/a%20b%23%C3%A9%3F%25.bin", folder.arg("allowed")),
        "mimeType": "application/octet-stream",
        "blob": "eA==",
    }});
    for path in ["a b#é?%.bin", "link"] {
        let answer = folder
            .call("read_media_file", json!({ "path": path }))
            .await;
        let result = &answer.reply["result"];
        assert_eq!(result["content"], json!([block]), "{answer:?}");
        assert_eq!(result["structuredContent"], json!({ "content": [block] }));
    }
}

#[tokio::test]
async fn larger_than_the_limits() {
    let folder = Folder::new();
    folder.file("allowed/most.png", vec![7; 2 * 1024 * 1024]);
    let answer = folder
        .call("read_media_file", json!({ "path": "most.png" }))
        .await;
    assert_eq!(answer.reply["result"]["isError"], false);
    assert!(answer.reply.to_string().len() < 6_000_000);
    folder.file("allowed/more.png", vec![7; 2 * 1024 * 1024 + 1]);
    let answer = folder
        .call("read_media_file", json!({ "path": "more.png" }))
        .await;
    assert_eq!(
        answer.error(),
        "file_too_large: `more.png` has 2097153 bytes, more than the 2097152 bytes that one call \
         reads\nhint: this tool reads whole files only; use `read_text_file` for parts"
    );
    // The setting can be raised, the response cannot.
    let folder = folder.with_limits(Limits {
        read_bytes: 10_000_000,
        ..Limits::default()
    });
    folder.file("allowed/more.png", vec![7; 3_000_000]);
    let answer = folder
        .call("read_media_file", json!({ "path": "more.png" }))
        .await;
    assert!(
        answer.error().starts_with("result_too_large: "),
        "{}",
        answer.error()
    );
}
