//! What comes beside an event: the client context, the deadline, the trace.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proptest::prelude::*;

use crate::event::mutated;
use crate::json::{json, object, one_of, quoted, scalar, text};

/// When Lambda ends an invocation, as its header says it.
#[derive(Debug, Clone)]
pub(crate) enum Deadline {
    /// So many milliseconds from when the invocation is handed out; also in the past.
    In(i64),
    /// A header of these bytes.
    Raw(Vec<u8>),
    /// No header.
    Missing,
}

impl Deadline {
    /// The header's value at this moment.
    pub(crate) fn header(&self) -> Option<Vec<u8>> {
        match self {
            Self::In(ms) => {
                let now = SystemTime::now().duration_since(UNIX_EPOCH);
                let now = now.as_ref().map_or(0, Duration::as_millis);
                let at = i128::try_from(now).unwrap_or_default() + i128::from(*ms);
                Some(at.to_string().into_bytes())
            }
            Self::Raw(bytes) => Some(bytes.clone()),
            Self::Missing => None,
        }
    }
}

pub(crate) fn deadline() -> BoxedStrategy<Deadline> {
    prop_oneof![
        40 => Just(Deadline::In(600_000)),
        2 => (-100_000..500_i64).prop_map(Deadline::In),
        // A few milliseconds more than are kept for the answer.
        2 => (501..520_i64).prop_map(Deadline::In),
        1 => Just(Deadline::Raw(u64::MAX.to_string().into_bytes())),
        1 => Just(Deadline::Raw(i64::MAX.to_string().into_bytes())),
        2 => value_bytes().prop_map(Deadline::Raw),
        1 => Just(Deadline::Missing),
    ]
    .boxed()
}

pub(crate) fn trace() -> BoxedStrategy<Option<Vec<u8>>> {
    let own = b"Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1";
    prop_oneof![
        6 => Just(Some(own.to_vec())),
        2 => value_bytes().prop_map(Some),
        1 => mutated(Just(own.to_vec()).boxed()).prop_map(|bytes| Some(as_value(bytes))),
        1 => Just(None),
    ]
    .boxed()
}

/// A context that names this tool, as the gateway sends it and as it might.
pub(crate) fn context_of(tool: &str) -> BoxedStrategy<Vec<u8>> {
    let name = quoted(&format!("target___{tool}"));
    let others = [
        "bedrockAgentCoreMessageVersion",
        "bedrockAgentCoreAwsRequestId",
        "bedrockAgentCoreMcpMessageId",
        "bedrockAgentCoreGatewayId",
        "bedrockAgentCoreTargetId",
        "bedrockAgentCorePropagatedHeaders",
        "x",
    ];
    let shallow = prop_oneof![
        4 => scalar_on_one_line(),
        1 => proptest::collection::vec((scalar_string(), scalar_on_one_line()), 0..3)
            .prop_map(|members| object(&members)),
    ];
    proptest::collection::vec((one_of(&others), shallow), 0..6)
        .prop_map(move |others| {
            let mut custom: Vec<(String, String)> = others
                .into_iter()
                .map(|(name, value)| (quoted(&name), value))
                .collect();
            custom.push((quoted("bedrockAgentCoreToolName"), name.clone()));
            let context = format!(
                r#"{{"client":null,"custom":{},"env":{{}}}}"#,
                object(&custom)
            );
            as_value(context.into_bytes())
        })
        .boxed()
}

/// Any context but one that was made to name a tool.
pub(crate) fn context() -> BoxedStrategy<Option<Vec<u8>>> {
    let odd = json().prop_map(|value| format!(r#"{{"custom":{value}}}"#));
    let large = (text(), 1..2000_usize).prop_map(|(text, times)| {
        format!(r#"{{"custom":{{"x":{}}}}}"#, quoted(&text.repeat(times)))
    });
    let encoded = "eyJjdXN0b20iOnsiYmVkcm9ja0FnZW50Q29yZVRvb2xOYW1lIjoidF9fX3gifX0=";
    prop_oneof![
        8 => Just(None),
        2 => odd.prop_map(|text| Some(as_value(text.into_bytes()))),
        2 => json().prop_map(|text| Some(as_value(text.into_bytes()))),
        2 => value_bytes().prop_map(Some),
        1 => Just(Some(encoded.as_bytes().to_vec())),
        1 => large.prop_map(|text| Some(as_value(text.into_bytes()))),
        3 => mutated(context_of("x")).prop_map(|bytes| Some(as_value(bytes))),
    ]
    .boxed()
}

/// Scalars whose JSON text survives in a header: no line breaks, which JSON escapes, and nothing malformed.
fn scalar_on_one_line() -> BoxedStrategy<String> {
    scalar()
        .prop_filter("well-formed", |text| {
            let whole = text.len() < 2000 && !text.contains('\u{7f}');
            whole && serde_json::from_str::<serde_json::Value>(text).is_ok()
        })
        .boxed()
}

fn scalar_string() -> BoxedStrategy<String> {
    text()
        .prop_map(|text| {
            quoted(
                &text
                    .replace('\u{7f}', "")
                    .chars()
                    .take(100)
                    .collect::<String>(),
            )
        })
        .boxed()
}

/// Bytes that HTTP carries in a header, ASCII or not.
fn value_bytes() -> BoxedStrategy<Vec<u8>> {
    let bytes = proptest::collection::vec(any::<u8>(), 0..60);
    prop_oneof![bytes, text().prop_map(String::into_bytes)]
        .prop_map(as_value)
        .boxed()
}

/// Without what cannot be in a header at all, and not longer than clients read.
fn as_value(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.retain(|byte| *byte == b'\t' || *byte >= b' ' && *byte != 0x7f);
    bytes.truncate(256 * 1024);
    bytes
}
