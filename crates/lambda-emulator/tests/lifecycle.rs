//! Start and end of an emulator.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use lambda_emulator::{Emulator, FunctionSpec, InvokeError, Options, Problem};
use serde_json::json;
use support::{Seen, answer, call, emulator, eventually, handler, pid, runs, spec, within};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

#[tokio::test]
async fn shutdown_leaves_no_process_behind() {
    let seen = Seen::default();
    let emulator = emulator(spec(), seen.options());
    let idle = pid(&emulator).await;
    let busy_call = tokio::spawn({
        let emulator = emulator.clone();
        async move { call(&emulator, json!({ "do": "hang" })).await }
    });
    let busy = i64::from(seen.pid().await);
    // Another process, and one that it started.
    let grandchild = answer(&emulator, json!({ "do": "child" }))
        .await
        .as_i64()
        .unwrap();
    assert!(runs(idle) && runs(busy) && runs(grandchild));

    within(emulator.shutdown()).await;
    // Now, not soon.
    assert!(!runs(idle) && !runs(busy));
    // Killed, but not this process's child: `init` waits for it.
    eventually("the end of the grandchild", || {
        (!runs(grandchild)).then_some(())
    })
    .await;
    let ended = within(busy_call).await.unwrap();
    assert!(matches!(ended, Err(InvokeError::ShuttingDown)), "{ended:?}");
    let refused = call(&emulator, json!({})).await;
    assert!(
        matches!(refused, Err(InvokeError::ShuttingDown)),
        "{refused:?}"
    );
    within(emulator.shutdown()).await;
}

#[tokio::test]
async fn shutdown_kills_what_does_not_listen() {
    let folder = tempfile::tempdir().unwrap();
    let mut spec = spec();
    // An ignored signal stays ignored in the program that takes the shell's place.
    spec.binary = script(
        folder.path(),
        &format!("trap '' TERM\nexec '{}'\n", handler().display()),
    );
    let options = Options {
        shutdown_grace: Duration::from_millis(50),
        ..Seen::default().options()
    };
    let emulator = emulator(spec, options);
    let stubborn = pid(&emulator).await;
    within(emulator.shutdown()).await;
    assert!(!runs(stubborn));
}

#[tokio::test]
async fn shutdown_ends_a_process_that_starts() {
    let folder = tempfile::tempdir().unwrap();
    let mut spec = spec();
    spec.binary = script(folder.path(), "echo \"pid $$\"\nexec sleep 600\n");
    let seen = Seen::default();
    let options = Options {
        init_timeout: support::HANG,
        ..seen.options()
    };
    let emulator = emulator(spec, options);
    let starting = tokio::spawn({
        let emulator = emulator.clone();
        async move { call(&emulator, json!({})).await }
    });
    let process = i64::from(seen.pid().await);
    within(emulator.shutdown()).await;
    assert!(!runs(process));
    let ended = within(starting).await.unwrap();
    assert!(matches!(ended, Err(InvokeError::ShuttingDown)), "{ended:?}");
}

#[tokio::test]
async fn a_binary_that_is_being_written_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut spec = spec();
    spec.binary = folder.path().join("handler");
    fs::copy(handler(), &spec.binary).unwrap();
    let writer = fs::File::options().append(true).open(&spec.binary).unwrap();
    let emulator = emulator(spec, Seen::default().options());
    let waiting = tokio::spawn(async move { pid(&emulator).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    drop(writer);
    assert!(within(waiting).await.unwrap() > 0);
}

#[tokio::test]
async fn a_dropped_emulator_leaves_no_process_behind() {
    let emulator = emulator(spec(), Seen::default().options());
    let process = pid(&emulator).await;
    let grandchild = answer(&emulator, json!({ "do": "child" }))
        .await
        .as_i64()
        .unwrap();
    assert!(runs(process) && runs(grandchild));
    drop(emulator);
    for pid in [process, grandchild] {
        eventually("the end of the process", || (!runs(pid)).then_some(())).await;
    }
}

#[test]
fn a_runtime_that_goes_down_leaves_no_process_behind() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (emulator, process, grandchild) = runtime.block_on(async {
        let emulator = emulator(spec(), Seen::default().options());
        let process = pid(&emulator).await;
        let grandchild = answer(&emulator, json!({ "do": "child" })).await;
        (emulator, process, grandchild.as_i64().unwrap())
    });
    drop(runtime);
    drop(emulator);
    let other = tokio::runtime::Runtime::new().unwrap();
    for pid in [process, grandchild] {
        other.block_on(eventually("the end of the process", || {
            (!runs(pid)).then_some(())
        }));
    }
}

