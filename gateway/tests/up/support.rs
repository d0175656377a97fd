//! A fleet in a temporary folder, and the program that runs it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, prlimit};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Tools of `tests/fixtures/function.rs`.
const TOOLS: [&str; 8] = [
    "echo", "exit", "fail", "garbage", "large", "result", "sleep", "text",
];

/// A fleet of the servers `alpha` and `beta`, both with the fixture's tools.
pub(crate) struct Fleet {
    pub(crate) folder: TempDir,
}

impl Fleet {
    pub(crate) fn new() -> Self {
        Self::of(&["alpha", "beta"])
    }

    /// A fleet of these servers.
    pub(crate) fn of(ids: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let fleet = Self { folder };
        let entry = |id: &str| {
            format!(
                "  {id}:\n    name: {id}\n    description: Test server {id}.\n    server: {id}\n    timeout: 60\n    memory: 256\n"
            )
        };
        fs::write(
            fleet.path("servers.yaml"),
            format!(
                "servers:\n{}",
                ids.iter().map(|id| entry(id)).collect::<String>()
            ),
        )
        .unwrap();
        fs::create_dir(fleet.path("local")).unwrap();
        for id in ids {
            fs::create_dir_all(fleet.path(&format!("handlers/{id}"))).unwrap();
            fleet.write_target(id, &json!({"MCP_FLEET_ACCESS": "read-only"}));
            let function = env!("CARGO_BIN_EXE_gateway-test-function");
            symlink(function, fleet.path(&format!("local/mcp-server-{id}"))).unwrap();
        }
        fleet
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write_target(&self, id: &str, environment: &Value) {
        let tools: Vec<Value> = TOOLS
            .iter()
            .map(|tool| {
                let properties = json!({
                    "path": {"type": "string"},
                    "milliseconds": {"type": "integer"},
                    "pid_file": {"type": "string"}
                });
                let schema = json!({"type": "object", "properties": properties});
                json!({"name": tool, "description": format!("Does {tool}. For tests."), "inputSchema": schema})
            })
            .collect();
        let target = json!({
            "id": id, "name": id, "description": "Test server.", "environment": environment, "tools": tools
        });
        fs::write(
            self.path(&format!("handlers/{id}/target.json")),
            target.to_string(),
        )
        .unwrap();
    }

    /// `gateway up` on this fleet, on free ports, with more `arguments`.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gateway"));
        command.arg("up").env("AWS_REGION", "us-east-1");
        for (flag, name) in [
            ("--manifest", "servers.yaml"),
            ("--handlers", "handlers"),
            ("--bin-dir", "local"),
        ] {
            command.arg(flag).arg(self.path(name));
        }
        for flag in ["--listen", "--lambda-listen"] {
            if !arguments.contains(&flag) {
                command.args([flag, "127.0.0.1:0"]);
            }
        }
        command.args(arguments);
        command
    }

    /// `gateway up`, until it ends by itself.
    pub(crate) fn refusal(&self, arguments: &[&str]) -> Refusal {
        self.refusal_with(arguments, &[])
    }

    /// The same with more variables in its environment.
    pub(crate) fn refusal_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Refusal {
        let mut command = self.command(arguments);
        let Output {
            status,
            stdout,
            stderr,
        } = command.envs(environment.iter().copied()).output().unwrap();
        assert_eq!(
            String::from_utf8(stdout).unwrap(),
            "",
            "nothing is announced"
        );
        Refusal {
            status,
            stderr: String::from_utf8(stderr).unwrap(),
        }
    }

    /// `gateway up`, once it is up.
    pub(crate) fn up(&self, arguments: &[&str]) -> Running {
        self.up_with(arguments, &[])
    }

