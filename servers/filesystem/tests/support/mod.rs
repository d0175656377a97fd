//! A folder, a server on it, and calls over JSON-RPC.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use filesystem_server::{Config, Limits, Server};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A temporary folder with `allowed`, the root, and whatever a test puts beside it.
pub(crate) struct Folder {
    base: TempDir,
    limits: Limits,
    roots: Vec<String>,
}

/// What a call answered.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    /// The JSON-RPC reply.
    pub(crate) reply: Value,
}

#[allow(
    dead_code,
    reason = "a test binary uses some of it or all, so `expect` holds for none"
)]
impl Folder {
    /// With an empty `allowed`.
    pub(crate) fn new() -> Self {
        let base = tempfile::tempdir().expect("a temporary folder");
        let folder = Self {
            base,
            limits: Limits::default(),
            roots: vec!["allowed".to_owned()],
        };
        folder.dir("allowed");
        folder
    }

    /// With other limits.
    pub(crate) fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// With other roots.
    pub(crate) fn with_roots(mut self, roots: &[&str]) -> Self {
        self.roots = roots.iter().map(|root| (*root).to_owned()).collect();
        self
    }

    /// The real absolute path of something in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        let base = self.base.path().canonicalize().expect("the folder exists");
        if name.is_empty() {
            base
        } else {
            base.join(name)
        }
    }

    /// [`Self::path`] as an argument.
    pub(crate) fn arg(&self, name: &str) -> String {
        self.path(name).to_str().expect("UTF-8").to_owned()
    }

    /// Makes a directory.
    pub(crate) fn dir(&self, name: &str) {
        fs::create_dir_all(self.path(name)).expect("a directory");
    }

    /// Makes a file.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).expect("a file");
    }

    /// Makes a symbolic link to exactly `target`.
    pub(crate) fn link(&self, name: &str, target: impl AsRef<Path>) {
        symlink(target, self.path(name)).expect("a link");
    }

    /// Reads a file.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("a text file")
    }

    /// Names in a directory, sorted.
    pub(crate) fn names(&self, name: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(name)).expect("a directory");
        let mut names: Vec<String> = entries
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }

    /// Permission bits.
    pub(crate) fn mode(&self, name: &str) -> u32 {
        let metadata = fs::metadata(self.path(name)).expect("metadata");
        metadata.permissions().mode() & 0o7777
    }

    /// Sets permission bits.
    pub(crate) fn set_mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).expect("chmod");
    }

    /// Sets the time of the last change.
    pub(crate) fn set_modified(&self, name: &str, seconds: u64) {
        let time = UNIX_EPOCH + Duration::from_secs(seconds);
        let file = fs::File::open(self.path(name)).expect("opens");
        file.set_modified(time).expect("utimes");
    }

    /// A server on the roots.
    pub(crate) fn server(&self) -> Server {
        Server::new(Config {
            roots: self.roots.iter().map(|root| self.path(root)).collect(),
            create_roots: false,
            home: None,
            limits: self.limits,
        })
    }

    /// Calls a tool.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Answer {
        call(self.server(), tool, arguments).await
    }
}

/// Calls a tool of a server made for it.
pub(crate) async fn call(server: Server, tool: &str, arguments: Value) -> Answer {
    let request = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": tool, "arguments": arguments }
    });
    let request = serde_json::from_value(request).expect("a JSON-RPC request");
    let reply = agentcore_gateway_target::handle(server, request).await;
    let reply = serde_json::to_value(reply.expect("requests get a reply")).expect("serializes");
    Answer { reply }
}

#[allow(
    dead_code,
    reason = "a test binary uses some of it or all, so `expect` holds for none"
)]
impl Answer {
    /// The text of a success, which the structured content must repeat.
    #[track_caller]
    pub(crate) fn text(&self) -> &str {
        let result = &self.reply["result"];
        assert_eq!(result["isError"], false, "{}", self.reply);
        let text = result["content"][0]["text"].as_str().expect("a text block");
        assert_eq!(result["structuredContent"], json!({ "content": text }));
        text
    }

    /// The text of a failure, which has no structured content.
    #[track_caller]
    pub(crate) fn error(&self) -> &str {
        let result = &self.reply["result"];
        assert_eq!(result["isError"], true, "{}", self.reply);
        assert_eq!(result.get("structuredContent"), None);
        result["content"][0]["text"].as_str().expect("a text block")
    }
}

/// Runs `work` while `opponent` repeats itself in another thread, also when `work` panics.
/// Returns how often it did, at least once.
#[allow(
    dead_code,
    reason = "a test binary uses some of it or all, so `expect` holds for none"
)]
pub(crate) fn against(opponent: impl Fn() + Sync, work: impl Future<Output = ()>) -> u64 {
    struct Done<'d>(&'d AtomicBool);
    impl Drop for Done<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let done = AtomicBool::new(false);
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.expect("a runtime");
    std::thread::scope(|scope| {
        let opponent = scope.spawn(|| {
            let mut rounds = 0;
            loop {
                let last = done.load(Ordering::Relaxed);
                opponent();
                rounds += 1;
                if last {
                    return rounds;
                }
            }
        });
        let end = Done(&done);
        runtime.block_on(work);
        drop(end);
        opponent.join().expect("the opponent never fails")
    })
}