#[tokio::test]
async fn a_host_that_is_killed_leaves_no_process_behind() {
    let handler = handler();
    let mut host = tokio::process::Command::new(handler.with_file_name("serve"))
        .arg("127.0.0.1:0")
        .arg(&handler)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(host.stdout.take().unwrap()).lines();
    let url = within(lines.next_line()).await.unwrap().unwrap();
    let address = url.strip_prefix("http://").unwrap().to_owned();
    let invoke = |event: &'static str| {
        let address = address.clone();
        within(async move {
            let mut stream = TcpStream::connect(&address).await.unwrap();
            let head = format!(
                "POST /2015-03-31/functions/obedient_handler/invocations HTTP/1.1\r\nhost: {address}\r\n\
                 connection: close\r\ncontent-length: {}\r\n\r\n{event}",
                event.len()
            );
            stream.write_all(head.as_bytes()).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            answer.rsplit('\n').next().unwrap().parse().unwrap()
        })
    };
    let process: i64 = invoke(r#"{"do":"pid"}"#).await;
    let grandchild: i64 = invoke(r#"{"do":"child"}"#).await;
    assert!(runs(process) && runs(grandchild));
    host.kill().await.unwrap();
    for pid in [process, grandchild] {
        eventually("the end of the process", || (!runs(pid)).then_some(())).await;
    }
}

#[test]
fn every_problem_is_named_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let not_executable = folder.path().join("data");
    fs::write(&not_executable, "").unwrap();
    let missing = PathBuf::from("target/local/mcp-server-missing");
    let named = |name: &str| FunctionSpec {
        name: name.to_owned(),
        ..spec()
    };
    let functions = vec![
        FunctionSpec {
            binary: missing.clone(),
            ..named("missing")
        },
        FunctionSpec {
            binary: not_executable.clone(),
            timeout: Duration::ZERO,
            ..named("data")
        },
        named("twice"),
        named("twice"),
        named("not a name"),
        FunctionSpec {
            environment: [("AWS_REGION".to_owned(), "x".to_owned())].into(),
            max_processes: 0,
            ..named("reserved")
        },
    ];
    let error = Emulator::new(functions, Options::default()).unwrap_err();
    let name = |function: &str| function.to_owned();
    assert_eq!(
        error.problems,
        [
            Problem::BinaryMissing {
                function: name("missing"),
                path: missing,
                hint: name("build it with `cargo build --profile local -p mcp-server-missing`"),
            },
            Problem::BinaryNotExecutable {
                function: name("data"),
                path: not_executable,
            },
            Problem::Zero {
                function: name("data"),
                field: "timeout",
            },
            Problem::Duplicate {
                function: name("twice")
            },
            Problem::InvalidName {
                function: name("not a name"),
            },
            Problem::ReservedVariable {
                function: name("reserved"),
                variable: name("AWS_REGION"),
            },
            Problem::Zero {
                function: name("reserved"),
                field: "max_processes",
            },
        ]
    );
    let text = error.to_string();
    let first: Vec<&str> = text.lines().take(2).collect();
    assert_eq!(
        first,
        [
            "`missing`: handler binary `target/local/mcp-server-missing` does not exist",
            "hint: build it with `cargo build --profile local -p mcp-server-missing`",
        ]
    );
}

/// An executable shell script.
fn script(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("handler");
    fs::write(&path, format!("#!/bin/sh\n{text}")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}
