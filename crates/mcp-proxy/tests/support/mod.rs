//! The built fixtures, and processes.

#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "each test uses its part, so nothing can be expected of all"
)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

/// Far more than anything here takes; a test that hangs should say so.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// Path of a built example. `cargo test` and `cargo nextest run` build them all.
pub(crate) fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test has a path");
    let profile = test.parent().and_then(Path::parent).expect("…/deps/test");
    let path = profile.join("examples").join(name);
    assert!(
        path.is_file(),
        "{} is not built: run `cargo build -p mcp-proxy --examples`",
        path.display()
    );
    path
}

/// Whether a process runs; one that has ended and was not waited for does not.
pub(crate) fn runs(pid: u64) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // `pid (name) state …`
    let state = stat
        .rsplit_once(") ")
        .map(|(_, rest)| rest.starts_with('Z'));
    state == Some(false)
}

/// Waits until a process has ended.
pub(crate) async fn until_ended(pid: u64) {
    let ended = async {
        while runs(pid) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let ended = tokio::time::timeout(PATIENCE, ended).await;
    assert!(ended.is_ok(), "process {pid} still runs");
}

/// The text of a result with one block.
pub(crate) fn text(result: &Value) -> &str {
    result["content"][0]["text"]
        .as_str()
        .unwrap_or_else(|| panic!("no text: {result}"))
}

/// The number that a result's text is.
pub(crate) fn number(result: &Value) -> u64 {
    let text = text(result);
    text.parse().unwrap_or_else(|_| panic!("no number: {text}"))
}
