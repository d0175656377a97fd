//! Processes that crash, hang or want too much, and those beside them.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use std::time::Duration;

use lambda_emulator::{Invocation, Options, Outcome};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use support::{Seen, answer, call, emulator, eventually, json_of, pid, runs, spec, within};

/// The payload and the outcome of a call that failed.
#[track_caller]
fn assert_failed(invocation: &Invocation, error_type: &str, message: &str, outcome: Outcome) {
    let id = &invocation.request_id;
    assert_eq!(invocation.function_error.as_deref(), Some("Unhandled"));
    assert_eq!(
        std::str::from_utf8(&invocation.payload).unwrap(),
        format!(
            r#"{{"errorType":"{error_type}","errorMessage":"RequestId: {id} Error: {message}"}}"#
        )
    );
    assert_eq!(invocation.report.outcome, outcome);
}

#[tokio::test]
async fn a_crash_is_that_calls_error_and_the_next_call_works() {
    let emulator = emulator(spec(), Seen::default().options());
    for (event, message, text) in [
        (
            json!({ "do": "exit", "code": 1 }),
            "Runtime exited with error: exit status 1",
            "exit status 1",
        ),
        (
            json!({ "do": "exit", "code": 0 }),
            "Runtime exited without providing a reason",
            "exit status 0",
        ),
        (
            json!({ "do": "signal", "number": 9 }),
            "Runtime exited with error: signal: killed",
            "signal: killed",
        ),
        (
            json!({ "do": "signal", "number": 15 }),
            "Runtime exited with error: signal: terminated",
            "signal: terminated",
        ),
    ] {
        let failed = call(&emulator, event).await.unwrap();
        assert_failed(
            &failed,
            "Runtime.ExitError",
            message,
            Outcome::Exited(text.to_owned()),
        );
        let line = failed.report.to_string();
        assert!(
            line.ends_with("\tStatus: error\tError Type: Runtime.ExitError"),
            "{line}"
        );
        let next = call(&emulator, json!({})).await.unwrap();
        assert_eq!(next.function_error, None);
        assert!(next.report.cold, "the process that crashed was used again");
    }
}

#[tokio::test]
async fn a_killed_process_disturbs_nobody_else() {
    let seen = Seen::default();
    let mut spec = spec();
    spec.max_processes = 4;
    let emulator = emulator(spec, seen.options());
    let others: Vec<_> = (0..3)
        .map(|_| {
            let emulator = emulator.clone();
            tokio::spawn(async move {
                for _ in 0..100 {
                    answer(&emulator, json!({ "do": "sleep", "ms": 2 })).await;
                }
            })
        })
        .collect();
    let victim = tokio::spawn({
        let emulator = emulator.clone();
        async move { call(&emulator, json!({ "do": "hang" })).await.unwrap() }
    });
    let victim_pid = seen.pid().await;
    kill_process(Pid::from_raw(victim_pid).unwrap(), Signal::KILL).unwrap();
    let killed = within(victim).await.unwrap();
    let text = "signal: killed";
    assert_failed(
        &killed,
        "Runtime.ExitError",
        "Runtime exited with error: signal: killed",
        Outcome::Exited(text.to_owned()),
    );
    answer(&emulator, json!({})).await;
    for other in others {
        within(other).await.unwrap();
    }
}

#[tokio::test]
async fn a_process_that_dies_after_its_answer_is_not_used_again() {
    let emulator = emulator(spec(), Seen::default().options());
    for _ in 0..20 {
        let last = call(&emulator, json!({ "do": "exit_after" }))
            .await
            .unwrap();
        assert_eq!(last.function_error, None);
        assert!(last.report.cold);
    }
}

#[tokio::test]
async fn an_answer_counts_although_the_process_ended_at_once() {
    let emulator = emulator(spec(), Seen::default().options());
    for _ in 0..50 {
        let event = json!({ "do": "answer_and_exit" });
        assert_eq!(answer(&emulator, event).await, "last words");
    }
}

