//! Calls of every tool with any arguments, and what each answer has to be.

use std::time::{Duration, Instant};

use agentcore_gateway_target::{Deadline, handle};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{RngSeed, TestRunner};
use rmcp::ServerHandler;
use rmcp::model::{ClientJsonRpcMessage, GetExtensions as _, JsonRpcMessage, Tool};
use serde_json::{Value, json};

use crate::arguments::{Words, arguments_for};

/// What a call has, as in an invocation of Lambda.
const DEADLINE: Duration = Duration::from_secs(2);

/// Nobody waits longer, however slow the machine is.
const LONGEST: Duration = Duration::from_secs(60);

/// One call.
#[derive(Debug, Clone)]
pub struct Call {
    /// Name of the tool.
    pub tool: String,
    /// Its arguments.
    pub arguments: Value,
}

/// What a server promises beyond the checks that all have in common.
#[derive(Debug, Default)]
pub struct Rules<'a> {
    /// What no answer may hold.
    pub secrets: &'a [&'a str],
    /// Tools whose failures have upstream's form, because they tell of several things at once.
    pub upstream_failures: &'a [&'a str],
}

/// So many cases in an ordinary run, the same in each. `PROPTEST_CASES` asks for as many others.
pub fn config(cases: u32) -> ProptestConfig {
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => config,
        None => ProptestConfig {
            cases,
            rng_seed: RngSeed::Fixed(6),
            ..config
        },
    }
}

/// A few calls in a row, of any of the tools.
pub fn calls(tools: &[Tool], words: &Words) -> BoxedStrategy<Vec<Call>> {
    let one = tools.iter().map(|tool| {
        let name = tool.name.to_string();
        let schema = Value::Object(tool.input_schema.as_ref().clone());
        let arguments = arguments_for(&schema, words);
        (Just(name), arguments)
            .prop_map(|(tool, arguments)| Call { tool, arguments })
            .boxed()
    });
    let one: Vec<_> = one.collect();
    vec(select(one).prop_flat_map(|call| call), 1..5).boxed()
}

/// Runs `test` with what `start` makes once and with values of the strategy, in a runtime of its
/// own.
///
/// # Panics
///
/// With the smallest value that `test` panics with.
pub fn fuzz<T, S: Strategy>(
    cases: u32,
    strategy: S,
    start: impl AsyncFnOnce() -> T,
    test: impl AsyncFn(&T, S::Value),
) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let started = runtime.block_on(start());
    let mut runner = TestRunner::new(config(cases));
    let done = runner.run(&strategy, |value| {
        runtime.block_on(test(&started, value));
        Ok(())
    });
    if let Err(error) = done {
        panic!("{error}");
    }
}

/// The result of a call, in an invocation with a deadline, after these checks: there is one, it is
/// a tool's result and no error of the protocol, a failure is one text of the house's form, and
/// no secret is in it.
///
/// # Panics
///
/// When one of them fails.
pub async fn checked_call<S: ServerHandler + Clone>(
    server: &S,
    call: &Call,
    rules: &Rules<'_>,
) -> Value {
    let message = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": call.tool, "arguments": call.arguments }
    });
    let mut message: ClientJsonRpcMessage =
        serde_json::from_value(message).expect("a JSON-RPC request");
    if let JsonRpcMessage::Request(request) = &mut message {
        let deadline = Deadline::at(Instant::now() + DEADLINE);
        request.request.extensions_mut().insert(deadline);
    }
    let reply = tokio::time::timeout(LONGEST, handle(server.clone(), message)).await;
    let reply = reply.unwrap_or_else(|_| panic!("{} never answered", call.tool));
    let mut reply = serde_json::to_value(reply.expect("requests get a reply")).expect("serializes");
    let written = reply.to_string();
    for secret in rules.secrets {
        assert!(
            !written.contains(secret),
            "{} shows {secret}: {written}",
            call.tool
        );
    }
    assert!(reply["error"].is_null(), "{}: {reply}", call.tool);
    let result = reply["result"].take();
    assert!(result["content"].is_array(), "{}: {result}", call.tool);
    let own_form = !rules.upstream_failures.contains(&call.tool.as_str());
    if own_form && result["isError"] == true {
        check_failure(crate::text(&result));
    }
    result
}

/// `code: message`, and at most one hint, which is the last line and says something.
fn check_failure(text: &str) {
    let (code, message) = text.split_once(": ").unwrap_or_default();
    let is_code = code.starts_with(|first: char| first.is_ascii_lowercase())
        && code
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    assert!(
        is_code && !message.trim().is_empty(),
        "no code and message: {text:?}"
    );
    assert_ne!(code, "internal_error", "{text}");
    let mut hints = message.split("\nhint: ").skip(1);
    let hint = hints.next();
    assert!(hints.next().is_none(), "several hints: {text:?}");
    assert!(
        hint.is_none_or(|hint| !hint.trim().is_empty()),
        "an empty hint: {text:?}"
    );
}
