//! An emulator over the obedient handler, for the tests.

#![allow(dead_code, reason = "each test file uses its own part")]
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::{
    env, fs,
    future::Future,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use lambda_emulator::{Emulator, FunctionSpec, Invocation, InvokeError, Options, Report};
use serde_json::{Value, json};

/// The one function of most tests.
pub(crate) const NAME: &str = "obedient";

/// Long enough for the slowest machine: nothing is measured with it, a test that hangs ends with it.
pub(crate) const HANG: Duration = Duration::from_secs(60);

/// Reports and log lines of an emulator.
#[derive(Clone, Default)]
pub(crate) struct Seen {
    pub(crate) reports: Arc<Mutex<Vec<Report>>>,
    pub(crate) lines: Arc<Mutex<Vec<String>>>,
}

impl Seen {
    pub(crate) fn options(&self) -> Options {
        let (reports, lines) = (Arc::clone(&self.reports), Arc::clone(&self.lines));
        Options {
            on_report: Arc::new(move |report| reports.lock().unwrap().push(report.clone())),
            on_log: Arc::new(move |_, line| lines.lock().unwrap().push(line.to_owned())),
            region: "eu-west-3".to_owned(),
            // So that no test depends on how soon a process is ready again.
            settle_wait: HANG,
            ..Options::default()
        }
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// The number of a line `pid NUMBER`, as soon as it is there.
    pub(crate) async fn pid(&self) -> i32 {
        eventually("a line `pid NUMBER`", || {
            let lines = self.lines.lock().unwrap();
            lines
                .iter()
                .find_map(|line| line.strip_prefix("pid ")?.parse().ok())
        })
        .await
    }
}

/// The built fixture. Cargo builds examples with the tests, unless told to build one test only.
pub(crate) fn handler() -> PathBuf {
    let test = env::current_exe().unwrap();
    let target = test
        .parent()
        .and_then(Path::parent)
        .expect("tests are in target/PROFILE/deps");
    let handler = target.join("examples/obedient_handler");
    assert!(
        handler.exists(),
        "no `{}`: build it with `cargo build -p lambda-emulator --examples`",
        handler.display()
    );
    handler
}

pub(crate) fn spec() -> FunctionSpec {
    FunctionSpec {
        name: NAME.to_owned(),
        description: "does as it is told".to_owned(),
        binary: handler(),
        environment: [("OWN".to_owned(), "value".to_owned())].into(),
        memory_mb: 256,
        timeout: Duration::from_secs(50),
        architecture: "x86_64".to_owned(),
        max_processes: 4,
        idle_timeout: Duration::from_secs(300),
    }
}

pub(crate) fn emulator(spec: FunctionSpec, options: Options) -> Emulator {
    Emulator::new(vec![spec], options).unwrap()
}

/// One call of the one function.
pub(crate) async fn call(emulator: &Emulator, event: Value) -> Result<Invocation, InvokeError> {
    let payload = Bytes::from(event.to_string());
    within(emulator.invoke(NAME, payload, None)).await
}

/// The answer of a call that must work.
pub(crate) async fn answer(emulator: &Emulator, event: Value) -> Value {
    let invocation = call(emulator, event).await.unwrap();
    let payload = json_of(&invocation);
    assert_eq!(invocation.function_error, None, "{payload}");
    payload
}

/// The process id of a process that takes a call now.
pub(crate) async fn pid(emulator: &Emulator) -> i64 {
    answer(emulator, json!({ "do": "pid" }))
        .await
        .as_i64()
        .unwrap()
}

pub(crate) fn json_of(invocation: &Invocation) -> Value {
    serde_json::from_slice(&invocation.payload).unwrap()
}

/// Whether a process runs: it exists, and has not ended without being waited for.
pub(crate) fn runs(pid: i64) -> bool {
    match fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(stat) => !stat
            .rsplit(')')
            .next()
            .unwrap()
            .trim_start()
            .starts_with('Z'),
        Err(_) => false,
    }
}

/// Fails a test that hangs.
pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(HANG, future)
        .await
        .expect("the test hangs")
}

/// Waits for something that has to come.
pub(crate) async fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..6000 {
        if let Some(found) = look() {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("no {what}");
}