    /// `gateway up` with more variables in its environment, once it is up.
    pub(crate) fn up_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Running {
        let log = self.path("stderr.log");
        let mut child = self
            .command(arguments)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut announcement = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        while !announcement.ends_with("Ctrl-C ends all.\n") {
            let length = stdout.read_line(&mut announcement).unwrap();
            assert_ne!(
                length,
                0,
                "the gateway ended: {}",
                fs::read_to_string(&log).unwrap()
            );
        }
        let url = |label: &str| {
            let line = announcement
                .lines()
                .find_map(|line| line.strip_prefix(label))
                .unwrap();
            line.trim().to_owned()
        };
        Running {
            mcp: url("MCP endpoint"),
            lambda: url("Lambda API"),
            announcement,
            log,
            child,
        }
    }
}

/// How a gateway that did not start ended.
pub(crate) struct Refusal {
    pub(crate) status: ExitStatus,
    pub(crate) stderr: String,
}

/// A gateway that runs.
pub(crate) struct Running {
    pub(crate) mcp: String,
    pub(crate) lambda: String,
    pub(crate) announcement: String,
    log: PathBuf,
    child: Child,
}

impl Running {
    /// Sends a signal and waits for the end.
    pub(crate) fn end(&mut self, signal: Signal) -> ExitStatus {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
        self.child.wait().unwrap()
    }

    /// Sets how many files the gateway may have open; without a number, as many as this process, whose limits it has inherited.
    pub(crate) fn limit_files(&self, most: Option<u64>) {
        let own = getrlimit(Resource::Nofile);
        let current = most.or(own.current);
        let pid = Pid::from_child(&self.child);
        prlimit(Some(pid), Resource::Nofile, Rlimit { current, ..own }).unwrap();
    }

    /// What the gateway has written to standard error. A thread of its own writes it, so this waits for `text`.
    pub(crate) fn log_with(&self, text: &str) -> String {
        let read = || fs::read_to_string(&self.log).unwrap();
        eventually(|| Some(read()).filter(|log| log.contains(text)))
            .unwrap_or_else(|| panic!("{text} is not in: {}", read()))
    }

    /// `gateway <arguments> --url <this gateway>`: exit code, standard output, standard error.
    pub(crate) fn client(&self, arguments: &[&str]) -> (i32, String, String) {
        self.client_with(arguments, &[])
    }

    /// The same with more variables in its environment.
    pub(crate) fn client_with(
        &self,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> (i32, String, String) {
        let arguments = [arguments, &["--url", &self.mcp]].concat();
        client_with(&arguments, "", environment)
    }

    /// The result of a call.
    pub(crate) fn call(&self, tool: &str, arguments: &Value) -> Value {
        let (_, stdout, stderr) = self.client(&["call", tool, &arguments.to_string()]);
        serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}{stderr}"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A gateway that has ended already is what most tests leave behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs `gateway` with `stdin`.
pub(crate) fn client(arguments: &[&str], stdin: &str) -> (i32, String, String) {
    client_with(arguments, stdin, &[])
}

fn client_with(
    arguments: &[&str],
    stdin: &str,
    environment: &[(&str, &str)],
) -> (i32, String, String) {
    let input = tempfile::NamedTempFile::new().unwrap();
    fs::write(input.path(), stdin).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_gateway"))
        .args(arguments)
        .envs(environment.iter().copied())
        .stdin(fs::File::open(input.path()).unwrap())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// Waits until a function has written its process id.
pub(crate) fn pid_in(file: &Path) -> Pid {
    let text = eventually(|| fs::read_to_string(file).ok()).expect("the function starts");
    Pid::from_raw(text.parse().unwrap()).unwrap()
}

/// Asks again and again, for longer than the slowest machine needs.
fn eventually<T>(mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    for _ in 0..12_000 {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    None
}

/// Whether a process of this id exists and has not ended.
pub(crate) fn is_alive(pid: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
    // A zombie has ended; only its parent has not noticed.
    stat.is_ok_and(|stat| {
        !stat
            .rsplit_once(") ")
            .is_some_and(|(_, rest)| rest.starts_with('Z'))
    })
}
