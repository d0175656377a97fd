//! `get_file_info`.

use serde_json::json;

use crate::support::Folder;

#[tokio::test]
async fn of_a_file_a_directory_and_a_link() {
    let folder = Folder::new();
    folder.dir("allowed/dir");
    folder.file("allowed/f", "12345");
    folder.set_mode("allowed/f", 0o4640);
    folder.set_mode("allowed/dir", 0o700);
    folder.set_modified("allowed/f", 951_782_400);
    folder.link("allowed/link", "f");
    let info = |path: &'static str| folder.call("get_file_info", json!({ "path": path }));
    for path in ["f", "link"] {
        let answer = info(path).await;
        let lines: Vec<&str> = answer.text().lines().collect();
        let [
            size,
            created,
            modified,
            accessed,
            is_directory,
            is_file,
            permissions,
        ] = lines[..]
        else {
            panic!("seven lines: {lines:?}");
        };
        assert_eq!(size, "size: 5");
        assert!(created.starts_with("created: "));
        assert_eq!(
            modified,
            "modified: Tue Feb 29 2000 00:00:00 GMT+0000 (Coordinated Universal Time)"
        );
        assert!(accessed.starts_with("accessed: "));
        assert_eq!(is_directory, "isDirectory: false");
        assert_eq!(is_file, "isFile: true");
        assert_eq!(permissions, "permissions: 640");
    }
    let answer = info("dir").await;
    let end = "\nisDirectory: true\nisFile: false\npermissions: 700";
    assert!(answer.text().ends_with(end), "{answer:?}");
    assert!(info("").await.text().contains("isDirectory: true"));
}
