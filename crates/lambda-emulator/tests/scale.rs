//! How many processes there are, and which one takes a call.

mod support;

use std::{collections::BTreeSet, time::Duration};

use lambda_emulator::{InvokeError, Options};
use serde_json::json;
use support::{Seen, answer, call, emulator, eventually, pid, runs, spec, within};

#[tokio::test]
async fn calls_at_once_have_a_process_each() {
    let place = tempfile::tempdir().unwrap();
    let mut spec = spec();
    spec.max_processes = 5;
    let emulator = emulator(spec, Seen::default().options());
    // None of them answers before all five are there.
    let event = json!({ "do": "meet", "place": place.path(), "count": 5 });
    let calls: Vec<_> = (0..5)
        .map(|_| {
            let (emulator, event) = (emulator.clone(), event.clone());
            tokio::spawn(async move { answer(&emulator, event).await.as_u64().unwrap() })
        })
        .collect();
    let mut pids = BTreeSet::new();
    for call in calls {
        pids.insert(within(call).await.unwrap());
    }
    assert_eq!(pids.len(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_one_after_the_other_have_one_process() {
    let emulator = emulator(spec(), Seen::default().options());
    let first = pid(&emulator).await;
    for _ in 0..500 {
        assert_eq!(pid(&emulator).await, first);
    }
}

#[tokio::test]
async fn a_process_that_is_busy_after_its_answer_is_not_waited_for() {
    let emulator = emulator(spec(), Options::default());
    let first = answer(&emulator, json!({ "do": "linger", "ms": 600_000 })).await;
    let second = call(&emulator, json!({ "do": "pid" })).await.unwrap();
    assert!(second.report.cold);
    assert_ne!(first, support::json_of(&second));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_processes_than_allowed_and_every_call_has_its_turn() {
    let seen = Seen::default();
    let mut spec = spec();
    spec.max_processes = 2;
    let emulator = emulator(spec, seen.options());
    let calls: Vec<_> = (0..64)
        .map(|_| {
            let emulator = emulator.clone();
            tokio::spawn(async move { pid(&emulator).await })
        })
        .collect();
    let mut pids = BTreeSet::new();
    for call in calls {
        pids.insert(within(call).await.unwrap());
    }
    assert!(pids.len() <= 2, "{pids:?}");
    let reports = seen.reports.lock().unwrap();
    assert_eq!(reports.len(), 64);
    assert_eq!(
        reports.iter().filter(|report| report.cold).count(),
        pids.len()
    );
}

#[tokio::test]
async fn a_call_that_has_waited_too_long_or_in_vain_is_refused() {
    let mut spec = spec();
    spec.max_processes = 1;
    for (queue_limit, queue_wait) in [(8, Duration::from_millis(50)), (0, Duration::from_secs(50))]
    {
        let seen = Seen::default();
        let options = Options {
            queue_limit,
            queue_wait,
            ..seen.options()
        };
        let emulator = emulator(spec.clone(), options);
        let busy = tokio::spawn({
            let emulator = emulator.clone();
            async move { call(&emulator, json!({ "do": "hang" })).await }
        });
        seen.pid().await;
        let refused = call(&emulator, json!({})).await.unwrap_err();
        assert!(
            matches!(
                refused,
                InvokeError::TooManyRequests {
                    max_processes: 1,
                    ..
                }
            ),
            "{refused}"
        );
        let text = refused.to_string();
        assert!(
            text.starts_with("all 1 processes of `obedient` are busy: gave up after waiting "),
            "{text}"
        );
        within(emulator.shutdown()).await;
        let ended = within(busy).await.unwrap();
        assert!(matches!(ended, Err(InvokeError::ShuttingDown)), "{ended:?}");
    }
}

#[tokio::test]
async fn a_call_without_its_caller_goes_on() {
    let seen = Seen::default();
    let mut spec = spec();
    spec.max_processes = 1;
    let emulator = emulator(spec, seen.options());
    let process = pid(&emulator).await;
    let event = json!({ "do": "sleep", "ms": 100 });
    // Long enough for the process to have it.
    let gone = tokio::time::timeout(Duration::from_millis(50), call(&emulator, event)).await;
    assert!(gone.is_err());
    // The only process takes the next call after it, and both are reported.
    assert_eq!(pid(&emulator).await, process);
    assert_eq!(seen.reports.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn callers_that_give_up_do_not_use_up_processes() {
    let mut spec = spec();
    spec.max_processes = 1;
    let emulator = emulator(spec, Seen::default().options());
    // Some give up while the process starts, some while they wait for it, some later.
    for microseconds in (0..4000).step_by(100) {
        let gave_up = tokio::time::timeout(Duration::from_micros(microseconds), async {
            let both = [call(&emulator, json!({})), call(&emulator, json!({}))];
            let [first, second] = both;
            let _ = tokio::join!(first, second);
        });
        let _ = gave_up.await;
    }
    answer(&emulator, json!({})).await;
}

#[tokio::test]
async fn an_idle_process_is_ended_and_a_busy_one_is_not() {
    let mut spec = spec();
    spec.idle_timeout = Duration::from_millis(100);
    let emulator = emulator(spec, Seen::default().options());
    let first = pid(&emulator).await;
    eventually("the end of the idle process", || {
        (!runs(first)).then_some(())
    })
    .await;
    let second = answer(&emulator, json!({ "do": "sleep", "ms": 400 })).await;
    assert_ne!(second, json!(first));
}