#[tokio::test]
async fn a_call_over_its_time_is_ended_with_its_process() {
    let seen = Seen::default();
    let mut spec = spec();
    spec.timeout = Duration::from_millis(1250);
    let emulator = emulator(spec, seen.options());
    let before = pid(&emulator).await;
    let slow = call(&emulator, json!({ "do": "hang" })).await.unwrap();
    assert_failed(
        &slow,
        "Sandbox.Timedout",
        "Task timed out after 1.25 seconds",
        Outcome::TimedOut,
    );
    let line = slow.report.to_string();
    assert!(line.ends_with("\tStatus: timeout"), "{line}");
    assert!(slow.report.billed_ms >= 1250, "{line}");
    eventually("the end of the process", || (!runs(before)).then_some(())).await;
    let after = call(&emulator, json!({ "do": "pid" })).await.unwrap();
    assert!(after.report.cold);
    assert_ne!(json_of(&after), json!(before));
}

#[tokio::test]
async fn a_process_over_its_memory_is_killed() {
    let mut spec = spec();
    spec.memory_mb = 64;
    let emulator = emulator(spec, Seen::default().options());
    let before = pid(&emulator).await;
    // A fifth of a second or more: it is found out while it works. And one that answers before anybody looks.
    for event in [
        json!({ "do": "allocate", "mb": 1024 }),
        json!({ "do": "allocate", "mb": 80 }),
    ] {
        let greedy = call(&emulator, event).await.unwrap();
        assert_failed(
            &greedy,
            "Runtime.OutOfMemory",
            "Runtime exited with error: signal: killed",
            Outcome::OutOfMemory,
        );
        assert_eq!(greedy.report.max_memory_mb, 64);
    }
    eventually("the end of the process", || (!runs(before)).then_some(())).await;
    let after = call(&emulator, json!({ "do": "allocate", "mb": 32 }))
        .await
        .unwrap();
    assert_eq!(after.function_error, None);
    assert!(after.report.cold);
    assert!(
        (32..=64).contains(&after.report.max_memory_mb),
        "{}",
        after.report
    );
}

#[tokio::test]
async fn a_process_that_cannot_start_fails_its_call_and_only_that() {
    for (init, error_type, message, outcome) in [
        (
            "exit:3",
            "Runtime.ExitError",
            "Runtime exited with error: exit status 3",
            Outcome::Exited("exit status 3".to_owned()),
        ),
        (
            "signal:9",
            "Runtime.ExitError",
            "Runtime exited with error: signal: killed",
            Outcome::Exited("signal: killed".to_owned()),
        ),
        (
            "hang",
            "Sandbox.Timedout",
            "Task timed out after 1.00 seconds",
            Outcome::TimedOut,
        ),
    ] {
        let seen = Seen::default();
        let mut spec = spec();
        spec.environment
            .insert("FIXTURE_INIT".to_owned(), init.to_owned());
        spec.max_processes = 1;
        let options = Options {
            init_timeout: Duration::from_secs(1),
            ..seen.options()
        };
        let emulator = emulator(spec, options);
        // Each call starts one process, and no more.
        for turn in 1..=2 {
            let failed = call(&emulator, json!({})).await.unwrap();
            assert_failed(&failed, error_type, message, outcome.clone());
            assert!(failed.report.cold && failed.report.init.is_none());
            assert_eq!(seen.reports.lock().unwrap().len(), turn);
            if init == "exit:3" {
                assert_eq!(
                    seen.lines().len(),
                    turn,
                    "one start for each call: {:?}",
                    seen.lines()
                );
            }
        }
    }
}

#[tokio::test]
async fn an_init_error_is_the_payload_of_the_call() {
    let mut spec = spec();
    spec.environment
        .insert("FIXTURE_INIT".to_owned(), "error".to_owned());
    let emulator = emulator(spec, Seen::default().options());
    let failed = call(&emulator, json!({})).await.unwrap();
    let expected: Value =
        json!({ "errorType": "Config.Missing", "errorMessage": "FIXTURE is not set" });
    assert_eq!(json_of(&failed), expected);
    assert_eq!(failed.function_error.as_deref(), Some("Unhandled"));
    let outcome = Outcome::FunctionError("Config.Missing".to_owned());
    assert_eq!(failed.report.outcome, outcome);
}
